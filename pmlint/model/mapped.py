"""The place of a route in a platform's file: its mapped fields, and the entry that it is."""

from __future__ import annotations

from typing import NamedTuple

from pmlint.parsing.values import canonical
from pmlint.place import Path


class MappedField(NamedTuple):
    """A mapped field of a route: its path as the configuration writes it, its value (`MISSING`
    where the file has none) and its place. ``order`` lists the texts that it may have, least first.
    """

    name: str
    value: object
    at: Path
    order: tuple[str, ...] = ()

    @property
    def each_of_many(self) -> bool:
        """Whether the field is collected from the elements of a list or map."""
        return "[*]" in self.name


class RouteEntry(NamedTuple):
    """The entry of a platform's file in which a route is.

    ``source`` tells the sources of a configuration apart; ``data`` is the entry as it was read;
    ``others`` is what the source does not name in it.
    """

    source: str
    data: object
    others: object

    def is_same(self, other: RouteEntry) -> bool:
        """Whether two entries are equal, wherever they are."""
        # By text, because 1, 1.0 and True are equal to Python and not to a platform.
        return canonical(self.data) == canonical(other.data)

    def has_same_others(self, other: RouteEntry) -> bool:
        """Whether two entries are equal in all that their source does not name."""
        return canonical(self.others) == canonical(other.others)
