"""What a change breaks of a postmortem that fails the check already: one error allows no other of
its kind.
"""

from __future__ import annotations

from pmlint.finding import Finding, Level
from pmlint.gate.checks.postmortems import new_errors
from pmlint.place import Span


def error(pointer: str, code: str = "schema") -> Finding:
    return Finding(
        code, Level.ERROR, "m", "postmortems/PM-2026-001.md", Span(), pointer, "PM-2026-001"
    )


def test_an_error_of_the_same_kind_at_another_place_is_new() -> None:
    known = [error("/restart/replay/broken_at")]
    assert list(new_errors(known, [*known, error("/title")])) == [error("/title")]


def test_an_error_that_moved_with_its_element_is_known() -> None:
    assert list(new_errors([error("/actions/0/owner")], [error("/actions/1/owner")])) == []


def test_a_repaired_error_frees_none_of_another_kind() -> None:
    assert list(new_errors([error("/title")], [error("/title", "placeholder")])) == [
        error("/title", "placeholder")
    ]
