"""A job, hook or script that runs pmlint, as every reader gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.strict_yaml import parse_foreign
from pmlint.parsing.yaml_nodes import Node
from pmlint.place import Span

Keys = tuple[str | int, ...]


class Pin(NamedTuple):
    """A version that was taken out of a text: numbers, a digest, or a name such as a branch."""

    numbers: tuple[int, ...] = ()
    digest: bool = False
    name: str = ""

    def allows(self, later: Pin) -> bool:
        """Whether another pin is the same one, a newer one, or a digest."""
        if later == self or (later.digest and not self.name):
            return True
        return bool(self.numbers and later.numbers) and later.numbers >= self.numbers


class Field(NamedTuple):
    """One field of a unit: its value without what is free, its pins, and where it is."""

    value: object
    pins: tuple[Pin, ...] = ()
    at: Keys = ()
    shown: object = None


class Unit(NamedTuple):
    """A job, hook or script that runs pmlint; ``steps`` are compared in their order."""

    system: str
    file: str
    name: str
    fields: Mapping[str, Field]
    steps: tuple[Mapping[str, Field], ...] = ()


class PipelineFile(NamedTuple):
    """A file that was read: its values, or its text alone where there are none."""

    path: str
    text: str
    data: Any
    source: Source | None = None
    where: Callable[[], Node] | None = None

    def span(self, keys: Keys) -> Span:
        """The span of the value at a path of keys, or of the part around it."""
        if self.source is None or self.where is None:
            return Span()
        node = self.where()
        for key in keys:
            children = node.children or {}
            if key not in children:
                break
            node = children[key]
        start = min(node.start, max(len(self.source.text) - 1, 0))
        return self.source.span(start, max(node.end, start))


def read_file(path: str, data: bytes) -> PipelineFile:
    """A file with its values, or its text alone where it is not YAML or has a key twice."""
    text = data.decode(errors="replace")
    if not path.endswith((".yml", ".yaml")):
        return PipelineFile(path, text, None)
    try:
        source = decode(path, data)
        parsed = parse_foreign(source)
    except Malformed:
        return PipelineFile(path, text, None)
    # Which of two values of one key counts depends on the reader: then it is a text.
    if any(
        "duplicate" in problem.message or "twice" in problem.message for problem in parsed.problems
    ):
        return PipelineFile(path, text, None)
    return PipelineFile(path, text, parsed.data, source, parsed.where)
