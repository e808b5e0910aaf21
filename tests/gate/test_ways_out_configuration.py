"""What is in a list of the configuration, a word, a flag, a ledger, is changed by hand; the command
that the refusal prints then records who approved it, and the same gate allows it.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from tests.cli.desk import Desk

CONFIGURATION = """\
ignore = ["praise", "blame"]

[gate]
signed_routes = ["order-status"]
agents = ["a-*", "b-*"]

[words.add]
vow = ["strive", "pledge"]

[[registry]]
files = "deploy/agents.yaml"
each = "agents[*]"
id = "meta.name"
restart_flags = ["enabled", {flag = "replicas > 0", absent = "up"}]
trust = ["tools", {path = "mode", order = ["ask", "live"]}]
guards = ["replicas"]

[[ledgers]]
repository = "github.com/acme/reviews"
signers = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB"]
max_age = "24h"
"""
AGENTS = "agents:\n- {meta: {name: order-status}, enabled: true, replicas: 1, tools: [read], mode: ask}\n"
LEDGERS = CONFIGURATION[CONFIGURATION.index("[[ledgers]]") :]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    desk.write("pmlint.toml", CONFIGURATION)
    desk.write("deploy/agents.yaml", AGENTS)
    desk.commit("A mapping and a ledger")
    return desk


def refusals(desk: Desk) -> list[dict[str, str]]:
    ran = desk.run("gate", "--worktree", "--author", "dana", "--output-format", "json")
    found: list[dict[str, str]] = json.loads(ran.output)["refusals"]
    return found


@pytest.mark.parametrize(
    ("old", "new", "field", "before", "after"),
    [
        ('"blame"]', '"blame", "vow"]', "ignore.vow", None, "vow"),
        ('signed_routes = ["order-status"]\n', "", "gate.signed_routes.order-status", "order-status", None),
        ('"a-*", ', "", "gate.agents.a-*", "a-*", None),
        ('"strive", ', "", "words.add.vow.strive", "strive", None),
        (', {flag = "replicas > 0", absent = "up"}', "", "registry.meta.name.restart_flags", "replicas > 0", None),
        ('absent = "up"', 'absent = "down"', "registry.meta.name.restart_flags", "replicas > 0", None),
        ('["ask", "live"]', '["live", "ask"]', "registry.meta.name.trust", "mode", "mode"),
        ('guards = ["replicas"]\n', "", "registry.meta.name.guards", "replicas", None),
        ('"24h"', '"48h"', "ledgers.max_age", "24h", "48h"),
        (', "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB"', "", "ledgers.signers.ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB",
         "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB", None),
        (LEDGERS, "", "ledgers", "github.com/acme/reviews", None),
    ],
)  # fmt: skip
def test_the_command_of_the_refusal_records_what_was_changed(
    old: str, new: str, field: str, before: str | None, after: str | None, desk: Desk
) -> None:
    desk.edit(old, new, "pmlint.toml")
    (refusal,) = refusals(desk)
    assert refusal["code"] == "configuration-weakened"
    command = refusal["help"].partition("pmlint ")[2]
    command = command.replace("REASON", '"The vendor ships late."').replace("HANDLE", "@Ines")
    ran = desk.run(*shlex.split(command))
    assert ran.code == 0, ran
    assert refusals(desk) == []
    (recorded,) = load(WorkTree(str(desk.root))).amendments
    assert (recorded.field, recorded.before, recorded.after) == (field, before, after)


def test_where_records_lie_is_approved_by_nobody(desk: Desk) -> None:
    desk.edit('each = "agents[*]"', 'each = "agents[*]"\nwhere = "!enabled"', "pmlint.toml")
    assert "or move the records along" in refusals(desk)[0]["help"]


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("gate.agents.a-*=null", "agents"),
        ("registry.meta.name.restart_flags=null", "registry"),
        ("ignore.nothing=x", "ignore"),
    ],
)
def test_nothing_is_recorded_of_what_did_not_change(name: str, inside: str, desk: Desk) -> None:
    why = ("--reason", "The vendor ships late.", "--approved-by", "@Ines")
    ran = desk.run("amend", "configuration", "--set", name, *why)
    said = f"'{inside}' is a list, and only a decision about it is recorded here"
    assert (ran.code, ran.error) == (2, said)
    assert desk.read("pmlint.toml") == CONFIGURATION
