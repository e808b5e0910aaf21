"""The site: figures equal to the tables, names that stay inside, texts that stay texts."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.parsing import beside
from pmlint.report.bodies import addresses, body_html, is_safe_address
from pmlint.report.figures import route_lines, tiles, verdict
from pmlint.report.lanes import WIDTH, lanes, position
from pmlint.report.names import names_of, page_names
from pmlint.report.options import SiteOptions
from pmlint.report.pages import Contents
from pmlint.report.site import site_files
from pmlint.report.words import between, duration, late
from pmlint.tables.postmortem_rows import CLOCKS
from tests.outside import outside
from tests.report.data import NOW, TODAY, entries

ROOT = Path(__file__).parents[2]
SITE = SiteOptions("Agents of Acme", "https://acme.example/pm/", 3600)
HOSTILE = outside("report", "hostile.json")


LAST = date(8999, 12, 31)
"""Near the last day that may be named with ``--now``."""


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, [*words, "--now", NOW])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        done = run("report", str(folder), "--base-url", "https://acme.example/pm")
    assert done.exit_code == 0, done.output
    return folder


class Reader(HTMLParser):
    """What a page has: its links, ids, text, and anything that could act."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.acting: list[str] = []
        self.kept: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        self.kept |= fields.keys()
        self.links += [str(fields["href"])] if "href" in fields else []
        self.ids |= {str(fields["id"])} if "id" in fields else set()
        if tag in ("script", "form", "iframe", "object", "embed", "link", "img", "base"):
            self.acting.append(tag)
        self.acting += [
            name for name, _ in attrs if name.startswith("on") or name in ("style", "src", "srcdoc")
        ]

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_every_link_leads_somewhere(built: Path) -> None:
    ids = {page: Reader(page.read_text()).ids for page in pages(built)}
    for page in pages(built):
        for link in Reader(page.read_text()).links:
            if link.startswith(("https://", "mailto:")):
                continue
            path, _, part = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), (page, link)
            assert target.is_relative_to(built.resolve()), (page, link)
            assert not part or part in ids[target], (page, link)


def test_no_page_can_act(built: Path) -> None:
    for page in pages(built):
        text = page.read_text()
        assert Reader(text).acting == [], page
        assert "default-src 'none'; style-src 'sha256-" in text


def test_the_tiles_are_what_sql_says(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    base = tmp_path / "reviews.sqlite"
    assert run("export", "-o", str(base)).exit_code == 0
    sql = sqlite3.connect(base).execute
    held, routes = sql("SELECT sum(held), count(*) FROM routes").fetchone()
    (running,) = sql("SELECT count(*) FROM routes WHERE held AND runs").fetchone()
    opened, overdue = sql("SELECT count(*), sum(overdue) FROM actions WHERE open").fetchone()
    (repeated,) = sql(
        "SELECT count(*) FROM (SELECT DISTINCT l.route FROM links l JOIN findings f USING (postmortem) "
        "GROUP BY l.route, f.class HAVING count(DISTINCT f.postmortem) >= 2)"
    ).fetchone()
    index = (built / "index.html").read_text()
    figures = re.findall(r'<strong class="(?:bad|plain)">([^<]*)</strong>', index)
    assert figures[:4] == [f"{held} of {routes}", str(running), str(opened), str(overdue)]
    assert figures[5] == str(repeated)
    start = f"{running} route" if running else "No route runs while held"
    assert f"{held} of {routes} {'is' if held == 1 else 'are'} held" in index
    assert start in index


def test_the_calendar_reads_back(built: Path) -> None:
    raw = (built / "deadlines.ics").read_bytes()
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    rows = list(csv.DictReader((built / "data" / "actions.csv").read_text().splitlines()))
    assert len(events) == sum(row["open"] == "1" and row["deadline"] != "" for row in rows) > 0
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_an_event_names_its_repository_and_leads_to_its_page() -> None:
    data = entries(
        postmortems=[{"postmortem": "PM-2026-001"}],
        actions=[
            {
                "postmortem": "PM-2026-001",
                "action": "A1",
                "title": "Cap it",
                "open": True,
                "deadline": date(2026, 12, 1),
            }
        ],
    )
    site = SITE._replace(repository="github.com/acme/reviews")
    files = dict(site_files(Contents(site, data, names_of(data), str)))
    (event,) = icalendar.Calendar.from_ical(files["deadlines.ics"]).walk("VEVENT")
    assert event["UID"] == "PM-2026-001-A1@github.com/acme/reviews"
    assert event["URL"] == "https://acme.example/pm/postmortems/PM-2026-001.html"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 1), date(2026, 12, 2)), (
        "a day, in no time zone"
    )


