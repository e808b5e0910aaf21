"""The site builds without a broken link, and its pages lead somewhere without it, too."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from markdown_it import MarkdownIt

from docs.site_links import outward
from tests.node import needs_node, node

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
needs_builder = pytest.mark.skipif(
    importlib.util.find_spec("properdocs") is None,
    reason="properdocs is not installed: the extra docs",
)


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
    page = (tmp_path / "site" / "guides" / "threat-model" / "index.html").read_text(
        encoding="utf-8"
    )
    assert 'href="https://github.com/pmlint/pmlint/blob/main/SECURITY.md"' in page
    assert (tmp_path / "site" / "rules" / "vow" / "index.html").exists()
    assert not list((tmp_path / "site").rglob("*.py"))
    for file in (tmp_path / "site").rglob("*.html"):
        assert 'role="dialog">' not in file.read_text(encoding="utf-8"), "a dialog without a name"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_: object) -> None: ...


OPENED = (
    "",
    "rules/action-owner/",
    "rules/",
    "refusals/deadline-moved/",
    "reference/command-line/",
    "changelog/",
    "versions/",
    "reference/configuration/",
    "guides/first-postmortem/",
    "spec/trust/",
    "404.html",
)


@needs_builder
@pytest.mark.slow
@needs_node("axe-core", "chromium")
def test_a_browser_finds_nothing(tmp_path: Path) -> None:
    assert build(copied(tmp_path / "copy"), tmp_path / "site").returncode == 0
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path / "site"))
    )
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    done = node(str(Path(__file__).with_name("site_browser.mjs")), str(tmp_path), address, *OPENED)
    server.shutdown()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_builder
def test_angle_brackets_and_changes_are_shown(tmp_path: Path) -> None:
    assert build(copied(tmp_path / "copy"), tmp_path / "site").returncode == 0
    page = (tmp_path / "site/rules/action-owner/index.html").read_text(encoding="utf-8")
    assert "&lt;not an author, not the owner&gt;" in re.sub(r"</?span[^>]*>", "", page)
    changes = (tmp_path / "site/changelog/index.html").read_text(encoding="utf-8")
    assert "Unreleased" in changes


@needs_builder
@pytest.mark.parametrize("link", ["gone.md", "../gone.md", "editors.md#gone"])
def test_a_broken_link_breaks_the_build(tmp_path: Path, link: str) -> None:
    folder = copied(tmp_path / "copy")
    with (folder / "docs" / "architecture.md").open("a", encoding="utf-8") as page:
        page.write(f"\n[gone]({link})\n")
    assert build(folder, tmp_path / "site").returncode != 0


def anchors(text: str) -> set[str]:
    """The fragments of a page's headings."""
    titles = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {
        "".join(char for char in title.lower().replace(" ", "-") if char.isalnum() or char in "-_")
        for title in titles
    }


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
                assert anchor in anchors(target.read_text(encoding="utf-8")), (
                    f"{page.name} links to {address}"
                )


def test_links_out_of_the_docs_lead_into_the_repository() -> None:
    url = "https://example.org/r"
    assert (
        outward("[a](../../SECURITY.md#how)", "guides/x.md", url)
        == f"[a]({url}/blob/main/SECURITY.md#how)"
    )
    for kept in (
        "[a](../editors.md)",
        "[a](../../gone.md)",
        "[a](../../../../etc/passwd)",
        "[a](x.md)",
    ):
        assert outward(kept, "guides/x.md", url) == kept
