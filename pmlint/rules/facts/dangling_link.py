"""A link leads nowhere.

A review that names a route, an earlier postmortem, a finding or an action which does not exist
holds nothing and explains nothing.

Fix: correct the id, or write what it should name.

Bad::
    routes: [refund-triag]
Good::
    routes: [refund-triage]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.suggestions import Names
from pmlint.place import Path
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Links between documents, from both sides."""
    routes, postmortems = Names(index.route_by_id, 0), Names(index.postmortem_by_id, 0)
    for facts in index.postmortems:
        for number, name in enumerate(facts.routes):
            if name not in index.route_by_id:
                yield _dangling("route", name, routes, Path() / "routes" / number, facts.file)
        for number, name in enumerate(facts.recurrence_of):
            if name not in index.postmortem_by_id or name == facts.id:
                yield _dangling(
                    "other postmortem",
                    name,
                    postmortems,
                    Path() / "recurrence_of" / number,
                    facts.file,
                )
    for route in index.routes:
        for number, name in enumerate(route.postmortems):
            if name not in index.postmortem_by_id:
                yield _dangling(
                    "postmortem", name, postmortems, route.place("postmortems") / number, route.file
                )


def check_inside(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Links inside one postmortem, and ids that stand twice."""
    findings = dict.fromkeys(finding.id for finding in postmortem.findings)
    actions = dict.fromkeys(action.id for action in postmortem.actions)
    controls = dict.fromkeys(control.name for control in postmortem.failed_controls)
    known_findings, known_actions, known_controls = (
        Names(findings, 0),
        Names(actions, 0),
        Names(controls, 0),
    )
    yield from _twice(postmortem)
    answered = [(part.at, part.findings) for part in postmortem.actions] + [
        (part.at, part.findings) for part in postmortem.failed_controls
    ]
    for at, names in answered:
        for number, name in enumerate(names):
            if name not in findings:
                yield _dangling("finding", name, known_findings, at / "findings" / number)
    for action in postmortem.actions:
        if action.control and action.control not in controls:
            yield _dangling("failed control", action.control, known_controls, action.at / "control")
    for kind in postmortem.evidence:
        if kind.action and kind.action not in actions:
            yield _dangling("action", kind.action, known_actions, kind.at / "action")


def _twice(postmortem: Postmortem) -> Iterator[Problem]:
    parts = [(part.id, part.at) for part in postmortem.findings]
    parts += [(part.id, part.at) for part in postmortem.actions]
    parts += [(part.id, part.at) for part in postmortem.restart.conditions]
    seen: set[str] = set()
    for name, at in parts:
        if name in seen:
            yield Problem(
                f"the id '{name}' stands here twice", at / "id", name, help="number them anew"
            )
        seen.add(name)


def _dangling(kind: str, name: str, known: Names, at: Path, file: str = "") -> Problem:
    return Problem(
        f"there is no {kind} '{name}'",
        at,
        name,
        help=known.near(name) or f"correct the id, or add the {kind}",
        file=file,
    )


RULE = Rule("dangling-link", Level.ERROR, "repository", check, __doc__, "draft")
INSIDE = Rule("dangling-link", Level.ERROR, "postmortem", check_inside, __doc__, "draft")
