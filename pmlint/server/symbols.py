"""The outline of a document: the front matter by its parts, then the headings of the body."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import DocumentSymbol, SymbolKind

from pmlint.parsing.markdown import sections
from pmlint.place import Path
from pmlint.server.draft import Draft
from pmlint.server.outline import Slot


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
            if known is None:
                continue
            name = known.text
        elif parent:
            continue
        # VS Code throws the whole outline away where one name is empty ('"": x' while it is typed).
        if name.strip():
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


def _headings(draft: Draft) -> list[DocumentSymbol]:
    """The headings below the front matter as CommonMark has them, each with what is below it."""
    if draft.kind != "postmortem" or not draft.front[1]:
        return []
    begin = draft.front[1]
    top: list[DocumentSymbol] = []
    open_ones: list[tuple[int, list[DocumentSymbol]]] = [(0, top)]
    for one in sections(draft.source.text[begin:]):
        if not one.title.strip():  # "## " while it is typed
            continue
        while open_ones[-1][0] >= one.level:
            open_ones.pop()
        start, inside = begin + one.heading_start, list[DocumentSymbol]()
        whole = draft.range(start, begin + max(one.end, one.heading_end))
        chosen = draft.range(start, begin + one.heading_end)
        open_ones[-1][1].append(
            DocumentSymbol(one.title, SymbolKind.String, whole, chosen, children=inside)
        )
        open_ones.append((one.level, inside))
    return top
