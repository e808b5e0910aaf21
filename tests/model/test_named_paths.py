"""Paths in a text, and the files that a model reads."""

from __future__ import annotations

import pytest

from pmlint.model.ends import end_kinds
from pmlint.model.named_paths import is_instruction_file, reads_like_instructions, slashed


def test_words_with_a_slash_are_left_to_the_tree() -> None:
    assert slashed("src/agents holds it and/or routes/") == ("src/agents", "and/or", "routes/")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("CLAUDE.md", True),
        ("docs/claude.md", True),
        ("AGENTS.md", True),
        ("GEMINI.md", True),
        ("skills/refund/SKILL.md", True),
        (".cursorrules", True),
        (".windsurfrules", True),
        (".github/copilot-instructions.md", True),
        ("a/refund.prompt", True),
        ("refund.prompty", True),
        ("prompts/refund.yaml", True),
        ("src/prompts/refund.py", True),
        (".cursor/rules/x.mdc", True),
        (".claude/commands/x.md", True),
        ("memory/rules.json", True),
        ("./memory/a.txt", True),
        ("alerts/agents.yaml", False),
        ("src/prompt_guard.py", False),
        ("agents/claude.py", False),
        ("src/memory_limit.rs", False),
        (".claude/settings.json", False),
        (".claude/hooks/block.sh", False),
        ("docs/agents.yaml", False),
        ("rules/agent.rego", False),
    ],
)
def test_instruction_files(path: str, expected: bool) -> None:
    assert is_instruction_file(path) == expected


@pytest.mark.parametrize("own", ["system/desk.txt", "system", "*.tmpl", "desk.txt"])
def test_a_team_names_its_own(own: str) -> None:
    path = "system/desk.tmpl" if own == "*.tmpl" else "system/desk.txt"
    assert not is_instruction_file(path)
    assert is_instruction_file(path, (own,))
    assert end_kinds(f"{path} says so", (own,)) == {"instruction"}


def test_a_file_that_is_likely_read_by_a_model_is_no_instruction_file() -> None:
    likely = ["agent.md", ".agent/rules/output.md", "docs/skills/workflow.md", "team/lessons.md"]
    assert all(reads_like_instructions(path) and not is_instruction_file(path) for path in likely)
    assert not any(
        map(
            reads_like_instructions,
            ["alerts/agents.yaml", "rules/limits.yaml", "docs/agent.html", "README.md"],
        )
    )
