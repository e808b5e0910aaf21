"""Holds that are lost by a slip in a name: in the one that a repository has for itself, or in the
one that another has for it (docs/spec/fleet.md, *The ledger*).

A ledger need not name a route that only a pattern lets it hold, so one that knows us by another
name would look like one that holds nothing. Two repositories may each have a route of one id:
whoever declares the other one under ``[repositories]`` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.gate.ledgers.judgement import JudgedLedgers, entry_of
from pmlint.gate.ledgers.statement import Ledger, in_full
from pmlint.model.suggestions import one_letter_apart
from pmlint.project.patterns import covered_by_any
from pmlint.project.settings import Settings


class StrayHold(NamedTuple):
    """A ledger holds a route of this id under ``other``, which may be a name of ``own``."""

    ledger: str
    route: str
    own: str
    other: str

    @property
    def message(self) -> str:
        """What is not known, as a message."""
        return (
            f"the ledger of {self.ledger} holds '{in_full(self.other, self.route)}', and names no "
            f"'{in_full(self.own, self.route)}'"
        )

    @property
    def help(self) -> str:
        """The way out, for either of the two that may be meant."""
        return (
            f"if they are one repository, correct 'repository' here, or its name in {self.ledger}; "
            f"if {self.other} is another one, name it under [repositories]; in a change of its own"
        )


def stray_holds(ledgers: JudgedLedgers, settings: Settings, route: str) -> Iterator[StrayHold]:
    """What the ledgers that count hold of a route of this id, where ours may be meant."""
    own = settings.repository
    for ledger in ledgers.accepted:
        is_ours = covered_by_any(entry_of(settings, ledger).routes, route)
        if in_full(own, route) in ledger.routes or not is_ours:
            continue
        # A ledger that has our name right, of any route, is mistaken by a slip of the pen at most.
        is_known = any(_repository(name) == own for name in ledger.routes)
        for other in _holding(ledger, settings, route):
            if not is_known or one_letter_apart(other, own):
                yield StrayHold(ledger.repository, route, own, other)


def _holding(ledger: Ledger, settings: Settings, route: str) -> Iterator[str]:
    """The repositories whose route of this id is held, but those that are known to be others."""
    listed = {entry.repository for entry in settings.ledgers}
    others = {ledger.repository, settings.repository, *listed, *settings.repositories.values()}
    for name, holds in ledger.routes.items():
        repository = _repository(name)
        if holds and repository not in others and name == in_full(repository, route):
            yield repository


def _repository(name: str) -> str:
    return name.partition("//")[0]
