"""Flags, three-valued, exactly by the table of docs/spec/adopt.md."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmlint.parsing.values import MISSING, Ambiguous
from pmlint.project.selector import ALL, SelectorError, Subject, compile_expression, compile_path

YES = Ambiguous("yes", "readers differ")
ABSENT = "absent"


def state(flag: str, value: object, absent: str = "") -> str:
    data = {} if value is ABSENT else {"f": value}
    return compile_expression(flag).judge(Subject(data), absent).state


@pytest.mark.parametrize(
    ("value", "plain", "negated"),
    [
        (True, "up", "down"),
        (False, "down", "up"),
        (ABSENT, "down", "up"),
        (None, "down", "up"),
        ("on", "unclear", "unclear"),
        ("off", "unclear", "unclear"),
        ("true", "unclear", "unclear"),
        ("", "unclear", "unclear"),
        (YES, "unclear", "unclear"),
        (0, "unclear", "unclear"),
        (1, "unclear", "unclear"),
        ("3", "unclear", "unclear"),
        ([], "unclear", "unclear"),
        ({}, "unclear", "unclear"),
    ],
)
def test_a_bare_field(value: object, plain: str, negated: str) -> None:
    assert (state("f", value), state("!f", value)) == (plain, negated)


@pytest.mark.parametrize(
    ("flag", "value", "expected"),
    [
        ("f == 'on'", "on", "up"),
        ("f == 'on'", "off", "down"),
        ("f == 'on'", "ON", "unclear"),
        ("f != 'off'", "off", "down"),
        ("f != 'off'", "on", "up"),
        ("f != 'off'", "Off", "unclear"),
        ("f == 'on'", YES, "unclear"),
        ("f == 'on'", True, "unclear"),
        ("f == 'on'", ABSENT, "unclear"),
        ("f != null", ABSENT, "down"),
        ("f != null", None, "down"),
        ("f != null", "x", "up"),
        ("f != null", YES, "up"),
        ("f == null", ABSENT, "up"),
        ("f == true", True, "up"),
        ("f == true", False, "down"),
        ("f == true", "true", "unclear"),
        ("f == true", 1, "unclear"),
        ("f > 0", 2, "up"),
        ("f > 0", 0, "down"),
        ("f > 0", "3", "up"),
        ("f > 0", Decimal("0.0000000000000000000000000000001"), "up"),
        ("f > 0", True, "unclear"),
        ("f > 0", "many", "unclear"),
        ("f > 0", Ambiguous(".nan", ""), "unclear"),
        ("f > 0", [1], "unclear"),
        ("f > 0", ABSENT, "unclear"),
        ("f >= 1.5", 1.5 and Decimal("1.5"), "up"),
        ("f <= -1", -1, "up"),
        ("f < 5", 5, "down"),
        ("f == 3", "3", "up"),
        ("f == 3", 3, "up"),
        ("f == 3", "three", "unclear"),
        ("f in ['a', 'b']", "b", "up"),
        ("f in ['a', 'b']", "c", "down"),
        ("f in ['a', 'b']", "B", "unclear"),
        ("f in [1, true, null]", 1, "up"),
        ("'x' in f", ["y", "x"], "up"),
        ("'x' in f", ["y"], "down"),
        ("'x' in f", ["X"], "unclear"),
        ("'x' in f", {"x": 1}, "up"),
        ("'x' in f", "xyz", "unclear"),
        ("'x' in f", ABSENT, "unclear"),
        ("$present", ABSENT, "up"),
    ],
)
def test_a_comparison(flag: str, value: object, expected: str) -> None:
    assert state(flag, value) == expected


@pytest.mark.parametrize("flag", ["f", "!f", "f > 0", "'x' in f", "f == 'on'"])
def test_what_absence_means_may_be_said(flag: str) -> None:
    assert (state(flag, ABSENT, "up"), state(flag, ABSENT, "down")) == ("up", "down")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([False, True], "up"),
        ([False, False], "down"),
        ([False, "x"], "unclear"),
        ([], "down"),
        ({"a": True}, "up"),
        (ABSENT, "down"),
    ],
)
def test_any_element_decides(value: object, expected: str) -> None:
    assert state("f[*]", value) == expected


def test_lists_below_a_wildcard_are_joined() -> None:
    data = {"tools": [{"names": ["a", "b"]}, {"names": "c"}, {}]}
    assert Subject(data).value(compile_path("tools[*].names")).value == ["a", "b", "c"]
    assert Subject({"tools": []}).value(compile_path("tools[*].names")).value == []
    assert Subject({}).value(compile_path("tools[*].names")).value is MISSING


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a.b-c", ("a", "b-c")),
        ("a[0].b", ("a", 0, "b")),
        ("a['b.c'].d", ("a", "b.c", "d")),
        ("[*].x", (ALL, "x")),
        ('a["on"]', ("a", "on")),
        ("on.y.80", ("on", "y", "80")),
        ("$key", ("$key",)),
        ("a['*']", ("a", "*")),
    ],
)
def test_paths(text: str, steps: tuple[object, ...]) -> None:
    assert compile_path(text) == steps


@pytest.mark.parametrize(
    ("text", "column"),
    [("", 0), (".a", 0), ("a..b", 1), ("a.", 1), ("a[", 1), ("a[b]", 1), ("a b", 1), ("a['b", 1)],
)
def test_what_is_not_a_path(text: str, column: int) -> None:
    with pytest.raises(SelectorError) as caught:
        compile_path(text)
    assert caught.value.column == column


def test_a_literal_star_is_not_a_wildcard() -> None:
    assert Subject({"*": 1}).value(compile_path("['*']")).value == 1


def test_expressions_in_linear_time() -> None:
    with pytest.raises(SelectorError):
        compile_expression("a" + " " * 490 + "b")
    with pytest.raises(SelectorError, match="column 501"):
        compile_expression("a" * 501)
