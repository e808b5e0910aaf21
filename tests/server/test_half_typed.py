"""Thirty states of a postmortem that is being typed: what is wrong elsewhere stays where it is."""

from __future__ import annotations

import pytest

from pmlint.cli.project import find
from pmlint.finding import Finding
from pmlint.server.view import View
from tests.server.editor import POSTMORTEM, TODAY, repository

SLIPS = [
    ('authors: ["@dana"]', 'authors: ["@dann"]'),
    ("class: exceeded-authority", "class: exceeded-authorty"),
    ("    layer: alert", "    layer: alrt"),
    ("met: false", "met: nope"),
    ("## Agent path\nThe index", "## Agent path\nTBD\n\n## Agents\nThe index"),
]
"""What is wrong from the start: at the top, in the middle, at the end, and in the body."""
OWNER = '    owner: "@maria"\n'
CLOCK = "  first_impact: 2026-09-12T06:31:00Z\n"
EVENT = '  - {at: 2026-09-12T06:58:00Z, event: "the token was revoked", evidence: interventions}\n'
STATES = [
    # A key and its value, sign by sign.
    *((OWNER, f"    {half}\n") for half in ("o", "owner", "owner:", "owner: ", 'owner: "', 'owner: "@', 'owner: "@mar', "owner: '", "owner: @")),
    # Wrong columns, tabs, dashes.
    *((OWNER, f"{half}\n") for half in ("  owner:", "     owner: x", "\towner: x", "    - ", "  -", "    owner: - ", "    owner: x: y")),
    # Brackets and braces.
    *((CLOCK, f"  first_impact: {half}\n") for half in ("{", "{unknown", "{unknown: ", '{unknown: "', '{unknown: "a', "[", "[[", "}", "2026-09-12T06:31", "|", "&a", "*a", "!!x y", "%")),
    # An item of a list.
    *((EVENT, f"  {half}\n") for half in ("- {at: 2026-09-12T06:58:00Z, event: ", "- {at", "-{", '- {at: 2026-09-12T06:58:00Z, event: "the', "- - -", "? ")),
    # The fences.
    ("---\n## Business", "--\n## Business"),
    ("---\n## Business", "-\n## Business"),
    ("---\n## Business", "## Business"),
    ("---\nid:", "--\nid:"),
    ("---\nid:", "id:"),
]  # fmt: skip


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> View:
    """A postmortem with a slip in each of its parts, as it was last judged."""
    root = repository(tmp_path_factory.mktemp("repository"))
    text = (root / POSTMORTEM).read_text()
    for old, new in SLIPS:
        assert old in text
        text = text.replace(old, new, 1)
    return View(find(str(root)), {POSTMORTEM: text}, TODAY)


def elsewhere(view: View, row: int, *, more: int = 0) -> list[tuple[str, str, int]]:
    """The findings that are not on a row, as they were before so many rows came in above."""
    found: list[Finding] = view.findings(POSTMORTEM)
    return sorted(
        (one.code, one.message, one.span.row - (more if one.span.row > row else 0))
        for one in found
        if one.span.row != row and one.code != "syntax"
    )


@pytest.mark.parametrize(("old", "new"), STATES)
def test_what_is_wrong_elsewhere_stays(before: View, old: str, new: str) -> None:
    wrong = before.texts[POSTMORTEM]
    row = wrong[: wrong.index(old)].count("\n") + 1
    text = wrong.replace(old, new, 1)
    more = text.count("\n") - wrong.count("\n")
    known = elsewhere(before, row)
    assert len(known) >= len(SLIPS)
    typed = before.retyped({POSTMORTEM: text})
    for view in (typed, typed.settled(), View(before.project, {POSTMORTEM: text}, TODAY, before)):
        assert set(known) <= set(elsewhere(view, row, more=more))
    # What was typed is taken back, and everything is as it was.
    again = typed.retyped({POSTMORTEM: wrong}).settled()
    assert again.findings(POSTMORTEM) == before.findings(POSTMORTEM)
