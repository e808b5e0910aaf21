"""How many steps an expression may take on a document, told before it runs.

cel-expr-python stops after 10,000 steps of macros, common-expression-language never does (a
million take 0.36 s). So the steps are bounded here, for both: each macro by the length of its
list, each inner one as often as the outer goes round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from pmlint.policy.failed import Failed
from pmlint.policy.grammar import SyntaxNode

MOST = 200_000
"""0.1 s with common-expression-language 0.10 on the machine of `docs/performance.md`."""
DEEPEST = 4
"""The most macros inside of each other, of which ``each`` is one: shipped policies need so many."""


class _Range(NamedTuple):
    """Values of the variables: where they are, ``None`` for any element of a list."""

    root: str
    steps: tuple[str | None, ...]


class _Parts(NamedTuple):
    """The elements of several lists, of which one is taken (``choose`` is `max`) or all (`sum`)."""

    choose: Callable[[Iterable[int]], int]
    sizes: tuple[_Size, ...]


_Size = int | _Range | _Parts | None
"""How many elements a list or mapping has: a number, as many as what is in the variables, those of
its parts, or as many as the longest one of all, where it is computed.
"""


class _Loop(NamedTuple):
    """A macro: what it goes over, the macros that make that, and those of each turn."""

    size: _Size
    source: tuple[_Loop, ...]
    each: tuple[_Loop, ...]


StepPlan = tuple[_Loop, ...]


def plan(node: SyntaxNode) -> StepPlan:
    """What bounds an expression: its macros, found once. Looking for them in the tree for each
    document took a tenth of the time of a check.

    Raises `Failed` at a macro that nests too deep.
    """
    _check_depth(node, 0)
    return tuple(_loops(node, {}))


def check_steps(plan: StepPlan, variables: Mapping[str, object]) -> None:
    """Bound the steps of an expression on these variables. Raises `Failed` above `MOST`."""
    steps = _Bound(variables).steps(plan)
    if steps > MOST:
        raise Failed(f"this could take {steps:,} steps, more than {MOST:,}")


def _check_depth(node: SyntaxNode, outer: int) -> None:
    if node.kind == "macro" and outer == DEEPEST:
        raise Failed(f"macros nest at most {DEEPEST} deep", node.mark)
    for number, part in enumerate(node.parts):
        # the first part of a macro is what it walks over, outside of its loop
        is_inside = node.kind == "macro" and number > 0
        _check_depth(part, outer + 1 if is_inside else outer)


def _loops(node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> Iterator[_Loop]:
    """The macros of a node, inside of macros whose elements are known by ``ranges``."""
    if node.kind != "macro":
        for part in node.parts:
            yield from _loops(part, ranges)
        return
    source, *asked = node.parts
    place = _place(source, ranges)
    element = None if place is None else _Range(place.root, (*place.steps, None))
    inside = {**ranges, node.variable: element}
    each = (loop for part in asked for loop in _loops(part, inside))
    yield _Loop(_size(source, ranges), tuple(_loops(source, ranges)), tuple(each))


def _size(node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> _Size:
    """The most elements that a list or mapping can have."""
    if node.kind in ("bracket", "macro"):
        return _size(node.parts[0], ranges)
    if node.kind in ("list", "map"):
        return len(node.parts)
    if node.kind == "binary" and node.value == "+":
        return _Parts(sum, tuple(_size(part, ranges) for part in node.parts))
    if node.kind == "if":
        return _Parts(max, tuple(_size(part, ranges) for part in node.parts[1:]))
    return _place(node, ranges)


def _place(node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> _Range | None:
    """Where the value of a node is in the variables; None where it is computed."""
    if node.kind == "bracket" or (node.kind == "macro" and node.value == "filter"):
        return _place(node.parts[0], ranges)
    if node.kind == "name":
        # None: an element of what is computed
        return ranges[node.value] if node.value in ranges else _Range(node.value, ())
    if node.kind == "select":
        target = _place(node.parts[0], ranges)
        return _Range(target.root, (*target.steps, node.value)) if target else None
    return None


class _Bound:
    """An upper bound of the steps, macro by macro."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        self._variables = variables
        # Many macros go over the same few lists.
        self._counted: dict[_Range, int] = {}

    def steps(self, loops: tuple[_Loop, ...]) -> int:
        """The steps of macros, with those inside of them."""
        return sum(
            self.steps(loop.source) + self._size(loop.size) * (1 + self.steps(loop.each))
            for loop in loops
        )

    def _size(self, size: _Size) -> int:
        if isinstance(size, int):
            return size
        if isinstance(size, _Parts):
            return size.choose(map(self._size, size.sizes))
        if size is None or size.root not in self._variables:
            return self._longest
        if size not in self._counted:
            self._counted[size] = max(map(len, self._values(size)), default=0)
        return self._counted[size]

    @cached_property
    def _longest(self) -> int:
        """The length of the longest list or mapping, wherever it is."""
        most = 0
        waiting = list(self._variables.values())
        while waiting:
            one = waiting.pop()
            if isinstance(one, (dict, list)):
                most = max(most, len(one))
                waiting.extend(one.values() if isinstance(one, dict) else one)
        return most

    def _values(self, place: _Range) -> Iterator[list[object] | dict[object, object]]:
        values = [self._variables[place.root]]
        for step in place.steps:
            values = list(_below(values, step))
        yield from (one for one in values if isinstance(one, (list, dict)))


def _below(values: list[object], step: str | None) -> Iterator[object]:
    for value in values:
        if isinstance(value, dict) and step is not None:
            if step in value:
                yield value[step]
        elif isinstance(value, list) and step is None:
            yield from value
