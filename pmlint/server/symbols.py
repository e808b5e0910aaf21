"""The outline of a document: the front matter by its parts, then the headings of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import DocumentSymbol, SymbolKind

from pmlint.place import Path
from pmlint.server.draft import Draft
from pmlint.server.outline import Slot

_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>\S.*?)[ \t#]*\r?$", re.MULTILINE)


def symbols(draft: Draft) -> list[DocumentSymbol]:
    """The fields and headings of a document, in its order."""
    return [*_fields(draft, Path()), *_headings(draft)]


def _fields(draft: Draft, parent: Path) -> Iterator[DocumentSymbol]:
    """The fields right below a path, of lists the items that have an id."""
    slots = draft.outline.slots
    for path, slot in slots.items():
        if len(path) != len(parent) + 1 or Path(path[:-1]) != parent:
            continue
        # Two levels: the parts of a document, and what has an id in one.
        below = [] if parent else list(_fields(draft, path))
        name = str(path[-1])
        if isinstance(path[-1], int):
            known = slots.get(path / "id")
            if known is None or not known.text:
                continue
            name = known.text
        elif parent:
            continue
        yield _symbol(draft, path, slot, name, below)


def _symbol(
    draft: Draft, path: Path, slot: Slot, name: str, below: list[DocumentSymbol]
) -> DocumentSymbol:
    start, end = slot.key or (slot.start, slot.end)
    # A collection has no end of its own: it reaches to the last field that is below it.
    inside = [one for other, one in draft.outline.slots.items() if other[: len(path)] == path]
    whole = draft.range(
        min(start, *(one.start for one in inside), end), max(one.end for one in inside)
    )
    chosen = draft.range(start, end)
    title = draft.outline.slots.get(path / "title")
    detail = title.text if title else slot.text[:80]
    kind = SymbolKind.Array if below else SymbolKind.Field
    return DocumentSymbol(
        name, SymbolKind.Object if title else kind, whole, chosen, detail or None, children=below
    )


def _headings(draft: Draft) -> Iterator[DocumentSymbol]:
    """The headings below the front matter, each with its text up to the next."""
    if draft.kind != "postmortem":
        return
    text = draft.source.text
    found = [one for one in _HEADING.finditer(text, draft.front[1]) if draft.front[1]]
    ends = [*(one.start() for one in found[1:]), len(text)]
    for heading, end in zip(found, ends, strict=True):
        chosen = draft.range(heading.start("title"), heading.end("title"))
        yield DocumentSymbol(
            heading["title"], SymbolKind.String, draft.range(heading.start(), end), chosen
        )
