"""Answers that try to pass, and honest ones: 100 of each, written before the rules were
(`adversarial.yaml`).

On the rules of that day 81 of the weak ones were stopped, and 37 of the good ones were, too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.words.documents import Place, Said, judge
from pmlint.finding import Level
from tests.yaml_file import read_yaml

FIXTURES: dict[str, list[list[str]]] = read_yaml(Path(__file__).parent / "adversarial.yaml")


def judged(kind: str) -> list[tuple[str, Said]]:
    cases = FIXTURES[kind]
    places = [Place(title=title, layer=layer, done_when=end) for layer, _, title, end in cases]
    return [
        (f"{layer}: {title} | {end}", said)
        for (layer, _, title, end), said in zip(cases, judge(places, Place()), strict=True)
    ]


@pytest.mark.parametrize("kind", ["weak", "good"])
def test_there_are_a_hundred_in_seven_languages(kind: str) -> None:
    assert len(FIXTURES[kind]) == 100
    assert {language for _, language, _, _ in FIXTURES[kind]} == {
        "en",
        "de",
        "es",
        "fr",
        "pt",
        "ja",
        "zh",
    }


def test_no_weak_answer_passes() -> None:
    assert [
        text for text, said in judged("weak") if not any(level is Level.ERROR for level, _ in said)
    ] == []


def test_no_good_answer_is_spoken_of() -> None:
    assert [(text, said) for text, said in judged("good") if said] == []
