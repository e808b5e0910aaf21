"""What a flag file says, and where it differs from what would be written.

Read as a caller's flag system reads it, to say what goes on and off; whether a file is right is
decided by its bytes alone, because a second key, a rule or a disabled flag can hide anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.flags.decide import RouteFlags
from pmlint.flags.flagd import flag_names
from pmlint.flags.registry import FlagSet


class WrittenFlag(NamedTuple):
    """A flag of a file: the value of its default variant as text, and its whole definition."""

    value: str
    definition: object


class FlagDifference(NamedTuple):
    """A flag that differs: what the file has (empty where it has none) and what is right.

    ``route`` is None for a flag of no route of the registry.
    """

    name: str
    before: str
    after: str
    route: RouteFlags | None


class UnreadableFlags(ValueError):
    """A file of flags that is not JSON, or has another shape."""


def read_flags(text: str) -> dict[str, WrittenFlag]:
    """The flags of a file by name. Raises `UnreadableFlags`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFlags(f"it is not JSON: {error}") from None
    flags = data.get("flags") if isinstance(data, dict) else None
    if not isinstance(flags, dict):
        raise UnreadableFlags("it has no 'flags'")
    return {str(name): _written(flag) for name, flag in flags.items()}


def differences(before: str, after: str, flags: FlagSet) -> Iterator[FlagDifference]:
    """Each flag that two texts define differently, by name; one that only lacks a key says so.

    Raises `UnreadableFlags` where the text ``before`` has no flags.
    """
    old, new = read_flags(before), read_flags(after)
    routes = {name: route for route in flags.routes for name in flag_names(route.route)}
    for name in sorted(old.keys() | new.keys()):
        was, will = old.get(name), new.get(name)
        if was != will:
            yield FlagDifference(
                name, was.value if was else "", will.value if will else "", routes.get(name)
            )


def _written(flag: object) -> WrittenFlag:
    if not isinstance(flag, dict):
        return WrittenFlag("unclear", flag)
    # Both answer by the caller: its default, and the context that it sends.
    if flag.get("state") != "ENABLED" or "targeting" in flag:
        return WrittenFlag("unclear", flag)
    return WrittenFlag(_value(flag), flag)


def _value(flag: Mapping[str, Any]) -> str:
    variants, default = flag.get("variants"), flag.get("defaultVariant")
    if not isinstance(variants, dict) or not isinstance(default, str) or default not in variants:
        return "unclear"
    value = variants[default]
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else "unclear"
