"""The list of slow tests names files and tests that are there, and `.ci/lowest.txt` what `pyproject.toml` allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import SLOW, is_slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("entry", SLOW)
def test_what_is_slow_is_there(entry: str) -> None:
    file, _, function = entry.partition("::")
    assert f"def {function}" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("tests/gate/test_cli.py::test_a", True),
        ("tests/gate/test_cli.py", True),
        ("tests/gate/test_clip.py::test_a", False),
        ("tests/docs/test_commands.py::test_the_commands_of_a_page[README]", True),
        ("tests/docs/test_commands.py::test_the_blocks_of_a_page", False),
    ],
)
def test_a_test_is_slow_by_its_file_or_its_name(test: str, expected: bool) -> None:
    assert is_slow(test) is expected


def test_the_lowest_versions_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = {}
    for requirement in project["dependencies"]:
        found = re.match(r"([\w-]+)>=([\d.]+)", requirement)
        assert found is not None, requirement
        if "sys_platform" not in requirement:
            allowed[found[1]] = tuple(map(int, found[2].split(".")))
    lines = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert pinned.keys() == allowed.keys()
    for name, version in pinned.items():
        numbers = tuple(map(int, version.split(".")))
        assert numbers[: len(allowed[name])] == allowed[name], name
