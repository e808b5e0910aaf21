"""Hand-written sentences: each rule speaks of its bad ones, of the very words, and stays silent on
the near misses.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmlint.finding import Problem
from pmlint.model import Postmortem
from pmlint.parsing.tree import WorkTree
from pmlint.place import Where
from pmlint.project.digests import Digests
from pmlint.project.index import Index
from pmlint.project.settings import Settings
from pmlint.rules.prose import RULES
from pmlint.rules.rule import Context
from tests.yaml_file import read_yaml

FIXTURES: dict[str, dict[str, Any]] = read_yaml(Path(__file__).parent / "fixtures.yaml")
CASES = [
    (rule, kind, text)
    for rule, case in FIXTURES.items()
    for kind in ("bad", "near")
    for text in case[kind]
]


def context(**words: Any) -> Context:
    return Context(
        date(2026, 10, 15),
        Settings(words=words),
        Index((), ()),
        None,
        WorkTree(str(Path(__file__).parents[3])),
        Digests(),
    )


def document(field: str, text: str) -> dict[str, Any]:
    """The front matter that a sentence of a field makes."""
    layer, _, rest = text.partition(" = ")
    action = {"id": "A1", "title": "Cap refunds", "findings": ["F1"]}
    if field == "declared":
        return {"actions": [{**action, "title": rest, "layer": layer}]}
    if field == "ended":
        return {"actions": [{**action, "layer": layer, "done_when": rest}]}
    return {
        "title": {"actions": [{"id": "A1", "title": text, "findings": ["F1"]}]},
        "done_when": {
            "actions": [{"id": "A1", "title": "Cap refunds", "layer": "limits", "done_when": text}]
        },
        "statement": {"findings": [{"id": "F1", "statement": text}]},
        "impact": {"impact": {"description": text}},
        "summary": {"summary": text},
    }[field]


def said(rule: str, data: dict[str, Any], where: Context | None = None) -> list[Problem]:
    check: Any = next(one.check for one in RULES if one.id == rule)
    return list(check(Postmortem(data, "postmortems/PM-2026-001-refunds.md"), where or context()))


@pytest.mark.parametrize(
    ("rule", "kind", "text"),
    CASES,
    ids=[f"{rule}-{kind}-{text[:40]}" for rule, kind, text in CASES],
)
def test_sentence(rule: str, kind: str, text: str) -> None:
    field = FIXTURES[rule]["field"]
    problems = said(rule, document(field, text))
    assert bool(problems) == (kind == "bad"), problems
    for problem in problems:
        shown = text.partition(" = ")[2] or text
        if isinstance(problem.at, Where) and problem.at.chars:
            start, end = problem.at.chars
            assert f"'{shown[start:end]}'" in problem.message or "..." in problem.message
        assert "\n" not in problem.message
        assert problem.help
        assert "waive" not in problem.help


def test_each_rule_has_its_fixtures() -> None:
    assert set(FIXTURES) == {rule.id for rule in RULES}
    assert all(len(case[kind]) >= 5 for case in FIXTURES.values() for kind in ("bad", "near"))
