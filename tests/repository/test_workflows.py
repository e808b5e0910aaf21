"""The project's own workflows, its action and its hooks, as their own linters see them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def run(name: str, *words: str) -> str:
    """What a tool of this environment says; it must exit 0."""
    tool = Path(sys.executable).parent / name
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run([str(tool), *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow(file: Path) -> None:
    assert run("actionlint", str(file)) == ""
    run("zizmor", "--offline", "--persona=auditor", "--color=never", str(file))
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file))


def test_action_and_hooks() -> None:
    run("zizmor", "--offline", "--persona=auditor", "--color=never", "action.yml")
    run("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")
    run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    run("pre-commit", "validate-config", ".pre-commit-config.yaml")
