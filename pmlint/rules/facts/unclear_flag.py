"""A restart flag of a held route can't be judged.

If it is not clear whether a flag is up, the gate counts it as up, and a change from one unclear
value to another as a restart. For a route that nothing holds there is nothing to decide,
and no finding.

Fix: write a value that every reader understands, or say what a missing field means, ``{flag =
"replicas > 0", absent = "down"}``.

Bad::
    platform:
      source: {files: deploy/desk.yaml, id: name, restart_flags: [enabled]}
      file: deploy/desk.yaml
      data: {name: refund-triage, enabled: "off"}
Good::
    platform:
      source: {files: deploy/desk.yaml, id: name, restart_flags: [enabled]}
      file: deploy/desk.yaml
      data: {name: refund-triage, enabled: false}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """One problem for each unclear flag of a held route."""
    for route in index.routes:
        # Of a file of ours the schema says what is wrong with its flag.
        if not route.mapped or not any(flag.unclear for flag in route.flags):
            continue
        if not index.held_by(route.id):
            continue
        for flag in route.flags:
            if flag.unclear:
                yield Problem(
                    f"the flag '{flag.name}' of the held route '{route.id}' is unclear: "
                    f"{flag.unclear}",
                    flag.at,
                    route.id,
                    help="write true or false, or say what a missing field means: "
                    f'{{flag = "{flag.name}", absent = "down"}}',
                    file=route.file,
                )


RULE = Rule("unclear-flag", Level.ERROR, "repository", check, __doc__, "draft")
