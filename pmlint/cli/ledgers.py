"""Ledgers of other repositories, for verbs that show what holds a route and have no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pmlint.errors import UsageError
from pmlint.parsing.escape import terminal
from pmlint.project.days import clock
from pmlint.project.holds import Hold
from pmlint.project.settings import Settings

if TYPE_CHECKING:
    from pmlint.gate.ledgers.judgement import JudgedLedgers


class LedgerHolds(NamedTuple):
    """What other repositories hold of each of our routes, and the repositories that the
    configuration lists and whose ledger nobody gave.
    """

    holds: Mapping[str, tuple[Hold, ...]]
    not_given: tuple[str, ...]


def held_by_ledgers(
    settings: Settings, files: Iterable[str], routes: Iterable[str], now: str | None
) -> LedgerHolds:
    """What the ledgers in ``files`` hold of ``routes`` by the configuration here.

    Raises `UsageError` for one that does not count, and for one that may know us by another name:
    nobody knows what it would hold.
    """
    # Imported here: the judgement takes the gate and its signatures along.
    from pmlint.gate.ledgers.judgement import JudgedLedgers, held_here, require_ledger
    from pmlint.gate.statements import hand_over

    # All or none: with one of them left out, "free" would be a guess.
    accepted = [require_ledger(hand_over(file), settings, clock(now)) for file in files]
    ledgers = JudgedLedgers(tuple(accepted))
    routes = tuple(routes)
    require_no_strays(ledgers, settings, routes)
    return LedgerHolds(
        {route: held_here(ledgers, settings, route) for route in routes},
        tuple(
            entry.repository for entry in settings.ledgers if ledgers.find(entry.repository) is None
        ),
    )


def require_no_strays(ledgers: JudgedLedgers, settings: Settings, routes: Iterable[str]) -> None:
    """Raise `UsageError` where a hold of one of these routes may be lost by a slip in a name."""
    from pmlint.gate.ledgers.strays import stray_holds

    for route in routes:
        for stray in stray_holds(ledgers, settings, route):
            raise UsageError(f"ledger-silent: {stray.message}", help=stray.help)


def left_out(not_given: Iterable[str], answer: str) -> Iterator[str]:
    """What is missing from an answer, a line for each repository."""
    for repository in not_given:
        yield terminal(
            f"note: no ledger of {repository} was given, so what it holds is not in the {answer}"
        )
