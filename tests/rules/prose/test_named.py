"""Causes that name nothing which a change could touch, and near misses that name something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pmlint.finding import Level
from pmlint.model.resources import read_json
from pmlint.rules.prose.answers import weak_answer
from pmlint.rules.prose.lexicon import LANGUAGES, Lexicon
from pmlint.rules.prose.named import names_nothing
from pmlint.rules.prose.passage import cause_passage, title_passage
from tests.rules.prose.test_fixtures import document, said
from tests.yaml_file import read_yaml

FIXTURES: dict[str, dict[str, Any]] = read_yaml(Path(__file__).parent / "named.yaml")
BAD = [
    (rule, text)
    for sets in FIXTURES.values()
    for rule, texts in sets["bad"].items()
    for text in texts
]
NEAR = [text for sets in FIXTURES.values() for text in sets["near"]]


RULES = ("blame", "convenient-story", "vague-cause")


def spoken_by(text: str) -> list[str]:
    return [rule for rule in RULES if said(rule, document("statement", text))]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_the_rule_of_the_subject_speaks(rule: str, text: str) -> None:
    assert spoken_by(text) == [rule]


@pytest.mark.parametrize("text", NEAR)
def test_what_names_something_is_left_alone(text: str) -> None:
    assert spoken_by(text) == []


def test_each_language_has_its_words_once() -> None:
    data = read_json("words/named.json")
    assert set(data) - {"version"} == set(LANGUAGES)
    for words in (data[language] for language in LANGUAGES):
        assert set(words) == {"parts", "reasons", "states", "persons"}
        for text in words.values():
            assert text == text.lower()
            assert len(set(text.split())) == len(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Agenten ska fråga innan den betalar till kunden",
        "De agent was in de war en het ging mis",
        "L'agente era di fretta e non della partita",
        "Handball",
        "",
        "...",
    ],
)
def test_a_language_that_is_not_told_is_left_alone(text: str) -> None:
    assert spoken_by(text) == []


def test_a_language_that_a_team_left_out_is_left_alone() -> None:
    text = "Der Agent war von der Geschichte mitgerissen"
    assert names_nothing(cause_passage(text, Lexicon({"languages": ["en"]}))) is None


def test_the_message_quotes_the_statement_behind_its_label() -> None:
    data = document("statement", "Drift: the agent was carried away by the story")
    (problem,) = said("convenient-story", data)
    assert problem.message == (
        "'the agent was carried away by the story' names nothing that a change could touch: "
        "no component, limit or check"
    )
    assert problem.help == (
        "name the control that let 'the agent was carried away by the story' through, "
        "and list it in 'failed_controls'"
    )


def test_a_failed_control_names_it_for_the_statement() -> None:
    data = document("statement", "The agent was carried away by the story")
    assert said("convenient-story", data)
    data["failed_controls"] = [{"control": "refund-cap", "findings": ["F1"]}]
    assert not said("convenient-story", data)


def test_a_list_that_speaks_is_not_said_again() -> None:
    data = document("statement", "The agent hallucinated on the day of the fair")
    assert [problem.message for problem in said("convenient-story", data)] == [
        "'agent hallucinated' tells a story about the model, which will do it again"
    ]


MODELS: dict[str, dict[str, list[str]]] = read_yaml(Path(__file__).parent / "models.yaml")


@pytest.mark.parametrize("text", [text for sets in MODELS.values() for text in sets["bad"]])
def test_a_title_about_a_model_that_names_nothing_else_is_a_prompt(text: str) -> None:
    weak = weak_answer(title_passage(text))
    assert weak
    assert (weak.kind, weak.layer) == ("prompt-wording", "prompt")


@pytest.mark.parametrize("text", [text for sets in MODELS.values() for text in sets["near"]])
def test_a_title_that_names_what_holds_the_model_is_left_alone(text: str) -> None:
    assert weak_answer(title_passage(text)) is None


def test_a_title_about_a_model_is_outweighed_by_its_end() -> None:
    text = "The assistant greets by first name"
    ends = ("tests/agents/test_names.py::test_greeting", "PR #412 is merged")
    shown, paper = (
        {"actions": [{"id": "A1", "title": text, "layer": "limits", "done_when": end}]}
        for end in ends
    )
    assert said("layer-contradiction", shown) == []
    assert [problem.level for problem in said("layer-contradiction", paper)] == [Level.ERROR]
