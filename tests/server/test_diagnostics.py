"""Findings as an editor shows them, and the repairs that it offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import DiagnosticSeverity, Position, Range, WorkspaceEdit

from pmlint.edit import apply
from pmlint.finding import Edit
from pmlint.server.diagnostics import diagnostics
from pmlint.server.repairs import repairs
from tests.server.editor import POSTMORTEM, ROUTE, Typed, typed

EVERYWHERE = Range(Position(0, 0), Position(999, 0))


def repaired(state: Typed) -> list[tuple[str, str]]:
    """Each repair: its title, and the line that it makes."""
    draft, view, _ = state
    found = []
    for action in repairs(draft, view, EVERYWHERE, "file:///x"):
        assert isinstance(action.edit, WorkspaceEdit)
        assert action.edit.changes is not None
        edits = [
            Edit(draft.offset(edit.range.start), draft.offset(edit.range.end), edit.new_text)
            for edit in action.edit.changes["file:///x"]
        ]
        row = draft.source.position(edits[0].start)[0]
        found.append((action.title, apply(draft.source.text, edits).split("\n")[row - 1].strip()))
    return found


def test_a_finding(root: Path) -> None:
    draft, view, _ = typed(root, "[refund-triage]", "[refund-triag]")
    (found,) = diagnostics(draft, view)
    assert found.message == "there is no route 'refund-triag'\ndid you mean 'refund-triage'?"
    assert (found.code, found.severity, found.source) == (
        "dangling-link",
        DiagnosticSeverity.Error,
        "pmlint",
    )
    assert found.range == Range(Position(8, 9), Position(8, 21))
    assert found.code_description is not None
    assert found.code_description.href.endswith("/pmlint/rules/facts/dangling_link.py")


def test_a_warning(root: Path) -> None:
    file = root / POSTMORTEM
    file.write_text(file.read_text().replace("status: accepted", "status: draft"))
    draft, view, _ = typed(root, 'owner: "@tom"', "owner: null")
    (found,) = (one for one in diagnostics(draft, view) if one.code == "action-owner")
    assert found.severity == DiagnosticSeverity.Warning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n",
        "---\nid: [\n",
        "---\nid: \udc80\n---\n",
        "no front matter",
        "---\n- a\n---\n",
        "\u200b",
    ],
)
def test_what_cannot_be_read_is_one_finding(root: Path, text: str) -> None:
    draft, view, _ = typed(root, (root / POSTMORTEM).read_text(), text)
    assert [one.code for one in diagnostics(draft, view)] == ["syntax"]


def test_a_route_as_it_is_typed(root: Path) -> None:
    draft, view, _ = typed(root, "state: paused", "state: pausd", ROUTE)
    (found,) = diagnostics(draft, view)
    assert found.message.startswith(
        "'state' is 'pausd', not one of the closed list\ndid you mean 'paused'?"
    )
    assert repaired(Typed(draft, view, 0)) == [("Write 'paused'", "state: paused")]


def test_a_route_that_cannot_be_read(root: Path) -> None:
    draft, view, _ = typed(root, "controls:", "controls: [", ROUTE)
    assert [one.code for one in diagnostics(draft, view)] == ["syntax"]


@pytest.mark.parametrize(
    ("old", "new", "title", "line"),
    [
        (
            "[refund-triage]",
            "['refund-triag']",
            "Write 'refund-triage'",
            "routes: ['refund-triage']",
        ),
        ("status: accepted", "status: acceptd", "Write 'accepted'", "status: accepted"),
        ("summary:", "sumary:", "Write 'summary'", None),
        ('"@dana"', "dana", "Write '@dana'", 'authors: ["@dana"]'),
        ('"@dana"', '"@dann"', "Write '@dana'", 'authors: ["@dana"]'),
        ("opened: 2026-09-14", "opened: 2026/9/14", "Write '2026-09-14'", "opened: 2026-09-14"),
        (
            "control: refund-approval, e",
            "control: refund-aproval, e",
            "Write 'refund-approval'",
            None,
        ),
        (
            "restart:\n",
            "taxonomy: ['owasp-asi:ASI2']\nrestart:\n",
            "Write 'ASI02'",
            "taxonomy: ['owasp-asi:ASI02']",
        ),
    ],
)
def test_repairs(root: Path, old: str, new: str, title: str, line: str | None) -> None:
    found = repaired(typed(root, old, new))
    assert title in [one for one, _ in found]
    if line:
        assert (title, line) in found


def test_repairs_only_of_what_stands_at_the_place(root: Path) -> None:
    draft, view, offset = typed(root, "[refund-triage]", "[refund-tri‸ag]")
    assert len(repairs(draft, view, draft.range(offset, offset), "file:///x")) == 1
    assert repairs(draft, view, draft.range(0, 3), "file:///x") == []


def test_waived_findings_are_not_shown(root: Path) -> None:
    file = root / POSTMORTEM
    file.write_text(
        file.read_text().replace(
            "2026-10-30\n    done_when: the alert", "2026-10-01\n    done_when: the alert"
        )
    )
    waiver = "waivers: [{rule: overdue-action, reason: the alert is late, approved_by: '@eva', until: 2026-11-01}]\nrestart:\n"
    for new, codes in (("restart:\n", ["overdue-action"]), (waiver, [])):
        draft, view, _ = typed(root, "restart:\n", new)
        assert [one.code for one in diagnostics(draft, view)] == codes
