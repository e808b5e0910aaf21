"""What is configured for `pmlint due`: each value that cannot be, at its place; maps; OpenSLO; what
is printed for whom.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.project.amounts import decimal
from tests.runs.test_due import NOW, ROUTE, World, row
from tests.runs.test_reading import NOON, SECOND, attribute, line, span

STEPS = "write a multiple of five minutes such as 30m, 6h or 3d, and decimals of six places"
PAIR = 'pairs = [{{share = {share}, long = "{long}", short = "{short}", severity = "{severity}"}}]'


def pair(share: str = "0.1", long: str = "1h", short: str = "5m", severity: str = "page") -> str:
    return PAIR.format(share=share, long=long, short=short, severity=severity)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def configured(world: World, text: str) -> UsageError:
    """What `due` says of a configuration that cannot be."""
    (world.folder / "pmlint.toml").write_text(text)
    world.rows(row("27", 2))
    done = world.due()
    assert isinstance(done.exception, UsageError), done.output
    return done.exception


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('grace = "7x"', "'grace' is '7x', which does not match its form"),
        ("grace = 5", "'grace' is 5, but must be a text"),
        ('grace = "7m"', "'7m' is not a multiple of five minutes"),
        ('grace = "91d"', "'91d' is longer than 90d"),
        ('join = "0d"', "'join' is '0d', which does not match its form"),
        ("min_bad = 0", "'min_bad' is 0, less than 1"),
        ("rescued_by = []", "'rescued_by' is empty"),
        ('rescued_by = ["approvals"]', "this is 'approvals', not one of the closed list"),
        ("repeated = {count = 0}", "'count' is 0, less than 1"),
        ('repeated = {within = "7"}', "'within' is '7', which does not match its form"),
        ("repeated = {share = 1.5}", "'share' is 1.5, more than 1"),
        ("repeated = {share = 0.0000001}", "'0.0000001' is not a decimal of at most six places"),
        ('repeated = {shares = "0.1"}', "'shares' is not a field of 'repeated rescue'"),
        (pair(long="5m", short="1h"), "the short window is not below the long one"),
        (pair(long="1h", short="1h"), "the short window is not below the long one"),
        (pair(share="0"), "the share 0 is not between 0 and 1"),
        (pair(share="-0.1"), "'share' is -0.1, less than 0"),
        (pair(share="1.1"), "'share' is 1.1, more than 1"),
        (pair(share='"0.1"'), "'share' is '0.1', but must be a number"),
        (pair(long="91d"), "'91d' is longer than 90d"),
        (pair(short="3m"), "'3m' is not a multiple of five minutes"),
        (pair(severity="mail"), "'severity' is 'mail', not one of the closed list"),
        (
            'pairs = [{long = "1h", short = "5m", severity = "page"}]',
            "'pair of windows' has no 'share'",
        ),
        ('prometheus = {runs = "a-b"}', "'runs' is 'a-b', which does not match its form"),
        ('prometheus = {kind = "gauge"}', "'kind' is 'gauge', not one of the closed list"),
        ('graze = "5d"', "'graze' is not a field of 'due'"),
    ],
)
def test_a_value_of_due_that_cannot_be_is_refused_at_its_place(
    world: World, setting: str, message: str
) -> None:
    error = configured(world, f"[due]\n{setting}\n")
    assert error.message == message
    assert (error.file, error.span is not None and error.span.row) == ("pmlint.toml", 2)
    assert error.help


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("run = []", "'run' is empty"),
        ("route = [1]", "this is 1, but must be a text"),
        ('names = ["a"]', "'names' is a list, but must be a mapping"),
        ('max_age = "1y"', "'max_age' is '1y', which does not match its form"),
        ('max_age = "91d"', "'91d' is longer than 90d"),
        ("max_unknown = 1.2", "'max_unknown' is 1.2, more than 1"),
        ("max_unknown = 0.1234567", "'0.1234567' is not a decimal of at most six places"),
        ("source = []", "'source' is empty"),
        ('source = [{file = "runs/**"}]', "'file' is not a field of 'source of runs'"),
        ('map = [{event = "review"}]', "'mapped event' has no 'values'"),
        (
            'map = [{event = "review", values = {a = "good"}}]',
            "'a' is 'good', not one of the closed list",
        ),
        ('age = "1d"', "'age' is not a field of 'runs'"),
    ],
)
def test_a_value_of_runs_that_cannot_be_is_refused_at_its_place(
    world: World, setting: str, message: str
) -> None:
    error = configured(world, f"[runs]\n{setting}\n")
    assert error.message == message
    assert (error.file, error.span is not None and error.span.row) == ("pmlint.toml", 2)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (0.999, "999/1000"),
        ("0.02", "1/50"),
        (1, "1"),
        (0.5, "1/2"),
        (0.000001, "1/1000000"),
        (0.1 + 0.2, None),
        (1e-7, None),
        ("1e-3", None),
        (True, None),
        (float("nan"), None),
        (None, None),
    ],
)
def test_a_decimal_is_what_was_typed(value: object, same: str | None) -> None:
    if same is None:
        with pytest.raises(ValueError, match="is not a decimal"):
            decimal(value)
    else:
        assert str(decimal(value)) == same


def test_a_pair_below_the_promised_rate_is_left_out_and_the_settings_say_so(world: World) -> None:
    text = ROUTE.format(state="running").replace("30d", "7d")
    (world.folder / "routes" / "mail-desk.yaml").write_text(text)
    shown = CliRunner().invoke(commands, ["check", "--show-settings"]).stdout.splitlines()
    # 10 % of a week's budget in three days is 0.23 times the promised rate, in a day 0.7 times
    assert "due, left out for mail-desk: 1d and 2h, 3d and 6h, below the rate of 7d" in shown
    (world.folder / "routes" / "mail-desk.yaml").write_text(ROUTE.format(state="running"))
    assert "left out" not in CliRunner().invoke(commands, ["check", "--show-settings"]).stdout


MAP = """\
[[runs.map]]
event = "agentops.review"
key = "verdict"
values = {rejected = "rejection", breach = "control-breach", "true" = "approval"}
by = "reviewer"
"""


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        ("rejected", ("ok", 1, 0)),
        ("breach", ("control-breach", 0, 0)),
        (True, ("ok", 0, 1)),
        ("fine", ("ok", 0, 0)),
    ],
)
def test_a_team_says_what_its_own_events_mean(
    world: World, verdict: object, counts: tuple[str, int, int]
) -> None:
    (world.folder / "pmlint.toml").write_text(MAP)
    attributes = [attribute("verdict", verdict), attribute("reviewer", "@maria")]
    event = {
        "name": "agentops.review",
        "timeUnixNano": str(NOON + SECOND),
        "attributes": attributes,
    }
    (world.folder / "traces.jsonl").write_text(line(span("1", events=[event])) + "\n")
    done = CliRunner().invoke(commands, ["runs", "traces.jsonl", "--now", "2026-10-02"])
    found = json.loads(done.stdout)
    assert (found["outcome"], found["corrections"], found["approvals"]) == counts


def test_names_in_traces_are_mapped_to_routes(world: World) -> None:
    (world.folder / "pmlint.toml").write_text(
        '[runs]\nrun = ["case.id"]\nnames = {"Claude Code" = "mail-desk"}\n'
    )
    root = span("1", attributes={"case.id": "case-7", "session.id": "s"})
    (world.folder / "traces.jsonl").write_text(line(root, service="claude_code") + "\n")
    done = CliRunner().invoke(commands, ["runs", "traces.jsonl", "--now", "2026-10-02"])
    found = json.loads(done.stdout)
    assert (found["run"], found["route"]) == ("case-7", "mail-desk")


OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: mail}
spec:
  budgetingMethod: Occurrences
  timeWindow: [{duration: 4w, isRolling: true}]
  objectives: [{target: 0.99}]
"""