@pytest.mark.parametrize("day", [date.min, date(2026, 12, 31), date(2028, 2, 29), date.max])
def test_a_deadline_and_a_report_on_any_day_there_is(
    day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of all days ended a report with a traceback: there is none behind it."""
    waiver = f"{{rule: blame, reason: a quotation that matters, until: {day}}}"
    text = f"id: PM-2026-001\nactions: [{{id: A1, deadline: {day}}}]\nwaivers: [{waiver}]\n"
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(f"---\n{text}---\n")
    monkeypatch.chdir(tmp_path)
    for today in (date.min, min(day, LAST), LAST):
        words = ["report", "site", "--now", today.isoformat()]
        assert CliRunner().invoke(commands, words).exit_code == 0
        calendar = icalendar.Calendar.from_ical(Path("site/deadlines.ics").read_bytes())
        (event,) = calendar.walk("VEVENT")
        assert event["DTSTART"].dt == day
        ends = f"blame, until {day}" in Path("site/index.html").read_text()
        assert ends == (0 <= (day - today).days <= 30)


def test_the_feed_is_atom(built: Path) -> None:
    from xml.etree import ElementTree

    root = ElementTree.fromstring((built / "feed.xml").read_bytes())
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 10


def test_the_same_tree_gives_the_same_bytes(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    done = run("report", "--check", str(built), "--base-url", "https://acme.example/pm")
    assert (done.exit_code, done.output) == (0, "")
    shutil.copytree(built, tmp_path / "site")
    (tmp_path / "site" / "index.html").write_text("other")
    (tmp_path / "site" / "stray.txt").write_text("stray")
    done = run("report", "--check", str(tmp_path / "site"), "--base-url", "https://acme.example/pm")
    assert done.exit_code == 1
    assert [line.rpartition("/")[2] for line in done.output.splitlines()] == [
        "index.html would differ",
        "stray.txt would differ",
    ]


def test_what_must_not_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert str(run("report", ".").exception) == "'.' holds the repository"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("mine")
    done = run("report", str(tmp_path / "mine"))
    assert str(done.exception) == f"'{tmp_path / 'mine'}' holds files that pmlint did not write"
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "site" / "below" / ".git").mkdir(parents=True)
    for name in ("repo", "repo/.git", "repo/.git/hooks", "repo/.GIT/hooks", "site"):
        done = run("report", str(tmp_path / name), "--force")
        assert "is or holds a git repository" in str(done.exception), name
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    assert "is a symbolic link" in str(run("report", str(tmp_path / "link"), "--force").exception)
    assert (tmp_path / "mine" / "a.txt").read_text() == "mine"


@pytest.mark.parametrize("folder", ["postmortems", "routes", "evidence", "evidence/PM-2026-001"])
def test_what_the_report_is_made_from_stays_also_with_force(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postmortems", "routes", "evidence"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    error = run("report", folder, "--force").exception
    assert isinstance(error, UsageError)
    assert str(error).startswith(f"'{folder}' holds '{folder}/")
    assert sorted(tmp_path.rglob("*")) == before
    assert run("report", "postmortems-of-ours", "--force").exit_code == 0


@pytest.mark.parametrize(
    "words", [["report", "out"], ["export", "-o", "out", "--output-format", "csv"]]
)
def test_an_interrupt_between_the_two_renames_keeps_the_old_folder(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postmortems").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(*words).exit_code == 0
    (tmp_path / "out" / "old").touch()
    rename, renamed = os.replace, list[str]()

    def interrupted(old: str, new: str) -> None:
        rename(old, new)
        renamed.append(new)
        if len(renamed) == 1:
            raise SystemExit(143)

    # Where the system lets two names change places, nobody can come between.
    monkeypatch.setattr(beside, "exchange", lambda first, second: False)
    monkeypatch.setattr(os, "replace", interrupted)
    assert run(*words).exit_code == 143
    assert (tmp_path / "out" / "old").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "postmortems"]


def test_an_interrupt_of_the_cleaning_leaves_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postmortems").mkdir()
    monkeypatch.chdir(tmp_path)
    remove, removed = shutil.rmtree, list[str]()

    def interrupted(path: str, **options: bool) -> None:
        removed.append(path)
        if len(removed) == 1:
            raise SystemExit(143)
        remove(path, **options)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    assert run("report", "out").exit_code == 143
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "postmortems"]


def test_an_empty_repository_has_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "postmortems").mkdir(parents=True)
    (tmp_path / "repo" / "routes").mkdir()
    monkeypatch.chdir(tmp_path / "repo")
    assert run("report", "site").exit_code == 0
    assert "There is no route and no postmortem yet." in Path("site/index.html").read_text()


def test_a_site_has_what_is_read_with_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "postmortems"
    folder.mkdir()
    text = b"---\nid: PM-2026-00%d\ntitle: %s\n---\nIt was read.%s\n"
    (folder / "PM-2026-001.md").write_bytes(b"\xef\xbb\xbf" + text % (1, b"a mark", b""))
    (folder / "PM-2026-002.md").write_bytes(text % (2, b"a soft hy\xc2\xadphen", b" \xc2\xad"))
    with open(bytes(folder) + b"/PM-2026-003-\xff.md", "wb") as stream:
        stream.write(text % (3, b"a name", b""))
    monkeypatch.chdir(tmp_path)
    assert run("report", "site").exit_code == 0
    for number in (1, 2, 3):
        page = Path(f"site/postmortems/PM-2026-00{number}.html").read_text()
        assert "It was read." in page


def main_of(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("<main")[2]


def test_a_document_that_cannot_be_read_says_where_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postmortems").mkdir()
    text = "---\nid: PM-2026-001\ntitle: [open\nroutes: [a]\n---\n"
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("report", "site").exit_code == 0
    page, index = (
        main_of(Path("site/postmortems/PM-2026-001.html")),
        main_of(Path("site/index.html")),
    )
    place = "postmortems/PM-2026-001.md:4:7: the &#39;[&#39; of line 3 has no &#39;,&#39; or &#39;]&#39; here"
    assert place in page
    assert place in index
    # What could not be read may have all of them.
    for claim in (
        "No event",
        "No step",
        "No finding",
        "No condition",
        "Not signed off",
        "No evidence",
    ):
        assert claim not in page


def test_what_answers_no_finding_is_on_the_page_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postmortems").mkdir()
    text = """---
id: PM-2026-001
findings: [{id: F1, class: prompt-ambiguity, statement: the first}]
failed_controls:
  - {control: linked, findings: [F1], accepted_risk: {reason: too seldom, approved_by: "@olu"}}
  - {control: dangling, findings: [F9]}
actions:
  - {id: A1, title: answers, findings: [F1], status: open}
  - {id: A2, title: leads nowhere, findings: [F9], status: open}
  - {id: A3, title: names none, status: open}
  - {id: A4, title: is not needed, findings: [F1], status: cancelled, owner: "@ana",
     cancelled: {reason: the vendor does it, approved_by: "@olu"}}
---
"""
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("report", "site").exit_code == 0
    linked, heading, rest = main_of(Path("site/postmortems/PM-2026-001.html")).partition(
        "<h3>Of no finding</h3>"
    )
    assert heading
    items = "".join(re.findall(r"<ul>\n(.*?)</ul>", rest, re.DOTALL)[:1])
    assert re.findall(r"<strong>(\w+)</strong>|<li>(A\d)", items) == [
        ("dangling", ""),
        ("", "A2"),
        ("", "A3"),
    ]
    assert "<strong>linked</strong>" in linked
    assert "A1 (no layer): answers" in linked
    assert "the risk is accepted by @olu: too seldom" in linked
    assert "cancelled</span>: the vendor does it (@olu)" in linked


def test_the_keyboard_skips_the_head_and_reaches_what_scrolls(built: Path) -> None:
    for page in pages(built):
        text = page.read_text(encoding="utf-8")
        first = re.search(r"<body>\s*(<a [^>]*>)", text)
        assert first is not None, page
        assert first[1] == '<a class="skip" href="#main">', page
        assert text.count('<main id="main">') == 1, page
        for scroller in re.findall(r"<[^>]*tabindex[^>]*>", text):
            assert re.search(r' role="group" tabindex="0" aria-label="[^"]+', scroller), page


def test_the_sentence_is_green_only_when_nothing_is_wrong() -> None:
    free = {"route": "a", "held": False, "runs": True}
    held = {"route": "b", "held": True, "runs": False}
    wild = {"route": "c", "held": True, "runs": True}
    late_one = {"postmortem": "P", "action": "A1", "open": True, "overdue": True}
    assert verdict(entries(routes=[free, held])) == (
        "No route runs while held; 1 of 2 is held; no action is overdue.",
        "good",
    )
    assert verdict(entries(routes=[wild])) == (
        "1 route runs while held; 1 of 1 is held; no action is overdue.",
        "bad",
    )
    assert verdict(entries(routes=[free], actions=[late_one])) == (
        "No route runs while held; 0 of 1 are held; 1 action is overdue.",
        "bad",
    )


def test_the_sentence_is_not_green_where_nothing_was_judged() -> None:
    torn = {"postmortem": "P", "readable": False}
    assert verdict(entries()) == ("There is no route and no postmortem yet.", "empty")
    assert verdict(entries(postmortems=[{"postmortem": "P", "readable": True}])) == (
        "There is no route yet; no action is overdue.",
        "empty",
    )
    assert verdict(entries(postmortems=[torn], routes=[{"route": "a", "held": True}])) == (
        "No route runs while held; 1 of 1 is held; no action is overdue; 1 document cannot be read.",
        "bad",
    )


def test_a_route_names_every_kind_that_holds_it() -> None:
    kinds = ("stage", "sign-off", "action", "budget", "action", "review")
    holds = [
        {"route": "a", "postmortem": "P", "kind": kind, "subject": str(n)}
        for n, kind in enumerate(kinds)
    ]
    (line,) = route_lines(entries(routes=[{"route": "a", "held": True}], holds=holds))
    assert line.counts == "1 review, 2 actions, 1 sign-off, 1 budget, 1 stage"


def test_a_median_of_nothing_is_unknown_and_never_zero() -> None:
    assert tiles(entries(gaps=[{"postmortem": "P"}]))[4].figure == "unknown"
    known = entries(gaps=[{"postmortem": "P", "warning_to_containment": 5400}, {"postmortem": "Q"}])
    assert tiles(known)[4][:2] == ("1 h 30 min", "warning to containment")
    assert tiles(known)[4].note == "median, known for 1 of 2"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3661, "1 h 1 min"),
        (100_800, "1 d 4 h"),
        (-60, "-1 min"),
        (None, "unknown"),
    ],
)
def test_durations_have_two_units_at_most(seconds: int | None, words: str) -> None:
    assert duration(seconds) == words


def test_gaps_that_are_known_in_part() -> None:
    assert between(115_201, None) == "at least 1 d 8 h"
    assert between(0, 79_200) == "at most 22 h"
    assert between(1, 172_799) == "at most 2 d"
    assert between(None, None) == "unknown"
    assert late(date(2026, 11, 27), TODAY) == "2026-11-27, 1 day late"
    assert late(None, TODAY) == "no deadline"


def test_a_lane_shows_phases_marks_and_bounds() -> None:
    start, warning = datetime(2026, 9, 1, 8), datetime(2026, 9, 1, 9)
    clocks = [
        {
            "postmortem": "P",
            "clock": "route_start",
            "moment": start,
            "earliest": start,
            "latest": start,
        },
        {
            "postmortem": "P",
            "clock": "first_warning",
            "moment": warning,
            "earliest": warning,
            "latest": warning,
        },
        {
            "postmortem": "P",
            "clock": "containment",
            "moment": None,
            "earliest": datetime(2026, 9, 2),
            "latest": None,
            "not_before": "2026-09-02",
            "not_after": None,
            "unknown": "no log",
        },
    ]
    gaps = [
        {
            "postmortem": "P",
            "warning_to_containment_min": 54_000,
            "warning_to_containment_max": None,
        }
    ]
    (lane,) = lanes(entries(clocks=clocks, gaps=gaps), 3600)
    assert [(part.kind, part.x) for part in lane.stretches] == [
        ("early", 0.0),
        ("bound", position(57_600)),
    ]
    assert lane.stretches[1].x + lane.stretches[1].width == WIDTH
    assert lane.stretches[1].opens == ("right",), "nobody knows until when"
    assert (lane.gap, lane.is_slow) == ("at least 15 h", True)


@pytest.mark.parametrize(
    ("known", "kinds"),
    [
        ("route_start first_warning first_impact containment restart", "early warned harm after"),
        ("first_warning containment", "unsure"),
        ("route_start first_warning containment restart", "early unsure after"),
        ("route_start restart", "unsure"),
        ("containment", ""),
    ],
)
def test_the_time_between_known_clocks_is_drawn_also_over_an_unknown_one(
    known: str, kinds: str
) -> None:
    """A lane that ended five days before its containment read as if nothing had happened."""
    clocks = []
    for hour, name in enumerate(CLOCKS):
        at = datetime(2026, 9, 1, hour) if name in known.split() else None
        clocks.append(
            {"postmortem": "P", "clock": name, "moment": at, "earliest": at, "latest": at}
        )
    gaps = [
        {"postmortem": "P", "warning_to_containment_min": None, "warning_to_containment_max": None}
    ]
    (lane,) = lanes(entries(clocks=clocks, gaps=gaps), 3600)
    assert [part.kind for part in lane.stretches] == kinds.split()


def test_a_bound_has_a_bracket_where_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = {
        "route_start": "not_before: 2026-09-01",
        "first_warning": "not_after: 2026-09-03",
        "containment": "not_before: 2026-09-04, not_after: 2026-09-05",
    }
    written = ", ".join(f"{name}: {{unknown: no log, {one}}}" for name, one in bounds.items())
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(
        f"---\nid: PM-2026-001\nclocks: {{{written}}}\n---\n"
    )
    monkeypatch.chdir(tmp_path)
    assert run("report", "site").exit_code == 0
    page = main_of(Path("site/postmortems/PM-2026-001.html"))
    drawn = re.findall(r'<rect class="bound".*?<title>(.*?)</title></rect>(.*)', page)
    sides = {
        words.partition(" not ")[0]: [
            "left" if "h-4v14h4" in path else "right" for path in re.findall("<path[^>]*>", rest)
        ]
        for words, rest in drawn
    }
    assert sides == {
        "route start": ["left"],
        "first warning": ["right"],
        "containment": ["left", "right"],
    }


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=120), max_size=30))
def test_no_id_leaves_the_folder_and_no_two_share_a_page(ids: list[str]) -> None:
    names = page_names(ids)
    assert set(names) == set(ids)
    assert len({name.casefold() for name in names.values()}) == len(names)
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,80}", name)
        assert not name.startswith(".")
        assert not name.endswith(".")
        assert name.casefold() != "index"
        assert name.partition(".")[0].casefold() not in ("con", "aux", "nul")


def test_names_of_devices_and_of_one_fold() -> None:
    assert page_names(["con", "Con.tar.gz", "lpt1.x"]) == {
        "con": "con-1",
        "Con.tar.gz": "Con-1.tar.gz",
        "lpt1.x": "lpt1-1.x",
    }
    # with a search from 2 for each, 20,000 of them take minutes
    many = page_names(f"\u4e8b{chr(0x4E00 + n)}" for n in range(20_000))
    assert len(set(many.values())) == 20_000


def test_lanes_come_with_the_slowest_first_and_the_unknown_last() -> None:
    bounds = {
        "A": (0, None),
        "B": (None, 90),
        "C": (60, None),
        "D": (None, None),
        "E": (3600, 7200),
        "F": (0, 7200),
    }
    gaps = [
        {"postmortem": id, "warning_to_containment_min": least, "warning_to_containment_max": most}
        for id, (least, most) in bounds.items()
    ]
    assert [lane.postmortem for lane in lanes(entries(gaps=gaps), 60)] == [
        "E",
        "C",
        "F",
        "B",
        "A",
        "D",
    ]


@pytest.mark.skipif(not HOSTILE, reason="the data beside the checkout is not there")
def test_hostile_texts_come_out_as_texts() -> None:
    assert HOSTILE
    corpus = json.loads(HOSTILE.read_text(encoding="utf-8"))
    reviews, actions, evidence = [], [], []
    for n, (name, text) in enumerate(corpus["texts"].items()):
        id = list(corpus["ids"].values())[n % len(corpus["ids"])] + str(n)
        reviews.append(
            {
                "postmortem": id,
                "file": name,
                "readable": True,
                "title": text,
                "summary": text,
                "opened": TODAY,
            }
        )
        actions.append(
            {
                "postmortem": id,
                "action": "A1",
                "title": text,
                "open": True,
                "owner": list(corpus["handles"].values())[n % len(corpus["handles"])],
                "deadline": TODAY,
                "open_reason": text,
            }
        )
        uri = list(corpus["uris"].values())[n % len(corpus["uris"])]
        evidence.append({"postmortem": id, "kind": "outcome", "n": 1, "uri": uri})
    routes = [
        {"route": id, "title": "x", "owner": "@x", "held": True, "runs": True}
        for id in corpus["ids"].values()
    ]
    data = entries(postmortems=reviews, actions=actions, evidence=evidence, routes=routes)
    bodies = list(corpus["bodies"].values())
    body_of = lambda file: body_html(bodies[len(file) % len(bodies)])  # noqa: E731
    files = dict(site_files(Contents(SITE, data, names_of(data), body_of)))
    for path, content in files.items():
        assert ".." not in path.split("/")
        assert not any(part.startswith(".") for part in path.split("/")) or path == ".pmlint-report"
        if path.endswith(".html"):
            page = Reader(content.decode())
            assert page.acting == [], path
            for link in page.links:
                assert (
                    link.startswith(("https://", "mailto:", "#"))
                    or ":" not in link.partition("/")[0]
                ), (path, link)
                assert not link.startswith("//")
    index = Reader(files["index.html"].decode()).text
    for text in list(corpus["texts"].values())[:10]:
        assert " ".join(text.split())[:30] in " ".join(index.split())
    assert "{{7*7}}" in index, "a template in a text is a text"
    raw = files["deadlines.ics"]
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert len(icalendar.Calendar.from_ical(raw).walk("VEVENT")) == len(actions)


@pytest.mark.skipif(not HOSTILE, reason="the data beside the checkout is not there")
def test_hostile_bodies_lose_what_acts() -> None:
    assert HOSTILE
    for name, body in json.loads(HOSTILE.read_text(encoding="utf-8"))["bodies"].items():
        page = Reader(body_html(body))
        assert page.acting == [], name
        assert page.ids == set(), name
        assert page.kept <= {"href", "rel", "class", "role", "tabindex", "aria-label"}, name
        assert not [
            link
            for link in page.links
            if not link.startswith(("https:", "mailto:")) and ":" in link
        ], name


def test_paper_has_the_address_of_each_link() -> None:
    html = body_html(
        "[a](https://a.example/?x=1&y=2) [b](../b.md) [c](http://c.example) <https://a.example/?x=1&y=2>"
    )
    assert addresses(html) == ("https://a.example/?x=1&y=2",)


def test_an_element_of_a_body_keeps_no_attribute_but_the_address() -> None:
    html = '<p lang="zz" title="x" dir="rtl">a <a href="https://a.example" title="b">c</a></p>'
    link = '<a href="https://a.example" rel="noreferrer noopener">c</a>'
    assert body_html(html) == f"<p>a {link}</p>"


def test_headings_of_a_body_come_below_those_of_the_page() -> None:
    assert body_html("# One\n\n##### Five") == "<h3>One</h3>\n<h4>Five</h4>\n"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://logs.example/run/81", True),
        ("http://logs.example", False),
        ("https://user:x@logs.example/", False),
        ("javascript:alert(1)", False),
        ("//evil.example", False),
        ("https://a b", False),
        ('https://x/"onclick="y', False),
    ],
)
def test_only_plain_https_becomes_a_link(address: str, safe: bool) -> None:
    assert is_safe_address(address) == safe


def test_no_other_verb_imports_it() -> None:
    from tests.repository.test_project import loaded

    assert not {
        name for name in loaded("check") if name.startswith(("pmlint.report", "jinja2", "nh3"))
    }


def test_one_file_has_every_page_and_its_links_stay_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    file = tmp_path / "all.html"
    assert run("report", "-o", str(file)).exit_code == 0
    text = file.read_text()
    page = Reader(text)
    assert page.acting == []
    assert len(re.findall(r' id="', text)) == len(set(re.findall(r' id="([^"]*)"', text))), (
        "no id is there twice"
    )
    for link in page.links:
        assert link.startswith(("https://", "mailto:")) or link[1:] in page.ids, link
    assert {"index", "postmortems-PM-2026-005", "routes-inbox-triage", "owners-maria"} <= page.ids


def test_one_file_has_200_postmortems_at_most() -> None:
    from pmlint.report.site import one_file

    data = entries(postmortems=[{"postmortem": f"PM-{n}", "readable": False} for n in range(201)])
    with pytest.raises(UsageError) as caught:
        one_file(Contents(SITE._replace(is_one_file=True), data, names_of(data), lambda file: ""))
    assert (caught.value.message, caught.value.help) == (
        "201 postmortems are too many for one file: at most 200",
        "name a folder instead",
    )


def test_what_is_not_known_names_who_captures_it() -> None:
    from pmlint.report.figures import unknown_lines

    data = entries(
        postmortems=[
            {"postmortem": "PM-1", "readable": True},
            {"postmortem": "PM-2", "file": "p/PM-2.md", "readable": False},
        ],
        evidence=[
            {
                "postmortem": "PM-1",
                "kind": "tool_log",
                "n": 0,
                "missing": "not kept",
                "action": "A1",
            },
            {"postmortem": "PM-1", "kind": "outcome", "n": 1},
        ],
        actions=[
            {"postmortem": "PM-1", "action": "A1", "owner": "@tom", "deadline": date(2026, 12, 1)}
        ],
        waivers=[
            {"postmortem": "PM-1", "n": 1, "rule": "hedging", "until": date(2026, 12, 28)},
            {"postmortem": "PM-1", "n": 2, "rule": "hedging", "until": date(2026, 12, 29)},
        ],
    )
    assert [
        (line.words, line.number, [one.words for one in line.entries])
        for line in unknown_lines(data)
    ] == [
        ("costs of postmortems", 1, []),
        (
            "kinds of evidence that are declared missing",
            1,
            ["tool log: not kept; @tom captures it until 2026-12-01 (A1)"],
        ),
        ("waivers that end within 30 days", 1, ["hedging, until 2026-12-28"]),
        ("documents that cannot be read", 1, ["p/PM-2.md"]),
    ]


def test_a_lane_without_clocks_shows_the_timeline_as_rings() -> None:
    clocks = [
        {"postmortem": "P", "clock": "containment", "moment": None, "earliest": None, "latest": None,
         "not_before": None, "not_after": None, "unknown": "no log was kept"},
    ]  # fmt: skip
    timeline = [
        {"postmortem": "P", "n": 1, "moment": datetime(2026, 9, 1, 8), "event": "a customer wrote"},
        {"postmortem": "P", "n": 2, "moment": None, "event": "some time later"},
        {
            "postmortem": "P",
            "n": 3,
            "moment": datetime(2026, 9, 1, 9),
            "event": "the token was revoked",
        },
    ]
    (lane,) = lanes(entries(clocks=clocks, timeline=timeline, gaps=[{"postmortem": "P"}]), 3600)
    assert [(ring.x, ring.words) for ring in lane.rings] == [
        (0.0, "2026-09-01 08:00:00Z: a customer wrote"),
        (position(3600), "2026-09-01 09:00:00Z: the token was revoked"),
    ]
    assert lane.words == "no clock is known; no log was kept"


def test_a_long_list_of_routes_names_what_is_held_and_counts_what_is_free() -> None:
    from pmlint.report.pages import pages

    routes = [{"route": f"r{n:02}", "held": n < 3, "runs": False} for n in range(40)]
    data = entries(routes=routes)
    index = next(iter(pages(Contents(SITE, data, names_of(data), lambda file: ""))))
    assert [line.route["route"] for line in index.values["routes"]] == ["r00", "r01", "r02"]
    assert (index.values["more_routes"], index.values["free_routes"]) == (37, 37)


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_site_whole(built: Path, tmp_path: Path) -> None:
    """SIGTERM at eight moments: either site is there, whole, and nothing beside it."""
    site = tmp_path / "site"
    shutil.copytree(built, site)
    (site / "index.html").write_text("the old site")
    command = [
        sys.executable,
        "-m",
        "pmlint",
        "report",
        str(site),
        "--now",
        NOW,
        "--base-url",
        "https://acme.example/pm",
    ]
    for moment in range(8):
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.15 * (moment + 1))
        process.terminate()
        process.wait(30)
        assert [path.name for path in tmp_path.iterdir()] == ["site"], moment
        assert {path.relative_to(site) for path in site.rglob("*")} == {
            path.relative_to(built) for path in built.rglob("*")
        }
        text = (site / "index.html").read_text()
        assert text in ("the old site", (built / "index.html").read_text()), moment


def test_a_place_that_cannot_be_written_is_an_error_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (tmp_path / "file").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "pmlint", "report", str(tmp_path / "file" / "site"), "--now", NOW],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_seed_of_hashes_the_zone_and_the_language_change_no_byte(
    built: Path, tmp_path: Path
) -> None:
    for number, env in enumerate(
        (
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati"},
            {"LC_ALL": "C", "LANG": "C"},
        )
    ):
        site = tmp_path / str(number)
        words = ["report", str(site), "--now", NOW, "--base-url", "https://acme.example/pm"]
        subprocess.run(
            [sys.executable, "-m", "pmlint", *words],
            cwd=ROOT,
            env={**os.environ, **env},
            check=True,
            capture_output=True,
        )
        for file in filter(Path.is_file, built.rglob("*")):
            assert (site / file.relative_to(built)).read_bytes() == file.read_bytes(), (env, file)
