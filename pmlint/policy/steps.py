"""How many steps an expression may take on a document, told before it runs.

cel-expr-python stops after 10,000 steps of macros, common-expression-language never does (a
million take 0.36 s). So the steps are bounded here, for both: each macro by the length of its
list, each inner one as often as the outer goes round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from pmlint.policy.failed import Failed
from pmlint.policy.grammar import SyntaxNode

MOST = 200_000
"""0.1 s with common-expression-language 0.10 on the machine of `docs/performance.md`."""
DEEPEST = 4
"""The most macros inside of each other, of which ``each`` is one: shipped policies need so many."""


class StepPlan(NamedTuple):
    """What bounds an expression: the tree, and the steps as a polynomial of the longest list,
    which is worked out once (0.02 ms a document instead of 1 ms for walking the tree).
    """

    node: SyntaxNode
    steps: tuple[int, ...]


class _Range(NamedTuple):
    """The values over which a macro goes: where they are in the variables, ``None`` for any
    element of a list.
    """

    root: str
    steps: tuple[str | None, ...]


def plan(node: SyntaxNode) -> StepPlan:
    """The bound of an expression. Raises `Failed` at a macro that nests too deep."""
    _check_depth(node, 0)
    return StepPlan(node, _steps(node))


def check_steps(plan: StepPlan, variables: Mapping[str, object]) -> None:
    """Bound the steps of an expression on these variables. Raises `Failed` above `MOST`."""
    if plan.steps == (0,):
        return
    longest = _longest(variables)
    # As if every list were the longest: nearly every document ends here.
    if sum(factor * longest**power for power, factor in enumerate(plan.steps)) <= MOST:
        return
    steps = _Bound(variables, longest).steps(plan.node, {})
    if steps > MOST:
        raise Failed(f"this could take {steps:,} steps, more than {MOST:,}")


def _check_depth(node: SyntaxNode, outer: int) -> None:
    if node.kind == "macro" and outer == DEEPEST:
        raise Failed(f"macros nest at most {DEEPEST} deep", node.mark)
    for number, part in enumerate(node.parts):
        _check_depth(part, outer + (node.kind == "macro" and number > 0))


def _steps(node: SyntaxNode) -> tuple[int, ...]:
    """The steps of a node as a polynomial of the longest list."""
    if node.kind != "macro":
        return _sum(_steps(part) for part in node.parts)
    source, *asked = node.parts
    each = _sum(((1,), *(_steps(part) for part in asked)))
    return _sum((_steps(source), _product(_size(source), each)))


def _size(node: SyntaxNode) -> tuple[int, ...]:
    """The elements of a list or mapping as a polynomial of the longest one of the document."""
    if node.kind in ("bracket", "macro"):
        return _size(node.parts[0])
    if node.kind in ("list", "map"):
        return (len(node.parts),)
    if node.kind == "if" or (node.kind == "binary" and node.value == "+"):
        return _sum(_size(part) for part in node.parts)
    return (0, 1)


def _sum(terms: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    # (0,), so that the sum of nothing is a polynomial too.
    return tuple(map(sum, zip_longest((0,), *terms, fillvalue=0)))


def _product(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    found = [0] * (len(one) + len(other) - 1)
    for power, factor in enumerate(one):
        for other_power, other_factor in enumerate(other):
            found[power + other_power] += factor * other_factor
    return tuple(found)


def _longest(value: object) -> int:
    """The length of the longest list or mapping in plain data."""
    most = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            most = max(most, len(one))
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return most


class _Bound:
    """An upper bound of the steps, macro by macro."""

    def __init__(self, variables: Mapping[str, object], longest: int) -> None:
        self._variables = variables
        self._longest = longest

    def steps(self, node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> int:
        """The steps of a node inside of macros whose elements are known by ``ranges``."""
        if node.kind != "macro":
            return sum(self.steps(part, ranges) for part in node.parts)
        source, *asked = node.parts
        place = self._place(source, ranges)
        element = None if place is None else _Range(place.root, (*place.steps, None))
        inside = {**ranges, node.variable: element}
        each = 1 + sum(self.steps(part, inside) for part in asked)
        return self.steps(source, ranges) + self._size(source, ranges) * each

    def _size(self, node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> int:
        """The most elements that a list or mapping can have."""
        if node.kind == "bracket":
            return self._size(node.parts[0], ranges)
        if node.kind == "list" or node.kind == "map":
            return len(node.parts)
        if node.kind == "macro":
            return self._size(node.parts[0], ranges)
        if node.kind == "binary" and node.value == "+":
            return sum(self._size(part, ranges) for part in node.parts)
        if node.kind == "if":
            return max(self._size(part, ranges) for part in node.parts[1:])
        place = self._place(node, ranges)
        if place is None:
            return self._longest
        return max(map(len, self._values(place)), default=0)

    def _place(self, node: SyntaxNode, ranges: Mapping[str, _Range | None]) -> _Range | None:
        """Where the value of a node is in the variables; None where it is computed."""
        if node.kind == "bracket" or (node.kind == "macro" and node.value == "filter"):
            return self._place(node.parts[0], ranges)
        if node.kind == "name":
            if node.value in ranges:  # None: an element of what is computed
                return ranges[node.value]
            return _Range(node.value, ()) if node.value in self._variables else None
        if node.kind == "select":
            target = self._place(node.parts[0], ranges)
            return _Range(target.root, (*target.steps, node.value)) if target else None
        return None

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
