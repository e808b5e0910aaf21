"""What is said where a text is not YAML: the row and column of the slip, the fact and the fix."""

from __future__ import annotations

import pytest

from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.strict_yaml import parse

ENTRY = "align it with the fields that it belongs to; an entry of a list begins with '- '"


@pytest.mark.parametrize(
    ("text", "row", "column", "message", "help"),
    [
        ("<<<<<<< HEAD\na: 1\n", 1, 1, "a merge conflict is not resolved", None),
        ("a: 1\n=======\nb: 2\n", 2, 1, "a merge conflict is not resolved", None),
        ("a:\n  | x | y |\n", 2, 1, "a table of Markdown is not allowed among the fields", None),
        ("a: 1\nb\nc: 2\n", 2, 1, "the line has no field: there is no ': ' in it", None),
        ("a:1\nb: 2\n", 1, 1, "the line has no field: there is no ': ' in it", None),
        (
            "a: 1\n  b: 2\n",
            2,
            3,
            "the field 'b' is indented further than the fields above it",
            ENTRY,
        ),
        ("a: b: c\n", 1, 5, "a text with ': ' in it needs quotes", None),
        (
            "a: %x\n",
            1,
            4,
            "a text that begins with '%' needs quotes",
            'put it in quotes, as in "%x"',
        ),
        (
            "a: `x` is\n",
            1,
            4,
            "a text that begins with '`' needs quotes",
            'put it in quotes, as in "`x`"',
        ),
        ('a: "\\d"\n', 1, 5, "a backslash in double quotes has a meaning of its own", None),
        ("a: {b: 'it's'}\n", 1, 12, "the '{' of line 1 has no ',' or '}' here", None),
        ("a: [1\nb: 2\n", 2, 2, "the '[' of line 1 has no ',' or ']' here", None),
    ],
)
def test_slip(text: str, row: int, column: int, message: str, help: str | None) -> None:
    with pytest.raises(Malformed) as error:
        parse(Source("a.yaml", text))
    assert (error.value.message, error.value.span[:2]) == (message, (row, column))
    assert error.value.help == help if help else error.value.help


def test_rows_are_those_of_the_file_and_not_of_the_front_matter() -> None:
    text = "---\na: 1\nb: {c: 1\nd: 2\n"
    with pytest.raises(Malformed, match=r"the '\{' of line 3 has no ',' or '\}' here"):
        parse(Source("a.md", text), 4)


def test_an_entry_without_its_dash_is_one_problem() -> None:
    source = Source("a.yaml", "a:\n  - b: 1\n    c: 2\n    b: 3\n    c: 4\n")
    assert [(one.message, one.span[0]) for one in parse(source).problems] == [
        ("duplicate key 'b' (first on line 2)", 4)
    ]
    apart = Source("a.yaml", "b: 1\nb: 2\nc: 3\nc: 4\n")
    assert [one.span[0] for one in parse(apart).problems] == [2, 4]
