"""Fields in the order of their schema: whole lines move, with the comments above them, and no byte
of a line changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pmlint.edit.edits import column, last_line_end, node_at
from pmlint.model.schema import schema
from pmlint.model.validator import resolved
from pmlint.parsing.document import Document, read_as
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.yaml_nodes import Node
from pmlint.place import Path

_COMMENT = re.compile(r"(?:\r?\n[ \t]*)*\r?\n(?P<margin>[ \t]*)#[^\r\n]*")


def ordered(document: Document) -> str:
    """The text of a document with the fields of its block mappings in the order of the schema; what
    the schema doesn't know comes last.

    Mappings in flow style, and those whose lines can't move without changing what is read, stay as
    they are.
    """
    # A file with problems was not read whole: fields may be there that nobody has seen.
    if not document.problems:
        whole = schema(document.kind)
        for at, order in _mappings(whole, whole, document.data, Path()):
            document = reordered(document, at, order)
    return document.source.text


def reordered(document: Document, at: Path, order: Sequence[str]) -> Document:
    """The document with the fields of one mapping in an order; the document itself where that can't
    be done.
    """
    text = document.source.text
    node = node_at(document, at)
    # In flow style commas and comments lie between the fields, and no whole line can move.
    if node is None or not node.keys or text[node.start] == "{":
        return document
    names = list(node.keys)
    rank = {name: number for number, name in enumerate(order)}
    # Sorted is stable, so unknown fields keep their order at the end.
    wanted = sorted(names, key=lambda name: rank.get(name, len(rank)))
    return document if wanted == names else _read_back(document, _moved(text, node, names, wanted))


def _mappings(
    part: Any, whole: Any, data: object, at: Path
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every mapping of the data that a schema describes, with the order of its fields."""
    part = resolved(part, whole)
    if isinstance(data, dict):
        fields = part.get("properties", {})
        yield at, tuple(fields)
        for name, value in data.items():
            yield from _mappings(fields.get(name, {}), whole, value, at / name)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _mappings(part.get("items", {}), whole, value, at / number)


def _moved(text: str, mapping: Node, names: list[str], wanted: list[str]) -> str:
    """The text with the fields of a block mapping in another order, comments above them too."""
    assert mapping.keys
    assert mapping.children
    above: dict[str, str] = {}
    lines: dict[str, str] = {}
    first = done = next(iter(mapping.keys.values()))[0]
    for name in names:
        start = mapping.keys[name][0]
        above[name] = text[done:start]
        done = _end(text, mapping.children[name], column(text, mapping))
        lines[name] = text[start:done]
    # The blank lines above the first field belong to the place, the comments to the field.
    head = above[wanted[0]]
    comments = head.lstrip()
    gap = head[: len(head) - len(comments)]
    above[names[0]] = gap.rstrip(" \t") + " " * column(text, mapping)
    above[wanted[0]] = comments
    return text[:first] + "".join(above[name] + lines[name] for name in wanted) + text[done:]


def _end(text: str, value: Node, margin: int) -> int:
    """Where the lines of a value end; comments below it that stand deeper than the names of the
    mapping belong to it.
    """
    end = last_line_end(text, value)
    at = end
    while comment := _COMMENT.match(text, at):
        at = comment.end()
        if len(comment["margin"]) > margin:
            end = at
    return end


def _read_back(document: Document, text: str) -> Document:
    """The document with another text, or as it is where that text does not say the same."""
    try:
        source = decode(document.source.file, text.encode(), keeps_marks=True)
        found = read_as(document.kind, source)
    except (Malformed, UnicodeEncodeError):
        return document
    # As JSON, because True == 1 in Python.
    same = json.dumps(found.data, sort_keys=True) == json.dumps(document.data, sort_keys=True)
    return found if same and not found.unclear and found.body == document.body else document
