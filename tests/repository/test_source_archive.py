"""The source archive of a release has what git keeps, and nothing that a tool has left here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder

ROOT = Path(__file__).parents[2]


def archived(root: Path) -> set[str]:
    """The files that a build would take from a folder."""
    found = SdistBuilder(str(root)).recurse_included_files()
    return {Path(one.distribution_path).as_posix() for one in found}


def listed(*options: str) -> set[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("this is no checkout of git")
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}


def test_the_archive_is_what_git_keeps() -> None:
    kept, new = listed(), listed("--others", "--exclude-standard")
    assert archived(ROOT) - new - {"PKG-INFO"} <= kept
    # Of what is kept, nothing is missing from which the package is built and tested.
    for folder in ("pmlint", "schema", "policies", "tests", "docs", "editors"):
        assert {name for name in kept if name.startswith(f"{folder}/")} <= archived(ROOT)


@pytest.mark.parametrize(
    "name",
    ["node_modules/esbuild/bin/esbuild", "dist/extension.js", "out/src/a.js", "pmlint-0.1.0.vsix"],
)
def test_what_the_build_of_the_extension_leaves_is_left_out(tmp_path: Path, name: str) -> None:
    for file in ("pyproject.toml", ".gitignore", "README.md", "pmlint/__init__.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    extension = tmp_path / "editors/vscode"
    for file in (name, "src/extension.ts"):
        (extension / file).parent.mkdir(parents=True, exist_ok=True)
        (extension / file).write_text("x")
    found = archived(tmp_path)
    assert "editors/vscode/src/extension.ts" in found
    assert f"editors/vscode/{name}" not in found