def slo(world: World, text: str) -> None:
    route = ROUTE.format(state="running").replace(
        "objective: 0.999, window: 30d, ", "openslo: slo/mail.yaml, "
    )
    (world.folder / "routes" / "mail-desk.yaml").write_text(route)
    (world.folder / "slo").mkdir(exist_ok=True)
    (world.folder / "slo" / "mail.yaml").write_text(text)
    world.rows(row("27", 40))


def test_a_promise_in_openslo_is_the_same_promise(world: World) -> None:
    for text in (
        OPENSLO,
        OPENSLO.replace("target: 0.99", "targetPercent: 99"),
        OPENSLO.replace("4w", "672h"),
    ):
        slo(world, text)
        done = world.due("--output-format", "json")
        assert done.exit_code == 0, done.output
        (found,) = json.loads(done.stdout)["routes"]
        assert found["slo"] == {"objective": "0.99", "window": "28d", "rescues": "0.02"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("openslo/v1", "openslo/v2", "'apiVersion' is not 'openslo/v1'"),
        ("kind: SLO", "kind: SLI", "'kind' is not 'SLO'"),
        ("Occurrences", "Timeslices", "'budgetingMethod' is not 'Occurrences'"),
        ("isRolling: true", "isRolling: false", "'isRolling' is not true"),
        ("isRolling: true", 'isRolling: "true"', "'isRolling' is not true"),
        ("4w", "1M", "'duration' is not 7 to 90 whole days"),
        ("4w", "36h", "'duration' is not 7 to 90 whole days"),
        ("4w", "13w", "'duration' is not 7 to 90 whole days"),
        ("[{target: 0.99}]", "[]", "'objectives' is not a list of one objective"),
        (
            "[{target: 0.99}]",
            "[{target: 0.99}, {target: 0.9}]",
            "'objectives' is not a list of one objective",
        ),
        ("target: 0.99", "target: 1", "'target' is not a share from 0.5 to below 1"),
        ("target: 0.99", "target: 0.9999999", "'target' is not a share from 0.5 to below 1"),
        ("target: 0.99", "target: high", "'target' is not a number"),
        (
            "target: 0.99",
            "targetPercent: 0.99",
            "'targetPercent' is not a share from 0.5 to below 1",
        ),
        ("spec:", "spec: &a", "'&a' is an anchor"),
    ],
)
def test_an_openslo_file_that_says_anything_else_is_refused(
    world: World, before: str, after: str, message: str
) -> None:
    assert before in OPENSLO
    slo(world, OPENSLO.replace(before, after))
    checked = CliRunner().invoke(
        commands, ["check", "--select", "slo-unreadable", "--output-format", "json"]
    )
    found = json.loads(checked.stdout)["findings"]
    assert [one["code"] for one in found] == ["slo-unreadable"], found
    assert message in found[0]["message"]
    # a promise that nobody can read is not kept
    assert world.due().exit_code == 2


