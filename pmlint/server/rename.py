"""Renames what has an id or a handle, in every file that names it. Names in running text stay: they
are words of the author.

1. A finding or an action is named in its own postmortem alone.
2. A route, a control or a person is named in all of them, and by the base of the gate, for which a
   rename is a removal. So none is renamed while it holds, or is held by, anything.
3. A rename that cannot reach every place is none: a platform's file, CODEOWNERS and the
   configuration are not written here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from lsprotocol.types import Range, TextEdit, WorkspaceEdit

from pmlint.edit.value import inline
from pmlint.project.settings import NAMES
from pmlint.server.draft import Draft
from pmlint.server.fields import home, link
from pmlint.server.navigation import opened
from pmlint.server.outline import Slot
from pmlint.server.view import View

_FORMS = {
    "finding": re.compile(r"[A-Za-z0-9][\w.-]*"),
    "action": re.compile(r"[A-Za-z0-9][\w.-]*"),
    "route": re.compile(r"[a-z0-9][a-z0-9-]*"),
    "control": re.compile(r"[a-z0-9][a-z0-9-]*"),
    "person": re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*"),
}
"""What is renamed, by the form of its name."""
_OWN = frozenset(("finding", "action"))


class RenameRefused(Exception):
    """Why a name has to stay, or another one cannot be taken."""


def renamed(draft: Draft, view: View, offset: int, name: str) -> WorkspaceEdit:
    """The edits that give another name to what is at a place. Raises `RenameRefused`."""
    slot = _named(draft, offset)
    if slot is None:
        raise RenameRefused("there is nothing here that can be renamed")
    kind = _kind(draft, slot)
    if not _FORMS[kind].fullmatch(name):
        raise RenameRefused(f"'{name}' is not a name for a {kind}")
    # The name of a control that was not there means nothing in another postmortem.
    is_own = kind in _OWN or (kind == "control" and not _is_declared(slot.text, view))
    files = [draft.file] if is_own else _all_files(view)
    changes: dict[str, list[TextEdit]] = defaultdict(list)
    for other, one in _places(kind, slot.text, files, draft, view):
        shown = other.source.text[one.start : one.end]
        style = shown[0] if shown[:1] in ('"', "'") else ""
        edit = TextEdit(other.range(one.start, one.end), inline(name, style))
        changes[view.uri(other.file)].append(edit)
    if next(_places(kind, name, files, draft, view), None):
        raise RenameRefused(f"the {kind} '{name}' is there already")
    if not is_own:
        _require_free(kind, slot.text, view)
    return WorkspaceEdit(dict(changes))


def renameable(draft: Draft, offset: int) -> Range | None:
    """The name at a place, None where nothing can be renamed."""
    slot = _named(draft, offset)
    return draft.range(slot.start, slot.end) if slot else None


def _named(draft: Draft, offset: int) -> Slot | None:
    slot = draft.slot(offset)
    return slot if slot and slot.text and _kind(draft, slot) in _FORMS else None


def _kind(draft: Draft, slot: Slot) -> str:
    """What a name means; a control that failed is a control."""
    kind = home(draft.kind, slot.path) or link(draft.kind, slot.path)
    return "control" if kind == "failed control" else kind


def _is_declared(control: str, view: View) -> bool:
    return any(one.id == control for route in view.index.routes for one in route.controls)


def _places(
    kind: str, name: str, files: list[str], draft: Draft, view: View
) -> Iterator[tuple[Draft, Slot]]:
    """Each place where something of a kind has a name or is named by it, with its document."""
    for file in files:
        # Most of 1,000 documents have not got the word, and are not taken apart.
        source = draft.source if file == draft.file else view.source(file)
        other = opened(file, draft, view) if source and name in source.text else None
        for slot in other.outline.slots.values() if other else ():
            if other and slot.text == name and _kind(other, slot) == kind:
                yield other, slot


def _all_files(view: View) -> list[str]:
    files = [facts.file for facts in view.index.postmortems]
    files += [route.file for route in view.index.routes if not route.mapped]
    files += [view.people.file] if view.people else []
    return list(dict.fromkeys(files))


def _require_free(kind: str, name: str, view: View) -> None:
    """Make sure that the gate takes the rename for what it is. Raises `RenameRefused`."""
    index = view.index
    for route in index.routes:
        owned = kind == "person" and route.owner == name
        declared = kind == "control" and any(one.id == name for one in route.controls)
        if not (owned or declared or (kind == "route" and route.id == name)):
            continue
        if route.mapped:
            raise RenameRefused(f"'{route.id}' is written in {route.file}; rename it there")
        holds = index.held_by(route.id)
        if holds:
            raise RenameRefused(
                f"'{name}' must stay: {holds[0].postmortem} holds the route '{route.id}'"
            )
    if kind == "person":
        _require_unbound(name, view)


def _require_unbound(handle: str, view: View) -> None:
    """Make sure that no review that holds something names a person, and no file that is not
    written here.
    """
    # GitHub's own file has teams and addresses, too.
    if view.people is None or not view.people.file.endswith((".yaml", ".yml")):
        raise RenameRefused("people are renamed where there is a people file")
    word = re.compile(rf"{re.escape(handle)}(?![\w-])")
    for facts in view.index.postmortems:
        source = view.source(facts.file) if facts.holds else None
        if source and word.search(source.text):
            raise RenameRefused(f"'{handle}' must stay: {facts.id} names it and is not settled")
    for file in (*NAMES, "CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"):
        source = view.source(file)
        if source and word.search(source.text):
            raise RenameRefused(f"'{handle}' is named in {file}, which is not renamed here")
