"""The tables of runs in force: their defaults are those that count runs, and the digest knows them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from pmlint.parsing.tree import WorkTree
from pmlint.project.run_tables import digest, due_in_force, runs_in_force
from pmlint.project.settings import Settings
from pmlint.runs.settings import DueSettings, RunSettings, due_settings, run_settings

TREE = WorkTree(".")


def settings(**tables: Any) -> Settings:
    return Settings(**{name: MappingProxyType(table) for name, table in tables.items()})


def test_the_defaults_are_those_of_the_verbs_that_count_runs() -> None:
    """Two lists of defaults would let the gate compare what nobody counts by."""
    runs = {
        name: value
        for name, value in runs_in_force(Settings()).items()
        if name not in ("run", "route")
    }
    assert run_settings(TREE, settings(runs=runs)) == RunSettings()
    assert due_settings(TREE, settings(due=due_in_force(Settings()))) == DueSettings()


@pytest.mark.parametrize(
    "written",
    [
        {"runs": {"max_age": "24h"}},
        {"due": {"grace": "5d", "repeated": {"count": 3}}},
        {"due": {"rescued_by": ["rescues", "corrections"]}},
        {"runs": {"max_unknown": 0.20}},
    ],
)
def test_a_default_that_is_written_makes_the_same_statement(written: dict[str, Any]) -> None:
    assert digest(settings(**written)) == digest(Settings())


@pytest.mark.parametrize(
    "written",
    [
        {"runs": {"max_age": "25h"}},
        {"runs": {"names": {"desk": "mail-desk"}}},
        {"due": {"repeated": {"count": 4}}},
        {"due": {"pairs": []}},
        {"due": {"min_bad": 4}},
    ],
)
def test_any_other_value_makes_another_statement(written: dict[str, Any]) -> None:
    assert digest(settings(**written)) != digest(Settings())
