"""Which routes owe a postmortem: rows in, answers out, in a repository of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.gate.statements import HandedStatement, usable_statement
from pmlint.model.schema import check
from pmlint.parsing.tree import WorkTree
from tests.runs.neighbours import ROOT, lines, spans

NOW = "2026-11-28T06:00:00Z"
ROUTE = """\
id: mail-desk
title: Mail desk
owner: "@maria"
state: {state}
restart: false
autonomy: act-with-approval
slo: {{objective: 0.999, window: 30d, rescues: 0.02}}
"""
REVIEW = """\
---
id: PM-2026-007
title: Mail desk
status: {status}
opened: {opened}
routes: [mail-desk]
clocks: {{route_start: {start}, containment: {end}}}
---
"""


def row(day: str, count: int = 1, **fields: object) -> list[dict[str, object]]:
    """So many runs that ended on a day of November at noon."""
    base = {"route": "mail-desk", "outcome": "ok", "rescues": 0, "corrections": 0, "approvals": 0}
    at = f"2026-11-{day}T12:00:00Z"
    return [
        {"run": f"{day}-{n}-{len(fields)}", "started": at, "ended": at, **base, **fields}
        for n in range(count)
    ]


class World:
    """A repository with one route and rows of runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "routes").mkdir()
        (folder / "postmortems").mkdir()
        (folder / "runs").mkdir()
        self.route("running")
        monkeypatch.chdir(folder)

    def route(self, state: str) -> None:
        (self.folder / "routes" / "mail-desk.yaml").write_text(ROUTE.format(state=state))

    def review(
        self,
        status: str,
        opened: str,
        start: str = "{unknown: no log}",
        end: str = "{unknown: no log}",
    ) -> None:
        text = REVIEW.format(status=status, opened=opened, start=start, end=end)
        (self.folder / "postmortems" / "PM-2026-007-mail-desk.md").write_text(text)

    def rows(self, *groups: list[dict[str, object]]) -> None:
        lines = [json.dumps(entry) for group in groups for entry in group]
        (self.folder / "runs" / "november.jsonl").write_text("\n".join(lines) + "\n")

    def due(self, *options: str) -> Result:
        return CliRunner().invoke(commands, ["due", "--now", NOW, *options])


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_a_route_within_its_budgets_owes_nothing(world: World) -> None:
    world.rows(row("27", 1000))
    done = world.due()
    assert (done.exit_code, done.output) == (
        0,
        "route      answer  runs   bad  rescued  owes\nmail-desk  within  1,000  0    0        -\n",
    )


def test_repeated_rescue_owes_a_review_and_after_grace_it_is_an_error(world: World) -> None:
    world.rows(row("20", 3, rescues=1), row("27", 40))
    done = world.due()
    assert done.exit_code == 1
    assert done.stdout == (
        "route      answer  runs  bad  rescued  owes\n"
        "mail-desk  over    43    0    3        budget-alert since 2026-11-20, grace ended 2026-11-25\n"
        "                                       repeated-rescue since 2026-11-20, grace ended 2026-11-25\n"
        "  mail-desk rescues: 3 of 43 runs in 30d, 2 allowed; within budget again on 2026-12-21 at the latest\n"
    )
    assert (
        "routes/mail-desk.yaml:1:1: error owed-postmortem: repeated-rescue since 2026-11-20: 3 runs, "
        "and no postmortem answers it; help: pmlint new TITLE --route mail-desk --trigger repeated-rescue\n"
    ) in done.stderr


def test_within_grace_it_is_a_warning(world: World) -> None:
    world.route("paused")
    world.rows(row("27", 4, outcome="near-miss"))
    done = world.due()
    assert "warning owed-postmortem: near-miss since 2026-11-27: 4 runs" in done.stderr
    assert done.exit_code == 0
    assert world.due("--fail-level", "warning").exit_code == 1


