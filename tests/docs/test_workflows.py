"""The workflow that builds the site, and those that guides show, in the eyes of their linters."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pmlint import __version__
from tests.docs.page import blocks, place

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "docs" / "guides" / "many-repositories.md"
GUIDE = ROOT / "docs" / "guides" / "threat-model.md"
FOLDER = Path(".github", "workflows")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with all of them."""
    root = tmp_path_factory.mktemp("workflows")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    shown = (guide.read_text(encoding="utf-8") for guide in (GUIDE, FLEET))
    for block in (block for text in shown for block in blocks(text)):
        if block.verb == "file" and block.told.startswith(FOLDER.as_posix()):
            place(block, root)
    shutil.copy(ROOT / FOLDER / "docs.yml", root / FOLDER)
    return root


def tool(name: str) -> str:
    """A linter beside this Python, or on the path; skips where it is not installed."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize(
    "command",
    [["actionlint"], ["zizmor", "--offline", "--persona=auditor", "--color=never"]],
    ids=lambda words: words[0],
)
def test_linters_are_silent(repository: Path, command: list[str]) -> None:
    files = sorted(str(file.relative_to(repository)) for file in (repository / FOLDER).iterdir())
    assert [Path(file).name for file in files] == [
        "docs.yml",
        "fleet.yml",
        "pmlint-gate.yml",
    ]
    done = subprocess.run(
        [tool(command[0]), *command[1:], *files],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_as_elsewhere() -> None:
    def pins(text: str) -> set[str]:
        return set(re.findall(r"uses: (\S+@\S+)", text))

    # Pages are deployed by the docs, and by the job that `init --report` writes.
    report = (ROOT / "pmlint" / "init" / "templates" / "report-workflow.yml").read_text(
        encoding="utf-8"
    )
    known = pins((ROOT / FOLDER / "ci.yml").read_text(encoding="utf-8")) | pins(report)
    assert pins((ROOT / FOLDER / "docs.yml").read_text(encoding="utf-8")) <= known
    assert pins(GUIDE.read_text(encoding="utf-8")) <= known
    known |= pins((ROOT / FOLDER / "release.yml").read_text(encoding="utf-8"))
    assert pins(FLEET.read_text(encoding="utf-8")) <= known


def test_the_guide_installs_this_version() -> None:
    assert set(re.findall(r"pmlint==(\S+)", GUIDE.read_text(encoding="utf-8"))) == {__version__}
