"""One version in everything that a release publishes, and names that fit each other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pmlint import __version__

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"


def test_the_version_is_the_same_everywhere() -> None:
    assert (
        json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))["version"]
        == __version__
    )
    assert (
        json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))["version"]
        == __version__
    )
    assert f"pmlint-{__version__}.vsix" in (ROOT / "docs" / "editors.md").read_text(
        encoding="utf-8"
    )
    assert f"rev: v{__version__}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_release_reads_the_version_where_it_is_written() -> None:
    """The workflow compares the tag with the line that the build reads, by the same expression."""
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    (expression,) = re.findall(r"sed -n '([^']*)' pmlint/__init__\.py", text)
    done = subprocess.run(
        ["sed", "-n", expression, "pmlint/__init__.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{__version__}\n"


def test_only_the_job_that_publishes_may_speak_for_the_project() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))[
        "jobs"
    ]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert not any("run" in step for step in jobs["publish"]["steps"])


def test_the_action_and_the_hooks_have_the_name_of_the_package() -> None:
    assert yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["name"] == "pmlint"
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"].partition("-")[0] for hook in hooks} == {"pmlint"}
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    for hook in re.findall(r"- id: ([a-z-]+)", shown):
        assert hook in {one["id"] for one in hooks}


@pytest.mark.slow
@pytest.mark.skipif(
    not (EXTENSION / "node_modules").exists() or not shutil.which("npm"),
    reason="npm ci was not run in editors/vscode",
)
def test_the_extension() -> None:
    done = subprocess.run(
        ["npm", "test"], cwd=EXTENSION, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout
