"""What settings amount to, as a record that can be compared (docs/spec/gate.md, 4)."""

from __future__ import annotations

from typing import Any

from pmlint.finding import Level
from pmlint.gate.case import Case
from pmlint.project.plain import plain
from pmlint.project.run_tables import due_in_force, runs_in_force
from pmlint.project.settings import Settings
from pmlint.rules import RULES

_SIDES = ("before", "after")
"""What an amendment of settings calls ``from`` and ``to``."""


def effective(settings: Settings, other: Settings, case: Case) -> dict[str, Any]:
    """What settings amount to, as the table's record: defaults filled in, levels by rule."""
    found = {
        name: plain(value)
        for name, value in settings._asdict().items()
        if name not in ("file", "rules", "amendments")
    }
    names = {*settings.rules, *other.rules}
    found["rules"] = {
        name: {"level": _level(name, settings, case), "reason": _reason(name, settings)}
        for name in names
    }
    # A setting that comes is compared with its default: to write 'max_age = "30d"' loosens.
    found["runs"] = runs_in_force(settings)
    found["due"] = due_in_force(settings)
    # it only says whether agents are listed, which the list says itself
    found["gate"].pop("names_agents")
    found["amendments"] = amendments(settings)
    return found


def _level(name: str, settings: Settings, case: Case) -> str:
    """The level of a rule or policy: what the configuration says, else its own."""
    said = settings.rules.get(name)
    if said is not None and said.off:
        return "off"
    if said is not None and said.level is not None:
        return str(said.level)
    own = {rule.id: rule.own_level for rule in RULES}
    own |= {policy.id: str(policy.level) for policy in case.policies.policies}
    return own.get(name, str(Level.ERROR))


def _reason(name: str, settings: Settings) -> str | None:
    said = settings.rules.get(name)
    return said.reason or None if said is not None else None


def amendments(settings: Settings) -> list[dict[str, Any]]:
    """The amendments of a configuration, in the shape of those of a postmortem."""
    return [
        {
            **{name: value for name, value in entry._asdict().items() if name not in _SIDES},
            **{"from": entry.before, "to": entry.after, "on": str(entry.on or "")},
        }
        for entry in settings.amendments
    ]
