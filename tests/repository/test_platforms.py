"""The table of wheels: each platform and each Python has a cell, and what has no wheel a way to be
built.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench import platforms
from bench.platforms import BUILT_WITH, PAGE, PLATFORMS, PYTHONS, Resolved, requirements, table

ROOT = Path(__file__).parents[2]


def test_the_page_has_a_cell_for_each_platform_and_python() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert rows[0] == [*PYTHONS]
    assert [row[0] for row in rows[1:]] == [platform.name for platform in PLATFORMS]
    assert {len(row) for row in rows[1:]} == {len(PYTHONS) + 1}
    missing = {
        name
        for row in rows
        for cell in row
        if cell.startswith("all but ")
        for name in cell.removeprefix("all but ").split(", ")
    }
    assert missing <= BUILT_WITH.keys()
    assert [name for name in missing if f"Building `{name}` needs " not in text] == []


def test_the_pythons_are_those_of_ci() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={PYTHONS[0]}"
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    plain = ", ".join(f'"{python}"' for python in PYTHONS if not python.endswith("t"))
    assert f"python: [{plain}]" in text


def test_markers_are_those_of_the_platform_and_not_of_this_machine() -> None:
    assert [name for name in requirements(True) if name not in requirements(False)] == [
        "tzdata>=2024.1"
    ]


def test_a_cell_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        platforms,
        "_wheels",
        lambda wanted, platform, python: (
            None if "b" in wanted or len(wanted) > 2 else {"a": "a.whl"}
        ),
    )
    assert platforms.resolve(PLATFORMS[0], "3.13", ("a", "b")) == Resolved(
        PLATFORMS[0], "3.13", 0, ("b",)
    )
    lines = list(
        table(
            [Resolved(PLATFORMS[0], "3.13", 5, ()), Resolved(PLATFORMS[0], "3.13t", 0, ("PyYAML",))]
        )
    )
    assert lines[1] == f"| {PLATFORMS[0].name} | 5 wheels | all but PyYAML |"
    assert lines[-1] == "\nBuilding `PyYAML` needs nothing: without libyaml it is Python alone."
