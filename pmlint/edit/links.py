"""Decisions about links between postmortems and routes, where the document that keeps the decision
does not have what is decided by that very name.

1. What concerns a mapped route, as ``routes.ID.owner``: no file of ours has the value. So the
   decision alone is recorded, also where the place is gone: its postmortem keeps naming it.
2. A link that only the file of the route had is none of the postmortem.
3. A name of another repository may be written by an alias, and the gate knows it in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.edit.amendment import Amended
from pmlint.model import Route
from pmlint.parsing.document import Document
from pmlint.place import Path
from pmlint.project.repositories import full_name, is_foreign_name
from pmlint.project.settings import Settings

LISTS = {"postmortem": "routes", "route": "postmortems"}
"""The list of links of a kind of document."""


class Links(NamedTuple):
    """A document, as it is and as the base has it, and the routes of both."""

    document: Document
    base: Document | None
    settings: Settings
    routes: tuple[Route, ...]
    routes_of_base: tuple[Route, ...]

    def mapped_value(self, name: str, value: str) -> Amended | None:
        """A field of a mapped route that gets a value; None for every other field."""
        # The platform's file may be changed already, and the gate compares with the base.
        for route in (*self.routes_of_base, *self.routes):
            if route.mapped and name.startswith(f"routes.{route.id}."):
                field = name.removeprefix(f"routes.{route.id}.")
                before = route.owner if field == "owner" else route.trust.get(field)
                return Amended(Path(), name, before, value, value)
        return None

    def removed(self, name: str) -> Amended | None:
        """A link that is taken out; None for every other field, and for a link by its own name."""
        kind, _, link = name.partition(".")
        if not link or LISTS.get(self.document.kind) != kind:
            return None
        if is_foreign_name(link):
            return self._foreign(kind, link)
        if self.document.kind != "postmortem":
            return None
        known = {one.id for one in self.routes}
        is_listed = link in _entries(self.document, kind)
        place_is_gone = link not in known and any(
            one.mapped and one.id == link for one in self.routes_of_base
        )
        if place_is_gone or (link in known and not is_listed):
            return Amended(Path(), name, link, None, None)
        return None

    def _foreign(self, kind: str, link: str) -> Amended | None:
        aliases = self.settings.repositories
        full = full_name(link, aliases)
        for document in filter(None, (self.document, self.base)):
            for number, entry in enumerate(_entries(document, kind)):
                if full_name(str(entry), aliases) == full:
                    current = entry if document is self.document else None
                    return Amended(Path((kind, number)), f"{kind}.{full}", full, None, current)
        return None


def _entries(document: Document, name: str) -> Iterator[object]:
    data = document.data
    found = data.get(name) if isinstance(data, dict) else None
    yield from found if isinstance(found, list) else ()
