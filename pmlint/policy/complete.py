"""A document with every optional field in place, made from its schema, so that a policy needs no
``has()``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pmlint.model.schema import schema
from pmlint.model.validator import resolved

CompletedKind = Literal["postmortem", "route"]
_TEXTS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "moment-or-day": "2026-01-01T00:00:00Z",
}
_VALUES: dict[str, object] = {"integer": 1, "number": 1.0, "boolean": True, "null": None}


def complete(kind: CompletedKind, data: object, only: frozenset[str] | None = None) -> Any:
    """The data of a document: an absent list is empty, an absent mapping has all its fields, all
    else that is absent is null.

    ``only`` names the fields that are needed; the others are left out.
    """
    if only is not None and isinstance(data, dict):
        data = {name: value for name, value in data.items() if name in only}
    return _plan(kind, only)(data)


def sample(kind: CompletedKind) -> Any:
    """A document in which every field of the schema has a value and every list one element: what
    expressions are tried on.
    """
    return _sample(schema(kind), schema(kind))


@cache
def _plan(kind: CompletedKind, only: frozenset[str] | None) -> Any:
    root = schema(kind)
    fields = {
        name: field for name, field in root["properties"].items() if only is None or name in only
    }
    return _completer({**root, "properties": fields}, root)


def _completer(part: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """A function that completes a value; None where a value of this schema is complete as it is."""
    part = resolved(part, root)
    kinds = [part["type"]] if isinstance(part.get("type"), str) else part.get("type", [])
    element = _completer(part.get("items", {}), root) if "array" in kinds else None
    fields = {name: _completer(field, root) for name, field in part.get("properties", {}).items()}
    if not fields and kinds != ["array"] and element is None:
        return None
    empty: object = []
    if kinds != ["array"]:
        empty = {name: make(None) if make else None for name, make in fields.items()}

    def fill(value: Any) -> Any:
        if value is None:
            # A field that may also be null has null as a value of its own: a policy asks for it.
            return empty if len(kinds) == 1 else None
        if isinstance(value, list):
            return [element(item) for item in value] if element else value
        if not isinstance(value, dict):
            return value
        filled = dict(value)
        for name, make in fields.items():
            if make is not None:
                filled[name] = make(value.get(name))
            elif name not in value:
                filled[name] = None
        return filled

    return fill


def _sample(part: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    part = resolved(part, root)
    if "enum" in part:
        return part["enum"][0]
    kind = part.get("type", "string")
    # The first type of several is the usual one in our schemas; null and exceptions follow.
    kind = kind if isinstance(kind, str) else kind[0]
    if kind == "array":
        return [_sample(part.get("items", {}), root)]
    if kind == "object":
        return {name: _sample(field, root) for name, field in part.get("properties", {}).items()}
    return _VALUES[kind] if kind in _VALUES else _TEXTS.get(part.get("format", ""), "text")


@cache
def field_names() -> frozenset[str]:
    """The names of all fields that a policy may read."""
    return frozenset(name for kind in ("postmortem", "route") for name, _ in _fields(schema(kind)))


@cache
def closed_lists() -> dict[str, frozenset[str]]:
    """The values of fields that may only have those of a closed list, by the field's name; fields
    of one name share their values.
    """
    found: dict[str, frozenset[str]] = {}
    free: set[str] = set()
    for root in (schema("postmortem"), schema("route")):
        for name, field in _fields(root):
            field = resolved(field, root)
            # By name alone, since `pmlint.policy.names` reads expressions without their types; a
            # name that is free anywhere is left out.
            if "enum" in field:
                found[name] = found.get(name, frozenset()) | frozenset(field["enum"])
            else:
                free.add(name)
    return {name: values for name, values in found.items() if name not in free}


def _fields(part: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(part, list):
        for item in part:
            yield from _fields(item)
    elif isinstance(part, dict):
        yield from part.get("properties", {}).items()
        for value in part.values():
            yield from _fields(value)
