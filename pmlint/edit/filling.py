"""Filling a postmortem with what was found: only what is absent, empty or a placeholder. What a
person wrote differently stays, and is a difference that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.edit.change import Change
from pmlint.edit.edits import changed
from pmlint.model.saying import has_placeholder
from pmlint.parsing.document import Document
from pmlint.place import Path


class FillDifference(NamedTuple):
    """A field of the document that a person wrote differently than was found."""

    at: Path
    written: object
    found: object


class Filled(NamedTuple):
    """The document with what was found, and what a person wrote differently."""

    document: Document
    differences: tuple[FillDifference, ...]


def fill(document: Document, found: Mapping[str, Any]) -> Filled:
    """A postmortem with the fields that were found, byte for byte otherwise.

    ``found`` has mappings of fields (clocks, evidence) and lists of items (timeline, agent path).
    Raises `UsageError` where the text cannot be edited.
    """
    differences: list[FillDifference] = []
    for at, value in _fields(found):
        here = _value(document.data, at)
        if here == value:
            continue
        changes = list(_pieces(at, here, value)) if _is_pack(here, value) else None
        if changes is None and is_unfilled(here):
            changes = list(_items(at, here, value))
        if changes is None:
            differences.append(FillDifference(at, here, value))
        else:
            document = changed(document, *changes)
    return Filled(document, tuple(differences))


def is_unfilled(value: object) -> bool:
    """Whether nobody has written a value: absent, empty, only suggested, or a placeholder."""
    if value is None or isinstance(value, str):
        return not (value or "").strip() or has_placeholder(value or "")
    if isinstance(value, list):
        return all(map(is_unfilled, value))
    if isinstance(value, dict):
        # `{missing: TODO, action: A1}` of the template names an action that nobody wrote either.
        texts = [item for name, item in value.items() if name != "action"]
        return "suggested" in value or all(map(is_unfilled, texts))
    return False


def _fields(found: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            for field, inner in value.items():
                yield Path((name, field)), inner
        else:
            yield Path((name,)), value


def _value(data: object, at: Path) -> object:
    here = data
    for step in at:
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _is_pack(here: object, value: object) -> bool:
    """Whether both are evidence and the same files are named: then only digests differ."""
    return (
        isinstance(here, list)
        and isinstance(value, list)
        and bool(_by_path(value))
        and _by_path(value).keys() <= _by_path(here).keys()
    )


def _by_path(pieces: Sequence[object]) -> dict[str, int]:
    return {
        str(piece["path"]): number
        for number, piece in enumerate(pieces)
        if isinstance(piece, dict) and "path" in piece
    }


def _pieces(at: Path, here: object, value: object) -> Iterator[Change]:
    """The digests of files that the document names already; other pieces are a person's."""
    assert isinstance(here, list)
    assert isinstance(value, list)
    numbers = _by_path(here)
    for piece in value:
        number = numbers[piece["path"]]
        if here[number].get("sha256") != piece["sha256"]:
            yield Change(at / number / "sha256", piece["sha256"])


def _items(at: Path, here: object, value: object) -> Iterator[Change]:
    """A value, or each item of a list in the lines of the template that it replaces."""
    if not (isinstance(here, list) and here and isinstance(value, list)):
        yield Change(at, value, whole=True)
        return
    for number in range(len(here) - 1, 0, -1):
        yield Change(at / number, remove=True)
    yield Change(at / 0, value[0], whole=True)
    for item in value[1:]:
        yield Change(at, item, append=True)
