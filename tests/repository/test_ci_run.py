"""`.ci/run` ends where a judge is missing that is required, and says so where it may go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "dirname", "env", "id", "mktemp", "rm", "sed")
JUDGES = ("promtool", "chromium", "fish", "zsh", "Emacs with eglot and markdown-mode", "Neovim 0.11", "Helix", "VS Code 1.104", "packages of editors/vscode", "@microsoft/sarif-multitool@5.7.0", "axe-core@4", "html-validate@10",
          "playwright-core@1", "skills-ref@0.1.5", "@modelcontextprotocol/inspector@0.15.0", "@openfeature/flagd-core@4.0.1", "unleash-client@6.12.1")  # fmt: skip
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script of bash")


def run(folder: Path, *managers: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script on a machine of a few tools, whose package managers succeed and install
    nothing.

    It runs in a folder of its own: in this one a real run has put the packages of the extension by
    now.
    """
    clone = folder / "clone"
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci")
    shutil.copy(ROOT / "README.md", clone)
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    for name, text in {
        **dict.fromkeys(("python3", "pip", "sudo", *managers), ""),
        "pytest": 'echo "tests with $PMLINT_JUDGES judges"',
    }.items():
        (folder / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
        (folder / name).chmod(0o755)
    around = {"PATH": str(folder), "HOME": os.environ.get("HOME", "/"), **environment}
    return subprocess.run(
        [str(clone / ".ci" / "run")], env=around, capture_output=True, text=True, check=False
    )


def missing(done: subprocess.CompletedProcess[str]) -> tuple[str, ...]:
    lines = done.stderr.splitlines()
    return tuple(
        line.removeprefix("missing judge: ") for line in lines if line.startswith("missing judge: ")
    )


def test_whoever_requires_every_judge_gets_none_that_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path, "apt-get", "npm", PMLINT_JUDGES="required")
    assert (done.returncode, missing(done), done.stdout) == (3, JUDGES, "")
    assert done.stderr.endswith(
        "install them, or let their tests skip: PMLINT_JUDGES=optional .ci/run\n"
    )


@pytest.mark.parametrize("managers", [("apt-get",), ("npm",)])
def test_a_machine_without_one_goes_on_and_lists_what_is_missing(
    tmp_path: Path, managers: tuple[str, ...]
) -> None:
    done = run(tmp_path, *managers)
    assert (done.returncode, missing(done), done.stdout) == (
        0,
        JUDGES,
        "tests with optional judges\n",
    )


def test_a_machine_on_which_nothing_could_be_installed_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path, "apt-get", "npm")
    assert (done.returncode, missing(done), done.stdout) == (
        0,
        JUDGES,
        "tests with optional judges\n",
    )


@pytest.mark.parametrize(("mode", "code"), [("required", 1), ("optional", 0)])
def test_a_test_that_skips_for_want_of_a_judge_fails_where_all_are_required(
    tmp_path: Path, mode: str, code: int
) -> None:
    file = tmp_path / "test_judged.py"
    file.write_text(
        'import pytest\n\n\ndef test_a():\n    pytest.skip("actionlint is not installed")\n\n\ndef test_b():\n    pytest.skip("root reads everything")\n'
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.conftest",
        "-n",
        "0",
        "-c",
        os.devnull,
        f"--rootdir={tmp_path}",
        str(file),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PMLINT_JUDGES": mode},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert ("actionlint is not installed, and PMLINT_JUDGES is 'required'" in done.stdout) == bool(
        code
    )
