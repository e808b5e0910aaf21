"""The project's own workflows, its action and its hooks, as their own linters see them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def run(name: str, *words: str) -> str:
    """What a tool of this environment says; it must exit 0."""
    tool = Path(sys.executable).parent / name
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        [str(tool), *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
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


@pytest.mark.parametrize("programs", ["bin", "Scripts"])
def test_the_action_finds_its_python_on_every_system(tmp_path: Path, programs: str) -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    (install,) = [step for step in steps if step.get("id") == "install"]
    (tmp_path / "path").mkdir()
    python = tmp_path / "path/python"
    # What a Python of that system does: an environment with its programs in their folder.
    python.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *venv*) mkdir -p pmlint-action/{programs}; printf "#!/bin/sh\\necho \\$@\\n" > pmlint-action/{programs}/python;'
        f" chmod +x pmlint-action/{programs}/python;; *) echo {programs};; esac\n"
    )
    python.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path / 'path'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTION_PATH": "/action",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "VERSION": "",
        "EXTRA": "",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", install["run"]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "-I -m pip install --disable-pip-version-check --quiet -- /action\n"
    assert (
        tmp_path / "output"
    ).read_text() == f"python={tmp_path}/pmlint-action/{programs}/python\n"
    later = [step for step in steps[steps.index(install) + 1 :] if "pmlint" in step["run"]]
    assert {step["env"]["PYTHON"] for step in later} == {"${{ steps.install.outputs.python }}"}
    assert [step["name"] for step in later if '"$PYTHON" -I -m pmlint' not in step["run"]] == []
