"""Which holds turn a running route off: those of an accepted review, and what nobody can read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pmlint.gate.case import Case, GateChange
from pmlint.gate.stops import foreign_stops, stops
from pmlint.project.holds import Hold
from tests.gate.memory_repository import MemoryRepository
from tests.gate.world import TODAY

IN_REVIEW: Mapping[str, object] = {"pm": {"status: accepted": "status: in-review"}}
BROKEN: Mapping[str, object] = {"pm": {"severity: customer": "severity: [customer"}}
GONE: Mapping[str, object] = {"delete": ["pm"]}
NOTHING: Mapping[str, object] = {}
ACTION = Hold("PM-2026-007", "action", "A2", "@tom", None, "open", "")
REVIEW = Hold("PM-2026-007", "review", "", "", None, "2 errors", "")


def case_of(before: Mapping[str, object], after: Mapping[str, object]) -> Case:
    repository = MemoryRepository()
    whole = dict(repository.files_now)
    repository.prepare([[before]])
    repository.files_now = whole  # what the base changed is whole again, and then the edit
    repository.play([after])
    head = repository.objects.add(repository.files_now)
    objects = repository.objects
    change = GateChange(objects, repository.target, head, objects.tree(head), TODAY)  # type: ignore[arg-type]
    return Case(change)


@pytest.mark.parametrize(
    ("before", "after", "action", "review"),
    [
        (NOTHING, NOTHING, True, False),
        (NOTHING, IN_REVIEW, True, False),  # set back in a work tree
        (IN_REVIEW, NOTHING, True, False),
        (IN_REVIEW, IN_REVIEW, False, False),
        (NOTHING, BROKEN, True, True),
        (NOTHING, GONE, True, True),
        (GONE, NOTHING, True, True),  # its proofs were looked up by nobody yet
        (GONE, IN_REVIEW, False, False),
        (BROKEN, NOTHING, True, True),
        (BROKEN, IN_REVIEW, False, False),
    ],
)
def test_what_stops_a_route(
    before: Mapping[str, object], after: Mapping[str, object], action: bool, review: bool
) -> None:
    case = case_of(before, after)
    assert (stops(case, ACTION), stops(case, REVIEW)) == (action, review)


def test_a_review_elsewhere_that_waits_for_its_acceptance_stops_nothing() -> None:
    there = ACTION._replace(repository="github.com/acme/reviews")
    waits = there._replace(kind="review", subject="", reason="its status is 'in-review'")
    errors = waits._replace(reason="2 errors")
    another = there._replace(postmortem="PM-2026-008")
    same_name = there._replace(repository="github.com/acme/other")
    assert foreign_stops([there, errors]) == (there,)
    assert foreign_stops([waits, there]) == ()
    assert foreign_stops([waits, there, another, same_name]) == (another, same_name)
