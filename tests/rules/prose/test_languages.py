"""Each language that ships finds its bad sentences and leaves the near misses, in its own words;
one that is not read is said so.
"""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from bench.cues import SILENCERS
from pmlint.model.resources import read_json
from pmlint.place import Path
from pmlint.rules.prose.answers import weak_answer
from pmlint.rules.prose.lexicon import LANGUAGES, lexicon
from pmlint.rules.prose.passage import passages, title_passage
from pmlint.rules.prose.text import Vocabulary, Words
from tests.rules.prose.test_fixtures import context, document, said
from tests.yaml_file import read_yaml

FIXTURES: dict[str, dict[str, Any]] = read_yaml(pathlib.Path(__file__).parent / "languages.yaml")
CASES = [
    (language, name, kind, text)
    for language, lists in FIXTURES.items()
    for name, case in lists.items()
    for kind in ("bad", "near")
    for text in case[kind]
]


TITLES = (
    "prompt-wording",
    "exhortation",
    "investigate-only",
    "non-commitment",
    "behavioural-norm",
    "vague-action",
    "praise",
    "dashboard-only",
)
FIELDS = {
    "blame": "statement",
    "convenient-story": "statement",
    "counterfactual": "statement",
    "vague-cause": "statement",
    "abusive-language": "statement",
    "vow": "summary",
    "unquantified-impact": "impact",
    "unbounded-done-when": "done_when",
    "self-verifying": "done_when",
    "layer-without-end": "ended",
    "layer-contradiction": "declared",
}
"""The rules that read another field than the title, and the field that a sentence fills."""


@pytest.mark.parametrize(
    ("language", "name", "kind", "text"),
    CASES,
    ids=[f"{case[0]}-{case[1]}-{case[3]}" for case in CASES],
)
def test_sentence(language: str, name: str, kind: str, text: str) -> None:
    if name in FIELDS:
        assert bool(said(name, document(FIELDS[name], text))) == (kind == "bad")
    elif name == "placeholder":
        (end,) = passages([(text, Path())], lexicon({}), ("placeholder",))
        assert bool(end.said("placeholder")) == (kind == "bad")
    else:
        weak = weak_answer(title_passage(text))
        assert (weak.kind if weak else "") == (name if kind == "bad" else "")


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_rule_has_five_bad_sentences_and_five_near_misses_in_each_language(
    language: str,
) -> None:
    counts = {
        name: min(len(set(case[kind])) for kind in ("bad", "near"))
        for name, case in FIXTURES[language].items()
    }
    assert {
        name: counts.get(name, 0)
        for name in (*TITLES, *FIELDS, "placeholder")
        if counts.get(name, 0) < 5
    } == {}


def test_every_list_that_speaks_is_there_in_every_language() -> None:
    lists = {language: read_json(f"words/{language}.json")["lists"] for language in LANGUAGES}
    speaking = {
        name
        for name, groups in lists["en"].items()
        if name not in SILENCERS and name != "self-proof"
    }
    assert {language: speaking - set(found) for language, found in lists.items()} == {
        language: set() for language in LANGUAGES
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "sv",
            "Rutten betalade ut för mycket och det var inte möjligt att stoppa den från kontoret.",
        ),
        (
            "nl",
            "De route betaalde te veel en het werd niet gestopt voordat een klant er naar vroeg.",
        ),
        (
            "it",
            "La rotta ha pagato troppo e non è stato possibile fermarla perché il limite della chiave non c'era.",
        ),
        (
            "pl",
            "Trasa wypłaciła za dużo i nie została zatrzymana, bo limit nie był ustawiony przez zespół, jak się okazało.",
        ),
        ("ko", "환불 경로가 고객에게 너무 많은 금액을 지급했다."),
        ("ru", "Маршрут выплатил клиентам слишком много денег."),
    ],
)
def test_a_language_that_is_not_read_is_said_once(language: str, text: str) -> None:
    data = {"summary": text, "findings": [{"id": "F1", "statement": text}]}
    assert [problem.message for problem in said("unread-language", data)] == [
        f"words in '{language}' are not read; ends and layers are"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The route paid 23 customers twice, and nobody was able to stop it.",
        "Die Route zahlte zu viel aus und wurde nicht vor dem Abend angehalten.",
        "La ruta pagó demasiado y no se detuvo por la noche.",
        "La route a payé trop et n'est pas arrêtée par les contrôles.",
        "A rota pagou demais e não foi parada pelo plantão da noite.",
        "返金経路が多く支払った。",
        "退款流程多付了钱。",
        "Cap refunds at 200 EUR",
        "The customer “Škoda” said: naïve, smörgåsbord.",
    ],
)
def test_a_language_that_is_read_is_not_spoken_of(text: str) -> None:
    assert not said("unread-language", {"summary": text})


def test_a_language_that_a_team_left_out_is_not_read() -> None:
    german = {"summary": "Die Route zahlte zu viel aus und wurde nicht vor dem Abend angehalten."}
    assert said("unread-language", german, context(languages=["en"]))


def test_a_run_without_blanks_is_parted_by_the_words_that_are_known() -> None:
    words = Words(
        "削除前に必ず確認するようCLAUDE.mdに追記する。",
        Vocabulary(["必ず", "確認", "に", "追記", "する"]),
    )
    assert words.tokens == [
        "削除前",
        "に",
        "必ず",
        "確認",
        "する",
        "よう",
        "claude.md",
        "に",
        "追記",
        "する",
        "。",
    ]
    assert [words.text[start:end] for start, end in words.spans][6] == "CLAUDE.md"