@pytest.mark.parametrize(
    "written",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"Mail", b"Ma\xc2\xadil"),
    ],
    ids=["byte order mark", "CRLF", "soft hyphen"],
)
def test_a_review_and_a_route_that_check_reads_are_read(
    written: Callable[[bytes], bytes], world: World
) -> None:
    world.rows(row("20", 3, outcome="near-miss"), row("27", 1000))
    world.review("in-review", "2026-11-25")
    for name in ("postmortems/PM-2026-007-mail-desk.md", "routes/mail-desk.yaml"):
        path = world.folder / name
        path.write_bytes(written(path.read_bytes()))
    done = world.due()
    assert (done.exit_code, done.stderr) == (0, "")
    assert "mail-desk  within  1,003  0    0        -\n" in done.stdout


_UNREADABLE = {
    "the file is UTF-16, not UTF-8": lambda data: data.decode().encode("utf-16"),
    "byte 0xff is not UTF-8": lambda data: data + b"\xff",
    "the file is empty": lambda data: b"",
}


@pytest.mark.parametrize("message", _UNREADABLE)
def test_a_review_that_cannot_be_read_is_an_error(message: str, world: World) -> None:
    world.rows(row("27", 1000))
    world.review("in-review", "2026-11-25")
    path = world.folder / "postmortems/PM-2026-007-mail-desk.md"
    path.write_bytes(_UNREADABLE[message](path.read_bytes()))
    done = world.due()
    assert done.exit_code == 1
    assert f"error syntax: {message}" in done.stderr
    assert "postmortems/PM-2026-007-mail-desk.md:" in done.stderr


def test_a_review_behind_a_link_is_an_error(world: World) -> None:
    world.rows(row("27", 1000))
    world.review("in-review", "2026-11-25")
    path = world.folder / "postmortems/PM-2026-007-mail-desk.md"
    path.rename(world.folder / "elsewhere.md")
    path.symlink_to("../elsewhere.md")
    done = world.due()
    assert (done.exit_code, done.stderr.count("error")) == (1, 1)
    assert "PM-2026-007-mail-desk.md:1:1: error syntax: " in done.stderr


@pytest.mark.parametrize("message", _UNREADABLE)
def test_a_route_that_cannot_be_read_is_not_judged(message: str, world: World) -> None:
    world.rows(row("27", 1000))
    other = ROUTE.format(state="running").replace("mail-desk", "order-desk")
    (world.folder / "routes" / "order-desk.yaml").write_bytes(_UNREADABLE[message](other.encode()))
    for options in ((), ("--no-history",), ("--output-format", "json")):
        done = world.due(*options)
        assert done.exit_code == 2
        assert f"error syntax: {message}" in done.stderr
    emitted = world.due("--emit", "prometheus").exception
    assert isinstance(emitted, UsageError)
    assert (emitted.file, str(emitted)) == ("routes/order-desk.yaml", message)


@pytest.mark.parametrize(
    ("status", "opened", "start", "end", "answers"),
    [
        ("in-review", "2026-11-25", "2026-11-19", "2026-11-21", True),
        ("in-review", "2026-11-25", "{unknown: no log}", "{unknown: no log}", True),
        ("accepted", "2026-11-25", "2026-11-22", "2026-11-23", False),
        ("in-review", "2026-11-10", "2026-11-19", "2026-11-21", False),
        ("draft", "2026-11-25", "2026-11-19", "2026-11-21", False),
        ("withdrawn", "2026-11-25", "2026-11-19", "2026-11-21", False),
    ],
)
def test_a_review_answers_what_it_spans(
    world: World, status: str, opened: str, start: str, end: str, answers: bool
) -> None:
    world.rows(row("20", 1, outcome="control-breach"), row("27", 4000))
    world.review(status, opened, start, end)
    data = json.loads(world.due("--output-format", "json").stdout)
    (episode,) = data["routes"][0]["episodes"]
    assert episode["trigger"] == "control-breach"
    assert (episode["answered_by"] == "PM-2026-007") == answers
    assert (episode["draft"] == "PM-2026-007") == (status == "draft")


