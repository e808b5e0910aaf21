"""The file that gives the promise of a route can't be read.

A route whose promise nobody can read has none: `pmlint due` could not count its runs against
anything.

Fix: name an OpenSLO file of one objective, one rolling window and ``Occurrences``, or write
``objective`` and ``window`` in the route itself.

Bad::
    route:
      slo: {openslo: slo/none.yaml}
Good::
    route:
      slo: {objective: 0.999, window: 30d}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.parsing.source import Malformed
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Each ``slo.openslo`` is a file that can be read, without ``objective`` beside it."""
    for route in index.routes:
        slo = route.data.get("slo")
        if not isinstance(slo, dict) or not isinstance(slo.get("openslo"), str):
            continue
        at = route.at / "slo" / "openslo"
        doubled = [name for name in ("objective", "window") if name in slo]
        if doubled:
            message = f"'{doubled[0]}' is beside 'openslo', which says it too"
            yield Problem(message, at, route.id, help="keep one of them", file=route.file)
            continue
        # Imported here: most routes name no such file.
        from pmlint.project.openslo import read_openslo

        try:
            read_openslo(context.tree, slo["openslo"])
        except Malformed as error:
            place = f":{error.span.row}:{error.span.column}" if error.span else ""
            message = f"{slo['openslo']}{place} can't be read: {error.message}"
            yield Problem(message, at, route.id, help=error.help, file=route.file)


RULE = Rule("slo-unreadable", Level.ERROR, "repository", check, __doc__, "draft")
