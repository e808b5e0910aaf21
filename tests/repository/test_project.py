"""The project holds itself to its own rules: types, style, libraries, the README, the wheel."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOMES = {
    "click": ("cli/",),
    "yaml": ("parsing/strict_yaml.py", "parsing/platform_yaml.py", "parsing/written_yaml.py"),
    "jsonschema": ("model/schema.py",),
    "cel_expr_python": ("policy/engines/cpp.py",),
    "pyromark": ("parsing/markdown.py",),
    "git": ("cli/demo.py",),
    "pygls": ("server/protocol.py",),
    "lsprotocol": ("server/",),
    "sqlite3": ("tables/writers/sqlite.py",),
    "pyarrow": ("tables/writers/parquet.py",),
    "distributed": ("fleet/engines.py",),
    "jinja2": ("report/environment.py",),
    "nh3": ("report/bodies.py",),
    "icalendar": ("report/extras.py",),
    "google": ("runs/readers/otlp_protobuf.py",),
    "opentelemetry": ("runs/readers/otlp_protobuf.py",),
    "mcp": ("agents/server.py",),
    "subprocess": ("git/", "gate/signing.py", "agents/child.py", "cli/demo.py"),
}


def imports(file: Path) -> set[str]:
    """The modules that a file imports, also late."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def modules() -> list[Path]:
    return sorted((ROOT / "pmlint").rglob("*.py"))


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=" ".join,
)
def test_style_and_types(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_library_has_one_home() -> None:
    for file in modules():
        name = file.relative_to(ROOT / "pmlint").as_posix()
        for module in imports(file):
            homes = HOMES.get(module.partition(".")[0])
            assert homes is None or name.startswith(homes), f"{name} imports {module}"


def test_each_home_has_its_library_and_is_named_by_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    used = {
        (module.partition(".")[0], file.relative_to(ROOT / "pmlint").as_posix())
        for file in modules()
        for module in imports(file)
    }
    for library, homes in HOMES.items():
        for home in homes:
            assert any(name == library and file.startswith(home) for name, file in used), (
                f"{home} does not import {library}"
            )
            assert f"`{home}`" in page, f"the page does not say that {library} is in {home}"


def loaded(*arguments: str, cwd: Path = ROOT) -> set[str]:
    """The modules that a run of the command line has imported."""
    code = (
        "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); sys.argv[0] = 'pmlint'\n"
        "from pmlint.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stderr.split())


def test_version_imports_no_reader() -> None:
    assert not loaded("--version") & {
        "yaml",
        "jsonschema",
        "jsonschema_rs",
        "json",
        "tomllib",
        "pmlint.check.engine",
    }


def test_a_clean_check_imports_nothing_slow() -> None:
    assert not loaded("check") & {
        "jsonschema",
        "git",
        "rich",
        "subprocess",
        "difflib",
        "pmlint.git",
        "importlib.metadata",
    }


@pytest.mark.parametrize(("words", "most"), [("--version", 20), ("--help", 30), ("check", 167)])
def test_start_up_imports_few_modules(words: str, most: int) -> None:
    code = "import click, yaml, sys; print(*sys.modules)"
    needed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    # each rule is a module, and their number says nothing about how well the rest is cut
    found = {
        module for module in loaded(words) - set(needed) if not module.startswith("pmlint.rules.")
    }
    assert len(found) <= most


def test_the_readme_shows_real_output() -> None:
    done = subprocess.run(
        [sys.executable, "docs/render_readme.py", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0, "run: python docs/render_readme.py"


def test_the_docs_are_what_the_tool_prints() -> None:
    done = subprocess.run(
        [sys.executable, "docs/render_rules.py", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0, "run: python docs/render_rules.py"


def test_the_wheel_has_what_ships(tmp_path: Path) -> None:
    for name in ("pmlint", "schema", "policies"):
        shutil.copytree(
            ROOT / name, tmp_path / "src" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / "src")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "src"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"pmlint/data/{file.relative_to(ROOT).as_posix()}"
        for folder in ("schema", "policies")
        for file in (ROOT / folder).rglob("*.*")
    }
    assert wanted <= names
    assert {"pmlint/py.typed", "pmlint/cli/check.py"} <= names
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r}); sys.argv = ['pmlint', 'check']; from pmlint.cli import main; main()"
    shutil.copytree(ROOT / "tests" / "cases" / "base", tmp_path / "base")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "base",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("All clean: 1 postmortem") or "overdue" in done.stdout, (
        done.stdout + done.stderr
    )


def test_every_rule_is_registered() -> None:
    from pmlint.rules import RULES

    files = {
        file.stem.replace("_", "-") for file in (ROOT / "pmlint" / "rules" / "facts").glob("*.py")
    } - {"--init--"}
    assert files <= {rule.id for rule in RULES}
    for rule in RULES:
        assert "\nFix: " in rule.page, rule.id
