"""What a route promises, by its ``slo`` or the OpenSLO file that it names (docs/spec/due.md,
*What a route promises*).

`pmlint.runs` counts runs against it, and the gate compares it: both read it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from pmlint.model import Route
from pmlint.parsing.tree import Tree
from pmlint.project.amounts import LONGEST, decimal, duration

WINDOW = "30d"
"""The window of a promise that names none."""
SHORTEST = duration("7d")
"""The shortest window of a promise, in steps."""


class RoutePromise(NamedTuple):
    """Shares of runs over a window in steps: of runs that end well, and of those that may be
    rescued. None where nothing is promised.
    """

    objective: Fraction | None
    rescues: Fraction | None
    window: int

    @property
    def is_empty(self) -> bool:
        """Whether it promises nothing that runs could be counted against."""
        return self.objective is None and self.rescues is None


def route_promise(route: Route, tree: Tree) -> RoutePromise:
    """The promise of a route. ``tree`` has the OpenSLO file that it may name.

    Raises `ValueError` for a value that is wrong, `Malformed` for such a file.
    """
    fields = route.slo
    if "openslo" in fields:
        from pmlint.project.openslo import read_openslo

        fields = {**fields, **read_openslo(tree, str(fields["openslo"]))._asdict()}
    return promise_in(fields)


def countable(promised: RoutePromise) -> RoutePromise:
    """A promise that runs can be counted against. Raises `ValueError` for one outside the ranges
    that the schema of a route has.

    `due` counts where nobody ran `check`, and a route that promises 0 would always be within its
    budget. The gate compares what was typed.
    """
    least, most = decimal("0.5"), decimal("0.999999")
    if promised.objective is not None and not least <= promised.objective <= most:
        raise ValueError("'objective' is not a share from 0.5 to below 1")
    if promised.rescues is not None and promised.rescues > least:
        raise ValueError("'rescues' is not a share from 0 to 0.5")
    if not SHORTEST <= promised.window <= LONGEST:
        raise ValueError("'window' is not 7 to 90 days")
    return promised


def promise_in(fields: Mapping[str, object]) -> RoutePromise:
    """The promise that a table of ``objective``, ``rescues`` and ``window`` makes. Raises
    `ValueError`.
    """
    return RoutePromise(
        decimal(fields["objective"]) if "objective" in fields else None,
        decimal(fields["rescues"]) if "rescues" in fields else None,
        duration(str(fields.get("window", WINDOW))),
    )
