"""The list of slow tests names files and tests that are there, and `.ci/lowest.txt` what
`pyproject.toml` allows.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.conftest import QUICK_CASES, slow_list, slow_ones

ROOT = Path(__file__).parents[2]


def test_what_is_slow_is_there() -> None:
    for entry in slow_list():
        file, _, function = entry.partition("::")
        assert f"def {function}" in (ROOT / file).read_text(encoding="utf-8"), entry


def test_a_test_is_slow_by_its_file_its_name_or_its_number() -> None:
    ids = [
        "tests/gate/test_cli.py::test_a",
        "tests/gate/test_clip.py::test_a",
        "tests/docs/test_commands.py::test_the_commands_of_a_page[README]",
        "tests/docs/test_commands.py::test_the_blocks_of_a_page",
        *(f"tests/x.py::test_table[{n}]" for n in range(QUICK_CASES + 1)),
        *(f"tests/init/test_survey.py::test_b[{n}]" for n in range(3)),
    ]
    assert slow_ones(ids) == {
        "tests/gate/test_cli.py::test_a",
        "tests/docs/test_commands.py::test_the_commands_of_a_page[README]",
        f"tests/x.py::test_table[{QUICK_CASES}]",
        "tests/init/test_survey.py::test_b[2]",
    }


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
