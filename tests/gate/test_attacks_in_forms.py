"""Attacks in other forms, and everyday changes, of `attacks_forms.yaml`: judged in memory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gate.attack_data import HERE
from tests.gate.memory_repository import verdict_of
from tests.yaml_file import read_yaml

FORMS = read_yaml(HERE / "attacks_forms.yaml")


def name_of(entry: dict[str, Any]) -> str:
    return str(entry["name"])


@pytest.mark.parametrize("entry", FORMS["attacks"], ids=name_of)
def test_an_attack_is_refused_and_its_twin_allowed(entry: dict[str, Any]) -> None:
    refused = verdict_of(entry, entry["edits"])
    codes = {refusal.code for refusal in refused.refusals}
    assert refused.verdict != "allowed"
    assert codes & set(entry["code"]), codes
    assert all(refusal.help and refusal.path for refusal in refused.refusals)
    twin = verdict_of(entry, entry["twin"])
    assert [refusal.message for refusal in twin.refusals] == []
    assert twin.verdict == "allowed"


@pytest.mark.parametrize("entry", FORMS["passes"], ids=name_of)
def test_an_everyday_change_is_allowed(entry: dict[str, Any]) -> None:
    verdict = verdict_of(entry, entry["edits"])
    assert [refusal.message for refusal in verdict.refusals] == []
    assert verdict.verdict == "allowed"
