"""What a done_when shows: the examples of the data, the places, and the files that a model reads."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pmlint.model.end_words import HEAD
from pmlint.model.ends import (
    end_kinds,
    has_end_of,
    kinds_of,
    places,
    shows_end_of,
)
from pmlint.model.resources import read_json
from pmlint.model.vocabulary import STRUCTURAL
from tests.yaml_file import read_yaml

DATA: dict[str, Any] = read_json("words/ends.json")
LANGUAGES = ["en", "de", "es", "fr", "pt", "ja", "zh"]


@pytest.mark.parametrize(
    ("text", "kinds"), DATA["examples"], ids=[text for text, _ in DATA["examples"]]
)
def test_example(text: str, kinds: list[str]) -> None:
    assert sorted(end_kinds(text)) == kinds


def test_every_structural_layer_takes_kinds_that_are_explained() -> None:
    assert set(DATA["layers"]) == STRUCTURAL
    assert {name for kinds in DATA["layers"].values() for name in kinds} == set(DATA["kinds"])


@pytest.mark.parametrize("kind", DATA["kinds"])
def test_the_example_of_a_kind_is_of_the_kind(kind: str) -> None:
    assert kind in end_kinds(DATA["kinds"][kind]["example"])


def test_each_beginning_of_a_word_is_as_long_as_a_head() -> None:
    entries = [
        entry.strip()
        for texts in DATA["words"].values()
        for text in texts.values()
        for entry in text.split("|")
    ]
    assert all(len(entry) > HEAD for entry in entries if entry.endswith("*"))


def test_classes_of_words_are_there_in_every_language() -> None:
    assert {name: list(words) for name, words in DATA["words"].items()} == dict.fromkeys(
        DATA["words"], LANGUAGES
    )


def test_the_table() -> None:
    assert [kind.id for kind in kinds_of("alert")] == ["alarm", "alert-rule"]
    assert kinds_of("prompt") == ()
    assert has_end_of("prompt", frozenset())
    assert not has_end_of("alert", end_kinds("tests/agents/test_scope.py"))
    assert not has_end_of("verifier", end_kinds("a price outside the table is rejected"))


@pytest.mark.parametrize("layer", sorted(STRUCTURAL))
@pytest.mark.parametrize(
    "text",
    [
        "PR #412 is merged",
        "commit 4be1f0c is on main",
        "TICKET-1182 is closed",
        "2026-11-01",
        "docs/guide.md is merged",
        "the review took place with 6 people",
        "CLAUDE.md says so in 3 lines",
        "prompts/a.yaml: max_calls = 3",
        "",
    ],
)
def test_paper_is_the_end_of_no_layer(layer: str, text: str) -> None:
    assert not has_end_of(layer, end_kinds(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tests/agents/test_scope.py fails for a refund", ("tests/agents/test_scope.py",)),
        (
            "tests/a.py::test_no_refund, and src/cap.ts",
            ("tests/a.py::test_no_refund", "src/cap.ts"),
        ),
        ("and/or, n/a, 24/7, 5 requests/s", ()),
        ("the CI job eval-grounding passes", ("eval-grounding",)),
        ("the eval `grounding` passes", ("grounding",)),
        ("eval id rag-017 passes", ("rag-017",)),
        ("the alert spend-without-progress pages @maria", ("spend-without-progress",)),
        ("test_bad_arguments passes", ("test_bad_arguments",)),
        ("https://ci.example.org/jobs/7 is green.", ("https://ci.example.org/jobs/7",)),
        ("CODEOWNERS lists @dana for routes/", ("CODEOWNERS",)),
        ("audit/calls.jsonlに各呼び出しの行がある", ("audit/calls.jsonl",)),
        ("deploy/agent.yaml and deploy/agent.yaml", ("deploy/agent.yaml",)),
        ("a follow-up job on 2026-10-01", ()),
        ("@acme/platform approves", ()),
    ],
)
def test_places(text: str, found: tuple[str, ...]) -> None:
    assert places(text) == found


def test_a_start_reads_no_words() -> None:
    code = "import sys, pmlint.model.ends\nfrom pmlint.model.end_words import ends_data, pattern\nassert not pattern.cache_info().currsize and not ends_data.cache_info().currsize"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "text",
    [
        "a/" * 5000,
        "0" * 20_000,
        "`" * 20_000,
        "a." * 10_000,
        "_" * 20_000,
        "test " * 4000,
        "@a " * 5000,
        "が" * 9000,
        "a-" * 9000,
        "::" * 9000,
    ],
)
def test_long_texts_take_no_square_of_time(text: str) -> None:
    def cost(part: str) -> float:
        began = time.process_time()
        end_kinds(part)
        places(part)
        return time.process_time() - began

    # Against a quarter of the text: four times is a line, sixteen times a square. Below a tenth of
    # a second nobody waits.
    quarter, whole = cost(text[: len(text) // 4]), cost(text)
    assert whole < 0.1 or whole < 10 * quarter, json.dumps(text[:10])


PROBES = read_yaml(Path(__file__).parent / "ends.yaml")


def passes(text: str) -> bool:
    return any(shows_end_of(layer, text) for layer in STRUCTURAL)


def test_paper_that_is_dressed_up_is_no_end() -> None:
    assert [text for text in PROBES["paper"] if passes(text)] == []


def test_an_honest_end_in_odd_words_is_one() -> None:
    assert [pair for pair in PROBES["honest"] if not shows_end_of(*pair)] == []


def test_what_is_judged_wrongly_is_still_known() -> None:
    assert all(map(passes, PROBES["passed"]))
    assert not any(shows_end_of(*pair) for pair in PROBES["refused"])
