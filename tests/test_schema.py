"""The two validators agree: on the official test suite of JSON Schema, and on every file of ours."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry

from pmlint.document import read_postmortem
from pmlint.moment import parse_date, parse_moment
from pmlint.schema import check, is_date, is_moment, schema
from pmlint.source import Source
from tests.outside import needs_outside, outside

ROOT = Path(__file__).parents[1]
KINDS = ("postmortem", "route", "people", "config")

UNSUPPORTED = {"dynamicRef.json", "vocabulary.json", "refRemote.json", "unevaluatedItems.json", "anchor.json", "defs.json"}
"""Files of the suite about features that no schema of ours uses, and that need documents from elsewhere."""


@needs_outside
def test_both_agree_on_the_official_suite() -> None:
    folder = outside("judges", "json-schema-test-suite", "tests", "draft2020-12")
    assert folder is not None
    judged = 0
    differences = []
    for file in sorted(folder.glob("*.json")):
        if file.name in UNSUPPORTED:
            continue
        for group in json.loads(file.read_text()):
            if "$ref" in json.dumps(group["schema"]) and "http" in json.dumps(group["schema"]).replace(
                "https://json-schema.org/draft/2020-12/schema", ""
            ):
                continue
            try:
                fast = jsonschema_rs.Draft202012Validator(group["schema"])
                slow = Draft202012Validator(group["schema"], registry=Registry())
                for case in group["tests"]:
                    one, other = fast.is_valid(case["data"]), slow.is_valid(case["data"])
                    judged += 1
                    if one != other:
                        differences.append((file.name, group["description"], case["description"]))
            except re.error:  # a pattern of ECMAScript that Python does not know, such as \\p{Letter}; none of ours has one
                continue
    assert judged > 900
    assert differences == []


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
    return found + [name for key, value in part.items() for name in undescribed(value, f"{where}.{key}")]


def test_no_reference_leaves_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket, "create_connection", refuse)
    for file in (ROOT / "schema").glob("*.json"):
        references = list(walk(json.loads(file.read_text()), "$ref"))
        assert all(str(reference).startswith("#/$defs/") for reference in references)


def walk(part: Any, key: str) -> list[Any]:
    if isinstance(part, dict):
        return [value for name, value in part.items() if name == key] + [found for value in part.values() for found in walk(value, key)]
    return [found for item in part for found in walk(item, key)] if isinstance(part, list) else []


def test_both_agree_on_our_files() -> None:
    checker = FormatChecker(formats=())
    checker.checks("date")(is_date)
    checker.checks("date-time")(is_moment)
    reference = Draft202012Validator(schema("postmortem"), format_checker=checker)
    for file in sorted((ROOT / "postmortems").glob("*.md")):
        data = read_postmortem(Source(file.name, file.read_text())).data
        assert check("postmortem", data) == []
        assert reference.is_valid(data)
        for broken in variants(data):
            assert bool(check("postmortem", broken)) != reference.is_valid(broken)


def variants(data: Any) -> list[Any]:
    """The data with one top-level field missing, of another type, or new."""
    found = [{**data, "stray": 1}]
    for name in data:
        found.append({key: value for key, value in data.items() if key != name})
        found += [{**data, name: other} for other in (None, 1, "x", [], {}, True)]
    return found


def test_report_schema() -> None:
    Draft202012Validator.check_schema(json.loads((ROOT / "schema" / "finding.json").read_text()))


@pytest.mark.parametrize("text", ["banana", "2026-02-30", "2026-2-3", "20260203", "٢٠٢٦-01-01", ""])
def test_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text", ["banana", "2026-09-12", "2026-09-12T06:04:10", "2026-09-12T25:04:10Z", "2026-09-12 06:04:10Z", "2026-09-12T06:04Z"]
)
def test_no_moment(text: str) -> None:
    assert parse_moment(text) is None
