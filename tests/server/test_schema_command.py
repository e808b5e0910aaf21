"""``pmlint schema`` prints what the editors and other validators read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pmlint.cli.schema import DESCRIBED, TABLES

SHIPPED = Path(__file__).parents[2] / "schema"


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pmlint", "schema", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("kind", [*DESCRIBED, TABLES])
def test_a_schema_is_the_one_that_ships(kind: str) -> None:
    assert json.loads(run(kind)) == json.loads(
        (SHIPPED / f"{kind}.json").read_text(encoding="utf-8")
    )


def test_without_a_name_they_are_listed() -> None:
    head, *rows = run().splitlines()
    assert head.split() == ["kind", "describes"]
    assert [row.split()[0] for row in rows] == [*DESCRIBED, TABLES]


def test_a_route_is_valid_for_another_validator(tmp_path: Path) -> None:
    (tmp_path / "route.json").write_text(run("route"), encoding="utf-8")
    route = SHIPPED.parent / "tests" / "cases" / "base" / "routes" / "refund-triage.yaml"
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--schemafile",
        str(tmp_path / "route.json"),
        str(route),
    ]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
