"""Patterns of agents: only a star is special, and no pattern takes long."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.project.agents import matches_agent


@pytest.mark.parametrize(
    ("pattern", "name", "is_one"),
    [
        ("*[bot]", "claude[bot]", True),
        ("*[bot]", "@Claude[BOT]", True),
        ("*[bot]", "bob", False),
        ("claude*", "claude", True),
        ("claude*", "my-claude", False),
        ("*code*x", "codex", True),
        ("*code*x", "code", False),
        ("ab*ba", "aba", False),
        ("a*b*b", "ab", False),
        ("codex", "codex", True),
        ("codex", "codex2", False),
        ("*[bot]", "209825114+claude[bot]@users.noreply.github.com", True),
        ("*[bot]", "claude[bot]@users.noreply.github.com", True),
        ("codex", "12-codex@users.noreply.gitlab.com", True),
        ("codex", "codex@example.org", False),
        ("*[bot]", "bob@users.noreply.github.com", False),
        ("*a" * 30 + "b", "a" * 200_000, False),
    ],
)
def test_what_a_pattern_matches(pattern: str, name: str, is_one: bool) -> None:
    assert matches_agent(name, ["none", pattern]) == (pattern if is_one else None)


def test_an_agent_of_the_gate_may_be_an_author_without_an_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "CODEOWNERS").write_text("* @maria\n")
    review = '---\nid: PM-2026-001\ntitle: x\nstatus: draft\nauthors: ["claude[bot]", "codex-bot"]\n---\n'
    (tmp_path / "postmortems" / "PM-2026-001-x.md").write_text(review)
    monkeypatch.chdir(tmp_path)
    text = (
        CliRunner().invoke(commands, ["check", "--output-format", "concise", "--no-cache"]).stdout
    )
    said = [
        line.partition("unknown-person: ")[2]
        for line in text.splitlines()
        if "unknown-person" in line
    ]
    assert said == [
        "'codex-bot' is not in CODEOWNERS; help: correct the handle, or name it in 'agents' of [tool.pmlint.gate]"
    ]
