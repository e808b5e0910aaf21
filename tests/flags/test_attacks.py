"""The ways in which a flag file could start what is held, each with its honest twin (attacks.yaml).

What is written is evaluated with the caller's default True, as whoever asks carelessly would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.desk import ALERT, Desk
from tests.flags.evaluators import python_core

ATTACKS = yaml.safe_load((Path(__file__).parent / "attacks.yaml").read_text(encoding="utf-8"))[
    "attacks"
]
FILE = "deploy/routes.flagd.json"
NAME = "route.refund-triage.run"


def entries() -> Iterator[Any]:
    for entry in ATTACKS:
        yield pytest.param(entry, id=f"attack | {entry['name']}")
        yield pytest.param(
            {"command": entry["command"], **entry["twin"]}, id=f"twin | {entry['name']}"
        )


def settle(desk: Desk) -> None:
    """Everything that PM-2026-001 asks for has landed."""
    desk.land_alert()
    desk.run("close", "PM-2026-001", "A2", "--proof", ALERT, "--verified-by", "@Ines")
    desk.run("meet", "PM-2026-001", "R1", "--proof", ALERT)
    desk.commit("A2 has landed, R1 is met")
    desk.run("signoff", "refund-triage")
    desk.commit("The owner signs")


def edit(desk: Desk, edits: list[Mapping[str, Any]]) -> None:
    for one in edits:
        for what, argument in one.items():
            if what == "write":
                for path, text in argument.items():
                    desk.write(path, text)
            elif what == "delete":
                for path in argument:
                    (desk.root / path).unlink()
            else:
                for old, new in argument.items():
                    desk.edit(old, new, what)
    desk.commit("change")


@pytest.mark.parametrize("entry", list(entries()))
def test_entry(entry: Mapping[str, Any], desk: Desk) -> None:
    if entry.get("settled"):
        settle(desk)
    edit(desk, entry.get("edits", []))
    if entry["command"] == "write":
        ran = desk.run("flags", "-o", FILE)
        assert ran.code == entry.get("exit", 0), ran
        if "flag" in entry:
            assert python_core(desk.read(FILE), NAME) is (entry["flag"] == "on")
        return
    assert desk.run("flags", "-o", FILE).code == 0
    if entry["file"] == "none":
        (desk.root / FILE).unlink()
    else:
        for old, new in entry["file"].items():
            desk.edit(old, new, FILE)
    assert desk.run("flags", "--check", "-o", FILE).code == entry["exit"]


RUNS = [
    {
        "routes/refund-triage.yaml": {
            "state: paused": "state: running",
            "restart: false": "restart: true",
        }
    }
]


@pytest.mark.parametrize(("size", "runs"), [(100, True), (2 << 20, False)])
def test_a_file_that_is_too_large_to_read_starts_nothing(size: int, runs: bool, desk: Desk) -> None:
    settle(desk)
    edit(desk, RUNS)
    route = "routes/refund-triage.yaml"
    desk.write(route, f"{desk.read(route)}# {'x' * size}\n")
    desk.commit("A long remark")
    assert desk.run("flags", "-o", FILE).code == 0
    assert python_core(desk.read(FILE), NAME) is runs


@pytest.mark.parametrize(("status", "runs"), [("in-review", True), ("accepted", False)])
def test_a_review_that_nobody_committed_yet(status: str, runs: bool, desk: Desk) -> None:
    """One that is accepted stops the route; one that nobody accepted stops nothing that runs."""
    review = desk.read()
    settle(desk)
    edit(desk, RUNS)
    new = review.replace("id: PM-2026-001", "id: PM-2026-002")
    new = new.replace("status: accepted", f"status: {status}")
    desk.write("postmortems/PM-2026-002-again.md", new)
    assert desk.run("flags", "-o", FILE).code == 0
    assert python_core(desk.read(FILE), NAME) is runs


def test_every_attack_has_a_twin() -> None:
    assert len(ATTACKS) >= 16
    assert all("twin" in entry for entry in ATTACKS)
