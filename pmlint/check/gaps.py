"""Values that are wrong, and the problems that are there whatever the right value is.

A value of the wrong shape, with two meanings, or with a placeholder has one finding at its place.
To everything else that is demanded it is absent: nobody calls it missing, nobody speaks of it
again, and the rest of the document is judged as if the value were right. So a problem counts when

1. it is not about such a value: its place is not at or below a gap; and
2. it is there for each value that could have been meant: those of the closed list where there is
   one, else what is written, and samples of what such fields hold (`pmlint.check.meant`). Only
   rules that asked for the value are tried again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.finding import Problem
from pmlint.parsing.yaml_nodes import Node
from pmlint.place import Path, Where

MOST = 40
"""With more gaps nothing is tried: a fresh skeleton has 26, and each of 1,000 takes time."""
_KEY = re.compile(r"""["']?([\w-]+)""")


class Gap(NamedTuple):
    """A place whose value is wrong, and the values that may have been meant, as far as they are
    known.
    """

    at: Path
    values: tuple[object, ...] = ()


Ask = Callable[[object], Iterable[Problem]]
"""What a rule or a policy demands of the data of a document."""


def about(at: Path | Where, places: Collection[Path]) -> bool:
    """Whether a place is at or below one of the places of gaps (a set, so that 1,000 are quick)."""
    if isinstance(at, Where) and at.part == "body":
        return False
    path = at.path if isinstance(at, Where) else at
    return any(path[:length] in places for length in range(len(path) + 1))


def certain(ask: Ask, data: object, gaps: Collection[Gap]) -> list[Problem]:
    """What is demanded of a document for each right value; see the module's docstring."""
    partial = Partial(data, gaps)
    places = frozenset(gap.at for gap in gaps)
    found = [problem for problem in ask(partial.data) if not about(problem.at, places)]
    read = [gap for gap in gaps if gap.at in partial.asked]
    return always(found, ask, data, gaps, read)


def always(
    found: list[Problem], ask: Ask, data: object, gaps: Collection[Gap], read: Collection[Gap]
) -> list[Problem]:
    """The problems that are there for every value that was meant at the gaps ``read``."""
    if len(gaps) > MOST:
        return found
    for values in _meant(data, read):
        if not found:
            break
        again = {_key(problem) for problem in ask(Partial(data, gaps, values).data)}
        found = [problem for problem in found if _key(problem) in again]
    return found


def _key(problem: Problem) -> tuple[Path | Where, str]:
    return problem.at, problem.message


def _meant(data: object, gaps: Collection[Gap]) -> Iterator[dict[Path, object]]:
    """The values to try: what is written, in all gaps at once, then others one by one."""
    written = {gap.at: value_at(data, gap.at) for gap in gaps}
    if written:
        yield written
    for gap in gaps:
        for value in gap.values:
            yield {gap.at: value}


def value_at(data: object, at: Path) -> object:
    """The value at a path, None where there is none."""
    for step in at:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


class _Noting(dict[str, Any]):
    """A mapping without its gaps, that notes which of them somebody asked for."""

    def __init__(self, fields: Mapping[str, Any], gaps: Mapping[str, Path], asked: set[Path]):
        super().__init__(fields)
        self._gaps = gaps
        self._asked = asked

    def _note(self, key: object) -> None:
        if key in self._gaps:
            self._asked.add(self._gaps[str(key)])

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)


class Partial:
    """Data without its ``gaps``, or with other ``values`` in some of them; ``asked`` has those
    gaps that somebody has asked for since.

    A field is left out; an element of a list becomes null, so that the others keep their places.
    """

    def __init__(
        self, data: object, gaps: Iterable[Gap], values: Mapping[Path, object] | None = None
    ) -> None:
        self.asked: set[Path] = set()
        self._values = values or {}
        self.data = self._without(data, Path(), _tree_of(gaps))

    def _without(self, data: object, at: Path, tree: Mapping[str | int, Any]) -> object:
        """A copy of the mappings and lists on the way to gaps; all else is shared."""
        here = {step: at / step for step, inner in tree.items() if inner is _HERE}
        if isinstance(data, list):
            self.asked.update(here.values())  # a list cannot note who asks
            items = list(data)
            for step, inner in tree.items():
                if isinstance(step, int) and step < len(items):
                    items[step] = (
                        self._values.get(at / step)
                        if inner is _HERE
                        else self._without(items[step], at / step, inner)
                    )
            return items
        if not isinstance(data, dict):
            return data
        fields = {name: value for name, value in data.items() if name not in here}
        for step, inner in tree.items():
            name = str(step)
            if inner is not _HERE and name in fields:
                fields[name] = self._without(fields[name], at / step, inner)
        known = {str(step): self._values.get(gap) for step, gap in here.items()}
        filled = {name: value for name, value in known.items() if value is not None}
        missing = {str(step): gap for step, gap in here.items() if str(step) not in filled}
        return _Noting(fields | filled, missing, self.asked)


_HERE: dict[str | int, Any] = {}
"""What a tree of gaps has at the place of one."""


def _tree_of(gaps: Iterable[Gap]) -> Mapping[str | int, Any]:
    """The steps of all gaps, below each other."""
    tree: dict[str | int, Any] = {}
    for gap in gaps:
        inner = tree
        for step in gap.at[:-1]:
            inner = inner.setdefault(step, {})
            if inner is _HERE:  # a gap around it has it already
                break
        else:
            inner[gap.at[-1]] = _HERE
    return tree


def path_at(node: Node, text: str, offset: int) -> Path:
    """The path of the value or the key that the character at ``offset`` of the text belongs to."""
    for step, child in (node.children or {}).items():
        key = (node.keys or {}).get(str(step), (child.start, child.start))
        if key[0] <= offset < max(child.end, key[1]):
            inner = path_at(child, text, offset) if offset >= child.start else Path()
            return Path((step, *inner))
    again = _KEY.match(text, offset)  # a key that is there twice has one node, at the first place
    return Path((again[1],)) if again and again[1] in (node.keys or {}) else Path()
