"""Renames what has an id in a postmortem and is named in it: a finding, an action. Names in running
text stay: they are words of the author.
"""

from __future__ import annotations

import re

from lsprotocol.types import Location, Range, TextEdit, WorkspaceEdit

from pmlint.server.draft import Draft
from pmlint.server.fields import home, link
from pmlint.server.navigation import definition, references
from pmlint.server.view import View

_IDS = re.compile(r"[A-Za-z0-9][\w.-]*")
RENAMED = frozenset(("finding", "action"))
"""What is named in its own document alone. A route, a control or a person is named by the base of
the gate, by CODEOWNERS and by other repositories, too: there a rename is a change to be judged.
"""


def renamed(draft: Draft, view: View, offset: int, name: str) -> WorkspaceEdit | None:
    """The edits that give another id to what is at a place; None where it has none, or where the
    new one is not an id or is taken.
    """
    if renameable(draft, offset) is None or not _IDS.fullmatch(name):
        return None
    slot = draft.slot(offset)
    assert slot is not None
    kind = home(draft.kind, slot.path) or link(draft.kind, slot.path)
    taken = any(
        one.text == name and home(draft.kind, one.path) == kind
        for one in draft.outline.slots.values()
    )
    if taken:
        return None
    is_home = bool(home(draft.kind, slot.path))
    places = references(draft, view, offset)
    places += [_here(draft, view, offset)] if is_home else definition(draft, view, offset)
    edits = {_key(place.range): TextEdit(place.range, name) for place in places}
    return WorkspaceEdit({view.uri(draft.file): [edits[key] for key in sorted(edits)]})


def renameable(draft: Draft, offset: int) -> Range | None:
    """The id at a place, None where nothing can be renamed."""
    slot = draft.slot(offset)
    if slot is None or not slot.text:
        return None
    kind = home(draft.kind, slot.path) or link(draft.kind, slot.path)
    return draft.range(slot.start, slot.end) if kind in RENAMED else None


def _here(draft: Draft, view: View, offset: int) -> Location:
    slot = draft.slot(offset)
    assert slot is not None
    return Location(view.uri(draft.file), draft.range(slot.start, slot.end))


def _key(place: Range) -> tuple[int, int]:
    return place.start.line, place.start.character
