"""Changes of agents in more forms, each overreach beside the honest change of its shape
(docs/spec/agents.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.gate import DATA
from tests.gate.attack_data import FILES, PARTS, Case, Edit, Repository, mistake
from tests.yaml_file import read_yaml

FORMS: dict[str, Any] = read_yaml(DATA / "agent_forms.yaml")
CODE = "agent-overreach"


class FormsRepository(Repository):
    """The repository of attacks.yaml, with the parts of agent_forms.yaml."""

    files: Mapping[str, str] = {**FILES, "new": "postmortems/PM-2026-012-new.md"}
    parts: Mapping[str, list[Edit]] = {**PARTS, **FORMS["parts"]}


def cases() -> Iterator[Case]:
    for entry in FORMS["agent_forms"]:
        twin = {"before": entry.get("before", []), **entry["twin"]}
        for one, codes in ((entry, (CODE,)), (twin, ())):
            yield Case(entry["name"], "recorded", {"author": "codex[bot]", **one}, codes)


ALL = [pytest.param(case, id=case.id) for case in cases()]


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case, repositories: dict[str, Repository], tmp_path: Path) -> None:
    made = repositories[case.mode].copy(tmp_path / "repository")
    repository = FormsRepository(made.root, made.keys)
    repository.prepare(case.entry.get("before", []))
    answer = repository.judge(case)[-1]
    wrong = mistake(case, answer, repository)
    assert not wrong, f"{wrong}\n{answer.text}"


def test_there_are_as_many_honest_ones() -> None:
    assert len(ALL) >= 60
    assert sum(bool(case.codes) for case in cases()) == len(ALL) // 2


@pytest.mark.parametrize(
    ("change", "author"),
    [
        ({"author": "lee"}, {"login": "lee", "agent": False}),
        ({"author": ""}, None),
        ({"author": "Claude[bot]"}, {"login": "Claude[bot]", "agent": True, "by": "*[bot]"}),
        ({"author": "@relbot"}, {"login": "@relbot", "agent": True, "by": "@relbot"}),
        (
            {"author": "lee", "message": "Verify\n\nAssisted-by: codex[bot]\n"},
            {"login": "codex[bot]", "agent": True, "by": "*[bot]", "commit": "HEAD"},
        ),
    ],
    ids=["a person", "nobody", "a pattern", "the people file", "a line"],
)
def test_the_verdict_names_its_author(
    change: dict[str, str],
    author: dict[str, Any] | None,
    repositories: dict[str, Repository],
    tmp_path: Path,
) -> None:
    repository = repositories["recorded"].copy(tmp_path / "repository")
    marked = '- {handle: "@relbot", name: Releases, kind: agent}\n'
    repository.prepare([[{"append": {"people": marked}}]])
    edits = [{"do": "A2 fixed"}, {"do": "A2 closed"}]
    answer = repository.judge(Case("author", "recorded", {"edits": edits, **change}, ()))[-1]
    if author is not None and "commit" in author:
        author = {**author, "commit": repository.git("rev-parse", "change")}
    assert json.loads(answer.text).get("author") == author
