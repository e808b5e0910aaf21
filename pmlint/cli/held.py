"""The routes with what holds them, from the rows of their tables: `routes` and `why` print them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from pmlint.cli.table import by_number
from pmlint.model import Route
from pmlint.project.holds import Hold
from pmlint.tables.collect import TableRow, TableSource, by_table, named_routes, rows_of

_FIRST = ("review", "action", "condition", "sign-off")
"""The order in which a team has to settle what a postmortem asks; what else holds comes behind."""


class HeldRoute(NamedTuple):
    """A row of the routes with what holds it. Its flags, and their places in a platform's file, are
    those of ``route``: no table has them.
    """

    row: TableRow
    route: Route
    holds: tuple[Hold, ...]

    @property
    def oldest(self) -> date | None:
        """The oldest deadline of what holds it."""
        day: date | None = self.row["oldest_deadline"]
        return day

    @property
    def order(self) -> tuple[object, ...]:
        """Held and running first, then held by the oldest deadline, then free ones by id."""
        is_held = self.row["held"]
        # What runs although it is held is why somebody asks.
        is_dangerous = is_held and self.row["runs"]
        last = self.oldest or date.max
        return (not is_dangerous, not is_held, last, by_number(self.route.id), self.row["file"])


def held_routes(source: TableSource) -> list[HeldRoute]:
    """Every route with what holds it, in the order of `HeldRoute.order`."""
    rows = by_table(rows_of(source, ("routes",)))["routes"]
    holds, routes = holds_of(source), named_routes(source.documents)
    found = [HeldRoute(row, routes[row["route"]], holds.get(row["route"], ())) for row in rows]
    return sorted(found, key=lambda one: one.order)


def holds_of(source: TableSource) -> dict[str, tuple[Hold, ...]]:
    """What holds each route, by its key in the tables; postmortem by postmortem, and of each what
    has to be settled first.
    """
    rows = by_table(rows_of(source, ("holds",)))["holds"]
    subjects = {(*_of(row), row["subject"]) for row in rows}
    found: dict[str, list[Hold]] = {}
    for row in rows:
        # Without what made the key of its row unlike the one before.
        subject = re.sub(r"~[0-9]+$", "", row["subject"])
        is_made = (*_of(row), subject) in subjects
        hold = _hold_of(row, subject if is_made else row["subject"])
        found.setdefault(row["route"], []).append(hold)
    return {name: tuple(sorted(holds, key=_place)) for name, holds in found.items()}


def _of(row: TableRow) -> tuple[str, str, str]:
    return row["route"], row["postmortem"], row["kind"]


def _hold_of(row: TableRow, subject: str) -> Hold:
    return Hold(
        row["postmortem"],
        row["kind"],
        subject,
        row["owner"] or "",
        row["deadline"],
        row["reason"],
        row["release"],
    )


def _place(hold: Hold) -> tuple[object, ...]:
    rank = _FIRST.index(hold.kind) if hold.kind in _FIRST else len(_FIRST)
    return by_number(hold.postmortem), rank, hold.kind, by_number(hold.subject)
