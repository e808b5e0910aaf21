"""Every command of the README and the guides runs, in a repository made for its page, and prints
what the page shows.

``pytest --update tests/docs/test_commands.py`` writes what they print into the pages; read it
before you commit it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.fleet import fleet
from tests.docs.page import (
    SHELLS,
    Block,
    blocks,
    commands,
    environment,
    filled,
    fixture,
    matches,
    place,
    run,
)
from tests.gate.two_repositories import MAIL, REVIEWS, ROUTE
from tests.git_folder import CLEAN

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guides").glob("*.md"))]
NOW = "2026-11-24"
LEFT_OUT = [
    (page.name, block)
    for page in PAGES
    for block in blocks(page.read_text(encoding="utf-8"))
    if block.language in SHELLS
]


def name(value: object) -> str:
    return (
        value.name.removesuffix(".md")
        if isinstance(value, Path)
        else f"line {value.row}"
        if isinstance(value, Block)
        else str(value)
    )


def project(root: Path) -> None:
    """The postmortems and routes of this repository."""
    for folder in ("postmortems", "routes", "evidence"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("people.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, root)


def eighty(root: Path) -> None:
    """A repository with eighty postmortems from before pmlint, in the team's own form."""
    (root / "postmortems").mkdir()
    for number in range(1, 81):
        year, part = 2023 + number // 30, number % 30 + 1
        text = f"# Outage {number}\n\nDate: {year}-05-{part:02}\n\nThe job failed. We will be more careful.\n"
        (root / "postmortems" / f"{year}-05-{part:02}-outage-{number}.md").write_text(text)


def held(root: Path) -> None:
    """A route that is paused, and its postmortem with one action done and one open; not committed
    yet.
    """
    shutil.copytree(ROOT / "tests" / "cases" / "base", root, dirs_exist_ok=True)


def two(root: Path) -> None:
    """Two committed repositories in folders: postmortems in one, and a route in the other that one
    of them stops.
    """
    held(root / "reviews")
    review = root / "reviews" / "postmortems" / "PM-2026-001-refunds.md"
    review.write_text(
        review.read_text().replace(
            "routes: [refund-triage]", "routes: [refund-triage, mail//mail-desk]"
        )
    )
    (root / "reviews" / "pmlint.toml").write_text(
        f'repository = "{REVIEWS}"\n[repositories]\nmail = "{MAIL}"\n'
    )
    (root / "mail" / "routes").mkdir(parents=True)
    (root / "mail" / "pmlint.toml").write_text(f'repository = "{MAIL}"\n')
    (root / "mail" / "routes" / "mail-desk.yaml").write_text(ROUTE)
    for name in ("reviews", "mail"):
        for words in (
            ["init", "-q", "-b", "main"],
            ["add", "-A"],
            ["commit", "-q", "-m", "The first state"],
        ):
            subprocess.run(["git", *words], cwd=root / name, env=CLEAN, check=True)


FIXTURES = {
    "empty": lambda root: None,
    "project": project,
    "eighty": eighty,
    "held": held,
    "two": two,
    "fleet": fleet,
}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_commands_of_a_page(page: Path, tmp_path: Path, update: bool) -> None:
    text = page.read_text(encoding="utf-8")
    around, root = environment(tmp_path / "home", sys.executable, NOW), tmp_path / "repository"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=root, env=around, check=True)
    FIXTURES["project" if page.name == "README.md" else fixture(text)](root)
    written: list[tuple[Block, str]] = []
    for block in blocks(text):
        if block.verb == "file":
            place(block, root)
        if block.language not in SHELLS or block.left_out:
            continue
        asked = list(commands(block))
        runs = [run(command, root, around) for command, _ in asked]
        written.append((block, filled(block, runs) if block.language == "console" else block.text))
        for number, (ran, (command, shown)) in enumerate(zip(runs, asked, strict=True), 1):
            code = block.code if number == len(asked) else 0
            assert ran.code == code, (
                f"{page.name}:{block.row}: $ {command}\nexit {ran.code} instead of {code}\n{ran.output}"
            )
            if not update:
                assert matches(ran.output, shown), (
                    f"{page.name}:{block.row}: $ {command}\nprints\n{ran.output}\ninstead of\n{shown}"
                )
    if update:
        write(page, written)


def write(page: Path, written: list[tuple[Block, str]]) -> None:
    """Put the texts of blocks into a page, from the end, so that rows stay what they are."""
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block, text in reversed(written):
        lines[block.row : block.row + len(block.text.splitlines())] = text.splitlines(keepends=True)
    page.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "block"), [entry for entry in LEFT_OUT if entry[1].left_out], ids=name
)
def test_what_is_left_out(page: str, block: Block) -> None:
    assert block.left_out  # an installation is run by .ci/run, in a fresh environment


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_fence_says_what_it_is(page: Path) -> None:
    known = {*SHELLS, "python", "text", "yaml", "toml", "json", "markdown", "diff"}
    assert [
        block.row
        for block in blocks(page.read_text(encoding="utf-8"))
        if block.language not in known
    ] == []


@pytest.mark.parametrize(
    ("output", "shown", "same"),
    [
        ("one\ntwo", "one\ntwo", True),
        ("one\ntwo", "one", False),
        ("one", "", False),
        ("", "", True),
        ("one\ntwo\nthree", "one\n...\nthree", True),
        ("one\nthree", "one\n...\nthree", True),
        ("one\ntwo", "...", True),
        ("one\ntwo", "...\nthree", False),
        ("a.c", "abc", False),
        ("done in 0.21s", "done in ...s", True),
        ("done in 0.21s", "failed in ...s", False),
    ],
)
def test_an_ellipsis_stands_for_lines(output: str, shown: str, same: bool) -> None:
    assert matches(output, shown) is same


def test_the_blocks_of_a_page() -> None:
    first = "<!-- file: a.yaml -->\n```yaml\n- 1\n```\n\n"
    second = "<!-- run: exit 1 -->\n```console\n$ one \\\n> two\nsaid\n$ three\n```\n\n"
    third = "```sh\npip install x\n```\n"
    file, console, install = blocks(first + second + third)
    assert (file.verb, file.told, file.text) == ("file", "a.yaml", "- 1\n")
    assert (console.code, list(commands(console))) == (1, [("one \\\ntwo", "said"), ("three", "")])
    assert "it installs" in install.left_out
