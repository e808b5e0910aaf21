"""Judges that come from npm. They are in one folder, named by ``PMLINT_NODE_FOLDER``; see
`.ci/run`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE_FOLDER = os.environ.get("PMLINT_NODE_FOLDER", "")


def node(
    *words: str, cwd: Path | None = None, timeout: float = 280
) -> subprocess.CompletedProcess[str]:
    """Run a script; without ``cwd`` where its packages are."""
    return subprocess.run(
        ["node", *words],
        cwd=cwd or NODE_FOLDER,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def installed(program: str) -> str:
    """The path of a program of a package."""
    return str(Path(NODE_FOLDER) / "node_modules" / ".bin" / program)


def needs_node(package: str, program: str = "node") -> pytest.MarkDecorator:
    """Skip, and say why, where a package or a program is not there."""
    there = bool(NODE_FOLDER) and (Path(NODE_FOLDER) / "node_modules" / package).exists()
    reason = f"no {package} in PMLINT_NODE_FOLDER, or no {program}: see .ci/run"
    return pytest.mark.skipif(not (there and shutil.which(program)), reason=reason)
