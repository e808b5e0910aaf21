"""What a flag system has to answer: the text of its file, how it reads one, and its evaluator.

Whatever the system, a flag is always written and always enabled, and no rule or rollout chooses
among callers: else the caller's own default, or the context that it sends, would decide.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

from pmlint.flags.decide import RouteFlags
from pmlint.flags.registry import FlagSet
from pmlint.model.vocabulary import AUTONOMY

Evaluate = Callable[[str, bool | str], object]
"""What a caller asks of a flag system: a flag by name, and a default."""


class WrittenFlag(NamedTuple):
    """A flag of a file: its value as text (``on``, ``off``, an autonomy, or ``unclear`` where the
    caller has a say), and its whole definition.
    """

    value: str
    definition: object


class UnreadableFlags(ValueError):
    """A file of flags that is not JSON, or has another shape."""


class FlagSystem(ABC):
    """One flag system. Each is a module of `pmlint.flags.systems` with an instance ``SYSTEM``."""

    title: ClassVar[str]
    """What it is called, in messages."""
    provider: ClassVar[str]
    """The distribution of its own evaluator."""
    extra: ClassVar[str]
    """The extra of pmlint that installs the evaluator."""

    @abstractmethod
    def render(self, flags: FlagSet) -> str:
        """The file of all routes: the same text for the same flags."""

    @abstractmethod
    def read(self, text: str) -> dict[str, WrittenFlag]:
        """The flags of a file by name. Raises `UnreadableFlags`."""

    @abstractmethod
    def evaluator(self, text: str) -> Evaluate:
        """The system's own evaluator with the flags of a text, which may be broken.

        Raises `ImportError` where it is not installed.
        """


def flag_names(route: str) -> tuple[str, str]:
    """The names of a route's flags: whether it runs, and at which autonomy."""
    return f"route.{route}.run", f"route.{route}.autonomy"


def values(flags: FlagSet) -> Iterator[tuple[str, bool | str, RouteFlags]]:
    """Each flag with its value and its route, sorted by the name that callers ask for."""
    found: list[tuple[str, bool | str, RouteFlags]] = []
    for route in flags.routes:
        run, autonomy = flag_names(route.route)
        found.append((run, route.runs, route))
        if route.autonomy is not None:
            found.append((autonomy, route.autonomy, route))
    yield from sorted(found, key=lambda one: one[0])


def reasons(route: RouteFlags) -> Mapping[str, str]:
    """Why a route's flags are lower than its registry says, by the names of metadata."""
    given = {"heldBy": route.held_by, "limitedBy": route.limited, "unread": route.unread}
    return {name: text for name, text in given.items() if text}


def object_of(text: str) -> dict[str, object]:
    """The object of a JSON text. Raises `UnreadableFlags`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFlags(f"it is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise UnreadableFlags("it is not an object")
    return data


def variants_of(value: bool | str) -> Mapping[str, bool | str]:
    """All values that a flag may have, by the names that `value_of` gives them."""
    return {"on": True, "off": False} if isinstance(value, bool) else {one: one for one in AUTONOMY}


def value_of(value: object) -> str:
    """A value as text: ``on`` or ``off``, an autonomy, else ``unclear``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else "unclear"