def test_what_it_prints_in_markdown(world: World) -> None:
    world.rows(row("20", 3, rescues=1), row("27", 40))
    assert world.due("--output-format", "markdown").stdout == (
        "| route | answer | runs | bad | rescued | owes |\n"
        "|---|---|---:|---:|---:|---|\n"
        "| `mail-desk` | `over` | `43` | `0` | `3` | `budget-alert since 2026-11-20, grace ended 2026-11-25, "
        "repeated-rescue since 2026-11-20, grace ended 2026-11-25` |\n"
        "\n"
        "- mail-desk rescues: 3 of 43 runs in 30d, 2 allowed; within budget again on 2026-12-21 at the latest\n"
    )


def test_what_it_prints_for_github(world: World) -> None:
    world.rows(row("20", 3, rescues=1), row("27", 40))
    place = "file=routes/mail-desk.yaml,line=1,title"
    owed = (
        "3 runs, and no postmortem answers it; help: pmlint new TITLE --route mail-desk --trigger"
    )
    spent = "the budget of rescues is spent; help: lower its autonomy or pause it; within it again on 2026-12-21 at the latest"
    assert world.due("--output-format", "github").stdout == (
        f"::error {place}=owed-postmortem::budget-alert since 2026-11-20: {owed} budget-alert\n"
        f"::error {place}=owed-postmortem::repeated-rescue since 2026-11-20: {owed} repeated-rescue\n"
        f"::warning {place}=budget-exceeded::{spent}\n"
    )


def test_equal_bytes_under_another_hash_seed_and_zone(world: World) -> None:
    world.rows(
        row("19", 3, rescues=1),
        row("27", 40, route="other"),
        row("26", 40),
        row("25", 9, route="faq"),
    )
    seen = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("2", "America/Lima")):
        around = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        for form in ("json", "markdown", "github", "text"):
            words = [sys.executable, "-m", "pmlint", "due", "--now", NOW, "--output-format", form]
            done = subprocess.run(
                words, cwd=world.folder, env=around, capture_output=True, check=False
            )
            assert done.returncode == 1, done.stderr
            seen.add((form, done.stdout, done.stderr))
    assert len(seen) == 4
