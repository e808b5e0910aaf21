"""The gate with the demands of an organisation: they come from outside, so no change moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.test_ledgers import gate as gate_of
from tests.gate.two_repositories import NOW, Answer, Mail, run
from tests.gate.world import POSTMORTEM, World

ORG = "version = 1\n"


@pytest.fixture
def org(tmp_path: Path) -> Path:
    (tmp_path / "org").mkdir()
    return tmp_path / "org"


def gate(
    world: World, org: Path, text: str, monkeypatch: pytest.MonkeyPatch, *words: str
) -> Answer:
    (org / "org.toml").write_text(ORG + text)
    monkeypatch.chdir(world.root)
    more = ["--policies", str(org), *words]
    return run(
        "gate", "--base", "main", "--head", "change", "--now", NOW, "--output-format", "json", *more
    )


def branch(world: World) -> None:
    world.git("checkout", "-q", "-b", "change")


def test_its_agents_are_agents(world: World, org: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    branch(world)
    world.close()
    world.commit()
    author = ("--author", "claude-3")
    assert "agent-overreach" not in gate(world, org, "", monkeypatch, *author).codes
    assert (
        "agent-overreach" in gate(world, org, 'agents = ["claude*"]\n', monkeypatch, *author).codes
    )


def test_its_approvals_are_the_least(
    world: World, org: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch(world)
    world.edit(POSTMORTEM, ("deadline: 2026-10-30", "deadline: 2026-10-29"))
    world.commit()
    answer = gate(world, org, 'approvals = "forge"\n', monkeypatch)
    assert answer.data["judged"]["approvals"] == "forge"
    assert len(answer.data["judged"]["organisation"]) == 64
    assert answer.codes == []


def test_a_ledger_that_it_lists_is_asked_for(
    tmp_path: Path, org: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(tmp_path / "mail", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "required = false\n")
    mail.restart()
    assert gate_of(mail, monkeypatch=monkeypatch).exit == 0
    (org / "org.toml").write_text(
        ORG
        + '[[ledgers]]\nrepository = "github.com/acme/all"\nsigners = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"]\n'
    )
    words = ["--policies", str(org)]
    answer = run(
        "gate",
        "--base",
        "main",
        "--head",
        "change",
        "--now",
        NOW,
        "--output-format",
        "json",
        *words,
    )
    assert (answer.exit, answer.codes) == (2, ["ledger-missing"])


def test_a_configuration_that_stays_is_not_weakened_by_what_it_never_had(
    world: World, org: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch(world)
    world.write("pmlint.toml", "max_files = 10000\n")
    world.commit()
    assert (
        gate(
            world,
            org,
            'agents = ["claude*"]\nlevels = {overdue-action = "error"}\n',
            monkeypatch,
            "--author",
            "lee",
        ).codes
        == []
    )


def test_a_required_rule_that_the_base_ignores_holds_a_restart(
    world: World, org: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An accepted review that fails a demand blocks its routes, whatever the repository ignores."""
    world.write("pmlint.toml", 'ignore = ["prompt-only-fix", "overdue-action"]\n')
    world.commit()
    branch(world)
    world.restart()
    world.commit()
    text = 'required_rules = ["overdue-action"]\nlevels = {overdue-action = "error"}\n'
    (org / "org.toml").write_text(ORG + text)
    monkeypatch.chdir(world.root)
    words = [
        "gate",
        "--base",
        "main",
        "--head",
        "change",
        "--now",
        "2026-12-15",
        "--output-format",
        "json",
    ]
    reasons = [
        hold["reason"]
        for route in run(*words, "--policies", str(org)).data["routes"]
        for hold in route["held_by"]
    ]
    before = [hold["reason"] for route in run(*words).data["routes"] for hold in route["held_by"]]
    assert "it does not pass the check: 1 error" in reasons
    assert "it does not pass the check: 1 error" not in before


@pytest.mark.parametrize(
    "text", ["version = 2\n", 'required_rules = ["no-such-rule"]\n', "unknown = 1\n"]
)
def test_what_is_wrong_with_it_is_exit_2(
    text: str, world: World, org: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch(world)
    world.git("commit", "-q", "--allow-empty", "-m", "change")
    assert gate(world, org, text, monkeypatch).exit == 2
