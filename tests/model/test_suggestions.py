"""What a word of another tool or language is taken for."""

from __future__ import annotations

from itertools import combinations

import pytest

from pmlint.model.resources import read_json
from pmlint.model.suggestions import meant_value, named_values
from pmlint.model.vocabulary import STRENGTH

VALUES = read_json("other_words.json")["values"]
LISTS = {
    **read_json("vocabulary.json"),
    "layer": list(STRENGTH),
    "class": list(read_json("vocabulary.json")["classes"]),
}


@pytest.mark.parametrize("name", VALUES)
def test_each_word_means_one_value_of_its_list(name: str) -> None:
    groups = VALUES[name]
    assert set(groups) <= set(LISTS[name])
    for one, other in combinations(groups.values(), 2):
        assert not {*one} & {*other}
    for value, words in groups.items():
        assert len(set(words)) == len(words)
        for word in words:
            # A word that is near another value in letters is taken by its meaning all the same.
            assert meant_value(word, LISTS[name]) == f"did you mean '{value}'?", word


@pytest.mark.parametrize(
    ("word", "name", "meant"),
    [
        ("approved", "status", "accepted"),
        ("Done", "status", "closed"),
        ("OPEN", "status", "draft"),
        ("In Progress", "status", "draft"),
        ("reviewed", "status", "in-review"),
        ("closed", "action_status", "done"),
        ("doing", "action_status", "in-progress"),
        ("In Review", "status", "in-review"),
        ("in_progress", "action_status", "in-progress"),
        ("fertig", "action_status", "done"),
        ("acceptd", "status", "accepted"),
        ("restart", "layer", "restart-gate"),
        ("permisions", "layer", "permissions"),
        ("review", "layer", "approval-gate"),
        ("persona", "layer", "prompt"),
        # Alike in letters alone to 'investigation', 'isolation' and 'training'.
        ("mitigation", "layer", ""),
        ("migration", "layer", ""),
        ("retrain", "layer", ""),
        ("", "status", ""),
        ("banana", "status", ""),
    ],
)
def test_a_word_is_taken_by_its_meaning_or_its_spelling(word: str, name: str, meant: str) -> None:
    assert meant_value(word, LISTS[name]) == (f"did you mean '{meant}'?" if meant else "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("alert/permissions", ["alert", "permissions"]),
        ("permissions, alert", ["permissions", "alert"]),
        ("alert and Kill-Switch", ["alert", "kill-switch"]),
        ("alert + alert", ["alert"]),
        ("alert (see the ticket)", ["alert"]),
        ("alertpermissions", []),
    ],
)
def test_values_side_by_side_are_named(text: str, named: list[str]) -> None:
    assert named_values(text, LISTS["layer"]) == named
