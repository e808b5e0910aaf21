"""What bounds the work on hostile input, and that ordinary input does not notice."""

from __future__ import annotations

import json
import re
from datetime import date
from random import Random
from typing import Any

import pytest

from pmlint.model.suggestions import ROOM, Names, nearest
from pmlint.parsing.source import Source
from pmlint.policy.engines import load
from pmlint.policy.examples import valid
from pmlint.policy.file import read_policy
from pmlint.policy.judge import LONGEST_LIST, LONGEST_TEXT, PolicySet
from pmlint.policy.language import READ, Failed, compile_expression, evaluate
from pmlint.policy.objections import ALONE
from pmlint.project.settings import Settings
from pmlint.rules.prose.lexicon import Lexicon
from pmlint.rules.prose.text import Words, _unquoted

POLICY = """\
id: mine
title: An action has another name
level: error
applies_to: postmortem
each: postmortem.actions
require: REQUIRE
message: "{it.id} has another name"
at: it.title
why: This is a test.
fix: Do nothing.
examples: [{fails: 1}, {fails: 0}]
"""
QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|(?<!\w)'[^']*'(?!\w)")


def said(require: str, **fields: object) -> list[str]:
    """What a team's own policy says of a postmortem."""
    policies = PolicySet(
        [read_policy(Source("mine.yaml", POLICY.replace("REQUIRE", json.dumps(require))))],
        Settings(),
        date(2026, 10, 15),
    )
    return [
        problem.message for _, problem in policies.postmortem({**valid("postmortem"), **fields})
    ]


def actions(number: int) -> list[dict[str, Any]]:
    action = valid("postmortem")["actions"][0]
    return [{**action, "id": f"A{index}"} for index in range(1, number + 1)]


def test_the_nearest_of_hundreds_of_names_is_the_one_that_all_of_them_give() -> None:
    known = [
        f"@{first}{last}" for first in ("dana", "maria", "tom", "ines", "olu") for last in range(80)
    ]
    names = Names(known)
    assert [names.near(name) for name in ("@dnaa7", "@mria40", "nobody")] == [
        nearest(name, known) for name in ("@dnaa7", "@mria40", "nobody")
    ]


def test_the_nearest_of_thousands_is_a_neighbour() -> None:
    names = Names(f"@person-{number}" for number in range(20_000))
    assert names.near("@person-19998x") == "did you mean '@person-19998'?"
    assert names.near("x@person-777") == "did you mean '@person-777'?"


def test_nothing_is_suggested_once_the_room_is_used_up_and_a_known_answer_stays() -> None:
    names = Names(["@maria"])
    assert names.near("@mari") == "did you mean '@maria'?"
    for number in range(ROOM):
        names.near(f"@mari{number}")
    assert (names.near("@mara"), names.near("@mari")) == ("", "did you mean '@maria'?")
    assert Names(["@" + "a" * 300]).near("@" + "a" * 299) == ""


def test_an_own_policy_is_asked_of_each_element() -> None:
    assert said("it.id != 'A2'", actions=actions(3)) == ["A2 has another name"]
    assert said("it.id != 'A2' // true", actions=actions(3)) == ["A2 has another name"]


def test_one_element_without_an_answer_keeps_the_others() -> None:
    nobody = [{**action, "verified_by": None} for action in actions(3)[1:]]
    found = said("it.verified_by.startsWith('@')", actions=[*actions(1), *nobody])
    assert [message.partition(":")[0] for message in found] == ["this could not be evaluated"] * 2


def test_of_elements_without_an_answer_a_few_are_asked() -> None:
    nobody = [{**action, "verified_by": None} for action in actions(ALONE + 5)]
    found = said("it.verified_by.startsWith('@')", actions=nobody)
    assert len(found) == ALONE + 1
    assert found[-1] == "5 more of these are not checked"


def test_an_own_policy_is_not_asked_of_a_document_without_end() -> None:
    reason = "this could not be evaluated: a"
    assert said("true", actions=actions(LONGEST_LIST)) == []
    assert said("true", actions=actions(LONGEST_LIST + 1)) == [
        f"{reason} list of 1,001 elements, of 1,000 at most"
    ]
    assert said("postmortem.summary != ''", summary="a" * LONGEST_TEXT) == []
    assert said("postmortem.summary != ''", summary="a" * (LONGEST_TEXT + 1)) == [
        f"{reason} text of 10,001 characters, of 10,000 at most"
    ]


@pytest.mark.parametrize(("name", "times"), [("cpp", 1), ("rust", 2)])
def test_functions_read_only_so_much(name: str, times: int) -> None:
    # The Rust engine asks a function that is an argument of another one twice, so there half as
    # much is read.
    engine = load(name)
    variables = {"today": "a" * (READ // 10 // times)}
    asked = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(n, size(artefacts(today)) == 0)"
    assert evaluate(compile_expression(asked, engine), variables) is True
    with pytest.raises(Failed, match="the functions read more than 300,000 characters"):
        evaluate(compile_expression(asked.replace("10]", "10, 11]"), engine), variables)


def test_quotations_are_those_of_the_pattern_that_took_the_square_of_their_time() -> None:
    random = Random(5)
    for _ in range(20_000):
        text = "".join(random.choice("ab `\"“”„«»''\n.") for _ in range(random.randint(1, 12)))
        assert _unquoted(text) == QUOTED.sub(lambda match: "\0" * len(match[0]), text)


def test_a_teams_phrases_are_found_and_may_be_removed() -> None:
    terms = Lexicon(
        {"languages": [], "add": {"vague-action": ["tidy up", "tidy up later", "look after"]}}
    )
    words = Words("We tidied up later, then looked after it, and tidy up")
    found = terms.matches(words, terms.of("vague-action", ""))["vague-action"]
    assert [words.quote(match.first, match.last) for match in found] == [
        "tidied up later",
        "looked after",
        "tidy up",
    ]
    without = Lexicon(
        {
            "languages": [],
            "add": {"vague-action": ["tidy up", "look after"]},
            "remove": {"vague-action": ["look after"]},
        }
    )
    words = Words("We tidied up, and look after it")
    left = without.matches(words, without.of("vague-action", ""))["vague-action"]
    assert [words.quote(match.first, match.last) for match in left] == ["tidied up"]
