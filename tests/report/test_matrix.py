"""The matrix of repeats: each cell equals SQL over the tables, and leads to its postmortems."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import corpus
from pmlint.cli import commands
from pmlint.report.figures import tiles
from pmlint.report.matrix import repeat_matrix
from pmlint.report.names import names_of
from pmlint.report.options import SiteOptions
from pmlint.report.pages import Contents
from pmlint.report.site import one_file, site_files
from tests.report.data import NOW, entries

SQL = (
    "SELECT l.route, f.class, f.postmortem FROM links l JOIN findings f USING (postmortem) "
    "WHERE f.class IS NOT NULL"
)
TABLE = re.compile(r'<table class="cards matrix">.*?</table>', re.DOTALL)
ROW = re.compile(r'<tr><th scope="row"><a href="[^"]*">([^<]*)</a></th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r'<td class="number( again)?"[^>]*>(?:<a href="([^"]*)"[^>]*>(\d+)</a>)?</td>')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matrix") / "project"
    corpus.write(folder, 40, 8, spread=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in (["report", "site"], ["report", "-o", "all.html"], ["export", "-o", "r.db"]):
            assert CliRunner().invoke(commands, [*words, "--now", NOW]).exit_code == 0
    return folder


@pytest.mark.parametrize("page", ["site/index.html", "all.html"])
def test_each_cell_is_what_sql_counts_and_leads_to_its_postmortems(
    project: Path, page: str
) -> None:
    wanted: dict[tuple[str, str], set[str]] = {}
    for route, failure, id in sqlite3.connect(project / "r.db").execute(SQL):
        wanted.setdefault((route, failure), set()).add(id)
    came_back = {route for (route, _), ids in wanted.items() if len(ids) > 1}
    (table,) = TABLE.findall((project / page).read_text())
    heads = re.findall(r'<th scope="col" class="number">([^<]*)</th>', table)
    rows = ROW.findall(table)
    assert {route for route, _ in rows} == came_back
    for route, cells in rows:
        found = CELL.findall(cells)
        assert len(found) == len(heads)
        for failure, (again, link, number) in zip(heads, found, strict=True):
            ids = wanted.get((route, failure), set())
            assert (number, bool(again)) == (str(len(ids) or ""), len(ids) > 1)
            if link:
                assert listed(project / page, link) == (failure, ids)


def listed(page: Path, link: str) -> tuple[str, set[str]]:
    """The class and the postmortems of the entry to which a cell leads."""
    path, _, part = link.partition("#")
    text = ((page.parent / path) if path else page).read_text()
    (entry,) = re.findall(rf'<li id="{re.escape(part)}"><strong>([^<]*)</strong>(.*?)</li>', text)
    return entry[0], set(re.findall(r">(PM-[^<]*)</a>", entry[1]))


def made(*found: tuple[str, str, str], own: tuple[str, ...] = ()) -> Contents:
    """A site from routes, classes and postmortems; only ``own`` routes have a page."""
    data = entries(
        postmortems=[
            {"postmortem": id, "readable": True} for id in dict.fromkeys(one[2] for one in found)
        ],
        findings=[
            {"postmortem": id, "finding": f"F{n}", "class": failure}
            for n, (_, failure, id) in enumerate(found)
        ],
        links=[{"route": route, "postmortem": id} for route, _, id in found],
        routes=[{"route": route} for route in own],
    )
    return Contents(SiteOptions("T", "", 3600), data, names_of(data), lambda id: "")


def test_a_route_where_nothing_came_back_has_no_row() -> None:
    contents = made(("a", "x", "P1"), ("a", "x", "P2"), ("b", "x", "P3"), ("b", "y", "P4"))
    matrix = repeat_matrix(contents.data)
    assert [row.route for row in matrix.rows] == ["a"]
    assert tiles(contents.data)[5].figure == "1"


def test_two_findings_of_one_postmortem_are_no_repeat() -> None:
    assert repeat_matrix(made(("a", "x", "P1"), ("a", "x", "P1")).data).rows == ()


def test_the_worst_comes_first_and_classes_beyond_ten_are_counted() -> None:
    often = [("b", "often", f"P{n}") for n in range(3)]
    rare = [("a", f"c{n:02}", f"Q{n}{m}") for n in range(12) for m in range(2)]
    matrix = repeat_matrix(made(*rare, *often).data)
    assert [row.route for row in matrix.rows] == ["b", "a"]
    assert matrix.classes[0] == "often"
    assert (len(matrix.classes), matrix.more_classes) == (10, 3)
    text = dict(site_files(made(*rare, *often, own=("a", "b"))))["index.html"].decode()
    assert "3 more classes on the pages of these routes" in text


def test_a_route_without_a_page_lists_its_postmortems_in_the_cell() -> None:
    contents = made(("//other/r", "x", "P1"), ("//other/r", "x", "P2"))
    text = dict(site_files(contents))["index.html"].decode()
    (table,) = TABLE.findall(text)
    assert "postmortems/P1.html" in table
    assert "postmortems/P2.html" in table


def test_a_class_of_any_text_takes_no_id_of_another_part() -> None:
    classes = ("main", "hatch", 'a"b', "../x", "A", "a", "routes")
    found = [("r", failure, id) for failure in classes for id in ("P1", "P2")]
    contents = made(*found, own=("r", "r-class-a", "class-main"))
    page = one_file(contents._replace(site=contents.site._replace(is_one_file=True))).decode()
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]*)"', page)
    assert set(links) <= set(ids)
