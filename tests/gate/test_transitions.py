"""The table of transitions: complete over every schema, sound in every row, and read as it is
written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.gate.comparison import Comparison, flat, pairs
from pmlint.gate.transitions import (
    RowNode,
    TableError,
    TransitionRow,
    read_table,
    rows_at,
    steps_of,
    transitions,
)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "schema/transitions.yaml").read_text(encoding="utf-8")
RECORDS = {
    "postmortem": "postmortem",
    "route": "route",
    "people": "people",
    "config": "configuration",
    "policy": "policy",
}


def fields(
    schema: dict[str, Any], node: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Every path of a schema that has a value: names, [] for elements, {} for values of a map."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    parts = False
    for name, below in node.get("properties", {}).items():
        parts = True
        yield from fields(schema, below, (*path, name))
    if isinstance(node.get("additionalProperties"), dict):
        parts = True
        yield from fields(schema, node["additionalProperties"], (*path, "{}"))
    if isinstance(node.get("items"), dict):
        parts = True
        yield from fields(schema, node["items"], (*path, "[]"))
    for kind in ("oneOf", "anyOf", "allOf"):
        for choice in node.get(kind, ()):
            if choice.get("type") != "null":
                yield from fields(schema, choice, path)
    if not parts:
        yield path


def covered(top: RowNode, path: tuple[str, ...]) -> bool:
    """Whether a path has a row: its own, or one around it that compares everything below as one
    value.
    """
    node = top
    for step in path:
        if node.rows and (node.whole or not node.below):
            return True
        below = node.element if step == "[]" else node.below.get(step) or node.child(step)
        if below is None:
            return False
        node = below
    return bool(node.rows) or any(child.rows for child in node.below.values())


@pytest.mark.parametrize("name", RECORDS)
def test_every_field_of_a_schema_has_a_row(name: str) -> None:
    schema = json.loads((ROOT / f"schema/{name}.json").read_text(encoding="utf-8"))
    top = transitions().rows(RECORDS[name]).fields
    unknown = {path[0] for path in fields(schema, schema)} - {
        step for step in top.below if step != "*"
    }
    own = {path[0] for path in fields(schema, schema) if path and path[0] in top.below}
    # the last row, '*', is for what no schema knows: a field of the schema has a row of its own
    assert not unknown, unknown
    assert own
    missing = sorted({".".join(path) for path in fields(schema, schema) if not covered(top, path)})
    assert missing == []


def test_a_new_field_without_a_row_is_seen() -> None:
    schema = {"properties": {"title": {"type": "string"}, "invented": {"type": "string"}}}
    top = transitions().rows("postmortem").fields
    assert {path[0] for path in fields(schema, schema)} - {
        step for step in top.below if step != "*"
    } == {"invented"}


def test_every_code_is_given_by_a_row_or_unjudged_or_asked_elsewhere() -> None:
    table = transitions()
    given = {row.code for record in table.records.values() for row in record.rows}
    asked = {
        *(
            "proof-elsewhere",
            "proof-too-old",
            "proof-not-on-base",
            "signed-by-another",
            "agent-overreach",
            # facts beside the fields of a record: checks/budgets, stages, drills and replays
            *("budget-spent", "budget-page", "postmortem-owed", "drill-overdue"),
            *("stage-skipped", "stage-not-earned", "stage-since"),
            *(
                "replay-missing",
                "replay-not-green",
                "replay-not-red",
                "replay-changed",
                "replay-old-code",
                "replay-stale",
            ),
        ),
    }
    silent = {
        code
        for code, info in table.codes.items()
        if not info.unjudged and code not in given | asked
    }
    assert silent == set()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "frees: amendment, code: severity-lowered",
            "frees: mercy, code: severity-lowered",
            "severity: it names no direction, or 'mercy' frees nothing",
        ),
        (
            "loosens: lowered, by: severity",
            "loosens: [], by: severity",
            "severity: it names no direction, or 'amendment' frees nothing",
        ),
        (
            "by: severity, frees",
            "by: feeling, frees",
            "severity: unknown comparison 'feeling'",
        ),
        (
            "loosens: lowered, by: severity",
            "loosens: [sideways, over], by: severity",
            "severity: unknown directions ['over', 'sideways']",
        ),
        (
            "code: severity-lowered}",
            "code: severity-low}",
            "severity: unknown code 'severity-low'",
        ),
        (
            "when: named, from: draft, frees: nothing",
            "when: sometimes, from: draft, frees: nothing",
            ".: unknown 'when' 'sometimes'",
        ),
        (
            "{field: title, when: never, why: a name for people}",
            "{field: title, when: never}",
            "title: a row that compares nothing says why",
        ),
        (
            "{field: severity, loosens",
            "{field: severity, lossens: x, asks: y, loosens",
            "severity: unknown columns ['asks', 'lossens']",
        ),
    ],
)
def test_a_row_that_nothing_could_judge_is_refused(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(TableError) as error:
        read_table(TEXT.replace(old, new, 1))
    assert str(error.value) == f"postmortem: {says}"


@pytest.mark.parametrize("field", ["title[].id", "actions[].title[].id"])
def test_the_elements_of_a_list_have_a_row(field: str) -> None:
    """Without one nobody would ask of what is in an element that comes or goes."""
    row = "{field: title, when: never, why: a name for people}"
    where = field.removesuffix(".id")
    with pytest.raises(TableError) as error:
        read_table(TEXT.replace(row, row.replace("title", f"'{field}'"), 1))
    assert str(error.value) == f"postmortem.{where}: the elements of a list have no row"


def test_what_a_row_does_not_say_is_nothing() -> None:
    row = transitions().rows("postmortem").field("title")
    assert row == TransitionRow("postmortem", "title", when="never", why="a name for people")
    severity = transitions().rows("postmortem").field("severity")
    assert severity.when == "held"
    assert (severity.drafts, severity.new, severity.whole, severity.recorded) == (False,) * 3 + (
        "",
    )


def test_a_row_asks_of_its_directions_where_it_compares() -> None:
    row = transitions().rows("postmortem").field("severity")
    assert (row.asks("lowered"), row.asks("raised")) == (True, False)
    assert row._replace(when="never").asks("lowered") is False


def test_steps() -> None:
    assert steps_of("actions[].proof[]") == ["actions", "[]", "proof", "[]"]
    assert steps_of("[].handle") == ["[]", "handle"]
    assert steps_of("taxonomies{}[]") == ["taxonomies", "{}", "[]"]


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ("accepted", "draft", [("draft", None)]),
        ("accepted", "in-review", [("in-review", None)]),
        ("closed", "accepted", [("accepted", "closed")]),
        ("draft", "accepted", [("accepted", None)]),
        ("withdrawn", "accepted", [("accepted", None), (None, "withdrawn")]),
        ("accepted", "mislaid", [(None, None)]),
    ],
)
def test_the_row_that_asks_most_of_the_values_wins(
    before: str, after: str, fields: list[tuple[str | None, str | None]]
) -> None:
    node = transitions().rows("postmortem").fields.below["status"]
    assert [(row.to, row.from_value) for row in rows_at(node, before, after)] == fields


@pytest.mark.parametrize(
    ("before", "after", "keys", "expected"),
    [
        ([1, 2, 3], [3, 1], (), [(0, 1), (1, None), (2, 0)]),
        ([1, 2], [1, 4], (), [(0, 0), (1, 1)]),
        ([True], [1], (), [(0, 0)]),
        ([{"id": "A"}, {"id": "B"}], [{"id": "b", "x": 1}], ("id",), [(0, None), (1, 0)]),
        ([{"id": "A", "x": 1}], [{"id": "C", "x": 1}], ("id",), [(0, 0)]),
        ([{"id": "A"}], [{"id": "A", "x": 1}, {"id": "A"}], ("id",), [(0, 0), (None, 1)]),
        # what is no mapping is known by itself, and what has no id by nothing
        ([1, {"id": "A"}], [{"id": "A"}, 1, True], ("id",), [(0, 1), (1, 0), (None, 2)]),
        ([[{"x": 1}]], [[{"x": True}], [{"x": 1}]], ("id",), [(0, 1), (None, 0)]),
        ([{"x": 1}, {}], [{}, {"x": 1}], ("id",), [(0, 1), (1, None), (None, 0)]),
        ([{"id": " a "}], [{"id": "A", "x": 1}], ("id",), [(0, 0)]),
        ([{"id": 1}], [{"id": "1", "x": 1}], ("id",), [(0, 0)]),
        ([{"id": 123}, {"id": 923, "x": 2}], [{"id": 923, "x": 3}], ("id",), [(0, None), (1, 0)]),
    ],
)
def test_pairs(
    before: list[object],
    after: list[object],
    keys: tuple[str, ...],
    expected: list[tuple[int | None, int | None]],
) -> None:
    assert list(pairs(before, after, keys)) == expected


def asked(
    before: dict[str, Any],
    after: dict[str, Any],
    record: str = "postmortem",
    *,
    fresh: bool = False,
) -> list[str]:
    """The codes of what loosens, with its field and direction."""
    table = transitions()
    changes = Comparison(table, table.rows(record)).changes(before, after, fresh=fresh)
    return [
        f"{change.row.code} {change.name} {change.direction}"
        for change in flat(changes)
        if change.loosens
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {"impact": {"customers": 41}},
            {"impact": {"customers": 4}},
            ["facts-changed impact.customers lowered"],
        ),
        (
            {"impact": {"customers": 41}},
            {"impact": {"customers": {"unknown": "?"}}},
            ["facts-changed impact.customers removed"],
        ),
        ({"impact": {"customers": {"unknown": "TODO"}}}, {"impact": {"customers": 41}}, []),
        ({"severity": "TODO"}, {"severity": "near-miss"}, []),
        ({"severity": "control-breach"}, {"severity": "TODO"}, []),
        ({"authors": ["TODO"]}, {"authors": ["@dana"]}, []),
        ({"authors": ["@dana"]}, {"authors": ["TODO"]}, ["author-removed authors.@dana removed"]),
        (
            {"actions": [{"id": "A1", "deadline": "2026-10-01"}]},
            {"actions": [{"id": "A1", "deadline": "soon"}]},
            ["deadline-moved actions.A1.deadline raised"],
        ),
        (
            {"restart": {"conditions": [{"id": "R1"}]}},
            {"restart": {"conditions": [{"id": "R1", "met": True}]}},
            ["unproven-condition restart.conditions.R1.met raised"],
        ),
        (
            {"clocks": {"containment": "2026-10-01"}},
            {"clocks": {"containment": "2026-10-01T09:00:00Z"}},
            [],
        ),
        (
            {"clocks": {"containment": "2026-10-01"}},
            {"clocks": {"containment": "2026-10-02T09:00:00Z"}},
            ["facts-changed clocks.containment changed"],
        ),
        (
            {"clocks": {"containment": {"suggested": "2026-10-01T09:00:00Z"}}},
            {"clocks": {"containment": "2026-10-02"}},
            [],
        ),
        ({"x-team": 1}, {"x-team": 2}, []),
        ({"actions": [{"id": "A1", "x-team": 1}]}, {"actions": [{"id": "A1"}]}, []),
        (
            {"limits": {"refunds": 0, "days": [True]}},
            {"limits": {"refunds": False, "days": [True]}},
            ["unknown-field-changed limits changed"],
        ),
        (
            {"limits": {"refunds": 1, "days": [True]}},
            {"limits": {"refunds": 1, "days": [1]}},
            ["unknown-field-changed limits changed"],
        ),
        ({"limits": {"days": [1, 2]}}, {"limits": {"days": [1, 2]}}, []),
        ({"layout": "a"}, {"layout": "b"}, ["unknown-field-changed layout changed"]),
        (
            {"actions": [{"id": "A1"}]},
            {"actions": [{"id": "A1", "urgency": 1}]},
            ["unknown-field-changed actions.A1.urgency added"],
        ),
    ],
)
def test_what_loosens(before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    assert asked(before, after) == expected


def test_what_comes_with_a_new_record_is_asked_by_its_own_rows() -> None:
    after = {
        "status": "accepted",
        "actions": [{"id": "A1", "status": "done", "owner": "@tom", "verified_by": "@eva"}],
    }
    assert asked({}, after, fresh=True) == [
        "closed-without-proof actions.A1.status added",
        "not-verified actions.A1.verified_by added",
    ]


def test_what_goes_with_an_element_is_asked_by_its_rows() -> None:
    before = {"findings": [{"id": "F1", "class": "other"}]}
    assert asked(before, {}) == ["finding-changed findings.F1 removed"]
    people = [{"handle": "@eva", "allowed_signer": "ssh-ed25519 A"}]
    assert asked(people, [], "people") == [
        "person-changed @eva removed",
        "signer-changed @eva.allowed_signer removed",
    ]  # type: ignore[arg-type]


def test_the_table_is_the_contract() -> None:
    data = yaml.safe_load(TEXT)
    assert data["version"] == 1
    assert set(data["records"]) == set(transitions().records)
