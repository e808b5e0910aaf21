"""A ledger as data, and as the statement that is signed (docs/spec/fleet.md, *The ledger*)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pmlint.model.dates import parse_date, parse_moment
from pmlint.project.holds import Hold
from pmlint.project.repositories import ForeignName, foreign_name, is_foreign_name


class Ledger(NamedTuple):
    """What one repository holds, at one commit of one branch; ``as_of`` is when it was issued.

    ``routes`` has every route that its postmortems name, by its name in full. ``sequence`` is the
    number of first-parent commits, so nobody keeps a counter.
    """

    repository: str
    ref: str
    commit: str
    sequence: int
    as_of: datetime
    routes: Mapping[str, tuple[Hold, ...]]


def as_statement(ledger: Ledger, tool: str) -> dict[str, Any]:
    """A ledger as the statement that is signed, in the shape of `schema/ledger.json`."""
    return {
        "version": 1,
        "kind": "ledger",
        "tool": tool,
        "as_of": ledger.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "repository": ledger.repository,
        "ref": ledger.ref,
        "commit": ledger.commit,
        "sequence": ledger.sequence,
        "routes": {
            name: [_entry(ledger.repository, hold) for hold in holds]
            for name, holds in sorted(ledger.routes.items())
        },
    }


def _entry(repository: str, hold: Hold) -> dict[str, Any]:
    # Every field, also an empty one: two readers of what is signed must agree on what is absent.
    return {
        "postmortem": in_full(repository, hold.postmortem),
        "kind": hold.kind,
        "subject": hold.subject,
        "owner": hold.owner,
        "deadline": hold.deadline.isoformat() if hold.deadline else None,
        "reason": hold.reason,
        "release": hold.release,
    }


def in_full(repository: str, name: str) -> str:
    """A route or postmortem as other repositories name it."""
    return name if is_foreign_name(name) else str(ForeignName(repository, name))


def from_statement(data: Mapping[str, Any]) -> Ledger:
    """The ledger that a statement is; its shape was asked of the schema.

    Raises `ValueError` for a route whose name is not one in full.
    """
    as_of = parse_moment(data["as_of"])
    assert as_of is not None, "the schema asks for a moment"
    repository = str(data["repository"])
    return Ledger(
        repository,
        str(data["ref"]),
        str(data["commit"]),
        int(data["sequence"]),
        as_of,
        dict(_routes(repository, data["routes"])),
    )


def _routes(repository: str, routes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Hold, ...]]]:
    """Each route by its name in full, case folded before ``//``.

    A name that nobody here can read would hold nothing, and that is what free looks like.
    """
    seen: set[str] = set()
    for text, entries in routes.items():
        # no alias is known here, and each side has aliases of its own
        name = foreign_name(text, {})
        if name is None:
            raise ValueError(f"the route '{text}' has an alias in the place of its repository")
        if str(name) in seen:
            raise ValueError(f"the route '{name}' is there in two spellings")
        seen.add(str(name))
        yield str(name), tuple(_holds(repository, entries))


def _holds(repository: str, entries: Iterable[Mapping[str, Any]]) -> Iterable[Hold]:
    for entry in entries:
        yield Hold(
            entry["postmortem"],
            entry["kind"],
            entry["subject"],
            entry["owner"],
            parse_date(entry["deadline"]) if entry["deadline"] else None,
            entry["reason"],
            # its command runs where the postmortem is
            f"in {repository}: {entry['release']}",
            repository=repository,
        )
