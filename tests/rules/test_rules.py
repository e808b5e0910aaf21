"""Every rule's page is true: its bad example makes exactly this rule speak, and its good example
none.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from pmlint.check.engine import check_tree
from pmlint.check.pages import rule_examples
from pmlint.parsing.document import read_postmortem, read_yaml
from pmlint.parsing.source import Source
from pmlint.parsing.tree import WorkTree
from pmlint.policy.examples import overlay
from pmlint.project.setting_sources import registry_source
from pmlint.project.settings import RuleSettings, Settings
from pmlint.rules import RULES
from pmlint.rules.rule import Rule

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
AROUND = ("route", "others", "file", "body", "platform", "edits", "settings")


def write(root: Path, changes: dict[str, object]) -> None:
    """Write the valid postmortem with each field replaced by the one of the same name in
    ``changes``.
    """
    base = read_postmortem(Source(FILE, (BASE / FILE).read_text()))
    assert isinstance(base.data, dict)
    data = overlay(
        base.data, {name: value for name, value in changes.items() if name not in AROUND}
    )
    front = yaml.safe_dump(data, sort_keys=False)
    edits = changes.get("edits", {})  # what no data can say: a comment
    assert isinstance(edits, dict)
    for before, after in edits.items():
        assert before in front
        front = front.replace(before, after)
    (root / str(changes.get("file", FILE))).write_text(
        f"---\n{front}---\n{changes.get('body', base.body)}"
    )


@pytest.mark.parametrize("kind", ["bad", "good"])
@pytest.mark.parametrize(
    "rule", {rule.id: rule for rule in RULES}.values(), ids=lambda rule: rule.id
)
def test_example(rule: Rule, kind: str, tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    changes = read_yaml(Source("example.yaml", rule_examples(rule)[kind]), "policy").data
    assert isinstance(changes, dict)
    write(tmp_path, changes)
    for other in changes.get("others", ()):
        write(tmp_path, other)
    if "route" in changes:
        route = read_yaml(Source(ROUTE, (BASE / ROUTE).read_text()), "route").data
        assert isinstance(route, dict)
        (tmp_path / ROUTE).write_text(
            yaml.safe_dump(overlay(route, changes["route"]), sort_keys=False)
        )
    # one that has not earned its level runs where it is asked for
    asked = {} if rule.by_default else {rule.id: RuleSettings(level=rule.level)}
    settings = Settings(rules=asked)
    if "platform" in changes:
        platform = changes["platform"]
        (tmp_path / platform["file"]).parent.mkdir(parents=True)
        (tmp_path / platform["file"]).write_text(yaml.safe_dump(platform["data"], sort_keys=False))
        settings = settings._replace(registry=(registry_source(platform["source"]),))
    for name, value in changes.get("settings", {}).items():
        settings = settings._replace(**{name: value})
    findings = check_tree(WorkTree(str(tmp_path)), settings, date(2026, 10, 15)).report.findings
    expected = {rule.id} if kind == "bad" else set()
    assert {finding.code for finding in findings} == expected, findings
