"""What a pack says of people, and what it never holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pmlint.model import People
from pmlint.model.saying import has_placeholder
from pmlint.runs.pack.privacy import PersonNames, encoded, error_type, secret_in
from tests.yaml_file import read_yaml

SECRETS: dict[str, Any] = read_yaml(Path(__file__).with_name("secrets.yaml"))
PEOPLE = People(
    [
        {"handle": "@maria", "name": "Maria Lind", "email": "maria@example.org"},
        {"handle": "@tom"},
    ],
    "people.yaml",
)


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("@maria", "@maria"),
        ("MARIA", "@maria"),
        ("Maria  Lind", "@maria"),
        ("Maria@Example.org", "@maria"),
        ("tom", "@tom"),
        ("operator-4", "operator-4"),
        ("@nobody", "@nobody"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_known_person_is_a_handle_and_a_single_word_stays(by: str, shown: str) -> None:
    assert PersonNames(PEOPLE).shown(by) == shown


def test_who_is_unknown_gets_a_number_in_order_of_appearance() -> None:
    names = PersonNames(PEOPLE)
    appear = [
        "ines@example.org",
        "Jo Ann Smith",
        "INES@example.org",
        "maria",
        "jo ann  smith",
        "x@y.z",
    ]
    assert [names.shown(by) for by in appear] == [
        "person-1",
        "person-2",
        "person-1",
        "@maria",
        "person-2",
        "person-3",
    ]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("TimeoutError", "TimeoutError"),
        ("requests.exceptions.ReadTimeout", "requests.exceptions.ReadTimeout"),
        ("500", "500"),
        ("", ""),
        ("card 4111 of Ann Smith was refused", "error"),
        ("x" * 81, "error"),
    ],
)
def test_an_error_is_a_type_and_never_a_message(error: str, shown: str) -> None:
    assert error_type(error) == shown


@pytest.mark.parametrize("hit", SECRETS["hits"], ids=lambda hit: hit["kind"])
def test_what_looks_like_a_secret_is_found_in_any_place(hit: dict[str, Any]) -> None:
    text = "".join(hit["text"])
    for value in (text, f"see {text} there", {"a": [{"b": text}]}, {text: 1}, ("x", text)):
        assert secret_in(value) == hit["kind"]


@pytest.mark.parametrize("miss", SECRETS["misses"])
def test_what_only_looks_like_one_is_not(miss: str) -> None:
    assert secret_in(miss) == ""


def test_every_pattern_has_a_hit() -> None:
    from pmlint.model.resources import read_json

    kinds = {entry["name"] for entry in read_json("secrets.json")["patterns"]}
    assert kinds == {hit["kind"] for hit in SECRETS["hits"]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("refunds_create", "refunds_create"),
        ("two\nlines\tand blanks ", "two lines and blanks"),
        ("bidi \u202e mark", "bidi \\u202e mark"),
        ("TODO: ask", "T.ODO: ask"),
        ("TODO TBD FIXME XXX Lorem ipsum", "T.ODO T.BD F.IXME X.XX L.orem ipsum"),
        ("```yaml --- ```", "```yaml --- ```"),
        ("x" * 121, "x" * 119 + "…"),
    ],
)
def test_a_name_of_a_trace_is_one_harmless_line(text: str, line: str) -> None:
    assert encoded(text) == line
    assert not has_placeholder(encoded(text))
