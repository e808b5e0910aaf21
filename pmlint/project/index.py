"""What is known of all documents of a tree: by id, by route, with links from both sides.

It is all that grows with their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from sys import intern
from typing import NamedTuple

from pmlint.model import Postmortem, Route
from pmlint.parsing.document import Document, read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree, not_a_file
from pmlint.project.files import postmortem_files
from pmlint.project.holds import Hold, holds, is_open, signoff_hold
from pmlint.project.ids import id_of_file
from pmlint.project.registry import read_routes
from pmlint.project.settings import Settings
from pmlint.project.waivers import WaiverFacts, facts_of_waiver


class ActionFacts(NamedTuple):
    """What other documents need to know of an action."""

    id: str
    title: str
    layer: str
    strength: int
    findings: tuple[str, ...]
    control: str
    owner: str
    deadline: date | None
    status: str
    is_open: bool


class StageFacts(NamedTuple):
    """What a route needs to know of a stage that it names."""

    id: str
    state: str
    autonomy: str


class PostmortemFacts(NamedTuple):
    """What other documents need to know of a postmortem.

    ``classes`` maps the ids of its findings to their classes. ``is_restarted`` says whether its
    restart clock is set.
    """

    id: str
    file: str
    title: str
    status: str
    severity: str
    opened: date | None
    routes: tuple[str, ...]
    recurrence_of: tuple[str, ...]
    failed_controls: tuple[str, ...]
    classes: dict[str, str]
    actions: tuple[ActionFacts, ...]
    holds: tuple[Hold, ...]
    waivers: tuple[WaiverFacts, ...] = ()
    is_signed: bool = False
    is_restarted: bool = False
    stages: tuple[StageFacts, ...] = ()


def facts_of(postmortem: Postmortem) -> PostmortemFacts:
    """The facts of a postmortem, also of one whose shape is wrong: what can't be read is empty, and
    what is unclear is open.

    Texts that many documents share are kept once.
    """
    return PostmortemFacts(
        id=postmortem.id,
        file=postmortem.file,
        title=postmortem.title,
        status=intern(postmortem.status),
        severity=intern(postmortem.severity),
        opened=postmortem.opened,
        routes=tuple(map(intern, postmortem.routes)),
        recurrence_of=tuple(map(intern, postmortem.recurrence_of)),
        failed_controls=tuple(intern(control.name) for control in postmortem.failed_controls),
        classes={intern(finding.id): intern(finding.kind) for finding in postmortem.findings},
        actions=tuple(
            ActionFacts(
                intern(action.id),
                action.title,
                intern(action.layer),
                action.strength,
                tuple(map(intern, action.findings)),
                intern(action.control),
                intern(action.owner),
                action.deadline,
                intern(action.status),
                is_open(action, postmortem),
            )
            for action in postmortem.actions
        ),
        holds=tuple(holds(postmortem)),
        waivers=tuple(facts_of_waiver(waiver, postmortem) for waiver in postmortem.waivers),
        is_signed=bool(postmortem.restart.signoffs),
        is_restarted=postmortem.clocks.data.get("restart") is not None,
        stages=tuple(
            StageFacts(intern(stage.id), intern(stage.state), intern(stage.autonomy))
            for stage in postmortem.restart.stages
        ),
    )


def unreadable(file: str, forms: Sequence[str] = ()) -> PostmortemFacts:
    """The facts of a postmortem that can't be read: its id by the file's name, and a hold, since
    nobody knows what is open.
    """
    name = id_of_file(file, forms)
    # Nothing is settled by being unreadable (docs/decisions/0008-fails-closed.md).
    hold = Hold(
        name,
        "review",
        "",
        "",
        None,
        "the file can't be read",
        "repair the file; 'pmlint check' says where",
    )
    return PostmortemFacts(name, file, "", "", "", None, (), (), (), {}, (), (hold,))


def read_entry(tree: Tree, entry: Entry) -> Document:
    """Read a postmortem of a tree. Raises `Malformed` where it has no data."""
    if entry.kind != "file":
        raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
    return read_postmortem(decode(entry.path, tree.read(entry.path), keeps_marks=True))


def facts_at(tree: Tree, settings: Settings, entry: Entry) -> PostmortemFacts:
    """The facts of a postmortem of a tree, also of one that can't be read."""
    try:
        document = read_entry(tree, entry)
    except Malformed:
        return unreadable(entry.path, settings.ids)
    return facts_of(Postmortem(settings.as_judged(document.data), entry.path, document.body))


class Index:
    """All routes and the facts of all postmortems of one tree, in the order of their files."""

    def __init__(self, routes: Iterable[Route], postmortems: Iterable[PostmortemFacts]) -> None:
        self.routes = tuple(sorted(routes, key=lambda route: (route.file, route.at.pointer)))
        self.postmortems = tuple(sorted(postmortems, key=lambda facts: facts.file))
        self.route_by_id: dict[str, Route] = {}
        # A file of ours adds owner, controls and promises to what a platform's file says, so it
        # speaks for the route where there is one.
        for route in sorted(self.routes, key=lambda route: route.mapped):
            self.route_by_id.setdefault(route.id, route)
        self.postmortem_by_id: dict[str, PostmortemFacts] = {}
        self._linked: dict[str, dict[str, None]] = defaultdict(dict)
        for facts in self.postmortems:
            # The first file keeps an id that is there twice; `duplicate-id` names the other one.
            self.postmortem_by_id.setdefault(facts.id, facts)
            for name in facts.routes:
                self._linked[name][facts.id] = None
        for route in self.routes:
            for name in route.postmortems:
                self._linked[route.id][name] = None

    def linked(self, route: str) -> tuple[PostmortemFacts, ...]:
        """The postmortems of a route, whichever side names the link, in the order of their ids;
        links that dangle are left out.
        """
        return tuple(
            self.postmortem_by_id[name]
            for name in sorted(self._linked.get(route, ()))
            if name in self.postmortem_by_id
        )

    def links(self) -> dict[str, frozenset[str]]:
        """Every link as it is written on either side, dangling ones too: route id → ids."""
        return {route: frozenset(names) for route, names in self._linked.items()}

    def held_by(self, route: str) -> tuple[Hold, ...]:
        """Everything that holds a route; a sign-off that is missing is its owner's."""
        known = self.route_by_id.get(route)
        owner = known.owner if known is not None else ""
        found = [hold for facts in self.linked(route) for hold in facts.holds]
        return tuple(_of_owner(hold, route, owner) for hold in found)


def _of_owner(hold: Hold, route: str, owner: str) -> Hold:
    """A hold of a postmortem as that of one of its routes."""
    if hold.kind != "sign-off":
        return hold
    return signoff_hold(hold.postmortem, (), route, owner) or hold


def read_index(tree: Tree, settings: Settings) -> Index:
    """The index of a tree, for who asks what its documents say and not whether they are right: of
    1,000 documents it takes a fifth of what judging them takes.

    Raises `UsageError` where the configuration is wrong.
    """
    files = postmortem_files(tree, settings)
    routes = read_routes(tree, settings).routes
    return Index(routes, (facts_at(tree, settings, entry) for entry in files))
