"""A rule that has not earned its level runs where the settings ask for it."""

from __future__ import annotations

import pytest

from pmlint.check.levels import Filter
from pmlint.check.pages import pages
from pmlint.finding import Level
from pmlint.project.settings import RuleSettings, Settings
from pmlint.rules import RULES


@pytest.mark.parametrize(
    ("settings", "runs"),
    [
        (Settings(), False),
        (Settings(select=("vague-cause",)), True),
        (Settings(select=("blame",)), False),
        (Settings(rules={"vague-cause": RuleSettings(level=Level.WARNING)}), True),
        (Settings(rules={"vague-cause": RuleSettings(off=True)}, select=("vague-cause",)), False),
        (Settings(ignore=("vague-cause",), select=("vague-cause",)), False),
        (Settings(rules={"vague-cause": RuleSettings(reason="we want it")}), False),
    ],
)
def test_a_rule_on_request_runs_where_it_is_asked_for(settings: Settings, runs: bool) -> None:
    assert Filter(settings).selects("vague-cause") is runs


def test_the_others_run_by_default() -> None:
    assert [rule.id for rule in RULES if not rule.by_default] == ["vague-cause"]
    assert Filter(Settings()).selects("vague-action")


def test_its_page_says_how_to_ask() -> None:
    assert (
        "Level: warning. Off unless '[tool.pmlint.rules.vague-cause]' gives it a level."
        in pages()["vague-cause"].text
    )
    assert "Off unless" not in pages()["vague-action"].text