@pytest.mark.parametrize(
    ("status", "opened", "named", "answers"),
    [
        ("accepted", "2026-11-25", "{trigger: control-breach, from: 2026-11-20}", True),
        ("accepted", "2026-11-25", "{trigger: near-miss, from: 2026-11-20}", False),
        ("accepted", "2026-11-25", "{trigger: control-breach, from: 2026-11-21}", False),
        ("accepted", "2026-11-19", "{trigger: control-breach, from: 2026-11-20}", False),
        ("withdrawn", "2026-11-25", "{trigger: control-breach, from: 2026-11-20}", True),
        ("draft", "2026-11-25", "{trigger: control-breach, from: 2026-11-20}", False),
    ],
)
def test_a_review_answers_the_episode_that_it_names(
    world: World, status: str, opened: str, named: str, answers: bool
) -> None:
    world.rows(row("20", 1, outcome="control-breach"), row("27", 4000))
    # Its clocks are elsewhere, so only the name can answer.
    world.review(status, opened, "2026-11-01", "2026-11-02")
    file = world.folder / "postmortems" / "PM-2026-007-mail-desk.md"
    file.write_text(file.read_text().replace("routes:", f"episodes: [{named}]\nroutes:"))
    (episode,) = json.loads(world.due("--output-format", "json").stdout)["routes"][0]["episodes"]
    assert (episode["answered_by"] == "PM-2026-007") == answers


def test_a_review_that_was_open_answers_the_rescues_that_come_while_its_fix_is_on_its_way(
    world: World,
) -> None:
    world.rows(row("20", 3, rescues=1), row("27", 4000))
    world.review("accepted", "2026-11-10", "2026-11-09", "2026-11-10")
    data = json.loads(world.due("--output-format", "json").stdout)
    assert {episode["answered_by"] for episode in data["routes"][0]["episodes"]} == {"PM-2026-007"}


def test_a_route_that_runs_and_is_not_counted_is_not_within(world: World) -> None:
    world.rows(row("27", 1, route="other"))
    done = world.due()
    assert done.exit_code == 2
    assert "mail-desk  unjudged  0     0    0        -" in done.stdout
    assert (
        "error runs-stale: 'mail-desk' cannot be judged: it runs, promises something, and there is no run in its window"
        in done.stderr
    )
    world.route("paused")
    assert "mail-desk  idle" in world.due().stdout


STAGED = """\
---
id: PM-2026-007
title: Mail desk
status: accepted
opened: 2026-10-25
routes: [mail-desk]
restart:
  stages:
    - {id: S1, state: limited, autonomy: suggest, at_least: {runs: 20}}
    - {id: S2, state: running, autonomy: act}
---
"""


@pytest.mark.parametrize("options", [(), ("--no-history",)])
def test_the_statement_counts_the_runs_of_a_stage(world: World, options: tuple[str, ...]) -> None:
    """From its first day on, without runs that went further than the stage allows."""
    (world.folder / "postmortems" / "PM-2026-007-mail-desk.md").write_text(STAGED)
    route = world.folder / "routes" / "mail-desk.yaml"
    route.write_text(
        route.read_text() + "stage: {postmortem: PM-2026-007, id: S1, since: 2026-11-20}\n"
    )
    world.rows(
        row("19", 100, autonomy="suggest"),
        row("20", 7, autonomy="suggest", rescues=1),
        row("21", 5),
        row("22", 3, autonomy="observe", outcome="failed"),
        row("23", 11, autonomy="act-with-approval"),
        row("24", 13, autonomy="act", rescues=1),
    )
    (found,) = json.loads(world.due("--output-format", "json", *options).stdout)["routes"]
    assert found["stage"] == {
        "postmortem": "PM-2026-007",
        "id": "S1",
        "since": "2026-11-20",
        "runs": 15,
        "bad": 3,
        "rescued": 7,
    }


def test_a_route_without_stage_has_none_in_the_statement(world: World) -> None:
    world.rows(row("27", 40))
    (found,) = json.loads(world.due("--output-format", "json").stdout)["routes"]
    assert "stage" not in found


