"""What a flag file says, and where it differs from what would be written.

Read as a caller's flag system reads it, to say what goes on and off; whether a file is right is
decided by its bytes alone, because a second key, a rule or a disabled flag can hide anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.flags.decide import RouteFlags
from pmlint.flags.registry import FlagSet
from pmlint.flags.systems.interface import FlagSystem, flag_names


class FlagDifference(NamedTuple):
    """A flag that differs: what the file has (empty where it has none) and what is right.

    ``route`` is None for a flag of no route of the registry.
    """

    name: str
    before: str
    after: str
    route: RouteFlags | None


def differences(
    system: FlagSystem, before: str, after: str, flags: FlagSet
) -> Iterator[FlagDifference]:
    """Each flag that two texts define differently, by name; one that only lacks a key says so.

    Raises `UnreadableFlags` where the text ``before`` has no flags.
    """
    old, new = system.read(before), system.read(after)
    routes = {name: route for route in flags.routes for name in flag_names(route.route)}
    for name in sorted(old.keys() | new.keys()):
        was, will = old.get(name), new.get(name)
        if was != will:
            yield FlagDifference(
                name, was.value if was else "", will.value if will else "", routes.get(name)
            )
