"""What must hold for every text: reading never crashes, and positions point at the text that they
claim.
"""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.scalars import LONGEST_WORD, NUMERIC, Unclear, plain
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.strict_yaml import parse
from pmlint.place import Path

TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(
    st.binary(max_size=300) | st.binary(max_size=200).map(lambda data: b"---\n" + data + b"\n---\n")
)
@settings(max_examples=1500, deadline=None)
def test_reading_never_crashes(data: bytes) -> None:
    try:
        document = read_postmortem(decode("a.md", data))
    except Malformed as error:
        assert error.message
        assert error.span.row >= 1
        assert error.span.column >= 1
        return
    assert isinstance(document.data, dict)


@given(
    st.dictionaries(TEXTS, VALUES, min_size=1, max_size=5),
    st.sampled_from(["json", "flow", "block"]),
    st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_what_is_written_is_read_and_found(
    data: dict[str, object], style: str, windows: bool
) -> None:
    if style == "json":
        text = json.dumps(data, ensure_ascii=False)
    else:
        text = yaml.safe_dump(
            data,
            allow_unicode=True,
            default_flow_style=style == "flow",
            width=10_000,
            default_style='"',
        )
        text = (
            text.replace('!!null "null"', "null")
            .replace('!!bool "true"', "true")
            .replace('!!bool "false"', "false")
        )
        text = __import__("re").sub(r'!!int "(-?\d+)"', r"\1", text)
    if windows:
        text = text.replace("\n", "\r\n")
    try:
        document = read_yaml(decode("a.yaml", text.encode()), "route")
    except Malformed as error:
        assert "invisible" in error.message
        return
    assert document.data == data
    assert not document.problems
    for path, value in walk(data):
        assert at(document, path) == value


def walk(value: object, path: Path = Path()) -> list[tuple[Path, object]]:
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in walk(inner, path / str(name))]
    if isinstance(value, list):
        return [pair for index, inner in enumerate(value) for pair in walk(inner, path / index)]
    return [(path, value)]


def at(document: Document, path: Path) -> object:
    """The value that stands in the text where the document says that it stands."""
    span = document.locate(path)
    source = document.source
    return yaml.safe_load(
        source.text[
            source.offset(span.row, span.column) : source.offset(span.end_row, span.end_column)
        ]
    )


def test_characters_of_a_value_in_every_style() -> None:
    for text in (
        "a: we must be careful\n",
        'a: "we must be careful"\n',
        "a: 'we must be careful'\n",
        "a: |\n  we must\n  be careful\n",
        "a: >-\n  we must\n  be careful\n",
    ):
        document = Document("route", Source("a.yaml", text))
        assert isinstance(document.data, dict)
        value = document.data["a"]
        start = value.index("careful")
        span = document.locate((Path() / "a").chars(start, start + 7))
        assert (
            document.source.text[document.source.offset(span.row, span.column) :][:7] == "careful"
        )
        assert span.end_column - span.column == 7


@pytest.mark.parametrize(
    "text",
    [
        "{?foo: 1}",
        "[?x]",
        "[?x : 1]",
        "{a: 1, ?b: 2}",
        'a: {?"b": 1}',
        "a: [\n  ?b]",
        "- [[a], ?b]",
    ],
)
def test_a_question_mark_begins_no_key_in_a_flow_collection(text: str) -> None:
    parsed = parse(Source("a.yaml", text))
    row, column = (
        text[: text.index("?")].count("\n") + 1,
        text.index("?") - text.rfind("\n", 0, text.index("?")),
    )
    assert [(problem.message, problem.span[:2]) for problem in parsed.problems] == [
        ("'?' begins a key here to some YAML readers and a text to others", (row, column))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: why?",
        "?a: 1",
        "? a\n: 1",
        "- ?a",
        "{a: 'b ? c', \"?d\": e?}",
        "a: ' ?' # [?x]",
        "[a?, b?c]\n",
        "a: [b]\n?c: 1",
        "{? a : 1}",
    ],
)
def test_a_question_mark_elsewhere_is_a_character(text: str) -> None:
    assert parse(Source("a.yaml", text)).problems == ()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_long_scalars_that_begin_like_no_number_are_texts(text: str) -> None:
    if len(text) > LONGEST_WORD and text[0] not in NUMERIC:
        assert plain(text) == text


@pytest.mark.parametrize("word", ["false", "False", "NULL", "off", "~", ""])
def test_words_that_are_no_texts(word: str) -> None:
    found = plain(word)
    assert len(word) <= LONGEST_WORD
    assert found is None or found is False or isinstance(found, Unclear)
