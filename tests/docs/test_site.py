"""The site builds without a broken link, and its pages lead somewhere without it, too."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
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


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once for all tests, in whichever process asks first: it takes 20 s."""
    # Beside the folders of the processes of pytest-xdist, each of which has its own below.
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-site"
    log = folder / "log"
    try:
        folder.mkdir()
    except FileExistsError:
        end = time.monotonic() + 240
        while not log.exists() and time.monotonic() < end:
            time.sleep(0.2)
    else:
        done = build(copied(folder / "copy"), folder / "site")
        (folder / "begun").write_text(f"{done.returncode}\n{done.stdout}{done.stderr}")
        (folder / "begun").rename(log)
    code, _, text = log.read_text(encoding="utf-8").partition("\n")
    assert code == "0", text
    return folder / "site"


@needs_builder
def test_the_site_builds_strictly(site: Path) -> None:
    page = (site / "guides" / "threat-model" / "index.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/pmlint/pmlint/blob/main/SECURITY.md"' in page
    assert (site / "rules" / "vow" / "index.html").exists()
    assert not list(site.rglob("*.py"))
    for file in site.rglob("*.html"):
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
@pytest.mark.timeout(600)  # a minute on two idle cores
@needs_node("axe-core", "chromium")
def test_a_browser_finds_nothing(site: Path, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    script = Path(__file__).with_name("site_browser.mjs")
    done = node(str(script), str(tmp_path), address, *OPENED, timeout=500)
    server.shutdown()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_builder
def test_angle_brackets_and_changes_are_shown(site: Path) -> None:
    page = (site / "rules/action-owner/index.html").read_text(encoding="utf-8")
    assert "&lt;not an author, not the owner&gt;" in re.sub(r"</?span[^>]*>", "", page)
    changes = (site / "changelog/index.html").read_text(encoding="utf-8")
    assert "Unreleased" in changes


@needs_builder
def test_a_broken_link_breaks_the_build(tmp_path: Path) -> None:
    folder, links = copied(tmp_path / "copy"), ["gone.md", "../gone.md", "editors.md#gone"]
    with (folder / "docs" / "architecture.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n[gone]({link})\n" for link in links)
    done = build(folder, tmp_path / "site")
    assert done.returncode != 0
    # Each of them would: strict is that a warning breaks the build.
    warned = re.findall(r"WARNING.*architecture\.md.*", done.stdout + done.stderr)
    assert len(warned) == len(links), done.stdout + done.stderr
    assert all(any(link in line for line in warned) for link in links)


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
