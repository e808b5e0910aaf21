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
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name.endswith((".py", ".yaml", ".json", ".md", ".toml")) and (ROOT / name).is_file()
]


PAGES = "|".join(sorted(page.stem for page in SPEC.glob("*.md") if page.stem != "README"))
CITATION = re.compile(
    r"docs/spec/(?P<page>[a-z-]+\.(?:md|yaml))"
    r"(?:, (?:(?P<numbers>\d+(?:(?:, | and )\d+)*)|(?P<quote>[*'\"]|``)(?P<title>.+?)(?P=quote)|(?P<word>[A-Za-z ]+)(?=\))))?"
)
WITHOUT_FOLDER = re.compile(rf"(?<![\w/.*-])(?:spec/)?(?:{PAGES})\.md, ?(?:\d|[*'\"])")


def flat(text: str) -> str:
    """A text without line breaks, also within comments: a citation may go on in the next line."""
    return re.sub(r"\s*\n[ \t]*(?:# ?)?", " ", text)


def has_section(page: str, section: str) -> bool:
    """Whether a page has a heading with the number or words, or a phrase in bold, in code or at the
    start of a line or cell.
    """
    text = (SPEC / page).read_text(encoding="utf-8")
    if section.isdigit():
        return re.search(rf"^(?:#+ |\| ?|){section}(?:\.| |\b)", text, re.MULTILINE) is not None
    wanted = section.casefold().replace("`", "")
    headings = [
        line.casefold().replace("`", "") for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    ]
    phrases = [
        phrase.casefold()
        for phrase in re.findall(r"(?:\*\*|`|^|^- |\| )([^*`|\n]+)", text, re.MULTILINE)
    ]
    return any(wanted in heading for heading in headings) or any(
        phrase.startswith(wanted) for phrase in phrases
    )


@pytest.mark.parametrize(
    "folder", ["pmlint", "tests", "bench", "fuzz", "docs", "schema", "policies"]
)
def test_a_section_that_is_cited_is_there(folder: str) -> None:
    wrong = []
    for file in FILES:
        if (
            not file.is_relative_to(ROOT / folder)
            or file.is_relative_to(SPEC)
            or file == Path(__file__)
        ):
            continue
        for cited in CITATION.finditer(flat(file.read_text(encoding="utf-8"))):
            sections = re.findall(r"\d+", cited["numbers"] or "") or [
                cited["title"] or cited["word"] or ""
            ]
            if not (SPEC / cited["page"]).exists() or not all(
                has_section(cited["page"], one) for one in sections
            ):
                wrong.append(f"{file.relative_to(ROOT)} cites {cited[0]}")
    assert wrong == []


@pytest.mark.parametrize("folder", ["pmlint", "tests", "bench", "fuzz"])
def test_a_citation_names_the_folder(folder: str) -> None:
    files = [file for file in FILES if file.is_relative_to(ROOT / folder) and file.suffix == ".py"]
    found = {
        file.name: WITHOUT_FOLDER.findall(flat(file.read_text(encoding="utf-8"))) for file in files
    }
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("section", ["99", "Nowhere", "no such part"])
def test_a_section_that_is_not_there_is_found(section: str) -> None:
    assert not has_section("gate.md", section)


def test_every_page_is_in_the_list() -> None:
    listed = (SPEC / "README.md").read_text(encoding="utf-8")
    assert [
        page.name
        for page in SPEC.glob("*.md")
        if page.name != "README.md" and f"]({page.name})" not in listed
    ] == []


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


@pytest.mark.parametrize(
    "what", ["rule", "policy", "refusal", "format", "verb", "reader", "kind of document"]
)
def test_there_is_a_recipe(what: str) -> None:
    headings = re.findall(
        r"^### (.*)$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert any(what in heading for heading in headings)


def test_the_files_of_the_recipes_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:pmlint|tests|schema|docs|policies)/[\w./-]+)`", text)
    assert [
        one
        for one in named
        if "your" not in one and "NNNN" not in one and not (ROOT / one).exists()
    ] == []
