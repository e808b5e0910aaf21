"""The lists are well formed, cues lead to every term, and teams change them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cues import FOLDER, with_cues
from pmlint.finding import Level
from pmlint.model.resources import read_json
from pmlint.rules.prose import RULES
from pmlint.rules.prose.lexicon import LANGUAGES, Group, Lexicon
from pmlint.rules.prose.passage import cause_passage, title_passage
from pmlint.rules.prose.terms import parser_of
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


@pytest.mark.parametrize(
    ("language", "name", "entry"),
    GROUPS,
    ids=[f"{language}-{name}" for language, name, _ in GROUPS],
)
def test_each_term_begins_with_a_word_and_has_a_cue(
    language: str, name: str, entry: dict[str, object]
) -> None:
    group = Group(name, language, entry)
    parser = parser_of(language)
    terms = entry["terms"]
    assert isinstance(terms, list)
    for text in terms:
        assert parser.part(text.lstrip("^").split()[0])[0] == "word", text
    for number, term in enumerate(group.terms if "cues" in entry else ()):
        pointing = {cue for cue in group.cues if number in group.pointed(cue)}
        assert any(need <= pointing for need in term.needs), f"give {term.text!r} a cue"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cues_are_those_of_the_terms(language: str) -> None:
    assert (FOLDER / f"{language}.json").read_text("utf-8") == with_cues(language), (
        "run: python -m bench.cues"
    )


def test_every_silencer_is_a_list() -> None:
    for language, _, entry in GROUPS:
        assert set(entry.get("unless", ())) <= set(read_json(f"words/{language}.json")["lists"])


def test_german_and_spanish_have_the_lists_that_they_ship() -> None:
    for language in ("de", "es"):
        assert {"exhortation", "date", "placeholder"} <= set(
            read_json(f"words/{language}.json")["lists"]
        )
        assert read_json("owners.json")["group"][language]


def test_a_team_adds_and_removes_terms_and_languages() -> None:
    synergy = document("title", "Synergise the two pipelines")
    assert not said("vague-action", synergy)
    assert [
        problem.message
        for problem in said("vague-action", synergy, context(add={"vague-action": ["synergise"]}))
    ] == ["'Synergise' is on your team's list"]
    streamlined = document("title", "Streamlined reviews")
    assert said("vague-action", streamlined)
    assert not said("vague-action", streamlined, context(remove={"vague-action": ["streamline"]}))
    german = document("title", "Alle Mitarbeiter schulen")
    assert said("exhortation", german)
    assert not said("exhortation", german, context(languages=["en"]))


def test_own_phrases_may_have_several_words() -> None:
    terms = Lexicon({"add": {"exhortation": ["faire attention"]}})
    assert title_passage("Il faut faire attention aux montants", terms).said("exhortation")


def test_words_are_an_error_only_where_the_end_is_missing() -> None:
    def levels(rule: str, **action: object) -> list[Level | None]:
        return [
            problem.level
            for problem in said(rule, {"actions": [{"id": "A1", "findings": ["F1"], **action}]})
        ]

    prompt = {"title": "Tighten the system prompt", "layer": "limits"}
    assert levels("layer-contradiction", **prompt, done_when="PR #412 is merged") == [Level.ERROR]
    assert levels("layer-contradiction", **prompt, done_when="a run ends at 40 USD") == [
        Level.WARNING
    ]
    assert levels("layer-contradiction", **prompt, status="cancelled") == []
    assert [rule.id for rule in RULES if rule.level is Level.ERROR] == [
        "layer-without-end",
        "self-verifying",
        "layer-contradiction",
    ]


def test_an_end_of_the_layer_outweighs_words_that_err() -> None:
    def speaks(rule: str, title: str, done_when: str) -> bool:
        return bool(
            said(
                rule,
                {
                    "actions": [
                        {
                            "id": "A1",
                            "title": title,
                            "layer": "limits",
                            "findings": ["F1"],
                            "done_when": done_when,
                        }
                    ]
                },
            )
        )

    for rule, title, is_sure in (
        ("vague-action", "Improve the limits", False),
        ("behavioural-norm", "Never skip the check", False),
        ("exhortation", "Be more careful", True),
    ):
        assert speaks(rule, title, "the limits are better")
        assert speaks(rule, title, "a run ends at 40 USD") == is_sure


def test_what_is_called_by_its_name_is_not_spoken_of() -> None:
    for rule, layer, title in (
        ("investigate-only", "investigation", "Investigate the loop"),
        ("prompt-wording", "prompt", "Tighten the system prompt"),
        ("exhortation", "training", "Train the engineers"),
    ):
        assert not said(rule, {"actions": [{"id": "A1", "title": title, "layer": layer}]})


def test_training_beside_a_control_is_silent() -> None:
    training = {
        "id": "A1",
        "title": "Train the engineers",
        "layer": "communication",
        "findings": ["F1"],
    }
    control = {"id": "A2", "title": "Cap refunds", "layer": "limits", "findings": ["F1"]}
    assert said("exhortation", {"actions": [training]})
    assert not said("exhortation", {"actions": [training, control]})


def test_one_span_has_one_finding() -> None:
    data = {
        "actions": [
            {
                "id": "A1",
                "title": "Remind the agent in CLAUDE.md to be more careful",
                "layer": "communication",
            }
        ]
    }
    assert [rule.id for rule in RULES for _ in said(rule.id, data)] == ["prompt-wording"]
    cause = document("statement", "The engineer should have seen it, by human error.")
    assert [rule.id for rule in RULES for _ in said(rule.id, cause)] == ["blame", "counterfactual"]


def test_help_speaks_of_the_authors_own_object() -> None:
    (problem,) = said("non-commitment", document("title", "Agree on a limit for refunds"))
    assert problem.help == "write what was decided about 'limit for refunds'"


@pytest.mark.parametrize(
    ("rule", "title", "spoken_of"),
    [
        ("non-commitment", "Agree with finance on a limit", "'limit'"),
        ("investigate-only", "Consider splitting the agent in two", "'splitting the agent in two'"),
        ("investigate-only", "Prüfen, ob die Grenze reicht", "'Grenze reicht'"),
        ("investigate-only", "Follow up with the vendor on the timeout", "'timeout'"),
        ("prompt-wording", "Add a paragraph about refunds to AGENTS.md", "'refunds'"),
        (
            "behavioural-norm",
            "When a booking is older than a year, ask the guest",
            "'When a booking is older than a year, ask the guest'",
        ),
        ("exhortation", "Think before you act", "'Think before you act'"),
        ("exhortation", "Remind the night shift of the refund cap", "'refund cap'"),
    ],
)
def test_a_rewrite_is_made_of_what_is_spoken_of(rule: str, title: str, spoken_of: str) -> None:
    (problem,) = said(rule, document("title", title))
    assert spoken_of in problem.help


def test_a_story_is_silent_where_a_failed_control_answers_for_it() -> None:
    data = document("statement", "The model hallucinated a policy.")
    assert said("convenient-story", data)
    assert not said(
        "convenient-story", {**data, "failed_controls": [{"absent": "check", "findings": ["F1"]}]}
    )


def test_an_unknown_number_needs_an_action_that_finds_it_out() -> None:
    impact = {
        "description": "Some users were affected.",
        "customers": {"unknown": "the log begins later"},
    }
    assert said("unquantified-impact", {"impact": impact})
    assert not said(
        "unquantified-impact",
        {"impact": impact, "actions": [{"id": "A1", "layer": "investigation"}]},
    )
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
    for name, speaks in (
        ("test_prompt.py", True),
        ("test_scope.py", False),
        ("test_data.py", False),
        ("test_absent.py", False),
    ):
        data = {
            "actions": [
                {
                    "id": "A1",
                    "title": "Cap refunds",
                    "proof": [{"path": name}],
                    "done_when": "0 refunds above 200 EUR",
                }
            ]
        }
        assert bool(said("self-verifying", data, here)) == speaks, name


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "from tests.rules.prose.test_fixtures import *\n"
        "for rule, case in FIXTURES.items():\n"
        "    for text in case['bad']:\n"
        "        print(said(rule, document(case['field'], text)))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
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
    terms = Lexicon(
        {"add": {"vague-action": ["", "  ", "...", "?", "@nobody", "a|b", "^x y$", "do it!"]}}
    )
    assert title_passage("Please do it!", terms).said("vague-action")
    assert not title_passage("Cap refunds at 200 EUR", terms).said("vague-action")


def test_the_configuration_knows_the_lists() -> None:
    from pmlint.model.resources import read_json
    from pmlint.model.schema import check

    assert not list(
        check(
            "config",
            {
                "words": {
                    "languages": ["en"],
                    "add": {"vague-action": ["synergise"]},
                    "remove": {"vow": ["sorry"]},
                }
            },
        )
    )
    for words in (
        {"languages": ["xx"]},
        {"add": {"vague": ["x"]}},
        {"add": {"vow": "x"}},
        {"plus": {}},
    ):
        assert list(check("config", {"words": words})), words
    known = read_json("config.json")["properties"]["words"]["properties"]["add"]["propertyNames"][
        "enum"
    ]
    assert known == sorted(
        name
        for name, entries in read_json("words/en.json")["lists"].items()
        if "cues" in entries[0]
    )


@pytest.mark.parametrize(
    ("rule", "field", "text", "shown"),
    [
        (
            "exhortation",
            "title",
            "All reviewers were reminded of the four-eyes rule",
            "let something check 'four-eyes rule' when nobody remembers it",
        ),
        (
            "behavioural-norm",
            "title",
            "Small pull requests only",
            "let something refuse the contrary of 'Small pull requests only'",
        ),
        (
            "vague-action",
            "title",
            "Robust error handling",
            "name the component that does 'Robust error handling'",
        ),
        (
            "behavioural-norm",
            "title",
            "Leer el log completo antes de concluir",
            "deja que algo rechace lo contrario de 'Leer el log completo antes de concluir'",
        ),
        (
            "blame",
            "statement",
            "The operator pasted the wrong customer id",
            "quote who says so, or name the control that let 'customer id' through",
        ),
        (
            "convenient-story",
            "statement",
            "The model hallucinated an API that does not exist",
            "name the control that let 'API that does not exist' through",
        ),
    ],
)
def test_a_rewrite_is_made_of_the_authors_own_words(
    rule: str, field: str, text: str, shown: str
) -> None:
    (problem,) = said(rule, document(field, text))
    assert problem.help.startswith(shown)


@pytest.mark.parametrize(
    "rule",
    [
        "exhortation",
        "behavioural-norm",
        "prompt-wording",
        "vague-action",
        "investigate-only",
        "blame",
        "fault",
        "convenient-story",
        "vague-cause",
        "dashboard-only",
    ],
)
def test_no_rewrite_tells_a_stock_story(rule: str) -> None:
    rewrites = [
        (language, entry["replacement"]) for language, name, entry in GROUPS if name == rule
    ]
    stock = [
        (language, text) for language, text in rewrites if "<X>" not in text and "<S>" not in text
    ]
    assert stock == []


def test_a_vague_word_is_a_cause_in_a_short_sentence_alone() -> None:
    long = "The index of the nightly job that copies each order of the shop to the ledger of the bank was somehow built twice that week."
    assert said("vague-cause", document("statement", "It somehow failed."))
    assert not said("vague-cause", document("statement", long))
