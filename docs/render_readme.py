"""Puts the real output of commands into the README and the first page of the docs: ``python
docs/render_readme.py [--check]``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOW = "2026-11-24"
BROKEN = Path("postmortems/PM-2026-001-airline-fare-answer.md")


def run(command: str, root: Path) -> str:
    """What a command prints in a folder, with a scrubbed environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PMLINT_NOW": NOW,
        "COLUMNS": "80",
    }
    words = [
        sys.executable,
        "-c",
        "from pmlint.cli import main; import sys; sys.argv[0] = 'pmlint'; main()",
        *command.split()[1:],
    ]
    return subprocess.run(
        words, cwd=root, env=environment, capture_output=True, text=True, check=False
    ).stdout.rstrip()


def finding(root: Path) -> str:
    """What is said of a postmortem whose status is misspelt."""
    file = root / BROKEN
    text = file.read_text()
    file.write_text(text.replace("status: accepted", "status: acceptd", 1))
    shown = run(f"pmlint check {BROKEN} --output-format text", root)
    file.write_text(text)
    return shown


def broken(root: Path) -> str:
    """The same, and that of one whose verifier nobody knows."""
    file = root / BROKEN
    text = file.read_text()
    first = finding(root)
    file.write_text(re.sub(r"verified_by: \S+", 'verified_by: "@mary"', text, count=1))
    second = run(f"pmlint check {BROKEN} --output-format text", root)
    file.write_text(text)
    return f"{first}\n\n{second}"


OWN = {"": broken, "finding": finding}
"""Outputs that no command alone prints."""


def rendered(text: str) -> str:
    """The README with the blocks between its markers made anew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("postmortems", "routes", "evidence"):
            shutil.copytree(ROOT / name, root / name)
        for name in ("people.yaml", "pyproject.toml"):
            shutil.copy(ROOT / name, root)

        def block(match: re.Match[str]) -> str:
            command = match["command"] or ""
            own = OWN.get(command)
            output = own(root) if own else f"$ {command}\n{run(command, root)}"
            return f"{match['open']}\n```text\n{output}\n```\n<!-- end -->"

        return re.sub(
            r"(?P<open><!-- (?:output: (?P<command>[^>]*?)|broken) -->)\n.*?<!-- end -->",
            block,
            text,
            flags=re.DOTALL,
        )


def main() -> int:
    """Write both, or with ``--check`` say whether they are in step; exit 1 where not."""
    code = 0
    for file in (ROOT / "README.md", ROOT / "docs" / "README.md"):
        before = file.read_text()
        after = rendered(before)
        if "--check" in sys.argv:
            code |= int(before != after)
        else:
            file.write_text(after)
    return code


if __name__ == "__main__":
    sys.exit(main())
