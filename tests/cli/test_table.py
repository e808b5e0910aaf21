"""Tables: they fit the width, cut titles and never ids, and are data in CSV, Markdown and JSON."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlint.cli.codes import refusal_pages
from pmlint.cli.table import Heading, Listing, as_csv, as_markdown, as_text, by_number
from pmlint.gate.transitions import transitions
from tests.cli.desk import FILE, Desk

LATE = "2026-11-24"
TITLE = "Page the route's owner above 3 rescues in 10 minutes"
COLORS = re.compile(r"\x1b\[([0-9;]*)m")


def test_a_table_fits_its_width(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert desk.run("actions", now=LATE).output == (
        "deadline             postmortem   action  owner  why open  title\n"
        "2026-10-30  overdue  PM-2026-001  A2      @tom   open      Page the route's own…\n"
    )
    monkeypatch.setenv(
        "COLUMNS", "50"
    )  # what is copied is never cut, so the table is as narrow as it can be
    assert (
        "2026-10-30  overdue  PM-2026-001  A2      @tom   open      Page th…"
        in desk.run("actions", now=LATE).output
    )
    monkeypatch.setenv("COLUMNS", "200")
    assert TITLE in desk.run("actions", now=LATE).output


def test_colours_where_somebody_wants_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = desk.run("actions", now=LATE).output
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = desk.run("actions", now=LATE).output
    assert COLORS.sub("", shown) == plain
    assert set(COLORS.findall(shown)) == {"31;1", "0"}, (
        "yellow, white and bright colours vanish on a light background"
    )
    monkeypatch.setenv("NO_COLOR", "1")
    assert desk.run("actions", now=LATE).output == plain


def test_user_text_draws_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    desk.edit("title: Page the", 'title: "[red]Page[/red] \\e[31m:smile: the')
    desk.edit("in 10 minutes\n    layer", 'in 10 minutes"\n    layer')
    assert "[red]Page[/red] \\x1b[31m:smile: the route's owner" in desk.run("actions").output


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (("--overdue",), 1),
        (("--overdue", "--now", "2026-10-30"), 0),
        (("--due-in", "14", "--now", "2026-10-16"), 1),
        (("--due-in", "13", "--now", "2026-10-16"), 0),
        (("--owner", "TOM"), 1),
        (("--owner", "@dana"), 0),
        (("--route", "refund-triage"), 1),
        (("--postmortem", "PM-2026-001"), 1),
    ],
)
def test_which_actions(desk: Desk, options: tuple[str, ...], rows: int) -> None:
    ran = desk.run("actions", *options, now=LATE)
    assert ran.code == 0
    assert len(ran.output.splitlines()) == (rows + 1 if rows else 1)
    assert rows or ran.output == "no open actions\n"


@pytest.mark.parametrize(
    ("arguments", "error", "help"),
    [
        (
            ("actions", "--owner", "@mara"),
            "--owner '@mara' is not a known person",
            "did you mean '@maria'?",
        ),
        (
            ("actions", "--owner", "xyz"),
            "--owner 'xyz' is not a known person",
            "'people.yaml' lists the known people",
        ),
        (
            ("actions", "--route", "refunds-triage"),
            "--route 'refunds-triage' is not a route",
            "did you mean 'refund-triage'?",
        ),
        (
            ("actions", "--postmortem", "PM-2026-01"),
            "--postmortem 'PM-2026-01' is not a postmortem",
            "did you mean 'PM-2026-001'?",
        ),
        (
            ("routes", "--owner", "@mara"),
            "--owner '@mara' is not a known person",
            "did you mean '@maria'?",
        ),
        (("rule", "shema"), "there is no rule 'shema'", "did you mean 'schema'?"),
    ],
)
def test_a_name_that_does_not_exist_is_exit_2(
    desk: Desk, arguments: tuple[str, ...], error: str, help: str
) -> None:
    ran = desk.run(*arguments)
    assert (ran.code, ran.error, ran.help) == (2, error, help)


def test_routes_that_are_held_and_run_come_first(desk: Desk) -> None:
    route = desk.read("routes/refund-triage.yaml").replace("postmortems: [PM-2026-001]\n", "")
    for name, state in (
        ("a-free-one", "running"),
        ("held-10", "paused"),
        ("held-9", "paused"),
        ("z-runs", "running"),
    ):
        desk.write(
            f"routes/{name}.yaml",
            route.replace("refund-triage", name).replace("state: paused", f"state: {state}"),
        )
    desk.edit("routes: [refund-triage]", "routes: [refund-triage, held-10, held-9, z-runs]")
    lines = desk.run("routes").output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [
        "z-runs",
        "held-9",
        "held-10",
        "refund-triage",
        "a-free-one",
    ]
    assert [line.split()[0] for line in desk.run("routes", "--free").output.splitlines()[1:]] == [
        "a-free-one"
    ]
    assert len(desk.run("routes", "--held").output.splitlines()) == 5
    assert desk.run("routes", "--owner", "@tom").output == "no routes\n"


def test_what_holds_a_route_is_named_below(desk: Desk) -> None:
    lines = desk.run("routes", "-v").output.splitlines()
    assert lines[2:5] == [
        "",
        "refund-triage, owner @maria",
        "  held by PM-2026-001 A2: open, owner @tom, deadline 2026-10-30",
    ]


def test_data_of_actions(desk: Desk) -> None:
    assert json.loads(desk.run("actions", "--output-format", "json", now=LATE).output) == {
        "version": 1,
        "actions": [
            {
                "postmortem": "PM-2026-001",
                "action": "A2",
                "title": TITLE,
                "layer": "alert",
                "owner": "@tom",
                "deadline": "2026-10-30",
                "overdue": True,
                "reason": "open",
                "routes": ["refund-triage"],
                "path": FILE,
            }
        ],
    }
    nothing = desk.run("actions", "--owner", "@dana", "--output-format", "json").output
    assert json.loads(nothing) == {"version": 1, "actions": []}


def test_data_of_routes(desk: Desk) -> None:
    data = json.loads(desk.run("routes", "--output-format", "json").output)
    (route,) = data["routes"]
    first = route.pop("held_by")[0]
    assert (first["postmortem"], first["kind"], first["action"], first["owner"]) == (
        "PM-2026-001",
        "action",
        "A2",
        "@tom",
    )
    assert route == {
        "route": "refund-triage",
        "path": "routes/refund-triage.yaml",
        "owner": "@maria",
        "state": "paused",
        "restart_flags": [],
        "open_actions": 1,
        "oldest_deadline": "2026-10-30",
        "held": True,
    }


def test_nothing_is_an_empty_cell_in_csv(desk: Desk) -> None:
    desk.run("new", "It happened again", "--route", "refund-triage")
    assert (
        desk.run(
            "actions", "--postmortem", "PM-2026-002", "--output-format", "csv"
        ).output.splitlines()[1]
        == ",,PM-2026-002,A1,TODO,open,TODO"
    )


def test_csv_is_no_formula_and_has_the_line_ends_of_the_standard(desk: Desk) -> None:
    assert desk.run("actions", "--output-format", "csv", now=LATE).output == (
        "deadline,,postmortem,action,owner,why open,title\r\n"
        f"2026-10-30,overdue,PM-2026-001,A2,'@tom,open,{TITLE}\r\n"
    )
    desk.edit(f"title: {TITLE}", 'title: "=HYPERLINK(\'x\'), \\"y\\""')
    assert '"\'=HYPERLINK(\'x\'), ""y"""' in desk.run("actions", "--output-format", "csv").output


