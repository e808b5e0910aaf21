"""Joiners are part of the spelling of some scripts and emoji, in texts for people and nowhere else."""

from __future__ import annotations

import pytest

from pmlint.edit import apply
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode

FRONT = "---\nid: PM-2026-001\nsummary: {summary}\nowner: {owner}\n---\n{body}\n"
PERSIAN, HINDI, FAMILY = "می\u200cخواهم", "क्\u200dष", "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def problems(**texts: str) -> list[str]:
    text = FRONT.format(**{"summary": "a", "owner": "b", "body": "c", **texts})
    return [problem.message for problem in read_postmortem(decode("a.md", text.encode())).problems]


@pytest.mark.parametrize("text", [PERSIAN, HINDI, FAMILY, "\u2764\ufe0f\u200d\U0001f525"])
def test_in_texts_and_the_body(text: str) -> None:
    assert problems(summary=text, body=text) == []
    assert problems(owner=text) == ["an invisible character is in 'owner'"]


@pytest.mark.parametrize(
    "text",
    [
        "a\u200db",
        "\u200d",
        "a\u200cb",
        "\U0001f468\u200da",
        "م\u200c",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
    ],
)
def test_elsewhere_they_hide_something(text: str) -> None:
    with pytest.raises(Malformed, match="invisible"):
        problems(body=text)


def test_a_soft_hyphen_and_a_byte_order_mark_are_problems_with_a_fix() -> None:
    text = "\ufeff" + FRONT.format(summary="re\u00adfunds", owner="b", body="a ro\u00adute\r")
    source = decode("a.md", text.encode(), keeps_marks=True)
    document = read_postmortem(source)
    assert [(problem.message, tuple(problem.span)[:2]) for problem in document.problems] == [
        ("the file begins with a byte order mark", (1, 1)),
        ("the invisible character U+00AD, a soft hyphen, is in the text", (3, 12)),
        ("the invisible character U+00AD, a soft hyphen, is in the text", (6, 5)),
    ]
    edits = [edit for problem in document.problems if problem.fix for edit in problem.fix.edits]
    assert apply(text, edits) == text.replace("\u00ad", "").removeprefix("\ufeff")
    assert len(document.unclear) == 2  # the verbs keep a byte order mark


@pytest.mark.parametrize("text", ["\ufeff", "a\u00adb"])
def test_other_readers_refuse_both(text: str) -> None:
    with pytest.raises(Malformed):
        decode("pmlint.toml", f"{text}\n".encode())


@pytest.mark.parametrize("text", ["a\u202eb\u00ad", "\ufeff\u200b", "a\ufeffb"])
def test_beside_a_mark_other_characters_are_refused(text: str) -> None:
    with pytest.raises(Malformed, match="invisible"):
        decode("a.md", text.encode(), keeps_marks=True)
