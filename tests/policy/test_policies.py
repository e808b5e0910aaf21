"""The shipped policies do what their examples say, and a repository's own ones add to them and
override them, visibly.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.errors import UsageError
from pmlint.model.resources import folder
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.policy.examples import run_examples, valid
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.configuration import load
from pmlint.project.settings import Settings

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
TODAY = date(2026, 10, 15)
OWN = """\
id: named-system
title: The title does not name the system
level: error
applies_to: postmortem
require: postmortem.title.contains("Refund route")
message: "'{postmortem.title}' names no system"
at: postmortem.title
why: A list of titles is what people read.
fix: Begin with the system.
examples:
  - {fails: 1, at: title, set: {title: It broke}}
  - {fails: 0}
"""


def shipped() -> PolicySet:
    return load_policies(WorkTree(folder("policies")), Settings(policies="none"), TODAY)


@pytest.mark.parametrize(
    "outcome",
    list(run_examples(shipped())),
    ids=lambda outcome: f"{outcome.policy.id}-{outcome.number}",
)
def test_every_example_comes_out_as_stated(outcome: object) -> None:
    assert not getattr(outcome, "wrong", "?")


def test_the_shipped_policies_pass_the_checks_of_a_users_own() -> None:
    assert {
        policy.id for policy in load_policies(WorkTree(str(ROOT)), Settings(), TODAY).policies
    } == shipped().shipped


def test_the_valid_documents_are_those_of_the_cases() -> None:
    assert (ROOT / "schema/examples/postmortem.md").read_text() == (BASE / FILE).read_text()
    assert (ROOT / "schema/examples/route.yaml").read_text() == (
        BASE / "routes/refund-triage.yaml"
    ).read_text()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "policies").mkdir()
    return tmp_path


def printed(root: Path, text: str = "") -> str:
    if text:
        (root / "pmlint.toml").write_text(text)
    tree = WorkTree(str(root))
    return render("concise", check_tree(tree, load(tree), TODAY).report)


def pmlint(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from pmlint.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=False
    )


def test_an_own_policy_speaks(repository: Path) -> None:
    (repository / "policies/named-system.yaml").write_text(
        OWN.replace("Refund route", "Payout route")
    )
    expected = f"{FILE}:3:8: error named-system: 'Refund route paid 23 refunds above its limit' names no system; help: Begin with the system."
    assert printed(repository).splitlines()[0] == expected


def test_an_own_policy_is_tested_by_its_examples(repository: Path) -> None:
    (repository / "policies/named-system.yaml").write_text(OWN)
    done = pmlint(repository, "policy", "test", "policies/named-system.yaml")
    assert (done.returncode, done.stdout.partition(" (")[0]) == (
        0,
        "2 passed of 2 examples in 1 policy",
    )
    (repository / "policies/named-system.yaml").write_text(OWN.replace("at: title", "at: summary"))
    done = pmlint(repository, "policy", "test")
    assert done.returncode == 1
    assert "named-system.yaml: example 1: it points at title, not at summary" in done.stdout


def test_an_own_policy_overrides_a_shipped_one_visibly(repository: Path) -> None:
    (repository / "policies/mine.yaml").write_text(
        OWN.replace("id: named-system", "id: action-owner")
    )
    assert "policies/mine.yaml, instead of the shipped one" in pmlint(repository, "rules").stdout
    assert "action-owner" in pmlint(repository, "check", "--show-settings").stdout


def test_off_needs_a_reason_and_is_visible(repository: Path) -> None:
    file = repository / FILE
    file.write_text(file.read_text().replace('owner: "@maria"', "owner: platform team", 1))
    (repository / "people.yaml").unlink()
    assert "action-owner" in printed(repository)
    with pytest.raises(UsageError, match="'action-owner' is off without a reason"):
        printed(repository, '[rules.action-owner]\nlevel = "off"\n')
    assert printed(
        repository, '[rules.action-owner]\nlevel = "off"\nreason = "we are three"\n'
    ).startswith("All clean")
    assert "off: we are three" in pmlint(repository, "rules").stdout


def test_a_level_is_changed_in_the_configuration(repository: Path) -> None:
    file = repository / FILE
    file.write_text(
        file.read_text().replace(
            "deadline: 2026-10-30\n    done_when: the alert",
            "deadline: 2027-10-30\n    done_when: the alert",
        )
    )
    assert (
        "error action-deadline: A2 has its deadline 411 days after opening, more than 60 for customer-visible-defect"
        in printed(repository)
    )
    assert "warning action-deadline" in printed(
        repository, '[rules.action-deadline]\nlevel = "warning"\n'
    )
    assert printed(repository, "[horizon]\ncustomer-visible-defect = 500\n").startswith("All clean")


def test_a_folder_that_cannot_be_loaded_stops_the_run(repository: Path) -> None:
    (repository / "policies/bad.yaml").write_text(
        OWN.replace("postmortem.title.contains", "postmortem.titel.contains")
    )
    done = pmlint(repository, "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: policies/bad.yaml:5:21: no field 'titel'\n  help: did you mean 'title'?\n"
    )


@pytest.mark.parametrize(
    ("require", "why"),
    [
        ("postmortem.impact.cost.amount > 1.0", ""),
        (
            ">\n  postmortem.impact.cost.amount != null ? dyn(true) : dyn('yes')",
            "is neither true nor false",
        ),
    ],
)
def test_what_has_no_answer_is_a_finding(repository: Path, require: str, why: str) -> None:
    (repository / "policies/own.yaml").write_text(
        OWN.replace('postmortem.title.contains("Refund route")', require)
    )
    assert printed(repository).startswith("All clean")
    file = repository / FILE
    file.write_text(file.read_text().replace("  cost: {amount: 4140.50, currency: EUR}\n", ""))
    assert "error named-system: this could not be evaluated: " in printed(repository)
    assert why in printed(repository)


def test_since_leaves_older_postmortems_in_peace(repository: Path) -> None:
    text = OWN.replace("Refund route", "Payout route")
    (repository / "policies/own.yaml").write_text(
        text.replace("level: error", "level: error\nsince: 2026-09-15")
    )
    assert printed(repository).startswith("All clean")
    (repository / "policies/own.yaml").write_text(
        text.replace("level: error", "level: error\nsince: 2026-09-14")
    )
    assert "named-system" in printed(repository)


def test_two_equal_elements_stand_in_two_places() -> None:
    own = OWN.replace(
        "require:", "each: postmortem.timeline.filter(e, e.evidence == 'tool_log')\nrequire:"
    )
    from pmlint.parsing.source import Source
    from pmlint.policy.file import read_policy

    policy = read_policy(
        Source(
            "own.yaml",
            own.replace("at: postmortem.title", "at: it").replace(
                'postmortem.title.contains("Refund route")', "1 > 2"
            ),
        )
    )
    event = {"at": "2026-09-12T06:04:10Z", "event": "a", "evidence": "tool_log"}
    data = {**valid("postmortem"), "timeline": [event, {**event, "evidence": "outcome"}, event]}
    found = [problem.at for _, problem in PolicySet([policy], Settings(), TODAY).postmortem(data)]
    assert [getattr(at, "pointer", "") for at in found] == ["/timeline/0", "/timeline/2"]


def test_the_policy_of_the_guide_works(repository: Path) -> None:
    guide = (ROOT / "docs/guides/writing-a-policy.md").read_text()
    (repository / "policies/named-customer-count.yaml").write_text(
        guide.partition("```yaml\n")[2].partition("```")[0]
    )
    done = pmlint(repository, "policy", "test", "policies/named-customer-count.yaml")
    assert (done.returncode, done.stdout.partition(" (")[0]) == (
        0,
        "2 passed of 2 examples in 1 policy",
    )
    file = repository / FILE
    file.write_text(
        file.read_text().replace("customers: 23\n", "customers: {unknown: not counted}\n")
    )
    assert (
        "error named-customer-count: 'Refund route paid 23 refunds above its limit' does not say how many"
        in printed(repository)
    )


def test_a_list_without_end_is_looked_at_in_part(repository: Path) -> None:
    file = repository / FILE
    words = "title: Page somebody, layer: alert, findings: [F1], deadline: 2026-10-30, done_when: test_x, status: open"
    action = f"  - {{id: A%d, {words}}}\n"
    file.write_text(
        file.read_text().replace(
            "restart:\n", "".join(action % number for number in range(10, 90)) + "restart:\n", 1
        )
    )
    found = [line for line in printed(repository).splitlines() if "action-owner" in line]
    assert len(found) == 49  # A1 and A2 have owners
    assert "error action-owner: 32 more of these are not checked; help: " in found[-1]


def test_nulls_that_the_engine_gives_cost_no_reference() -> None:
    from pmlint.policy.language import compile_expression, evaluate

    compiled = compile_expression("postmortem")
    data = {"postmortem": {"a": None, "b": [None, {"c": None}]}}
    evaluate(compiled, data)
    before = sys.getrefcount(None)
    for _ in range(1000):
        evaluate(compiled, data)
    assert abs(sys.getrefcount(None) - before) < 500
