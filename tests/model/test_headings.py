"""The headings that ship: seven languages, each heading of one section."""

from __future__ import annotations

import pytest

from pmlint.model.headings import section_titles, shipped_headings
from pmlint.model.resources import read_json
from pmlint.parsing.markdown import plain_title

HEADINGS = read_json("vocabulary.json")["headings"]
LANGUAGES = {"de", "es", "fr", "pt", "ja", "zh"}


def test_each_section_has_names_in_every_language_that_is_read() -> None:
    assert list(HEADINGS) == read_json("vocabulary.json")["section"]
    for languages in HEADINGS.values():
        assert languages.keys() == LANGUAGES
        assert all(languages.values())


def test_a_heading_is_of_one_section() -> None:
    for title, languages in HEADINGS.items():
        for names in languages.values():
            assert {shipped_headings()[plain_title(name)] for name in names} == {title}


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("2. Maßnahmen:", "Permanent changes"),
        ("MASSNAHMEN", "Permanent changes"),
        ("**Déroulé**", "Timeline"),
        ("時系列", "Timeline"),
        ("Agent path", "Agent path"),
        ("Was der Agent tat", "Agent path"),
        ("Lessons", ""),
    ],
)
def test_a_heading_is_found_as_it_is_written(heading: str, title: str) -> None:
    titles = section_titles({"agent-path": ["Was der Agent tat"]})
    assert titles.get(plain_title(heading), "") == title
