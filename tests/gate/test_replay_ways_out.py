"""The way out of each refusal about a replay, followed to the letter: a route that paid twice, its
fix, two runs of the real pytest, the statement, and the same gate.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import ALERT
from tests.replay.world import ID, ReplayDesk

ROUTE = "routes/refund-triage.yaml"
STATEMENT = "../replays.json"


class RestartDesk(ReplayDesk):
    """``main`` has everything that the route waits for and asks for replays; ``change`` restores
    the route.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.land_alert()
        self.run("close", ID, "A2", "--proof", ALERT, "--verified-by", "@Ines")
        self.run("meet", ID, "R1", "--proof", ALERT)
        self.write("pmlint.toml", '[gate]\nreplays = "file"\n')
        self.commit("Everything has landed")
        self.run("signoff", "refund-triage")
        self.commit("The owner signs")
        self.git("checkout", "--quiet", "-b", "change")
        self.edit("state: paused", "state: running", ROUTE)
        self.edit("restart: false", "restart: true", ROUTE)
        self.commit("The route runs again")

    def land(self, path: str, text: str) -> None:
        """A change of its own, merged before the restart."""
        self.git("checkout", "--quiet", "main")
        self.write(path, text)
        self.commit("Lands first")
        self.git("checkout", "--quiet", "change")

    def state_anew(self, command: str) -> None:
        """Run the printed command on the base branch, with the reports of both runs."""
        self.git("checkout", "--quiet", "main")
        reports = list(self.play())
        words = [reports.pop(0) if word == "FILE" else word for word in shlex.split(command)[1:]]
        ran = self.run(*(STATEMENT if word == "replays.json" else word for word in words))
        assert ran.code == 0, ran
        self.git("worktree", "remove", "--force", str(self.root.parent / "broken"))
        self.git("checkout", "--quiet", "change")

    def gate(self) -> dict[str, Any]:
        handed = ("--replays", STATEMENT) if (self.root / STATEMENT).exists() else ()
        words = ("--base", "main", "--head", "change", "--author", "lee", "--output-format", "json")
        ran = self.run(
            "gate", *words, *handed, now=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        answer: dict[str, Any] = json.loads(ran.output)
        return answer


def edited(**fields: object) -> Callable[[RestartDesk], None]:
    """The honest statement with other values in its green half, or in the red one for what begins
    with red_.
    """

    def situation(desk: RestartDesk) -> None:
        desk.state_anew(f"pmlint replay state {ID} --red FILE --green FILE -o replays.json")
        data = json.loads(desk.read(STATEMENT))
        for name, value in fields.items():
            half = "red" if name.startswith("red_") else "green"
            data["replays"][0][half]["predicate"][name.removeprefix("red_")] = value
        desk.write(STATEMENT, json.dumps(data))

    return situation


def helper_with_the_restart(desk: RestartDesk) -> None:
    edited()(desk)
    desk.write("tests/conftest.py", "LIMIT = 1\n")
    desk.commit("A fixture beside the restart")


def fix_that_changed(desk: RestartDesk) -> None:
    edited()(desk)
    desk.land(
        ALERT,
        "signal: rescues\nthreshold: 2 in 10 minutes\nreceiver: '@maria'\nalert: refund-rescues\n",
    )


SITUATIONS = {
    "replay-missing": lambda desk: None,
    "replay-not-green": edited(result="FAILED", failedTests=["test_the_second_refund_is_refused"]),
    "replay-not-red": edited(red_failedTests=[]),
    "replay-changed": helper_with_the_restart,
    "replay-old-code": fix_that_changed,
    "replay-stale": edited(finishedOn="2026-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("code", SITUATIONS)
def test_way_out(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    desk = RestartDesk(root)
    SITUATIONS[code](desk)
    refused = desk.gate()
    found = {refusal["code"]: refusal for refusal in refused["refusals"]}
    assert (refused["verdict"], list(found)) == ("refused", [code]), refused
    help = found[code]["help"]
    if "in a change of its own" in help and code == "replay-changed":
        desk.land("tests/conftest.py", "LIMIT = 1\n")
    (command,) = re.findall(r"pmlint replay state .*?replays\.json", help)
    desk.state_anew(command)
    assert desk.gate()["verdict"] == "allowed"


def test_what_is_held_is_shown_with_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    answer = RestartDesk(root).gate()
    (held,) = answer["routes"][0]["held_by"]
    assert {name: held[name] for name in ("postmortem", "kind", "action", "code", "reason")} == {
        "postmortem": ID,
        "kind": "replay",
        "action": "",
        "code": "replay-missing",
        "reason": "no statement of replays was handed over",
    }
    (refusal,) = answer["refusals"]
    assert (refusal["path"], refusal["message"]) == (
        ROUTE,
        "held route 'refund-triage': the state moves from paused to running while held by replay: no statement of replays was handed over",
    )


def test_why_asks_for_the_replay_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    desk = RestartDesk(root)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (
        f"held by {ID}: no statement of replays was handed over"
        in desk.run("why", "refund-triage", now=now).output
    )
    edited()(desk)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    desk.git("checkout", "--quiet", "main")
    assert (
        "free: nothing holds it"
        in desk.run("why", "refund-triage", "--replays", STATEMENT, now=now).output
    )
