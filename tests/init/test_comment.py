"""The comment on a pull request: found by its mark and edited, or made once.

The scripts of the workflow that `init` writes and of the action run in a shell, with a program
``gh`` that writes down what it is asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.init.texts import text
from pmlint.output.markdown import GATE_MARK

TOP = Path(__file__).parents[2]
GH = """#!/bin/sh
echo "$*" | head -1 >> "$GH_LOG"
case "$*" in *--jq*) printf '%s' "$GH_FOUND" ;; esac
"""
WORKFLOW = yaml.safe_load(text("workflow.yml"))
ACTION = yaml.safe_load((TOP / "action.yml").read_text(encoding="utf-8"))
STEPS = {"workflow": WORKFLOW["jobs"]["comment"]["steps"][0], "action": ACTION["runs"]["steps"][-1]}


def play(step: dict[str, Any], folder: Path, found: str) -> list[str]:
    """What the script of a step asks of GitHub, where ``found`` are the ids of comments with the
    mark.
    """
    for name, script in (
        ("gh", GH),
        (
            "pmlint-action/bin/python",
            '#!/bin/sh\nfor last; do :; done; echo verdict > "$last"; exit 1\n',
        ),
    ):
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)
    environment = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "GH_LOG": str(folder / "log"),
        "GH_FOUND": found,
        "GITHUB_REPOSITORY": "acme/desk",
        "NUMBER": "7",
        "COMMENT": f"{GATE_MARK}\n@everyone 'quoted' $(touch pwned)",
        "RUNNER_TEMP": str(folder),
        "PYTHON": str(folder / "pmlint-action/bin/python"),
    }
    bash = shutil.which("bash")
    assert bash
    subprocess.run(
        [bash, "-e", "-o", "pipefail", "-c", step["run"]], cwd=folder, env=environment, check=True
    )
    assert not (folder / "pwned").exists()
    return (folder / "log").read_text().splitlines()


@pytest.mark.parametrize("name", STEPS)
def test_a_comment_is_made_once(tmp_path: Path, name: str) -> None:
    listed, written = play(STEPS[name], tmp_path, "")
    assert listed.startswith("api --paginate repos/acme/desk/issues/7/comments --jq ")
    assert written.startswith("api --silent --method POST repos/acme/desk/issues/7/comments ")


@pytest.mark.parametrize("name", STEPS)
def test_the_comment_is_edited(tmp_path: Path, name: str) -> None:
    _, written = play(STEPS[name], tmp_path, "4711\n4712\n")
    assert written.startswith("api --silent --method PATCH repos/acme/desk/issues/comments/4711 ")


@pytest.mark.parametrize("name", STEPS)
def test_the_mark_is_that_of_the_verdict(name: str) -> None:
    assert f'startswith("{GATE_MARK}")' in STEPS[name]["run"]


def test_who_may_write() -> None:
    judge, comment = WORKFLOW["jobs"]["pmlint"], WORKFLOW["jobs"]["comment"]
    assert (judge["permissions"], comment["permissions"]) == (
        {"contents": "read"},
        {"pull-requests": "write"},
    )
    for condition in (comment["if"], STEPS["action"]["if"]):
        assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert ACTION["inputs"]["comment"]["default"] == "false"


def test_the_job_hands_the_comment_over(tmp_path: Path) -> None:
    """As one output whose end nobody can write into the verdict."""
    step = WORKFLOW["jobs"]["pmlint"]["steps"][-1]
    program = tmp_path / "pmlint" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nfor last; do :; done; printf "%s\\nEOF\\n" "{GATE_MARK}" > "$last"; exit 1\n'
    )
    program.chmod(0o755)
    out = tmp_path / "output"
    environment = {**os.environ, "RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(out)}
    bash = shutil.which("bash")
    assert bash
    subprocess.run([bash, "-e", "-o", "pipefail", "-c", step["run"]], env=environment, check=True)
    first, *lines, last = out.read_text().splitlines()
    assert first == f"comment<<{last}"
    assert lines == [GATE_MARK, "EOF"]
