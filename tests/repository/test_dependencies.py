"""What is installed with pmlint is what pmlint imports, and the judge imports little of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {
    "gitpython": "git",
    "pyyaml": "yaml",
    "common-expression-language": "cel",
    "cel-expr-python": "cel_expr_python",
}
"""The module of a distribution, where its name is another."""
WITHOUT_AN_IMPORT = {
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "common-expression-language": "engines/rust.py loads its extension by path, without the package",
}


def name(requirement: str) -> str:
    """The distribution of a requirement, in lower case."""
    return re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower()


def imported() -> Iterator[str]:
    """The top of each module that the package imports, also late."""
    for file in (ROOT / "pmlint").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                yield node.module.partition(".")[0]


def test_every_dependency_is_imported() -> None:
    needed = {
        name(requirement) for requirement in PROJECT["dependencies"]
    } - WITHOUT_AN_IMPORT.keys()
    assert {
        one for one in needed if MODULES.get(one, one.replace("-", "_")) not in set(imported())
    } == set()


def test_every_import_is_a_dependency_or_an_extra() -> None:
    extras = [
        one
        for extra, group in PROJECT["optional-dependencies"].items()
        if extra != "dev"
        for one in group
    ]
    known = {
        MODULES.get(name(one), name(one).replace("-", "_"))
        for one in (*PROJECT["dependencies"], *extras)
    }
    # What an extra brings with it: pygls its types, protobuf and zstd the readers of traces, Jinja2
    # its escaping, flagd's core the namespace of OpenFeature.
    known |= {
        "pmlint",
        "lsprotocol",
        "google",
        "opentelemetry",
        "backports",
        "markupsafe",
        "openfeature",
    }
    assert set(imported()) - known - set(sys.stdlib_module_names) - {"__future__"} == set()


def test_the_extension_without_an_import_is_named_where_it_is_loaded() -> None:
    text = (ROOT / "pmlint" / "policy" / "engines" / "rust.py").read_text(encoding="utf-8")
    assert 'PathFinder.find_spec("cel")' in text


def test_upper_bounds_stand_only_where_minor_versions_break() -> None:
    bounded = {name(one) for one in PROJECT["dependencies"] if "<" in one.partition(";")[0]}
    assert bounded == {"common-expression-language"}


def test_the_judges_of_the_tests_are_not_installed_with_pmlint() -> None:
    needed = {name(requirement) for requirement in PROJECT["dependencies"]}
    assert needed & {"jsonschema-rs", "hypothesis", "cel-expr-python"} == set()


@pytest.mark.parametrize(
    "words", [["check"], ["gate", "--base", "HEAD", "--head", "HEAD"]], ids=lambda words: words[0]
)
def test_the_judge_imports_no_gitpython(words: list[str], tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(tmp_path)]
    for line in (
        ["init", "--quiet"],
        ["add", "."],
        ["commit", "--quiet", "--allow-empty", "--message", "a"],
    ):
        if line[0] == "add":
            (tmp_path / "pmlint.toml").write_text('postmortems = "postmortems"\n')
            (tmp_path / "postmortems").mkdir()
            (tmp_path / "postmortems" / "README.md").write_text("# Postmortems\n")
        subprocess.run([*git, *line], check=True, capture_output=True)
    code = (
        "import sys, atexit; atexit.register(lambda: print('MODULES', *sys.modules)); sys.argv[0] = 'pmlint'\n"
        "from pmlint.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    modules = set(done.stdout.partition("MODULES ")[2].split())
    assert "pmlint.project.settings" in modules, done.stdout + done.stderr
    assert modules & {"git", "gitdb", "jsonschema", "rich", "pygls", "openfeature"} == set()
    assert {module for module in modules if module.startswith("pmlint.flags")} == set()
