"""The contract is in the repository: what code cites is there, and nothing leads out of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "docs" / "spec"
FILES = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    if name.endswith((".py", ".yaml", ".json", ".md", ".toml")) and (ROOT / name).is_file()
]


@pytest.mark.parametrize("folder", ["pmlint", "tests", "bench", "fuzz"])
def test_a_page_that_is_cited_is_there(folder: str) -> None:
    for file in FILES:
        if not file.is_relative_to(ROOT / folder):
            continue
        for page in re.findall(r"docs/spec/([a-z-]+\.(?:md|yaml))", file.read_text(encoding="utf-8")):
            assert (SPEC / page).exists(), f"{file.relative_to(ROOT)} cites {page}"


def test_every_page_is_in_the_list() -> None:
    listed = (SPEC / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in SPEC.glob("*.md") if page.name != "README.md" and f"]({page.name})" not in listed] == []


def test_no_page_leads_to_a_place_outside_of_the_repository() -> None:
    for page in SPEC.glob("*.md"):
        assert "../shared" not in page.read_text(encoding="utf-8"), page.name


def test_decisions_have_three_parts_and_a_line_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(folder.glob("0*.md"))
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert len(pages) >= 10
    for number, page in enumerate(pages, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04}-")
        assert f"[{text.splitlines()[0].removeprefix('# ')}]({page.name})" in listed
        for part in ("Status: ", "**Context.** ", "**Decision.** ", "**Consequence.** "):
            assert part in text, f"{page.name} has no {part}"


@pytest.mark.parametrize("what", ["rule", "policy", "refusal", "format", "verb", "reader", "kind of document"])
def test_there_is_a_recipe(what: str) -> None:
    headings = re.findall(r"^### (.*)$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert any(what in heading for heading in headings)


def test_the_files_of_the_recipes_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:pmlint|tests|schema|docs|policies)/[\w./-]+)`", text)
    assert [one for one in named if "your" not in one and "NNNN" not in one and not (ROOT / one).exists()] == []
