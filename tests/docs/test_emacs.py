"""The settings of docs/editors.md in Emacs itself: what is typed is what the buffer has, and
findings arrive.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_editors import Typing, each_typing, settings
from tests.server.editor import repository

EMACS = shutil.which("emacs") or ""


def _has_packages() -> bool:
    words = [
        EMACS,
        "--batch",
        "--eval",
        "(progn (package-initialize) (require 'eglot) (require 'markdown-mode))",
    ]
    return bool(EMACS) and subprocess.run(words, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not _has_packages(), reason="Emacs with eglot and markdown-mode is not installed"
)
@each_typing
def test_emacs_keeps_what_is_typed(tmp_path: Path, typing: Typing) -> None:
    root = repository(tmp_path / "repository")
    (tmp_path / "settings.el").write_text(settings("elisp", "Emacs"), encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "EMACS_SETTINGS": str(tmp_path / "settings.el"),
        "TYPED_FILE": str(root / "postmortems" / "PM-2026-002-new.md"),
        "TYPED_LINES": "\n".join(typing.lines),
        "TYPED_PAUSE": str(typing.pause / 1000),
    }
    script = str(Path(__file__).with_name("emacs_typing.el"))
    done = subprocess.run(
        [EMACS, "--batch", "-l", script],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    state, _, typed = done.stdout.partition("\n")
    assert typed == "\n".join(typing.lines), done.stderr[-2000:]
    managed, findings = map(int, state.split())
    assert managed == 1
    assert findings > 0
