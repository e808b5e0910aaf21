"""Whoever judges shapes agrees: ours, the reference and jsonschema-rs, on the official test suite
and on every file of ours.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from jsonschema import Draft202012Validator

from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.schema import FORMATS, check, explainer, reference, schema
from pmlint.model.validator import checker, strict
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Source
from tests.outside import needs_outside, outside

ROOT = Path(__file__).parents[2]
KINDS = ("postmortem", "route", "people", "config", "policy")
VALUES: tuple[Any, ...] = (
    None,
    1,
    1.0,
    1.5,
    -1,
    True,
    "x",
    "",
    " ",
    "A1\n",
    "2026-02-30",
    [],
    ["x"],
    {},
    {"x": 1},
)


@needs_outside
def test_ours_agrees_with_the_official_suite() -> None:
    folder = outside("judges", "json-schema-test-suite", "tests", "draft2020-12")
    assert folder is not None
    judged = 0
    for file in sorted(folder.glob("*.json")):
        for group in json.loads(file.read_text()):
            try:
                said = list(
                    map(checker(group["schema"], {}), (case["data"] for case in group["tests"]))
                )
            except (
                ValueError,
                KeyError,
                RecursionError,
                re.error,
            ):  # it has what none of our schemas has
                continue
            judged += len(said)
            assert said == [case["valid"] for case in group["tests"]], (
                file.name,
                group["description"],
            )
    assert judged > 240


@pytest.mark.parametrize(
    "part",
    [
        {"oneOf": []},
        {"properties": {"a": {"not": {}}}},
        {"items": {"const": 1}},
        {"enum": [1]},
        {"$ref": "#/$defs/a", "minimum": 1},
    ],
)
def test_what_ours_does_not_know_is_refused(part: Any) -> None:
    with pytest.raises(ValueError, match="not known here"):
        checker({**part, "$defs": {"a": {}}}, FORMATS)


@pytest.mark.parametrize("pattern", ["^[A-Z][0-9]+$", "^@[^\\s@]+$", "\\d$", "a|b$"])
def test_a_pattern_ends_where_the_text_does(pattern: str) -> None:
    assert bool(strict(pattern).search("@A1")) == bool(re.search(pattern, "@A1"))
    assert not strict("^[A-Z][0-9]+$").search("A1\n")
    assert not strict("\\d").search("\u0661")
    assert strict("\\$$").search("1$")


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_schemas_and_describe_every_field(kind: Any) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert list(undescribed(schema(kind), kind)) == []


def undescribed(part: Any, where: str) -> list[str]:
    if isinstance(part, list):
        return [name for item in part for name in undescribed(item, where)]
    if not isinstance(part, dict):
        return []
    found = [
        f"{where}.{name}"
        for name, field in part.get("properties", {}).items()
        if isinstance(field, dict) and "description" not in field and "$ref" not in field
    ]
    return found + [
        name for key, value in part.items() for name in undescribed(value, f"{where}.{key}")
    ]


def test_no_reference_leaves_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    for file in (ROOT / "schema").glob("*.json"):
        references = list(walk(json.loads(file.read_text()), "$ref"))
        assert all(str(reference).startswith("#/$defs/") for reference in references)


def walk(part: Any, key: str) -> list[Any]:
    if isinstance(part, dict):
        return [value for name, value in part.items() if name == key] + [
            found for value in part.values() for found in walk(value, key)
        ]
    return [found for item in part for found in walk(item, key)] if isinstance(part, list) else []


def data_of(kind: str) -> Any:
    """A valid document of a kind."""
    if kind == "postmortem":
        return read_postmortem(
            Source("a.md", (ROOT / "schema" / "examples" / "postmortem.md").read_text())
        ).data
    return {
        "route": {
            "id": "a-b",
            "title": "A",
            "owner": "@a",
            "state": "running",
            "restart": False,
            "controls": [{"id": "c", "layer": "limits"}],
        },
        "people": [{"handle": "@a", "name": "A"}],
        "config": {
            "since": "2026-01-01",
            "max_files": 9,
            "rules": {"a": {"level": "off", "reason": "b"}},
            "horizon": {"near-miss": 1},
        },
        "policy": yaml.safe_load((ROOT / "policies" / "action-deadline.yaml").read_text()),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_all_agree_on_every_change_of_one_value(kind: Any) -> None:
    ours, slow = checker(schema(kind), FORMATS), reference(kind)
    fast = jsonschema_rs.Draft202012Validator(schema(kind), formats=FORMATS, validate_formats=True)
    valid = data_of(kind)
    assert ours(valid) == fast.is_valid(valid) == slow.is_valid(valid)
    for number, broken in enumerate(variants(valid)):
        assert ours(broken) == fast.is_valid(broken), broken
        if number % 7 == 0:
            assert ours(broken) == slow.is_valid(broken) == (not check(kind, broken)), broken


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_left_out_and_all_that_is_wrong_is_said(kind: Any) -> None:
    fast, slow = explainer(kind), reference(kind)
    wrong = 0
    for broken in list(variants(data_of(kind)))[::11]:
        errors = list(map(where_and_what, slow.iter_errors(broken)))
        assert list(map(where_and_what, fast.iter_errors(broken))) == errors, broken
        wrong += bool(errors)
    assert wrong


def where_and_what(error: Any) -> tuple[object, ...]:
    return list(error.absolute_path), error.message, list(error.absolute_schema_path)


def variants(data: Any) -> Iterator[Any]:
    """The data with one value replaced, taken out or added, at every place."""
    for steps in places(data):
        for value in (*VALUES, ...):
            copy = deepcopy(data)
            inside = copy
            for step in steps[:-1]:
                inside = inside[step]
            if value is not ...:
                inside[steps[-1]] = value
            else:
                del inside[steps[-1]]
            yield copy


def places(data: Any) -> Iterator[tuple[Any, ...]]:
    """The steps to every value, and to one more of each mapping."""
    for step, inner in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    ):
        yield (step,)
        yield from ((step, *steps) for steps in places(inner))


def test_our_own_postmortems_fit() -> None:
    for file in sorted((ROOT / "postmortems").glob("*.md")):
        assert check("postmortem", read_postmortem(Source(file.name, file.read_text())).data) == []


def test_an_id_with_a_line_feed_is_none() -> None:
    (problem,) = check("postmortem", {**data_of("postmortem"), "id": "PM-2026-001\n"})
    assert problem.at == ("id",)


def test_report_schema() -> None:
    Draft202012Validator.check_schema(json.loads((ROOT / "schema" / "finding.json").read_text()))


@pytest.mark.parametrize("text", ["banana", "2026-02-30", "2026-2-3", "20260203", "٢٠٢٦-01-01", ""])
def test_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "banana",
        "2026-09-12",
        "2026-09-12T06:04:10",
        "2026-09-12T25:04:10Z",
        "2026-09-12 06:04:10Z",
        "2026-09-12T06:04Z",
    ],
)
def test_no_moment(text: str) -> None:
    assert parse_moment(text) is None
