"""Joiners are part of the spelling of some scripts and emoji, in texts for people and nowhere else."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("text", ["a\u200db", "\u200d", "a\u200cb", "\U0001f468\u200da", "م\u200c", "a\u202eb", "a\u2066b", "a\u200bb"])
def test_elsewhere_they_hide_something(text: str) -> None:
    with pytest.raises(Malformed, match="invisible"):
        problems(body=text)
