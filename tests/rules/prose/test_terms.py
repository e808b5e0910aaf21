"""The language of the terms: endings, and phrases that lead their statement as its subject."""

from __future__ import annotations

import pytest

from pmlint.rules.prose.terms import Parser
from pmlint.rules.prose.text import Words

PARSER = Parser({"agent": "agent model"})


def found(term: str, text: str) -> list[str]:
    words = Words(text)
    return [words.quote(*span) for span in PARSER.term(term).spans(words)]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("@agent *ed", "The agent deleted the branch", ["agent deleted"]),
        ("@agent *ed", "The agent needs a bed", []),
        ("@agent *ly? *ed|*ew", "The agent wrongly withdrew it", ["agent wrongly withdrew"]),
        ("@agent *ly? *ed", "The agent deleted it", ["agent deleted"]),
        ("@agent !received *ed", "The agent received a document", []),
        ("@agent *ed", "The agent fed it", []),  # fewer than three letters before the ending
    ],
)
def test_an_ending_stands_for_every_word_that_ends_so(
    term: str, text: str, expected: list[str]
) -> None:
    assert found(term, text) == expected


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("The agent deleted it", True),
        ("A badly briefed support agent deleted it", True),
        ("Root cause: the agent deleted it", True),
        ("The token of the agent deleted it", False),
        ("Because the agent deleted it", False),
        ("The gateway, not the agent deleted it", False),
        ("A rather long and winding road led the agent deleted", False),
    ],
)
def test_a_subject_has_no_more_than_attributes_before_it(text: str, leads: bool) -> None:
    assert bool(found("^^^@agent *ed", text)) == leads
    assert found("@agent *ed", text)


def test_an_ending_is_no_word_that_is_known() -> None:
    term = PARSER.term("@agent *ed")
    assert set(term.words()) == {"agent", "model"}
    assert term.needs == [{b"agent", b"model"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "When the third retry of a nightly export job fails, ask the owner",
            ["When the third retry of a nightly export job fails, ask"],
        ),
        ("When it fails, ask", ["When it fails, ask"]),
        ("When it fails. Then, ask the owner", []),  # the comma of another sentence
        ("When it fails and nobody is there", []),
    ],
)
def test_the_rest_of_a_clause_is_as_long_as_it_is(text: str, expected: list[str]) -> None:
    assert found("when .... , ask", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add a dashboard", ["dashboard"]),
        ("Add a dashboard. It shows the queue", ["dashboard"]),
        ("Add a dashboard for refunds", ["dashboard for"]),
        ("Add a dashboard test", []),
    ],
)
def test_a_term_may_end_with_a_word_or_with_its_sentence(text: str, expected: list[str]) -> None:
    assert found("dashboard for|of|$", text) == expected
