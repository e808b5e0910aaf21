"""What attributes mean, by the data of `schema/traces.json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pmlint.model.resources import read_json
from pmlint.runs.decoding import json_of
from pmlint.runs.event import EventKind

CHOICE, CONTENT = "gen_ai.choice", "gen_ai.event.content"
"""The event by which the GenAI conventions up to 1.36 told what a model answered, and the attribute
with its content where a span carries it. Other events have content of the same shape, of what the
model was asked.
"""
EVALUATOR = "openinference.evaluator"
"""The name of a log record that is a span of a judge, with its evaluations as attributes."""
REMOTE = "pmlint.remote"
"""Says that a span's parent is in another service: what its reader knows of it."""
ANNOTATORS = {"HUMAN": "person", "LLM": "machine", "CODE": "machine"}
"""Who judges, by the kinds of OpenInference's annotators."""
_PACKED = "metadata."
_MAX_TEXT = 1 << 20
"""JSON inside an attribute is read up to a mebibyte; longer content names nothing that counts."""


@cache
def names_of(meaning: str) -> tuple[str, ...]:
    """The attribute names that have a meaning, the first to be asked first."""
    return tuple(entry["name"] for entry in read_json("traces.json")["names"][meaning])


@cache
def operations() -> Mapping[str, Mapping[str, EventKind]]:
    """For each attribute that says what a span is: its values in small letters, and the kind of
    event that they mean.
    """
    found: Mapping[str, Mapping[str, EventKind]] = read_json("traces.json")["operations"]
    return {
        name: {value.casefold(): kind for value, kind in kinds.items()}
        for name, kinds in found.items()
    }


@cache
def words_of(kind: str) -> frozenset[str]:
    """A closed list of the data: ``questions``, ``failing`` or ``interventions``."""
    return frozenset(read_json("traces.json")[kind])


@cache
def levels() -> Mapping[str, str]:
    """Levels that people set by hand, in small letters: ``WARNING`` or ``ERROR``; others are none.
    The server of Langfuse takes the same names for them.
    """
    found: Mapping[str, str] = read_json("traces.json")["levels"]
    return found


@cache
def holders_of(*meanings: str) -> frozenset[str]:
    """The attributes that can hold any of these meanings: a span without them needs no look."""
    return holders(name for meaning in meanings for name in names_of(meaning))


def holders(names: Iterable[str]) -> frozenset[str]:
    """The attributes in which `look_up` looks for these names."""
    listed = frozenset(names)
    packed = any(name.startswith(_PACKED) for name in listed)
    return listed | {"metadata"} if packed else listed


def first_of(meaning: str, attributes: Mapping[str, Any]) -> Any:
    """The first attribute with a meaning that is present and not empty, else None."""
    for name in names_of(meaning):
        if name in attributes:
            value = attributes[name]
            if value not in (None, "", [], {}):
                return value
    return None


def values_of(names: Iterable[str], attributes: Mapping[str, Any]) -> list[Any]:
    """The values of the attributes with these names that are present, in the order of the names."""
    if "metadata" in attributes:
        return [look_up(attributes, name) for name in names]
    return [attributes[name] for name in names if name in attributes]


def look_up(attributes: Mapping[str, Any], name: str) -> Any:
    """An attribute by its name. OpenInference packs its metadata as JSON into one attribute, so
    ``metadata.route`` is also looked up as the field ``route`` of ``metadata``.
    """
    if name in attributes:
        return attributes[name]
    if name.startswith(_PACKED) and isinstance(inner := parsed(attributes.get("metadata")), dict):
        return inner.get(name.removeprefix(_PACKED))
    return None


def parsed(value: Any) -> Any:
    """JSON that an attribute carries as a text; another value as it is, None for a broken text."""
    if not isinstance(value, str):
        return value
    return None if len(value) > _MAX_TEXT else json_of(value)


def indexed(attributes: Mapping[str, Any], prefix: str) -> Iterator[Mapping[str, Any]]:
    """The elements of a list that OpenInference flattens: ``retrieval.documents.0.document.id``."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in attributes.items():
        if name.startswith(prefix):
            number, _, field = name[len(prefix) :].partition(".")
            found.setdefault(number, {})[field] = value
    for number in sorted(found, key=lambda text: (len(text), text)):
        yield found[number]


def decided_by(source: object) -> str:
    """Who decided, by the source that Claude Code gives: `user...` is a person."""
    text = str(source or "")
    if text.startswith("user"):
        return "person"
    # `config` is a rule and `hook` a program of the user's.
    return "machine" if text in ("config", "hook") else "unknown"


def list_of(value: object) -> list[Any]:
    """A list, and nothing of any other value: traces hold what nobody promised."""
    return value if isinstance(value, list) else []


def map_of(value: object) -> Mapping[str, Any]:
    """A mapping, and nothing of any other value."""
    return value if isinstance(value, dict) else {}
