"""A link leads nowhere.

A review that names a route, an earlier postmortem, a finding or an action which does not exist holds nothing and explains nothing.

Fix: correct the id, or write what it should name.

Bad::
    routes: [refund-triag]
Good::
    routes: [refund-triage]
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.repository import Index
from pmlint.rule import Context, Rule
from pmlint.schema import nearest

_FEW = 40


class _Known:
    """Names that exist. Of many, the nearest to another is sought among its neighbours from the front and from the back."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.orders: tuple[list[str], list[str]] = ([], [])
        self.found: dict[str, str] = {}

    def near(self, name: str) -> str:
        """The name that was meant, as a question; empty where none is near."""
        if name not in self.found:
            self.found[name] = nearest(name, self.names if len(self.names) <= _FEW else self._neighbours(name))
        return self.found[name]

    def _neighbours(self, name: str) -> set[str]:
        if not self.orders[0]:
            self.orders = sorted(self.names), sorted(known[::-1] for known in self.names)
        front, back = (
            order[max(0, (at := bisect_left(order, text)) - _FEW // 8) : at + _FEW // 8]
            for order, text in zip(self.orders, (name, name[::-1]), strict=True)
        )
        return {*front, *(known[::-1] for known in back)}


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Links between documents, from both sides."""
    routes, postmortems = _Known(index.route_by_id), _Known(index.postmortem_by_id)
    for facts in index.postmortems:
        for number, name in enumerate(facts.routes):
            if name not in index.route_by_id:
                yield _dangling("route", name, routes, Path() / "routes" / number, facts.file)
        for number, name in enumerate(facts.recurrence_of):
            if name not in index.postmortem_by_id or name == facts.id:
                yield _dangling("other postmortem", name, postmortems, Path() / "recurrence_of" / number, facts.file)
    for route in index.routes:
        for number, name in enumerate(route.postmortems):
            if name not in index.postmortem_by_id:
                yield _dangling("postmortem", name, postmortems, route.place("postmortems") / number, route.file)


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
                yield _dangling("finding", name, _Known(findings), at / "findings" / number)
    for action in postmortem.actions:
        if action.control and action.control not in controls:
            yield _dangling("failed control", action.control, _Known(controls), action.at / "control")
    for kind in postmortem.evidence:
        if kind.action and kind.action not in actions:
            yield _dangling("action", kind.action, _Known(actions), kind.at / "action")


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


def _dangling(kind: str, name: str, known: _Known, at: Path, file: str = "") -> Problem:
    return Problem(f"there is no {kind} '{name}'", at, name, help=known.near(name) or f"correct the id, or add the {kind}", file=file)


RULE = Rule("dangling-link", Level.ERROR, "repository", check, __doc__, "draft")
INSIDE = Rule("dangling-link", Level.ERROR, "postmortem", check_inside, __doc__, "draft")
