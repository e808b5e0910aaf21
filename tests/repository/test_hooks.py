"""The hooks, with the real pre-commit and prek in real repositories: refused, fixed, accepted; a
deleted file is noticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILE = "postmortems/PM-2026-001-refunds.md"


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(root.parent),
        "PMLINT_NOW": "2026-10-15",
    }
    who = ["-c", "user.name=Dana", "-c", "user.email=dana@example.org"]
    return subprocess.run(
        ["git", *who, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_commit_refused_fixed_accepted(tmp_path: Path, runner: str) -> None:
    root = tmp_path / "repository"
    shutil.copytree(ROOT / "tests" / "cases" / "base", root)
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    for (
        hook
    ) in hooks:  # the manifest as it ships, run by this installation: no package index is needed
        hook["language"] = "system"
        hook["entry"] = f"{sys.executable} -m {hook['entry']}"
    (root / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})
    )
    git(root, "init", "-q")
    command = [str(Path(sys.executable).parent / runner), "install"]
    subprocess.run(
        command,
        cwd=root,
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    git(root, "add", ".")
    assert git(root, "commit", "-m", "start").returncode == 0
    file = root / FILE
    good = file.read_text()
    file.write_text(good.replace('    owner: "@tom"', '    owner: "@stranger"'))
    refused = git(root, "commit", "-am", "wrong")
    assert refused.returncode == 1
    assert "unknown-person: '@stranger' is not in people.yaml" in refused.stdout + refused.stderr
    file.write_text(good.replace("Refund route paid", "The refund route paid"))
    assert git(root, "commit", "-am", "right").returncode == 0
    route = root / "routes/refund-triage.yaml"
    route.write_text(route.read_text().replace("autonomy: act-with-approval", "autonomy: act"))
    held = git(root, "commit", "-am", "more autonomy")
    assert held.returncode == 1
    assert "the autonomy moves from act-with-approval to act" in held.stdout + held.stderr
    git(root, "checkout", "-q", "HEAD", "--", ".")
    git(root, "rm", "-q", FILE)
    deleted = git(root, "commit", "-m", "gone")
    assert deleted.returncode == 1
    assert "there is no postmortem 'PM-2026-001'" in deleted.stdout + deleted.stderr
