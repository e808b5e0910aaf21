"""``pmlint flags``: the file, what goes on and off, drift, the proof, and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pmlint.flags.systems.flagd import SYSTEM
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.run_tables import digest
from tests.cli.desk import FILE, Desk
from tests.flags.test_attacks import settle

FLAGS = "deploy/routes.flagd.json"
ROUTE = "routes/refund-triage.yaml"
HELD = "held by PM-2026-001 A2: open, owner @tom, deadline 2026-10-30, and 2 more"
CONFIGURED = f'[flags]\nfile = "{FLAGS}"\n'


def start(desk: Desk) -> None:
    desk.edit("state: paused", "state: running", ROUTE)
    desk.edit("restart: false", "restart: true", ROUTE)
    desk.commit("The route runs")


def test_the_file_is_printed(desk: Desk) -> None:
    ran = desk.run("flags")
    flags = json.loads(ran.output)["flags"]
    assert (ran.code, ran.error) == (0, "")
    assert {name: flag["defaultVariant"] for name, flag in flags.items()} == {
        "route.refund-triage.autonomy": "observe",
        "route.refund-triage.run": "off",
    }


def test_what_goes_on_and_off_is_said(desk: Desk) -> None:
    assert desk.run("flags", "-o", FLAGS).output == (
        f"wrote {FLAGS}: 1 route, 0 on, 1 held\n  there was no such file\n"
    )
    settle(desk)
    start(desk)
    assert desk.run("flags", "-o", FLAGS).output == (
        f"wrote {FLAGS}: 1 route, 1 on, 0 held\n"
        "  refund-triage autonomy: observe -> act-with-approval\n"
        "  refund-triage run: off -> on\n"
    )
    assert desk.run("flags", "-o", FLAGS).output == f"wrote {FLAGS}: 1 route, 1 on, 0 held\n"
    first, _, last = desk.read().rpartition("status: done")
    desk.write(FILE, f"{first}status: open{last}")
    desk.commit("A2 is opened again")
    assert desk.run("flags", "-o", FLAGS).output == (
        f"wrote {FLAGS}: 1 route, 0 on, 1 held\n"
        "  refund-triage autonomy: act-with-approval -> observe, held by PM-2026-001 A2: open, owner @tom, deadline 2026-10-30\n"
        "  refund-triage run: on -> off, held by PM-2026-001 A2: open, owner @tom, deadline 2026-10-30\n"
    )


def test_the_same_tree_gives_the_same_bytes(desk: Desk) -> None:
    first = desk.run("flags").output
    desk.edit("twice within two hours", "within two hours, twice")
    desk.commit("The summary in other words")
    assert desk.run("flags", now="2026-10-20").output == first
    desk.edit("title: Refund triage", "title: Triage of refunds", ROUTE)
    desk.commit("Another title")
    assert desk.run("flags").output != first


def test_the_registry_is_the_tree_of_the_route_files(desk: Desk) -> None:
    index = desk.root / "index"
    around = {"GIT_INDEX_FILE": str(index), "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", "add", "routes"], cwd=desk.root, env=around, check=True)
    tree = subprocess.run(
        ["git", "write-tree"], cwd=desk.root, env=around, check=True, capture_output=True, text=True
    ).stdout.strip()
    assert json.loads(desk.run("flags").output)["metadata"]["registry"] == tree


def test_drift(desk: Desk) -> None:
    desk.write("pmlint.toml", CONFIGURED)
    desk.commit("Flags")
    assert desk.run("flags", "--check").output == (
        f"{FLAGS} does not match the registry\n  there was no such file\n  help: pmlint flags -o {FLAGS}\n"
    )
    desk.run("flags", "-o")
    assert (
        desk.run("flags", "--check").output
        == f"{FLAGS} matches the registry: 1 route, 0 on, 1 held\n"
    )
    right = desk.read(FLAGS)
    for wrong, line in (
        (
            right.replace('"defaultVariant": "off"', '"defaultVariant": "on"'),
            f"refund-triage run: on -> off, {HELD}",
        ),
        (right.replace(".run", ".ran"), "route.refund-triage.ran: off, and no route has it"),
        (
            right.replace("#A2", "#A1"),
            f"refund-triage run: off as before, for another reason, {HELD}",
        ),
        (right + "\n", "the same flags in another notation"),
        ("{}", "the file has no flags that can be read: it has no 'flags'"),
    ):
        desk.write(FLAGS, wrong)
        ran = desk.run("flags", "--check")
        assert (ran.code, f"  {line}\n" in ran.output) == (1, True), ran.output
        assert desk.read(FLAGS) == wrong  # nothing is written


def test_a_route_whose_file_cannot_be_read_is_off(desk: Desk) -> None:
    settle(desk)
    start(desk)
    desk.edit("title: Refund triage", "title: Refund triage: all", ROUTE)
    desk.commit("A colon too many")
    flags = json.loads(desk.run("flags").output)["flags"]
    run = flags["route.refund-triage.run"]
    assert (run["defaultVariant"], run["metadata"]["unread"].partition(": ")[0]) == ("off", ROUTE)


def test_holds_are_for_the_gate_alone_where_the_team_says_so(desk: Desk) -> None:
    start(desk)
    desk.write("pmlint.toml", '[flags]\nheld = "registry"\n')
    desk.commit("Holds are for the gate alone")
    assert (
        json.loads(desk.run("flags").output)["flags"]["route.refund-triage.run"]["defaultVariant"]
        == "on"
    )
    desk.edit("title: Refund triage", "title: ]", ROUTE)
    assert (
        json.loads(desk.run("flags").output)["flags"]["route.refund-triage.run"]["defaultVariant"]
        == "off"
    )


@pytest.mark.parametrize("words", [("-o",), ("--check",)], ids=" ".join)
def test_no_file_is_named(desk: Desk, words: tuple[str, ...]) -> None:
    ran = desk.run("flags", *words)
    assert (ran.code, ran.error, ran.help) == (
        2,
        "no file is named",
        '-o FILE, or file = "..." below [tool.pmlint.flags]',
    )


def test_a_file_that_pmlint_reads_is_never_written(desk: Desk) -> None:
    before = desk.read()
    ran = desk.run("flags", "-o", FILE)
    assert (ran.code, ran.error, desk.read()) == (
        2,
        f"'{FILE}' is a file that pmlint reads",
        before,
    )


def test_what_cannot_be_judged_leaves_the_last_file(desk: Desk) -> None:
    desk.write(FLAGS, "the last file\n")
    desk.write(
        "pmlint.toml",
        '[[registry]]\nfiles = "agents.yaml"\neach = "agents[*]"\nid = "name"\nrestart_flags = ["on"]\n',
    )
    desk.write("agents.yaml", "agents: [\n")
    desk.commit("A file of a platform that is torn")
    ran = desk.run("flags", "-o", FLAGS)
    assert (ran.code, ran.error.partition(": ")[0], desk.read(FLAGS)) == (
        2,
        "nobody knows which routes this file has",
        "the last file\n",
    )
    desk.forget_git()
    assert (desk.run("flags", "-o", FLAGS).code, desk.read(FLAGS)) == (2, "the last file\n")


def test_the_proof(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    version = pytest.importorskip("importlib.metadata").version(SYSTEM.provider)
    told = (
        f"route          flag      expected  evaluated  provider                version\n"
        f"refund-triage  run       off       off        openfeature-flagd-core  {version}\n"
        f"refund-triage  autonomy  observe   observe    openfeature-flagd-core  {version}\n"
    )
    ran = desk.run("flags", "--prove", "-o", FLAGS)
    assert (ran.code, ran.output) == (
        0,
        f"{told}wrote {FLAGS}: 1 route, 0 on, 1 held\n  there was no such file\n",
    )
    ran = desk.run("flags", "--prove")
    assert (ran.output, ran.error) == (desk.read(FLAGS), told)

    # an evaluator that reads the text otherwise
    monkeypatch.setattr(type(SYSTEM), "evaluator", lambda self, text: lambda name, default: default)
    (desk.root / FLAGS).unlink()
    ran = desk.run("flags", "--prove", "-o", FLAGS)
    assert (ran.code, ran.error, (desk.root / FLAGS).exists()) == (
        1,
        "error: 'refund-triage' run evaluates to on, not off\n"
        "error: 'refund-triage' autonomy evaluates to act, not observe\n",
        False,
    )


def test_no_evaluator_is_no_proof(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openfeature.exception", None)
    ran = desk.run("flags", "--prove", "-o", FLAGS)
    assert (ran.code, ran.error, ran.help, (desk.root / FLAGS).exists()) == (
        2,
        "--prove needs the evaluator of flagd",
        "pip install 'pmlint[flags]'",
        False,
    )


def statement(desk: Desk, **route: object) -> str:
    """A statement of budgets about HEAD, of the day that the tests are asked about."""
    settings = load(WorkTree(str(desk.root)))
    answer = {
        **{
            "route": "refund-triage",
            "answer": "within",
            "why": [],
            "since": "2026-09-15T06:00:00Z",
        },
        **{
            "slo": {"objective": "0.99", "window": "30d"},
            "runs": 1000,
            "bad": 1,
            "rescued": 4,
            "unknown": 3,
        },
        **{"budgets": [], "firing": [], "stage": None, "episodes": []},
        **route,
    }
    top = {
        **{
            "version": 1,
            "kind": "budgets",
            "tool": "pmlint 0.2.0",
            "as_of": "2026-10-15T06:00:00Z",
        },
        **{"commit": desk.git("rev-parse", "HEAD"), "settings": digest(settings), "history": True},
        **{"sources": [], "unassigned": 0, "routes": [answer]},
    }
    desk.write("../budgets.json", json.dumps(top))
    return "../budgets.json"


def values(desk: Desk, *words: str) -> tuple[str, str, str]:
    """What the two flags are, and why the autonomy is lower than that of the registry."""
    flags = json.loads(desk.run("flags", *words).output)["flags"]
    run, autonomy = (flags[f"route.refund-triage.{name}"] for name in ("run", "autonomy"))
    return (
        run["defaultVariant"],
        autonomy["defaultVariant"],
        autonomy.get("metadata", {}).get("limitedBy", ""),
    )


LIMITING = {
    "over": (
        {
            "answer": "over",
            "rescued": 31,
            "budgets": [{"budget": "rescues", "count": 31, "allowed": 20, "spent": True}],
        },
        "31 of 1,000 runs were rescued in 30 days, 20 are allowed",
    ),
    "unjudged": (
        {"answer": "unjudged", "why": ["no-runs"]},
        "the statement did not judge 'refund-triage': no-runs",
    ),
    "another route": ({"route": "mail-desk"}, "the statement does not name 'refund-triage'"),
    "owed": (
        {
            "episodes": [
                {
                    "trigger": "near-miss",
                    "from": "2026-09-20T09:35:00Z",
                    "to": "2026-09-20T09:40:00Z",
                    "runs": 1,
                    "peak": {"count": 1, "of": 96},
                    "answered_by": None,
                    "draft": None,
                    "grace_until": "2026-09-25",
                }
            ]
        },
        "a review of 'near-miss' since 2026-09-20 is owed, and its grace ended on 2026-09-25",
    ),
}


@pytest.mark.parametrize("name", LIMITING)
def test_what_the_statement_says_lowers_the_autonomy(name: str, desk: Desk) -> None:
    settle(desk)
    start(desk)
    desk.edit("controls:", "slo: {objective: 0.99, window: 30d}\ncontrols:", ROUTE)
    desk.commit("The route promises something")
    assert values(desk, "--budgets", statement(desk)) == ("on", "act-with-approval", "")
    route, why = LIMITING[name]
    assert values(desk, "--budgets", statement(desk, **route)) == ("on", "suggest", why)


def test_a_statement_that_does_not_count_writes_nothing(desk: Desk) -> None:
    desk.write("../budgets.json", "{}")
    ran = desk.run("flags", "-o", FLAGS, "--budgets", "../budgets.json")
    assert (ran.code, ran.error, (desk.root / FLAGS).exists()) == (
        2,
        "budgets-unreadable: '../budgets.json': 'budgets' has no 'as_of'",
        False,
    )
    ran = desk.run("flags", "-o", FLAGS, "--budgets", statement(desk), now="2026-10-20")
    assert (ran.code, ran.error) == (
        2,
        "budgets-stale: the statement of 2026-10-15T06:00:00Z is older than 24h",
    )


def test_a_stage_is_the_most_that_a_route_may_do(desk: Desk) -> None:
    settle(desk)
    start(desk)
    stages = "[{id: S1, state: limited, autonomy: suggest, at_least: {days: 7}}, {id: S2, state: running, autonomy: act}]"
    desk.edit("restart:\n", f"restart:\n  stages: {stages}\n")
    desk.edit(
        "controls:", "stage: {postmortem: PM-2026-001, id: S1, since: 2026-10-15}\ncontrols:", ROUTE
    )
    desk.commit("The route comes back in steps")
    assert values(desk) == ("on", "suggest", "stage S1 of PM-2026-001")
    desk.edit("id: S1, since", "id: S9, since", ROUTE)
    desk.commit("A stage that nobody wrote")
    assert values(desk) == ("on", "observe", "there is no stage S9 of PM-2026-001")
