"""A policy that was read: what it demands of which documents, and what it reports."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, NamedTuple

from pmlint.finding import Level
from pmlint.place import Path

PolicyKind = Literal["postmortem", "route", "change"]
ELEMENT = "[it]"
"""The last step of a place below which each element of ``each``, a text, names the field."""


class Policy(NamedTuple):
    """A policy. Expressions are texts; ``message`` and ``help`` alternate plain texts and
    expressions, beginning with a text. ``help`` is ``fix`` where the file has none.

    ``at`` is the root (``it`` or a variable) and the steps below it; ``file`` is where it stands,
    ``shipped`` whether it is ours; ``instead`` whether it replaces one of ours.
    """

    id: str
    title: str
    level: Level
    applies_to: PolicyKind
    binds_from: str
    since: date | None
    each: str
    when: str
    require: str
    message: tuple[str, ...]
    at: tuple[str, Path]
    why: str
    fix: str
    examples: tuple[dict[str, Any], ...]
    file: str
    help: tuple[str, ...]
    shipped: bool = False
    instead: bool = False

    @property
    def origin(self) -> str:
        """Where it comes from, in words."""
        if self.shipped:
            return "shipped"
        return f"{self.file}, instead of the shipped one" if self.instead else self.file

    @property
    def expressions(self) -> list[str]:
        """Every expression of the policy."""
        return [text for text in (self.each, self.when, self.require, *self.reported) if text]

    @property
    def reported(self) -> tuple[str, ...]:
        """The expressions of what is reported: those of the message, then those of the help."""
        return (*self.message[1::2], *self.help[1::2])


def policy_record(policy: Policy) -> dict[str, Any]:
    """What a policy demands, by the names of its file's fields, as the gate compares it."""
    return {
        "id": policy.id,
        "level": str(policy.level),
        "applies_to": policy.applies_to,
        "from": policy.binds_from,
        "since": policy.since.isoformat() if policy.since else None,
        "each": policy.each or None,
        "when": policy.when or None,
        "require": policy.require or None,
    }
