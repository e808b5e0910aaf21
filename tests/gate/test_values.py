"""How a value moves by each comparison of the table: what loosens beside what stays or tightens."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pmlint.gate.transitions import RowDirection, TransitionRow, transitions
from pmlint.gate.values import (
    covers,
    direction,
    is_absent,
    is_same,
    loosening_end,
    lost_and_gained,
    quantity,
)

SEVERITY = transitions().orders["severity"]
DOWN: frozenset[RowDirection] = frozenset(("lowered",))
UP: frozenset[RowDirection] = frozenset(("raised",))
ANY: frozenset[RowDirection] = frozenset(("changed",))


def moved(
    by: str, before: object, after: object, loosens: frozenset[RowDirection] = ANY
) -> RowDirection | None:
    row = TransitionRow("postmortem", "x", by=by, loosens=loosens)
    return direction(row, before, after, transitions().orders.get(by, {}))


@pytest.mark.parametrize(
    ("by", "before", "after", "expected"),
    [
        # a placeholder is nothing
        ("text", None, None, None),
        ("text", "TODO", None, None),
        ("text", None, "TODO", None),
        ("text", "TODO", "The cap holds.", "added"),
        ("text", "The cap holds.", "TODO", "removed"),
        ("moment", {"unknown": "no log"}, "2026-10-01", "added"),
        ("moment", {"suggested": "2026-10-01"}, "2026-10-02", "added"),
        ("moment", {"missing": "no log"}, "2026-10-02", "added"),
        ("moment", "2026-10-01", {"missing": "no log"}, "removed"),
        # people: without case, and only texts are people
        ("person", "@eva", "@Eva", None),
        ("person", "@eva", "@tom", "changed"),
        ("person", 1, 1, None),
        ("person", 1, True, "changed"),
        ("person", "@eva", ["@eva"], "changed"),
        ("person", ["@eva"], "@eva", "changed"),
        # values: by type as well
        ("value", 1, 1, None),
        ("value", 1, True, "changed"),
        ("value", 1, 1.0, "changed"),
        ("value", {"a": [1, {"b": 0}]}, {"a": [1, {"b": 0}]}, None),
        ("value", {"a": [1, {"b": 0}]}, {"a": [1, {"b": False}]}, "changed"),
        ("value", {"a": 1}, {"a": 1, "b": 1}, "changed"),
        ("value", [1, 2], [1], "changed"),
        # moments: what comes to lie inside only says more
        ("moment", "2026-10-01", "2026-10-01T09:00:00Z", None),
        ("moment", "2026-10-01", "2026-10-01T23:59:59Z", None),
        ("moment", "2026-10-01", "2026-10-02T00:00:00Z", "changed"),
        ("moment", "2026-10-01", "2026-09-30T23:59:59Z", "changed"),
        ("moment", "2026-10-01T09:00:00Z", "2026-10-01", "changed"),
        ("moment", "2026-10-01T09:00:00Z", "2026-10-01T11:00:00+02:00", None),
        ("moment", "2026-10-01T09:00:00Z", "2026-10-01T09:00:00+02:00", "changed"),
        ("moment", {"unknown": "?", "not_before": "2026-10-01"}, "2026-10-01", None),
        ("moment", {"unknown": "?", "not_before": "2026-10-01"}, "2026-09-30", "changed"),
        ("moment", {"unknown": "?", "not_after": "2026-10-01"}, "2026-10-01", None),
        ("moment", {"unknown": "?", "not_after": "2026-10-01"}, "2026-10-02", "changed"),
        (
            "moment",
            {"unknown": "?", "not_before": "2026-10-01", "not_after": "2026-10-05"},
            {"unknown": "?", "not_before": "2026-10-02", "not_after": "2026-10-04"},
            None,
        ),
        (
            "moment",
            {"unknown": "?", "not_before": "2026-10-01", "not_after": "2026-10-05"},
            {"unknown": "?", "not_before": "2026-10-02", "not_after": "2026-10-06"},
            "changed",
        ),
        (
            "moment",
            {"unknown": "?", "not_before": "2026-10-02", "not_after": "2026-10-05"},
            {"unknown": "?", "not_before": "2026-10-01", "not_after": "2026-10-05"},
            "changed",
        ),
        ("moment", {"unknown": "?", "not_before": "2026-10-01"}, "soon", "changed"),
        ("moment", "soon", "2026-10-01", "changed"),
        ("moment", "soon", "soon", None),
        ("moment", {"unknown": "?", "not_before": "soon"}, "2026-10-01", "changed"),
        ("moment", {"unknown": "?", "not_after": "soon"}, "2026-10-01", "changed"),
        ("moment", {"then": "2026-10-01"}, "2026-10-01", "changed"),
        # demands: what they name must stay; one that names nothing must keep its words
        ("names", "alert refund-rescues pages", "alert refund-rescues shouts", None),
        ("names", "app/refunds.py has a cap", "it has a cap", "removed"),
        ("demand", "app/refunds.py has a cap", "a cap is in app/refunds.py", None),
        ("demand", "app/refunds.py has a cap", "app/mail.py has a cap", "removed"),
        ("demand", "nobody refunds twice", "nobody refunds", "changed"),
        ("demand", "nobody refunds customers", "nobody refunds custoners", None),
        ("text", "nobody refunds customers", "Nobody  refunds customers", None),
        ("text", "nobody refunds customers", "somebody refunds customers", "changed"),
    ],
)
def test_how_a_value_moves(by: str, before: object, after: object, expected: str | None) -> None:
    assert moved(by, before, after) == expected


@pytest.mark.parametrize(
    ("by", "before", "after", "down", "up"),
    [
        # (…, where to lower loosens, where to raise loosens)
        ("number", 3, 4, "raised", "raised"),
        ("number", 4, 3, "lowered", "lowered"),
        ("number", 3, 3.0, None, None),
        ("number", 3, "3", None, None),
        ("number", "2 h", "120 m", None, None),
        ("number", "2 h", "119 m", "lowered", "lowered"),
        ("number", "1 d", "25h", "raised", "raised"),
        ("number", "1 w", "8 d", "raised", "raised"),
        ("number", "1 w", "6 d", "lowered", "lowered"),
        ("number", "61 s", "1 m", "lowered", "lowered"),
        ("number", "900 ms", "1 s", "raised", "raised"),
        ("number", "1,5 %", "1.5%", None, None),
        ("number", "2%", "0.03", "raised", "raised"),
        ("number", "99%", "0.98", "lowered", "lowered"),
        ("number", "-3", "+2", "raised", "raised"),
        # what can't be compared is the end that loosens, and what could not be compared the other
        ("number", 3, "many", "lowered", "raised"),
        ("number", 3, "3 furlongs", "lowered", "raised"),
        ("number", 3, True, "lowered", "raised"),
        ("number", 3, [3], "lowered", "raised"),
        ("number", 3, float("nan"), "lowered", "raised"),
        ("number", "many", 3, "raised", "lowered"),
        ("number", "many", "many", None, None),
        ("number", "many", "plenty", "lowered", "raised"),
        ("date", "2026-10-30", "2026-10-31", "raised", "raised"),
        ("date", "2026-10-30", "2026-10-29", "lowered", "lowered"),
        ("date", "2026-10-30", "2026-10-30", None, None),
        ("date", "2026-10-30", "soon", "lowered", "raised"),
        ("date", "soon", "2026-10-30", "raised", "lowered"),
        ("date", "soon", "later", "lowered", "raised"),
        ("severity", "near-miss", "near-miss", None, None),
        ("severity", "near-miss", "dreadful", "lowered", "raised"),
        ("severity", "dreadful", "near-miss", "raised", "lowered"),
    ],
)
def test_how_a_value_moves_in_an_order(
    by: str, before: object, after: object, down: str | None, up: str | None
) -> None:
    assert moved(by, before, after, DOWN) == down
    assert moved(by, before, after, UP) == up


def test_the_order_of_severities_is_walked_in_both_directions() -> None:
    names = sorted(SEVERITY, key=SEVERITY.__getitem__)
    assert len(names) > 2
    for low, high in itertools.pairwise(names):
        same = SEVERITY[low] == SEVERITY[high]
        assert moved("severity", low, high, DOWN) == ("changed" if same else "raised")
        assert moved("severity", high, low, DOWN) == ("changed" if same else "lowered")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, True, "raised"),  # a condition without 'met' is not met
        ("TODO", True, "raised"),
        (False, True, "raised"),
        (True, False, "lowered"),
        (True, None, "removed"),
        (None, False, None),
        (None, None, None),
        (False, "true", "raised"),  # a text is not a truth value, and counts as the worse end
        (False, "yes", "raised"),
        ("yes", True, "lowered"),
    ],
)
def test_how_a_truth_moves(before: object, after: object, expected: str | None) -> None:
    assert moved("flag", before, after, UP) == expected


@pytest.mark.parametrize(
    ("loosens", "end"),
    [
        (["removed", "changed", "lowered", "raised"], "raised"),
        (["removed", "changed", "lowered"], "lowered"),
        (["removed", "changed"], "changed"),
        (["removed"], "removed"),
        (["added"], "changed"),
        ([], "changed"),
    ],
)
def test_what_nobody_can_compare_loosens(loosens: list[Any], end: str) -> None:
    assert loosening_end(TransitionRow("route", "x", loosens=frozenset(loosens))) == end


@pytest.mark.parametrize(
    ("value", "absent"),
    [
        (None, True),
        ("TODO", True),
        ("TODO: ask @eva", True),
        ("done", False),
        ("", False),
        (0, False),
        (False, False),
        ([], False),
        ({}, False),
        ({"unknown": "no log"}, True),
        ({"unknown": "no log", "not_before": "2026-10-01"}, False),
        ({"unknown": "no log", "not_after": "2026-10-01"}, False),
        ({"not_after": "2026-10-01"}, False),
        ({"suggested": "x"}, True),
        ({"missing": "x"}, True),
    ],
)
def test_what_says_nothing(value: object, absent: bool) -> None:
    assert is_absent(value) is absent


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, None),
        (2, 2.0),
        (0.5, 0.5),
        (float("nan"), None),
        (" 5 m ", 300.0),
        ("5 %", 0.05),
        ("1h", 3600.0),
        ("2 w", 1209600.0),
        ("3 ms", 0.003),
        ("5 M", None),
        ("5 m 3 s", None),
        ("", None),
        (None, None),
        (["5"], None),
    ],
)
def test_quantity(value: object, expected: float | None) -> None:
    assert quantity(value) == (None if expected is None else pytest.approx(expected))


def test_equal_is_of_one_type_at_every_depth() -> None:
    assert is_same({"a": [{"b": 1}]}, {"a": [{"b": 1}]}) is True
    assert is_same([{"b": 1}], [{"b": True}]) is False
    assert is_same({"a": {"b": 0}}, {"a": {"b": 0.0}}) is False
    assert is_same("a", "a") is True
    assert is_same("a", "b") is False


@pytest.mark.parametrize(
    ("by", "before", "after", "lost", "gained"),
    [
        ("set", ["a", "B"], ["b", "A"], [], []),
        ("set", ["a", "b"], [" a ", "c"], ["b"], ["c"]),
        ("set", ["a", "TODO"], ["a"], [], []),
        ("set", ["a"], ["a", "TODO"], [], []),
        ("set", [1], ["one"], [1], ["one"]),
        ("set", [{"a": 1}], [{"a": 1}], [], []),
        ("tools", ["refund.*"], ["refund.create"], ["refund.*"], []),
        ("tools", ["refund.create"], ["refund.*"], [], ["refund.*"]),
        ("tools", ["refund.create"], ["Refund.Create"], [], []),
        ("tools", ["refund.create"], ["mail.send"], ["refund.create"], ["mail.send"]),
        ("tools", ["refund.*"], ["refund.*", "*"], [], ["*"]),
    ],
)
def test_what_a_list_loses_and_gains(
    by: str, before: list[object], after: list[object], lost: list[object], gained: list[object]
) -> None:
    assert lost_and_gained(before, after, by) == (lost, gained)


def test_a_pattern_covers_what_it_matches_and_no_other_pattern() -> None:
    assert covers(["mail.send", "refund.*"], "refund.create")
    assert covers(["refund.*"], "REFUND.*")
    assert not covers(["*"], "refund.*")
    assert not covers(["refund.*"], "mail.send")
    assert not covers([], "mail.send")