def test_markdown_mentions_nobody(desk: Desk) -> None:
    desk.edit(f"title: {TITLE}", 'title: "a | b <b>"')
    assert desk.run("actions", "--output-format", "markdown").output.splitlines()[2] == (
        r"| 2026-10-30 |  | PM-2026-001 | A2 | \@tom | open | a \| b \<b\> |"
    )


def test_rules_are_listed_in_groups(desk: Desk) -> None:
    lines = desk.run("rules").output.splitlines()
    groups = [line for before, line in itertools.pairwise(lines) if before == ""]
    assert groups == ["shape", "links", "time", "evidence", "answers", "words", "runs", "gate"]
    assert max(map(len, lines)) <= 80
    data = json.loads(desk.run("rules", "--output-format", "json").output)["rules"]
    assert {
        "group": "shape",
        "id": "syntax",
        "level": "error",
        "from": "built in",
        "title": "A file cannot be read",
    } in data


@pytest.mark.parametrize("code", ["syntax", "schema", "configuration"])
def test_what_no_rule_finds_has_a_page(desk: Desk, code: str) -> None:
    page = desk.run("rule", code).output
    assert page.startswith(f"{code}\n\n")
    for part in ("Bad:", "Good:", "Fix:"):
        assert part in page


def test_every_id_of_the_list_has_a_page(desk: Desk) -> None:
    for row in json.loads(desk.run("rules", "--output-format", "json").output)["rules"]:
        assert desk.run("rule", row["id"]).code == 0


@pytest.mark.parametrize("code", sorted(transitions().codes))
def test_every_refusal_has_a_page(code: str) -> None:
    page = refusal_pages()[code].text
    assert "Way out: " in page
    # a mapping that a person writes has blanks or colons in its braces; a hole that was not filled
    # has one name
    assert not re.search(r"\{[a-z_]+\}", page.partition("What is compared")[0])


def test_the_page_of_a_refusal_says_what_is_compared(desk: Desk) -> None:
    page = desk.run("rule", "deadline-moved").output
    assert (
        "Way out: pmlint amend POSTMORTEM ACTION --deadline TO --reason REASON --approved-by HANDLE"
        in page
    )
    assert "    postmortem actions[].deadline: raised, removed; freed by amendment" in page


def test_numbers_in_ids_count_as_numbers() -> None:
    assert sorted(["A10", "A2", "PM-2026-1000", "PM-2026-999"], key=by_number) == [
        "A2",
        "A10",
        "PM-2026-999",
        "PM-2026-1000",
    ]


CELL = st.text(max_size=40)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5), st.integers(20, 200))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_stays_in_its_cell(rows: list[tuple[str, str]], width: int) -> None:
    table = Listing((Heading("id"), Heading("title", cut=True)), rows)
    assert len(as_text(table, width)) == len(rows) + 1
    assert len(as_markdown(table).split("\n")) == len(rows) + 2
    read = list(csv.reader(io.StringIO(as_csv(table), newline="")))[1:]
    for cells, back in zip(rows, read, strict=True):
        said = ["" if cell == "-" else cell for cell in cells]
        assert [cell.lstrip("'") for cell in said] == [cell.lstrip("'") for cell in back]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in back)


def test_wide_characters_take_two_columns() -> None:
    table = Listing(
        (Heading("id"), Heading("title", cut=True)),
        [("A1", "返金が上限を超えて支払われた"), ("A2", "x")],
    )
    assert as_text(table, 20) == ["id  title", "A1  返金が上限を超…", "A2  x"]
