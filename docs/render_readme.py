"""Puts the real output of commands into the README, the first page of the docs and the page of the
demo, and draws the picture of a finding: ``python docs/render_readme.py [--check]``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

from terminal import html, svg

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/README.md", "docs/demo.md")
NOW = "2026-11-24"
SETTINGS = re.compile(r"^\[tool\.pmlint\]\n(?:.+\n)+", re.MULTILINE)
UNKNOWN = 'verified_by: "@mary"'
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


def commit(root: Path) -> None:
    """Make a folder a repository of one commit, which has the same id whenever its files are."""
    day = f"{NOW}T09:00:00Z"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(root),
        "GIT_AUTHOR_DATE": day,
        "GIT_COMMITTER_DATE": day,
    }
    author = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        [*author, "commit", "-qm", "Review"],
    ):
        subprocess.run(["git", *words], cwd=root, env=environment, check=True)


def finding(root: Path) -> str:
    """What is said of a postmortem whose status is misspelt and whose verifier nobody knows, as a
    terminal shows it.
    """
    file = root / BROKEN
    text = file.read_text()
    shown = []
    for old, new in ((r"status: accepted", "status: acceptd"), (r"verified_by: \S+", UNKNOWN)):
        file.write_text(re.sub(old, new, text, count=1))
        output = run(f"pmlint check {BROKEN} --output-format text --color always", root)
        # Without the line of counts, which would count two runs.
        shown.append(output.rpartition("\n\n")[0])
    file.write_text(text)
    return "\n\n".join(shown)


def refusal(root: Path) -> str:
    """What the gate says of the change that turns a held route on, from the demo."""
    told = run("pmlint demo", root)
    (step,) = (one for one in told.split("\n\n") if "--head restart\n" in one)
    return textwrap.dedent(step.partition("\n")[2])


BLOCKS: dict[str, Callable[[Path], str]] = {
    "finding": lambda root: html(finding(root)),
    "refusal": lambda root: fenced(refusal(root)),
}
"""What no command alone prints, by the name in its marker."""
PICTURES = {"docs/pictures/finding.svg": lambda root: svg(finding(root))}


def fenced(text: str) -> str:
    """A block of text in Markdown."""
    return f"```text\n{text}\n```"


def written() -> dict[str, str]:
    """The text of each page and picture that is made here, by file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("postmortems", "routes", "evidence"):
            unread = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, root / name, ignore=unread)
        shutil.copy(ROOT / "people.yaml", root)
        # The settings alone, so that a new dependency is no new commit in the output.
        (settings,) = SETTINGS.findall((ROOT / "pyproject.toml").read_text())
        (root / "pyproject.toml").write_text(settings)
        commit(root)

        def block(match: re.Match[str]) -> str:
            name = match["name"]
            own = BLOCKS.get(name)
            output = own(root) if own else fenced(f"$ {name}\n{run(name, root)}")
            return f"<!-- output: {name} -->\n{output}\n<!-- end -->"

        marked = re.compile(r"<!-- output: (?P<name>.*?) -->\n.*?<!-- end -->", re.DOTALL)
        pages = {page: marked.sub(block, (ROOT / page).read_text()) for page in PAGES}
        return pages | {file: picture(root) for file, picture in PICTURES.items()}


def main() -> int:
    """Write all of it, or with ``--check`` say whether it is in step; exit 1 where not."""
    code = 0
    for name, text in written().items():
        file = ROOT / name
        if "--check" in sys.argv:
            code |= int(not file.exists() or file.read_text() != text)
        else:
            file.write_text(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
