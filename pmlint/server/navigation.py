"""From a name to what it names, and back: routes, postmortems, controls, findings, actions, people,
rules, files.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import Location

from pmlint.parsing.tree import normal
from pmlint.place import Path
from pmlint.server.draft import Draft, kind_of
from pmlint.server.fields import home, link
from pmlint.server.outline import Slot
from pmlint.server.view import View, address


def definition(draft: Draft, view: View, offset: int) -> list[Location]:
    """Where the thing that a name means is written; at that very place, where it is named."""
    slot = draft.slot(offset)
    if slot is None or not slot.text:
        return []
    kind = link(draft.kind, slot.path)
    found = list(_homes(kind, slot, draft, view)) if kind else []
    # At its own home there is nowhere to go; editors that ask there want who names it.
    return found or (references(draft, view, offset) if home(draft.kind, slot.path) else [])


def references(draft: Draft, view: View, offset: int) -> list[Location]:
    """Where the thing that is written or named at a place is named."""
    slot = draft.slot(offset)
    if slot is None or not slot.text:
        return []
    kind = home(draft.kind, slot.path) or link(draft.kind, slot.path)
    found = []
    for file in _files(kind, slot.text, draft, view):
        other = opened(file, draft, view)
        for one in other.outline.slots.values() if other else ():
            if other and one.text == slot.text and link(other.kind, one.path) == kind:
                found.append(Location(view.uri(file), other.range(one.start, one.end)))
    return found


def opened(file: str, draft: Draft, view: View) -> Draft | None:
    """A file of the repository, as a draft; None where it can't be read."""
    if file == draft.file:
        return draft
    source = view.source(file)
    return (
        None
        if source is None
        else Draft(file, source.text, kind_of(file, view.settings), draft.measure)
    )


def _homes(kind: str, slot: Slot, draft: Draft, view: View) -> Iterator[Location]:
    name = slot.text
    if kind == "rule":
        if name in view.homes:
            yield Location(
                address(view.homes[name]), Draft("", "", None, draft.measure).range(0, 0)
            )
        return
    for file, path in _places(kind, name, draft, view):
        other = opened(file, draft, view)
        if other is not None:
            yield Location(view.uri(file), other.field(path))


def _places(kind: str, name: str, draft: Draft, view: View) -> Iterator[tuple[str, Path]]:
    """The files and paths at which something is written."""
    index = view.index
    if kind == "route" and name in index.route_by_id:
        route = index.route_by_id[name]
        yield route.file, route.place("id")
    elif kind == "postmortem" and name in index.postmortem_by_id:
        yield index.postmortem_by_id[name].file, Path() / "id"
    elif kind == "control":
        for route in (
            index.route_by_id[one] for one in draft.postmortem.routes if one in index.route_by_id
        ):
            yield from (
                (route.file, control.at / "id") for control in route.controls if control.id == name
            )
    elif kind == "person" and view.people is not None:
        person = view.people.find(name)
        if person is not None:
            yield view.people.file, person.at / "handle"
    # By the tree and not by the disk: a path may lead outside, and a link elsewhere.
    elif kind == "file" and (path := normal(name)) and _is_file(path, view):
        yield path, Path()
    else:
        for one in draft.outline.slots.values():
            if one.text == name and home(draft.kind, one.path) == kind:
                yield draft.file, one.path


def _is_file(path: str, view: View) -> bool:
    entry = view.tree.entry(path)
    return entry is not None and entry.kind == "file"


def _files(kind: str, name: str, draft: Draft, view: View) -> list[str]:
    """The files that may name something."""
    index = view.index
    if kind == "route":
        return [facts.file for facts in index.postmortems if name in facts.routes]
    if kind == "postmortem":
        routes = [
            route.file for route in index.routes if name in route.postmortems and not route.mapped
        ]
        return [
            *routes,
            *(facts.file for facts in index.postmortems if name in facts.recurrence_of),
        ]
    if kind == "control":
        route = draft.outline.data.get("id") if draft.kind == "route" else None
        return [
            facts.file
            for facts in index.postmortems
            if name in facts.failed_controls and (route is None or route in facts.routes)
        ]
    # Ids inside a postmortem mean nothing in another one.
    return [draft.file] if kind in ("finding", "action", "failed control") else []
