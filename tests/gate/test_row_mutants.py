"""A row that compares nothing changes what the gate says of its example: every row is read, and
none is repeated in code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pmlint.gate import case
from pmlint.gate.transitions import TransitionRow, Transitions, record_of, transitions
from pmlint.gate.workflows import rows as workflow_rows
from tests.gate.row_examples import Example, examples, worlds
from tests.gate.row_world import RowWorld, verdict

NAMED = "what the setting names is compared one by one, wherever it is"
UNREAD: dict[str, dict[str, str]] = {
    "place": {
        "id: route-removed": "an entry of a mapped file is known by its id alone: with another one it was removed",
    },
    "configuration": {
        ".: configuration-weakened": "each setting that it had is compared with its default",
        "policies: configuration-weakened": NAMED,
        "people: configuration-weakened": NAMED,
        "baseline: configuration-weakened": NAMED,
    },
    "policy": {"id: policy-weakened": "policies are paired by id: with another one it was removed"},
    "baseline": {".: baseline-grown": "what a new baseline knows is asked entry by entry"},
}
"""Rows without which the gate says the same, each with the reason; a row that is read leaves this list."""


def loosened() -> Iterator[Any]:
    """One change for each row that refuses anything."""
    seen: set[TransitionRow] = set()
    for example in examples():
        if example.kind != "loosened" or not example.is_refused or example.row in seen:
            continue
        seen.add(example.row)
        yield pytest.param(example, id=f"{example.row.record} | {example.name}")


def without(row: TransitionRow) -> Transitions:
    """The table, with a row that compares nothing any more."""
    table = transitions()
    known = table.records[row.record]
    silent = row._replace(when="never", why="a mutant")
    rows = tuple(silent if one is row else one for one in known.rows)
    records = {**table.records, row.record: record_of(row.record, known.schema, rows)}
    return table._replace(records=records)


def answer(example: Example, base: RowWorld, after: RowWorld) -> list[tuple[str, str, str]]:
    """What the gate says of an example."""
    found = verdict(base, after, example.author).refusals
    return [(refusal.code, refusal.message, refusal.field) for refusal in found]


@pytest.mark.parametrize("example", list(loosened()))
def test_a_row_that_compares_nothing_is_noticed(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, after = worlds(example)
    full = answer(example, base, after)
    table = without(example.row)
    for module in (case, workflow_rows):
        monkeypatch.setattr(module, "transitions", lambda: table)
    is_noticed = answer(example, base, after) != full
    assert is_noticed != (example.name in UNREAD.get(example.row.record, {})), full
