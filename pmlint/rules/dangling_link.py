"""A link leads nowhere.

A review that names a route, an earlier postmortem, a finding or an action which does not exist holds nothing and explains nothing.

Fix: correct the id, or write what it should name.

Bad::
    routes: [refund-triag]
Good::
    routes: [refund-triage]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.repository import Index
from pmlint.rule import Context, Rule
from pmlint.schema import nearest


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Links between documents, from both sides."""
    for facts in index.postmortems:
        for number, name in enumerate(facts.routes):
            if name not in index.route_by_id:
                yield _dangling("route", name, index.route_by_id, Path() / "routes" / number, facts.file)
        for number, name in enumerate(facts.recurrence_of):
            if name not in index.postmortem_by_id or name == facts.id:
                yield _dangling("other postmortem", name, index.postmortem_by_id, Path() / "recurrence_of" / number, facts.file)
    for route in index.routes:
        for number, name in enumerate(route.postmortems):
            if name not in index.postmortem_by_id:
                yield _dangling("postmortem", name, index.postmortem_by_id, route.place("postmortems") / number, route.file)


def check_inside(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Links inside one postmortem, and ids that stand twice."""
    findings = _ids(finding.id for finding in postmortem.findings)
    actions = _ids(action.id for action in postmortem.actions)
    controls = _ids(control.name for control in postmortem.failed_controls)
    yield from _twice(postmortem)
    answered = [(part.at, part.findings) for part in postmortem.actions] + [(part.at, part.findings) for part in postmortem.failed_controls]
    for at, names in answered:
        for number, name in enumerate(names):
            if name not in findings:
                yield _dangling("finding", name, findings, at / "findings" / number)
    for action in postmortem.actions:
        if action.control and action.control not in controls:
            yield _dangling("failed control", action.control, controls, action.at / "control")
    for kind in postmortem.evidence:
        if kind.action and kind.action not in actions:
            yield _dangling("action", kind.action, actions, kind.at / "action")


def _twice(postmortem: Postmortem) -> Iterator[Problem]:
    parts = [(part.id, part.at) for part in postmortem.findings]
    parts += [(part.id, part.at) for part in postmortem.actions]
    parts += [(part.id, part.at) for part in postmortem.restart.conditions]
    seen: set[str] = set()
    for name, at in parts:
        if name in seen:
            yield Problem(f"the id '{name}' stands here twice", at / "id", name, help="number them anew")
        seen.add(name)


def _ids(names: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(names)


def _dangling(kind: str, name: str, known: object, at: Path, file: str = "") -> Problem:
    names = list(known) if isinstance(known, dict) else []
    return Problem(f"there is no {kind} '{name}'", at, name, help=nearest(name, names) or f"correct the id, or add the {kind}", file=file)


RULE = Rule("dangling-link", Level.ERROR, "repository", check, __doc__, "draft")
INSIDE = Rule("dangling-link", Level.ERROR, "postmortem", check_inside, __doc__, "draft")
