"""The site, judged by what others wrote: a browser with axe-core, html-validate, feedparser,
icalendar.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import feedparser
import icalendar
import pytest
from click.testing import CliRunner

from bench import corpus
from pmlint.cli import commands
from tests.node import NODE_FOLDER, needs_node, node
from tests.report.data import NOW
from tests.report.hostile import CORPUS, write_hostile_repository

ROOT = Path(__file__).parents[2]
BROWSER = Path(__file__).with_name("browser.mjs")

pytestmark = pytest.mark.slow


def write_ours(folder: Path) -> None:
    for name in ("postmortems", "routes", "evidence", "policies"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "people.yaml", folder)


def write_empty(folder: Path) -> None:
    for name in ("postmortems", "routes"):
        (folder / name).mkdir(parents=True)


def write_spread(folder: Path) -> None:
    corpus.write(folder, 500, 100, spread=True)


SITES: dict[str, Callable[[Path], None]] = {
    "ours": write_ours,
    "empty": write_empty,
    "spread": write_spread,
    "hostile": write_hostile_repository,
}


@pytest.fixture(scope="module", params=SITES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("site") / request.param
    project.mkdir()
    SITES[request.param](project)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        words = ["report", "site", "--now", NOW, "--base-url", "https://acme.example/pm"]
        done = CliRunner().invoke(commands, words)
        assert done.exit_code == 0, done
        (project / "site" / "one").mkdir()
        if request.param != "spread":  # more than one file takes
            done = CliRunner().invoke(commands, ["report", "-o", "site/one/all.html", "--now", NOW])
            assert done.exit_code == 0, done
    return project / "site"


def pages(site: Path) -> list[Path]:
    """Of each kind the index and some pages. Of the hostile site, where each is another attack,
    every eighth: all of them take the browser five minutes, and are played with
    ``PMLINT_EVERY_CASE``.
    """
    if site.parent.name == "hostile":
        return sorted(site.rglob("*.html"))[:: 1 if os.environ.get("PMLINT_EVERY_CASE") else 8]
    kinds = ("postmortems", "routes", "owners", "one")
    return [
        site / "index.html",
        *(page for kind in kinds for page in sorted((site / kind).glob("*.html"))[:2]),
    ]


@needs_node("axe-core", "chromium")
def test_a_browser_finds_nothing(site: Path) -> None:
    done = node(str(BROWSER), *map(str, pages(site)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_node("html-validate")
def test_the_markup_is_valid(site: Path, tmp_path: Path) -> None:
    # Long lines of a table, and ids that begin with a digit, are matters of taste.
    rules = {"extends": ["html-validate:recommended"], "rules": {"no-trailing-whitespace": "off", "valid-id": "off",
             "long-title": "off", "attribute-boolean-style": "off", "doctype-style": "off"}}  # fmt: skip
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    validator = str(
        Path(NODE_FOLDER) / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    )
    done = node(
        validator,
        "--config",
        str(tmp_path / "rules.json"),
        "--formatter",
        "text",
        *map(str, pages(site)),
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_feed_is_well_formed(site: Path) -> None:
    read = feedparser.parse((site / "feed.xml").read_bytes())
    assert not read.bozo, read.get("bozo_exception")
    assert len(read.entries) <= 50


def test_calendars_have_an_event_for_each_open_action(site: Path) -> None:
    rows = list(csv.DictReader((site / "data" / "actions.csv").open(encoding="utf-8", newline="")))
    raw = (site / "deadlines.ics").read_bytes()
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) == sum(row["open"] == "1" and row["deadline"] != "" for row in rows)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_nothing_lies_outside_and_no_page_is_large(site: Path) -> None:
    assert {path.parent.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} <= {
        ".", "postmortems", "routes", "owners", "data", "one",
    }  # fmt: skip
    assert (site / "index.html").stat().st_size <= 200_000
    if site.parent.name == "hostile":
        # a name of another repository's route has no page here
        own = [name for name in CORPUS["ids"].values() if "//" not in name]
        assert len(list((site / "routes").glob("*.html"))) == len(own) + 1
