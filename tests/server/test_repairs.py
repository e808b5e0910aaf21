"""Traps for quick fixes: a slip that could be spread, and what may be offered in its place.

Nothing is written that is not known elsewhere: to the people file, the routes, the postmortem
itself or the format.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.editor import POSTMORTEM, ROUTE, typed
from tests.server.test_diagnostics import repaired

NOTHING: list[str] = []
TRAPS = [
    # A name without its @: it is a handle only if somebody has it.
    ('owner: "@tom"', "owner: tmo", NOTHING),
    ('owner: "@tom"', "owner: nobody", NOTHING),
    ('authors: ["@dana"]', "authors: [dan]", ["Write '@dana'"]),
    ('authors: ["@dana"]', 'authors: ["dana, maria"]', NOTHING),
    ('owner: "@tom"', 'owner: "@Tom"', NOTHING),
    ('owner: "@tom"', 'owner: "@team-refunds"', NOTHING),
    # The same slip twice: the second one is no proof that the first is a name.
    ("[refund-triage]", "[refund-triag, refund-triag]", ["Write 'refund-triage'"]),
    ("findings: [F1]\n    control", "findings: [F11]\n    control", ["Write 'F1'"]),
    ("findings: [F1]}", "findings: [f1]}", ["Write 'F1'"]),
    ("{control: refund-approval, e", "{control: refund-aproval, e", ["Write 'refund-approval'"]),
    # A day that no calendar has, or that could be two; a month is not a day.
    ("opened: 2026-09-14", "opened: 2026-09-31", NOTHING),
    ("opened: 2026-09-14", "opened: 09/10/2026", NOTHING),
    (
        "containment: 2026-09-12T06:58:00Z",
        "containment: December 2025",
        ["Write {unknown: December 2025}"],
    ),
    # A field of the format that is there already, and a value that fits two.
    ("\nsummary:", "\nsumary: x\nsummary:", NOTHING),
    ("status: accepted", "status: done", NOTHING),
    # What is there already, deeper and in lists.
    ("    layer: alert\n", '    layer: alert\n    ownr: "@tom"\n', NOTHING),
    ("[refund-triage]", "[refund-triage, refund-triag]", NOTHING),
    ("findings: [F1]\n    control", "findings: [F1, F11]\n    control", NOTHING),
    ('authors: ["@dana"]', 'authors: ["@dana", dan]', NOTHING),
    ("restart:\n", "taxonomy: ['owasp-asi:ASI02', 'owasp-asi:ASI2']\nrestart:\n", NOTHING),
]


@pytest.mark.parametrize(("old", "new", "offered"), TRAPS)
def test_a_fix_writes_only_what_is_known(
    root: Path, old: str, new: str, offered: list[str]
) -> None:
    assert list(dict.fromkeys(title for title, _ in repaired(typed(root, old, new)))) == offered


@pytest.mark.parametrize(
    ("file", "old", "new", "offered"),
    [
        # The file is named after the route, and the postmortem names it rightly.
        (ROUTE, "id: refund-triage", "id: refund-triag", NOTHING),
        # Two fields of the postmortem against one of the route.
        (ROUTE, "id: refund-approval", "id: refund-aproval", NOTHING),
        (ROUTE, "state: paused", "stat: paused\nstate: paused", NOTHING),
        # Two fields name it as the people file does not.
        ("people.yaml", '"@tom"', '"@tm"', NOTHING),
    ],
)
def test_a_slip_at_home_is_not_spread(
    root: Path, file: str, old: str, new: str, offered: list[str]
) -> None:
    wrong = (root / file).read_text()
    assert old in wrong
    (root / file).write_text(wrong.replace(old, new, 1))
    assert repaired(typed(root, "id: ", "id: ", file if file == ROUTE else POSTMORTEM)) == []
    assert repaired(typed(root, "id: ", "id: ")) == offered
