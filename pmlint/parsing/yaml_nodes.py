"""Where the keys and values of a YAML document stand: the tree of nodes, and the characters of one
scalar. What builds them is `pmlint.parsing.strict_yaml`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, NamedTuple

from pmlint.parsing.source import Malformed, Source


class Node(NamedTuple):
    """A value in the text: offsets of its first character and past its last; children by key or
    index, keys by their own offsets.

    ``style`` is YAML's: ``'`` or ``"`` quoted, ``|`` or ``>`` block, empty for plain scalars and
    collections.
    """

    start: int
    end: int
    style: str = ""
    children: dict[str | int, Node] | None = None
    keys: dict[str, tuple[int, int]] | None = None


class Parsed(NamedTuple):
    """What was read, what is wrong with it although it could be read, and a function that says
    where everything stands.
    """

    data: object
    problems: tuple[Malformed, ...]
    where: Callable[[], Node]


NodePlace = tuple[int, int, str, Any]
"""What becomes a `Node` when somebody asks: where it begins and ends (negative: where its last
child does), its style, the children: for a mapping by key, each behind where the key begins and
ends; for a sequence in their order; for a scalar None.
"""


def extent(opening: Any, closing: Any, inside: object) -> NodePlace:
    """The place of a collection between two events."""
    return (
        opening.start_mark.index,
        # libyaml ends a block collection where the next token begins, maybe lines below: a
        # complement stands for the end of the last child.
        closing.end_mark.index if opening.flow_style else ~opening.end_mark.index,
        "",
        inside,
    )


class Nodes:
    """Makes the nodes of places in ``text``, which begins at the offset ``base`` of its file. An
    alias has the node of its anchor, which is met first.
    """

    def __init__(self, base: int, text: str) -> None:
        self._base = base
        self._text = text
        self._known: dict[int, Node] = {}

    def of(self, place: NodePlace) -> Node:
        """The node of a place, with those below it."""
        if id(place) in self._known:
            return self._known[id(place)]
        base = self._base
        start, end, style, inside = place
        children: dict[str | int, Node] | None = None
        keys: dict[str, tuple[int, int]] | None = None
        if isinstance(inside, dict):
            keys = {name: (base + first, base + last) for name, (first, last, _) in inside.items()}
            children = {name: self.of(where) for name, (_, _, where) in inside.items()}
        elif inside is not None:
            children = {number: self.of(where) for number, where in enumerate(inside)}
        elif style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        if end < 0:
            end = next(reversed(children.values())).end - base if children else ~end
        node = Node(base + start, base + end, style or "", children, keys)
        self._known[id(place)] = node
        return node


class ScalarTexts:
    """Where the characters of one scalar's value stand in the file; each text is sought once,
    however often it is asked for.
    """

    def __init__(self, source: Source, node: Node, value: str) -> None:
        self._node = node
        self._value = value
        self._raw = source.text[node.start : node.end]
        self._known: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text of the characters ``start`` to ``end`` of the value; all of the
        scalar where they can't be told.
        """
        wanted = self._value[start:end]
        if wanted not in self._known:
            self._known[wanted] = self._sought(wanted) if wanted.strip() else ([], [])
        before, there = self._known[wanted]
        number = bisect_left(before, start)
        if number >= len(there):
            return self._node.start, self._node.end
        first, last = there[number]
        return self._node.start + first, self._node.start + last

    def _sought(self, wanted: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Where a text begins in the value, and where it begins and ends in the file."""
        # folded text: a space of the value may be a line break with indentation in the file
        for pattern in (re.escape(wanted), r"\s+".join(map(re.escape, wanted.split()))):
            there = [match.span() for match in re.finditer(pattern, self._raw)]
            before = [match.start() for match in re.finditer(pattern, self._value)]
            if len(there) >= len(before):
                break
        return before, there
