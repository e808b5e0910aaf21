"""Typed, read-only views over checked data: a part of a document knows its data and where it
stands.

A field that is missing or has the wrong type reads as its empty value, so that rules need no
guards: what is wrong with the shape is the schema's to say, and a rule never fails on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from pmlint.model.dates import parse_date
from pmlint.place import Path

P = TypeVar("P", bound="Part")
V = TypeVar("V")
_NOTHING: Mapping[str, Any] = {}


class Part:
    """A mapping of a document: ``data`` and the path ``at`` where it stands.

    Its parts are made once, when they are asked for.
    """

    __slots__ = ("at", "data", "parts")

    def __init__(self, data: object, at: Path = Path()) -> None:
        # The class answers for all that YAML gives, in a third of the time of `isinstance`, which
        # has to ask the abstract class; others are the views of `pmlint.check.gaps`.
        self.data: Mapping[str, Any] = (
            data if data.__class__ is dict or isinstance(data, Mapping) else _NOTHING
        )
        self.at = at
        self.parts: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.at!r})"

    def once(self, name: str, make: Callable[[], V]) -> V:
        """What is made of a part when it is asked for first."""
        if name not in self.parts:
            self.parts[name] = make()
        found: V = self.parts[name]
        return found


def whole_number(value: object) -> int | None:
    """An integer; None for anything else, truth values too."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _Field:
    __slots__ = ("name",)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    # Without this method Python would let an attribute hide the field, and a rule change a
    # document.
    def __set__(self, part: Part, value: object) -> None:
        raise AttributeError(f"{type(part).__name__}.{self.name} can't be set")


class Text(_Field):
    """A string; empty where there is none."""

    def __get__(self, part: Part, owner: object = None) -> str:
        value = part.data.get(self.name)
        return value if isinstance(value, str) else ""


class Day(_Field):
    """A day; None where there is none, or it is not a date."""

    def __get__(self, part: Part, owner: object = None) -> date | None:
        return parse_date(part.data.get(self.name))


class Flag(_Field):
    """A boolean; false where there is none."""

    def __get__(self, part: Part, owner: object = None) -> bool:
        return part.data.get(self.name) is True


class Texts(_Field):
    """A list of strings; what is not a string is left out."""

    def __get__(self, part: Part, owner: object = None) -> tuple[str, ...]:
        value = part.data.get(self.name)
        return (
            tuple([item for item in value if isinstance(item, str)])
            if isinstance(value, list)
            else ()
        )


class One(_Field, Generic[P]):
    """A mapping as a part of its own; empty where there is none."""

    __slots__ = ("kind",)

    def __init__(self, kind: type[P]) -> None:
        self.kind = kind

    def __get__(self, part: Part, owner: object = None) -> P:
        name = self.name
        found: P | None = part.parts.get(name)
        if found is None:
            found = part.parts[name] = self.kind(part.data.get(name), part.at / name)
        return found


class Many(_Field, Generic[P]):
    """A list of mappings as parts; what is not a mapping is left out."""

    __slots__ = ("kind",)

    def __init__(self, kind: type[P]) -> None:
        self.kind = kind

    def __get__(self, part: Part, owner: object = None) -> tuple[P, ...]:
        name = self.name
        found: tuple[P, ...] | None = part.parts.get(name)
        if found is None:
            found = part.parts[name] = self._made(part.data.get(name), part.at)
        return found

    def _made(self, value: object, at: Path) -> tuple[P, ...]:
        if not isinstance(value, list):
            return ()
        kind, name = self.kind, self.name
        return tuple(
            kind(item, Path((*at, name, index)))
            for index, item in enumerate(value)
            if isinstance(item, Mapping)
        )
