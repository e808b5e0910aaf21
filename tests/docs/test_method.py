"""The twenty lines of the method: what holds each of them is real, and holds when somebody tries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.pages import pages
from pmlint.cli import VERBS
from pmlint.model.resources import read_json
from pmlint.parsing.tree import WorkTree
from pmlint.policy.folder import load_policies
from pmlint.project.settings import Settings
from tests.cli.desk import FILE, Desk

PAGE = Path(__file__).parents[2] / "docs" / "method.md"
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
LINES = {int(row[1]): row[2] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
ROUTE = "routes/refund-triage.yaml"


def edited(*pairs: tuple[str, str], path: str = FILE) -> Callable[[Desk], str]:
    """Text of the valid review replaced, then checked."""

    def attempt(desk: Desk) -> str:
        for before, after in pairs:
            desk.edit(before, after, path)
        return desk.run("check", "--output-format", "concise").output

    return attempt


def restarted(desk: Desk) -> str:
    desk.edit("restart: false", "restart: true", ROUTE)
    desk.edit("state: paused", "state: running", ROUTE)
    ran = desk.run("gate", "--worktree", "--output-format", "json")
    assert ran.code == 1
    return ran.output + "route-held" * ("held_by" in ran.output)


def signed(desk: Desk) -> str:
    return desk.run("signoff", "refund-triage", "--by", "@tom").output


def again(desk: Desk) -> str:
    text = (
        desk.read()
        .replace("PM-2026-001", "PM-2026-002")
        .replace("evidence/PM-2026-002", "evidence/PM-2026-001")
    )
    desk.write(
        "postmortems/PM-2026-002-again.md", text.replace("opened: 2026-09-14", "opened: 2026-10-14")
    )
    return desk.run("check", "--output-format", "concise").output


LAYERS = (("layer: permissions", "layer: prompt"), ("layer: alert", "layer: documentation"))
ATTEMPTS: dict[int, tuple[str, Callable[[Desk], str]]] = {
    1: ("schema", edited(("class: exceeded-authority", "class: hallucination"))),
    2: ("route-held", restarted),
    3: ("uncovered-control", edited(("    control: refund-approval\n", ""))),
    4: ("schema", edited(("trigger: repeated-rescue", "trigger: somebody-complained"))),
    5: ("schema", edited(("controls:", "slo: {objective: 99.9}\ncontrols:"), path=ROUTE)),
    6: (
        "empty-section",
        edited(
            (
                "The index returned the policy of 2024, and the refund tool took the amount from it.\n",
                "",
            )
        ),
    ),
    7: (
        "evidence-missing",
        edited(
            ("  tool_log: [{path", "  outcome: [{path"),
            (
                "  outcome: [{path: evidence/PM-2026-001/outcome",
                "  x-outcome: [{path: evidence/PM-2026-001/outcome",
            ),
        ),
    ),
    8: ("action-owner", edited(('owner: "@tom"', "owner: the platform team"))),
    9: ("clock-missing", edited(("  first_warning: 2026-09-12T06:04:10Z\n", ""))),
    10: (
        "slow-containment",
        edited(
            ("containment: 2026-09-12T06:58:00Z", "containment: 2026-09-13T06:58:00Z"),
            ("at: 2026-09-12T06:58:00Z", "at: 2026-09-13T06:58:00Z"),
            ("layer: alert", "layer: limits"),
        ),
    ),
    11: ("evidence-digest", edited(("336f333f1b7c", "336f333f1b7d"))),
    12: ("weak-answer", edited(("class: exceeded-authority", "class: stale-or-thin-evidence"))),
    13: (
        "exhortation",
        edited(
            (
                "title: Page the route's owner above 3 rescues in 10 minutes",
                "title: Remind everyone to be careful with refunds",
            )
        ),
    ),
    14: (
        "praise",
        edited(
            (
                "title: Page the route's owner above 3 rescues in 10 minutes",
                "title: Great job by the support team",
            )
        ),
    ),
    15: (
        "weak-answer",
        edited(
            ("class: exceeded-authority", "class: detected-late"),
            ("layer: permissions", "layer: dashboard"),
        ),
    ),
    16: ("signed-by-another", signed),
    17: (
        "action-deadline",
        edited(("    deadline: 2026-10-30\n    done_when: the alert", "    done_when: the alert")),
    ),
    18: ("prompt-only-fix", edited(*LAYERS)),
    19: ("done-without-proof", edited(("status: open", 'status: done\n    verified_by: "@Ines"'))),
    20: ("repeat-failure", again),
}
"""What somebody tries against a line, and what stops it."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.mark.parametrize("line", range(1, 21))
def test_a_line_is_held(desk: Desk, line: int) -> None:
    code, attempt = ATTEMPTS[line]
    assert code in attempt(desk)
    first = LINES[line].partition(";")[0]
    assert f"`{code}`" in first if code != "schema" else first.startswith("field")


def test_the_page_has_every_line_of_the_method() -> None:
    assert list(LINES) == list(range(1, 21))


@pytest.mark.parametrize("line", range(1, 21))
def test_what_holds_a_line_is_there(line: int) -> None:
    root = Path(__file__).parents[2]
    policies = load_policies(WorkTree(str(root)), Settings(), date(2026, 10, 15))
    codes = {*pages(policies), "route-held", "signed-by-another"}
    fields = (
        read_json("postmortem.json")["properties"].keys()
        | read_json("route.json")["properties"].keys()
    )
    for part in re.split(r"; ", LINES[line]):
        kind, names = part.split(" ", 1)[0].rstrip("s"), re.findall(r"`([^`]+)`", part)
        assert names, part
        for name in names:
            known = {"rule": codes, "refusal": codes, "verb": VERBS, "field": fields}[kind]
            assert re.split(r"[.\[]", name)[0] in known, (kind, name)
