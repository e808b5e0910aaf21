"""One document judged again says what a run over everything would say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.cli.project import find
from pmlint.finding import Finding
from pmlint.server.view import View
from tests.server.editor import POSTMORTEM, ROUTE, TODAY

EDITS = [
    ("[refund-triage]", "[refund-triag]"),
    ("status: accepted", "status: acceptd"),
    ("status: accepted", "status: draft"),
    ("id: PM-2026-001", "id: PM-2026-002"),
    ("restart:\n", "recurrence_of: [PM-2026-009]\nrestart:\n"),
    ("restart:\n", "recurrence_of: [PM-2026-002]\nrestart:\n"),
    (
        "restart:\n",
        "waivers: [{rule: clock-order, reason: the mail server had no clock, approved_by: '@eva', until: 2026-11-01}]\nrestart:\n",
    ),
    ("control: refund-approval, e", "control: refund-aproval, e"),
    ('owner: "@tom"', "owner: null"),
    ("opened: 2026-09-14", "opened: {"),
    ("---\n", ""),
]


def told(view: View, file: str = POSTMORTEM) -> list[Finding]:
    return view.findings(file)


@pytest.fixture
def two(root: Path) -> Path:
    """The repository with a second postmortem, which is a copy of the first, so that rules of the
    repository speak.
    """
    other = (root / POSTMORTEM).read_text().replace("PM-2026-001", "PM-2026-002")
    (root / "postmortems" / "PM-2026-002-again.md").write_text(other)
    return root


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_it_is_what_a_whole_run_finds(two: Path, old: str, new: str) -> None:
    project = find(str(two))
    before = (two / POSTMORTEM).read_text()
    after = before.replace(old, new, 1)
    assert after != before
    view = View(project, {}, TODAY).retyped({POSTMORTEM: after}).settled()
    whole = View(project, {POSTMORTEM: after}, TODAY)
    assert view.counted == whole.counted
    assert view.index.postmortems == whole.index.postmortems or any(
        one.code == "syntax" for one in whole.counted
    )


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_and_back_again_is_as_before(two: Path, old: str, new: str) -> None:
    view = View(find(str(two)), {}, TODAY)
    before = (two / POSTMORTEM).read_text()
    again = (
        view.retyped({POSTMORTEM: before.replace(old, new, 1)})
        .settled()
        .retyped({POSTMORTEM: before})
    )
    assert again.settled().counted == view.counted
    assert again.index.postmortems == view.index.postmortems


def test_what_another_document_demands_moves_with_its_line(two: Path) -> None:
    text = (
        (two / POSTMORTEM)
        .read_text()
        .replace("restart:\n", "recurrence_of: [PM-2026-009]\nrestart:\n")
    )
    view = View(find(str(two)), {POSTMORTEM: text}, TODAY)
    (found,) = (one for one in told(view) if one.code == "dangling-link")
    lower = view.retyped({POSTMORTEM: text.replace("title:", "# a line\n# more\ntitle:", 1)})
    (moved,) = (one for one in told(lower) if one.code == "dangling-link")
    assert moved.span.row == found.span.row + 2
    assert moved._replace(span=found.span) == found


def test_only_postmortems_that_were_judged_can_be_judged_alone(root: Path) -> None:
    view = View(find(str(root)), {}, TODAY)
    assert [view.knows(file) for file in (POSTMORTEM, ROUTE, "postmortems/PM-2026-009-new.md")] == [
        True,
        False,
        False,
    ]
