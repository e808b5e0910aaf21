"""A run over named files finds what a run over all finds in them, and judges no other postmortem."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pmlint.check import batch
from pmlint.check.engine import check_tree
from pmlint.finding import Finding
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from tests.check.test_cases import POSTMORTEM, TODAY

BASE = Path(__file__).parents[1] / "cases" / "base"
TWIN, AGAIN, BROKEN = (
    f"postmortems/PM-2026-00{name}.md" for name in ("1-twin", "8-again", "9-broken")
)


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """A postmortem, another with its id, one with its failure and its actions, and one that is no
    YAML.
    """
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / POSTMORTEM).read_text()
    (tmp_path / TWIN).write_text(text.replace("severity: customer", "severity: customr"))
    (tmp_path / AGAIN).write_text(
        text.replace("id: PM-2026-001", "id: PM-2026-008").replace('owner: "@', 'owner: "@x')
    )
    (tmp_path / BROKEN).write_text("---\nid: [\n---\n")
    return WorkTree(str(tmp_path))


def found(tree: WorkTree, *only: str) -> tuple[Finding, ...]:
    return check_tree(tree, load(tree), TODAY, only=frozenset(only) or None).report.findings


def test_the_findings_of_a_file_are_the_same_alone(tree: WorkTree) -> None:
    everything = found(tree)
    assert {finding.code for finding in everything} >= {
        "duplicate-id",
        "repeat-failure",
        "schema",
        "syntax",
        "unknown-person",
    }
    for file in (POSTMORTEM, TWIN, AGAIN, BROKEN, "routes/refund-triage.yaml"):
        assert found(tree, file) == tuple(finding for finding in everything if finding.path == file)


def test_no_other_postmortem_is_judged(tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    judge = batch.judge_postmortem
    monkeypatch.setattr(
        batch,
        "judge_postmortem",
        lambda document, *rest: judged.append(document.source.file) or judge(document, *rest),
    )
    found(tree, AGAIN)
    assert judged == [AGAIN]
