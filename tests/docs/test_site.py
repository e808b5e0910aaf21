"""The site builds without a broken link, and its pages lead somewhere without it, too."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from docs.site_links import outward

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
needs_builder = pytest.mark.skipif(importlib.util.find_spec("properdocs") is None, reason="properdocs is not installed: the extra docs")


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "properdocs", "build", "--strict", "--site-dir", str(site)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def copied(folder: Path) -> Path:
    """The part of the checkout that the site is built from."""
    for name in ("docs", "bench", "fuzz", "tests/faults"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("properdocs.yml", "README.md", "SECURITY.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    return folder


@needs_builder
def test_the_site_builds_strictly(tmp_path: Path) -> None:
    done = build(copied(tmp_path / "copy"), tmp_path / "site")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "site" / "guides" / "threat-model" / "index.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/pmlint/pmlint/blob/main/SECURITY.md"' in page
    assert (tmp_path / "site" / "rules" / "vow" / "index.html").exists()
    assert not list((tmp_path / "site").rglob("*.py"))


@needs_builder
@pytest.mark.parametrize("link", ["gone.md", "../gone.md", "editors.md#gone"])
def test_a_broken_link_breaks_the_build(tmp_path: Path, link: str) -> None:
    folder = copied(tmp_path / "copy")
    with (folder / "docs" / "architecture.md").open("a", encoding="utf-8") as page:
        page.write(f"\n[gone]({link})\n")
    assert build(folder, tmp_path / "site").returncode != 0


def anchors(text: str) -> set[str]:
    """The fragments of a page's headings."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {"".join(char for char in title.lower().replace(" ", "-") if char.isalnum() or char in "-_") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page.read_text(encoding="utf-8")):
        for link in token.children or ():
            address = str(link.attrGet("href") or "")
            if not address or re.match(r"[a-z]+:", address):
                continue
            path, _, anchor = address.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.name} links to {address}"
            if anchor:
                assert anchor in anchors(target.read_text(encoding="utf-8")), f"{page.name} links to {address}"


def test_links_out_of_the_docs_lead_into_the_repository() -> None:
    url = "https://example.org/r"
    assert outward("[a](../../SECURITY.md#how)", "guides/x.md", url) == f"[a]({url}/blob/main/SECURITY.md#how)"
    for kept in ("[a](../editors.md)", "[a](../../gone.md)", "[a](../../../../etc/passwd)", "[a](x.md)"):
        assert outward(kept, "guides/x.md", url) == kept
