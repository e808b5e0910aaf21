"""What is wider, narrower, or a doubt: each row of the table of docs/spec/adopt.md, both ways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmlint.model.mapped import MappedField
from pmlint.parsing.values import MISSING, Ambiguous
from pmlint.place import Path
from pmlint.project.registry.widening import narrower, wider


def field(value: object, name: str = "f", order: tuple[str, ...] = ()) -> MappedField:
    return MappedField(name, value, Path(), order)


def kinds(
    before: object, after: object, name: str = "f", order: tuple[str, ...] = ()
) -> tuple[str, str]:
    """Under ``trust`` and under ``guards``."""
    both = [
        compare(field(before, name, order), field(after, name, order))
        for compare in (wider, narrower)
    ]
    return both[0].kind if both[0] else "", both[1].kind if both[1] else ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 2, ("wider", "")),
        (2, 1, ("", "narrower")),
        (1, Decimal("1.0"), ("", "")),
        ("50", 50, ("", "")),
        ("50", "60", ("wider", "")),
        ("20%", "30%", ("wider", "")),
        ("30s", "1m", ("wider", "")),
        ("90s", "1m", ("", "narrower")),
        ("60s", "1m", ("", "")),
        ("1h", "1d", ("wider", "")),
        ("500ms", "1s", ("wider", "")),
        ("2 GiB", "2 GB", ("", "narrower")),
        ("512Mi", "1Gi", ("wider", "")),
        ("1k", "1000", ("doubt", "doubt")),
        ("30", "30s", ("doubt", "doubt")),
        ("30s", "30%", ("doubt", "doubt")),
        ("30s", "30 parsecs", ("doubt", "doubt")),
        (10**40, 10**40 + 1, ("wider", "")),
        (True, False, ("doubt", "doubt")),
        (1, True, ("doubt", "doubt")),
        (["a"], ["a", "b"], ("wider", "")),
        (["a", "b"], ["a"], ("", "narrower")),
        (["a"], ["b"], ("wider", "narrower")),
        (["a"], ["a", "a"], ("wider", "")),
        (["a", "b"], ["b", "a"], ("", "")),
        ([1], [True], ("wider", "narrower")),
        ([1], [Decimal("1.0")], ("", "")),
        (["a"], ["A"], ("wider", "narrower")),
        ({"a": 1}, {"a": 1, "b": 1}, ("wider", "")),
        ({"a": 1, "b": 1}, {"a": 1}, ("", "narrower")),
        ({"a": 1}, {"a": 2}, ("wider", "")),
        ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}}, ("wider", "")),
        ({"a": 1, "b": 1}, {"b": 1, "a": 1}, ("", "")),
        ({"a": "x"}, {"a": "y"}, ("doubt", "doubt")),
        ("read", "write", ("wider", "")),
        ("admin", "none", ("", "narrower")),
        ("paused", "running", ("wider", "")),
        ("act", "observe", ("", "narrower")),
        ("read", "paused", ("doubt", "doubt")),
        ("x", "y", ("doubt", "doubt")),
        ("x", "X", ("doubt", "doubt")),
        ("x", ["x"], ("doubt", "doubt")),
        (MISSING, ["x"], ("wider", "")),
        (None, ["x"], ("wider", "")),
        (["x"], MISSING, ("doubt", "doubt")),
        (["x"], None, ("doubt", "doubt")),
        (MISSING, None, ("", "")),
        (Ambiguous("on", ""), Ambiguous("on", ""), ("", "")),
        (Ambiguous("on", ""), Ambiguous("off", ""), ("doubt", "doubt")),
        (Ambiguous(".nan", ""), 5, ("doubt", "doubt")),
    ],
)
def test_each_kind_of_value(before: object, after: object, expected: tuple[str, str]) -> None:
    assert kinds(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("plan", "auto", ("wider", "")),
        ("auto", "ask", ("", "narrower")),
        ("plan", "yolo", ("doubt", "doubt")),
        ("yolo", "plan", ("doubt", "doubt")),
        ("plan", "Auto", ("doubt", "doubt")),
        ("plan", 3, ("doubt", "doubt")),
    ],
)
def test_an_order_of_ones_own(before: object, after: object, expected: tuple[str, str]) -> None:
    assert kinds(before, after, order=("plan", "ask", "auto")) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([10, 50], [20, 50], ("wider", "")),
        ([10, 50], [50, 10], ("wider", "narrower")),
        ([10, 50], [10], ("doubt", "doubt")),
        (["a", "b"], ["b", "a"], ("", "")),
        ([], [10], ("doubt", "doubt")),
    ],
)
def test_numbers_below_a_wildcard(before: object, after: object, expected: tuple[str, str]) -> None:
    assert kinds(before, after, "steps[*].weight") == expected


def test_a_change_in_words() -> None:
    found = wider(field(["a"]), field(["a", "b"]))
    assert found is not None
    assert found.text == "f: ['a'] → ['a', 'b']"
