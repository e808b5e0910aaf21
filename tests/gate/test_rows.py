"""Each row of the table of transitions, made into changes: loosened, freed, tightened, a
placeholder filled.

`rows.yaml` has one entry for each row: an example, or the reason why it has none, and of those
there can only be fewer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pmlint.gate.transitions import steps_of, transitions
from tests.gate.row_examples import ENTRIES, Example, examples, name_of, worlds
from tests.gate.row_world import verdict
from tests.gate.said import SaidFile, said
from tests.gate.test_transitions import ROOT, fields


def parameters() -> Iterator[Any]:
    for example in examples():
        # where approvals are asked for, the same rows decide
        slow = () if example.mode == "recorded" or "modes" in example.said else pytest.mark.slow
        yield pytest.param(example, id=example.id, marks=slow)


SAID = SaidFile("rows_said.json")


@pytest.mark.parametrize("example", list(parameters()))
def test_row(example: Example, update: bool) -> None:
    base, after = worlds(example)
    answer = verdict(base, after, example.author, example.approver, example.said.get("budgets"))
    texts = [f"{refusal.code}: {refusal.message}" for refusal in answer.refusals]
    if not example.is_refused:
        assert answer.verdict == "allowed", texts
        return
    assert {refusal.code for refusal in answer.refusals} & example.codes, texts
    if example.mode == "recorded":
        SAID.check(f"{example.row.record} | {example.name}", said(answer), update)


def test_every_row_has_an_example_or_a_reason() -> None:
    # the records are those of the table: one that is added to it is asked for
    named = {
        (record, name_of(row))
        for record, rows in transitions().records.items()
        for row in rows.rows
    }
    assert named == {(record, name) for record, rows in ENTRIES.items() for name in rows}


LEFT = {
    (record, name): said["left"]
    for record, rows in ENTRIES.items()
    for name, said in rows.items()
    if "left" in said
}


def test_a_field_of_a_schema_is_not_left_as_one_that_nothing_reads() -> None:
    for (record, name), reason in LEFT.items():
        if not reason.startswith("not in the schema"):
            continue
        schema = json.loads(
            (ROOT / "schema" / transitions().rows(record).schema).read_text("utf-8")
        )
        steps = tuple(steps_of(name.partition(" to ")[0].partition(":")[0]))
        found = [path for path in fields(schema, schema) if path[: len(steps)] == steps]
        assert found == [], f"{record}: {name}"


def test_what_is_left_can_only_shrink() -> None:
    assert len(LEFT) <= 52