def _failed_at(moment: str, count: int) -> list[dict[str, object]]:
    """Runs that failed just now, so that the short windows of all pairs have them."""
    return [
        {**one, "started": moment, "ended": moment} for one in row("28", count, outcome="failed")
    ]


def test_the_gate_reads_what_it_prints(world: World) -> None:
    """The statement has the shape that the schema asks for, with everything in it that can be."""
    world.rows(row("20", 3, rescues=1), row("27", 400), _failed_at("2026-11-28T05:57:00Z", 40))
    data = json.loads(world.due("--output-format", "json").stdout)
    assert data["routes"][0]["budgets"]
    assert data["routes"][0]["firing"]
    assert data["routes"][0]["episodes"]
    assert data["sources"]
    assert check("budgets", data) == []
    found = usable_statement(
        "budgets", "file", HandedStatement("b", json.dumps(data).encode()), WorkTree("."), None
    )
    assert found.data == data


def test_unknown_outcomes_are_not_a_pass(world: World) -> None:
    world.rows(row("27", 3, outcome="unknown"), row("27", 9))
    assert "unjudged" in world.due().stdout
    world.rows(row("27", 1, outcome="unknown"), row("27", 9))
    assert "within" in world.due().stdout


def test_no_runs_at_all_is_exit_2_and_says_where_it_looked(world: World) -> None:
    done = world.due()
    assert done.exit_code != 0
    assert str(done.exception) == "there are no runs: no file fits 'runs/**'"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outcome": "fine"}, "run-unreadable: 'fine' in 'outcome' is not an outcome"),
        ({"rescues": -1}, "run-unreadable: '-1' in 'rescues' is not a count"),
        ({"rescues": 0.5}, "run-unreadable: '0.5' in 'rescues' is not a count"),
        (
            {"started": "2026-11-27"},
            "run-unreadable: '2026-11-27' in 'started' is not a time with an offset",
        ),
        ({"corrections": None}, "run-unreadable: the column 'corrections' is missing"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(
    world: World, change: dict[str, object], message: str
) -> None:
    world.rows(row("27", 2), row("27", 1, **change))
    assert str(world.due().exception) == message


@pytest.mark.parametrize(("line", "exit"), [("", 0), ("not JSON\n", 2)])
def test_a_line_of_a_trace_that_cannot_be_read_is_no_pass(
    world: World, line: str, exit: int
) -> None:
    """It may be a run of any route; the other lines are counted and printed all the same."""
    traces = world.folder / "traces.jsonl"
    traces.write_bytes(line.encode() + lines(spans(ROOT, **{"service.name": "mail-desk"})))
    done = world.due("traces.jsonl", "--now", "2026-10-02T13:00:00Z")
    assert (done.exit_code, "within" in done.stdout) == (exit, True)
    assert ("trace-unreadable" in done.output) == bool(line)


def test_the_hour_that_comes_twice_in_autumn_is_two_hours(world: World) -> None:
    (world.folder / "pmlint.toml").write_text('timezone = "Europe/Berlin"\n')
    first = datetime(2026, 10, 24, 23, tzinfo=UTC)  # the clocks go back at 01:00 UTC
    moments = [first + timedelta(minutes=5 * n) for n in range(60)]
    statements = []
    for zone in (UTC, ZoneInfo("Europe/Berlin")):
        texts = [moment.astimezone(zone).isoformat() for moment in moments]
        told = [
            {"run": f"r{n}", "started": at, "ended": at, "outcome": "failed" if n % 2 else "ok"}
            for n, at in enumerate(texts)
        ]
        world.rows([{**row("20")[0], **fields} for fields in told])
        done = world.due("--now", "2026-10-25T05:00:00+01:00", "--output-format", "json")
        statements.append(json.loads(done.stdout)["routes"])
    assert statements[0] == statements[1]
    assert [one["bad"] for one in statements[0]] == [30]
    firing = [pair["long"] for pair in statements[0][0]["firing"]]
    assert {"window": "6h", "runs": 60, "count": 30} in firing


def test_csv_and_json_lines_give_the_same_statement(world: World) -> None:
    world.rows(row("20", 3, rescues=1), row("27", 40))
    ours = json.loads(world.due("--output-format", "json").stdout)["routes"]
    entries = [*row("20", 3, rescues=1), *row("27", 40)]
    lines = [
        ",".join(entries[0]),
        *(",".join(str(value) for value in entry.values()) for entry in entries),
    ]
    (world.folder / "runs.csv").write_text("\n".join(lines) + "\n")
    assert json.loads(world.due("runs.csv", "--output-format", "json").stdout)["routes"] == ours


def test_a_route_that_does_not_exist_names_the_nearest(world: World) -> None:
    world.rows(row("27"))
    error = world.due("--route", "mail-dask").exception
    assert str(error) == "there is no route 'mail-dask' (--route)"


@pytest.mark.parametrize("end", ["00:00:00", "00:08:10", "00:09:59", "23:59:59"])
def test_the_line_to_type_for_an_old_log_judges_its_last_run(world: World, end: str) -> None:
    world.rows([{**row("20")[0], "ended": f"2026-11-20T{end}Z"}])
    done = world.due()
    assert done.exit_code == 2
    assert "the newest run of all is older than max_age (1d), its step ended at" in done.stderr
    line = done.stderr.partition("judge the log at its end: ")[2].split()
    again = world.due(*line)
    assert (again.exit_code, "mail-desk  within  1" in again.stdout) == (0, True)


@pytest.mark.parametrize(
    ("slo", "answer"),
    [
        ("{objective: 0.5, window: 7d, rescues: 0.5}", "within"),
        ("{objective: 0.999999, window: 90d, rescues: 0}", "within"),
        ("{objective: 0.499999}", "unjudged"),
        ("{objective: 0}", "unjudged"),
        ("{objective: 1}", "unjudged"),
        ("{rescues: 0.500001}", "unjudged"),
        ("{objective: 0.99, window: 6d}", "unjudged"),
        ("{objective: 0.99, window: 91d}", "unjudged"),
        ("{objective: 0.99, window: 12h}", "unjudged"),
    ],
)
def test_what_no_route_may_promise_is_not_judged(world: World, slo: str, answer: str) -> None:
    file = world.folder / "routes" / "mail-desk.yaml"
    file.write_text(re.sub("slo: .*", f"slo: {slo}", file.read_text()))
    world.rows(row("27", 9))
    done = world.due("--output-format", "json")
    assert json.loads(done.stdout)["routes"][0]["answer"] == answer
    assert done.exit_code == (0 if answer == "within" else 2)


@pytest.mark.parametrize(("state", "code"), [("running", 2), ("paused", 1)])
def test_only_a_route_that_runs_has_to_be_judged(world: World, state: str, code: int) -> None:
    world.route(state)
    world.rows(row("27", 9, outcome="unknown"))
    done = world.due()
    assert "too many of its runs have no known outcome" in done.stderr
    assert (done.exit_code, "unjudged" in done.stdout) == (code, True)


def test_days_are_those_of_utc_whatever_zone_the_team_has(world: World) -> None:
    late = [
        {**one, "ended": "2026-11-20T23:30:00Z"} for one in row("20", 1, outcome="control-breach")
    ]
    world.rows(late, row("27", 9))
    world.review("in-review", "2026-11-20")
    said = set()
    for zone in ("", 'timezone = "Asia/Tokyo"\n', 'timezone = "America/New_York"\n'):
        (world.folder / "pmlint.toml").write_text(zone)
        done = world.due("--output-format", "json", "--now", "2026-11-28T02:00:00Z")
        said.add(json.dumps(json.loads(done.stdout)["routes"]))
    (only,) = said
    assert '"answered_by": "PM-2026-007"' in only
    assert '"grace_until": "2026-11-25"' in only


def test_a_review_of_the_first_days_of_the_calendar_answers_nothing(world: World) -> None:
    world.rows(row("27", 9, outcome="near-miss"))
    world.review("in-review", "0001-01-05")
    assert "near-miss since 2026-11-27" in world.due().stdout
