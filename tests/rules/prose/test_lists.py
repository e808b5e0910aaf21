"""The lists are well formed, cues lead to every term, and teams change them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmlint.finding import Level
from pmlint.model.resources import read_json
from pmlint.rules.prose.lexicon import LANGUAGES, Group, Lexicon, parser_of
from pmlint.rules.prose.reading import cause_passage, title_passage
from tests.rules.prose.test_fixtures import FIXTURES, context, document, said

GROUPS = [
    (language, name, entry)
    for language in LANGUAGES
    for name, entries in read_json(f"words/{language}.json")["lists"].items()
    for entry in entries
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_a_version_and_each_group_a_reason_and_a_rewrite(language: str) -> None:
    data = read_json(f"words/{language}.json")
    assert data["version"].count(".") == 2
    for entries in data["lists"].values():
        assert all(entry["terms"] and entry["reason"] and entry["replacement"] for entry in entries)


@pytest.mark.parametrize(("language", "name", "entry"), GROUPS, ids=[f"{language}-{name}" for language, name, _ in GROUPS])
def test_each_term_begins_with_a_word_and_has_a_cue(language: str, name: str, entry: dict[str, object]) -> None:
    group = Group(name, language, entry)
    parser = parser_of(language)
    for text, term in zip(entry["terms"], group.terms, strict=True):  # type: ignore[call-overload]
        assert parser.part(text.lstrip("^").split()[0])[0] == "word", text
        assert "cues" not in entry or any(need <= set(group.cues) for need in term.needs), f"give {text!r} a cue"
    if "cues" in entry:
        assert sum(len(terms) for terms in group.by_cue.values()) >= len(group.terms)


def test_every_silencer_is_a_list() -> None:
    for language, _, entry in GROUPS:
        assert set(entry.get("unless", ())) <= set(read_json(f"words/{language}.json")["lists"])


def test_german_and_spanish_have_the_lists_that_they_ship() -> None:
    for language in ("de", "es"):
        assert {"exhortation", "date", "placeholder"} <= set(read_json(f"words/{language}.json")["lists"])
        assert read_json("owners.json")["group"][language]


def test_a_team_adds_and_removes_terms_and_languages() -> None:
    synergy = document("title", "Synergise the two pipelines")
    assert not said("vague-action", synergy)
    assert [problem.message for problem in said("vague-action", synergy, context(add={"vague-action": ["synergise"]}))] == [
        "'Synergise' is on your team's list"
    ]
    streamlined = document("title", "Streamlined reviews")
    assert said("vague-action", streamlined)
    assert not said("vague-action", streamlined, context(remove={"vague-action": ["streamline"]}))
    german = document("title", "Alle Mitarbeiter schulen")
    assert said("exhortation", german)
    assert not said("exhortation", german, context(languages=["en"]))


def test_own_phrases_may_have_several_words() -> None:
    terms = Lexicon({"add": {"exhortation": ["faire attention"]}})
    assert title_passage("Il faut faire attention aux montants", terms).said("exhortation")


def test_levels() -> None:
    def levels(rule: str, **action: object) -> list[Level | None]:
        data = {"actions": [{"id": "A1", "findings": ["F1"], **action}, {"id": "A2", "title": "Cap refunds", "findings": ["F2"]}]}
        return [problem.level for problem in said(rule, data)]

    assert levels("exhortation", title="Be more careful") == [Level.ERROR]
    assert levels("exhortation", title="Be more careful", findings=["F2"]) == [None]
    assert levels("exhortation", title="Be more careful", status="cancelled") == []
    assert levels("behavioural-norm", title="Never skip the check", findings=["F2"]) == [None]
    assert levels("behavioural-norm", title="Never skip the check", findings=["F2"], layer="verifier") == [Level.ERROR]
    assert levels("vague-action", title="Improve alerts", findings=["F2"]) == [Level.WARNING]
    assert levels("vague-action", title="Improve alerts", findings=["F2"], done_when="alerts are better") == [Level.ERROR]
    assert levels("investigate-only", title="Investigate the loop", layer="investigation") == []


def test_a_story_is_silent_where_a_failed_control_answers_for_it() -> None:
    data = document("statement", "The model hallucinated a policy.")
    assert said("convenient-story", data)
    assert not said("convenient-story", {**data, "failed_controls": [{"absent": "check", "findings": ["F1"]}]})


def test_an_unknown_number_needs_an_action_that_finds_it_out() -> None:
    impact = {"description": "Some users were affected.", "customers": {"unknown": "the log begins later"}}
    assert said("unquantified-impact", {"impact": impact})
    assert not said("unquantified-impact", {"impact": impact, "actions": [{"id": "A1", "layer": "investigation"}]})
    assert not said("unquantified-impact", {"impact": {**impact, "customers": 4}})


def test_counterfactuals_may_stand_under_prevention() -> None:
    from pmlint.model import Postmortem
    from pmlint.rules.prose.counterfactual import check

    body = "## {}\n\nWe should have paused the route.\n"
    assert list(check(Postmortem({}, "", body.format("Timeline")), context()))
    assert not list(check(Postmortem({}, "", body.format("Permanent changes")), context()))


def test_a_test_that_only_opens_a_prompt_proves_nothing(tmp_path: Path) -> None:
    from pmlint.parsing.tree import WorkTree

    tests = {
        "test_prompt.py": 'from pathlib import Path\n\ndef test():\n    assert "never" in Path("CLAUDE.md").read_text()\n',
        "test_scope.py": 'from refunds import tool\n\ndef test():\n    assert tool.instructions == open("CLAUDE.md").read()\n',
        "test_data.py": 'import json\n\ndef test():\n    assert json.load(open("limits.json"))["refund"] == 200\n',
    }
    for name, text in tests.items():
        (tmp_path / name).write_text(text)
    here = context()._replace(tree=WorkTree(str(tmp_path)))
    for name, speaks in (("test_prompt.py", True), ("test_scope.py", False), ("test_data.py", False), ("test_absent.py", False)):
        data = {"actions": [{"id": "A1", "title": "Cap refunds", "proof": [{"path": name}], "done_when": "0 refunds above 200 EUR"}]}
        assert bool(said("self-verifying", data, here)) == speaks, name


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "from tests.rules.prose.test_fixtures import *\n"
        "for rule, case in FIXTURES.items():\n"
        "    for text in case['bad']:\n"
        "        if case['field'] != 'prompt': print(said(rule, document(case['field'], text)))\n"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) > 100


def test_a_clean_postmortem_needs_no_markdown_parser() -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.rules.prose.test_fixtures import *\n"
        "from pmlint.parsing.document import read_postmortem\n"
        "from pmlint.parsing.source import Source\n"
        "document = read_postmortem(Source('x.md', Path('tests/cases/base/postmortems/PM-2026-001-refunds.md').read_text()))\n"
        "found = [list(rule.check(Postmortem(document.data, 'x.md', document.body), context())) for rule in RULES]\n"
        "assert not any(found), found\nassert 'pyromark' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_a_cause_is_read_for_every_field_alike() -> None:
    assert cause_passage("The refunds were paid twice by human error.").said("blame")
    assert set(FIXTURES["blame"]) == {"field", "bad", "near"}


def test_odd_phrases_of_a_team_break_nothing() -> None:
    terms = Lexicon({"add": {"vague-action": ["", "  ", "...", "?", "@nobody", "a|b", "^x y$", "do it!"]}})
    assert title_passage("Please do it!", terms).said("vague-action")
    assert not title_passage("Cap refunds at 200 EUR", terms).said("vague-action")


def test_the_configuration_knows_the_lists() -> None:
    from pmlint.model.resources import read_json
    from pmlint.model.schema import check

    assert not list(check("config", {"words": {"languages": ["en"], "add": {"vague-action": ["synergise"]}, "remove": {"vow": ["sorry"]}}}))
    for words in ({"languages": ["xx"]}, {"add": {"vague": ["x"]}}, {"add": {"vow": "x"}}, {"plus": {}}):
        assert list(check("config", {"words": words})), words
    known = read_json("config.json")["properties"]["words"]["properties"]["add"]["propertyNames"]["enum"]
    assert known == sorted(name for name, entries in read_json("words/en.json")["lists"].items() if "cues" in entries[0])
