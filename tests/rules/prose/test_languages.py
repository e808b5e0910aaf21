"""Each language that ships finds its bad sentences and leaves the near misses, in its own words; one that is not read is said so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.rules.prose.answers import weak_answer
from pmlint.rules.prose.lexicon import LANGUAGES
from pmlint.rules.prose.passage import cause_passage, title_passage
from pmlint.rules.prose.text import Vocabulary, Words
from tests.rules.prose.test_fixtures import context, said

FIXTURES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "languages.yaml").read_text("utf-8"))
CASES = [
    (language, name, kind, text)
    for language, lists in FIXTURES.items()
    for name, case in lists.items()
    for kind in ("bad", "near")
    for text in case[kind]
]


@pytest.mark.parametrize(("language", "name", "kind", "text"), CASES, ids=[f"{case[0]}-{case[1]}-{case[3]}" for case in CASES])
def test_sentence(language: str, name: str, kind: str, text: str) -> None:
    if name == "blame":
        cause = cause_passage(text)
        found = "blame" if cause.first("blame") or cause.first("fault") else ""
    else:
        weak = weak_answer(title_passage(text))
        found = weak.kind if weak else ""
    assert found == (name if kind == "bad" else "")


def test_each_language_has_its_fixtures() -> None:
    assert set(FIXTURES) == set(LANGUAGES) - {"en"}
    for lists in FIXTURES.values():
        assert {"prompt-wording", "exhortation", "investigate-only", "vague-action", "blame"} == set(lists)
        assert all(len(case[kind]) >= 5 for case in lists.values() for kind in ("bad", "near"))


@pytest.mark.parametrize(("language", "text"), [
    ("sv", "Rutten betalade ut för mycket och det var inte möjligt att stoppa den från kontoret."),
    ("nl", "De route betaalde te veel en het werd niet gestopt voordat een klant er naar vroeg."),
    ("it", "La rotta ha pagato troppo e non è stato possibile fermarla perché il limite della chiave non c'era."),
    ("pl", "Trasa wypłaciła za dużo i nie została zatrzymana, bo limit nie był ustawiony przez zespół, jak się okazało."),
    ("ko", "환불 경로가 고객에게 너무 많은 금액을 지급했다."),
    ("ru", "Маршрут выплатил клиентам слишком много денег."),
])
def test_a_language_that_is_not_read_is_said_once(language: str, text: str) -> None:
    data = {"summary": text, "findings": [{"id": "F1", "statement": text}]}
    assert [problem.message for problem in said("unread-language", data)] == [f"words in '{language}' are not read; ends and layers are"]


@pytest.mark.parametrize("text", [
    "The route paid 23 customers twice, and nobody was able to stop it.",
    "Die Route zahlte zu viel aus und wurde nicht vor dem Abend angehalten.",
    "La ruta pagó demasiado y no se detuvo por la noche.",
    "La route a payé trop et n'est pas arrêtée par les contrôles.",
    "A rota pagou demais e não foi parada pelo plantão da noite.",
    "返金経路が多く支払った。",
    "退款流程多付了钱。",
    "Cap refunds at 200 EUR",
    "The customer “Škoda” said: naïve, smörgåsbord.",
])
def test_a_language_that_is_read_is_not_spoken_of(text: str) -> None:
    assert not said("unread-language", {"summary": text})


def test_a_language_that_a_team_left_out_is_not_read() -> None:
    german = {"summary": "Die Route zahlte zu viel aus und wurde nicht vor dem Abend angehalten."}
    assert said("unread-language", german, context(languages=["en"]))


def test_a_run_without_blanks_is_parted_by_the_words_that_are_known() -> None:
    words = Words("削除前に必ず確認するようCLAUDE.mdに追記する。", Vocabulary(["必ず", "確認", "に", "追記", "する"]))
    assert words.tokens == ["削除前", "に", "必ず", "確認", "する", "よう", "claude.md", "に", "追記", "する", "。"]
    assert [words.text[start:end] for start, end in words.spans][6] == "CLAUDE.md"
