"""Before all documents are known: the open ones are judged alone, and nothing is claimed about the
others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.check import cache
from pmlint.cli.project import find
from pmlint.finding import Finding
from pmlint.server.hover import summary
from pmlint.server.view import View
from tests.server.editor import POSTMORTEM, ROUTE, TODAY

WAIVER = "waivers: [{rule: clock-order, reason: the mail server had no clock, approved_by: '@eva', until: 2026-11-01}]\n"
EDITS = [
    ("status: accepted", "status: acceptd", ["schema"]),
    ('owner: "@tom"', "owner: null", ["action-owner"]),
    ("opened: 2026-09-14", "opened: {", ["syntax"]),
    ("id: PM-2026-001", "id: PM-2026-002", ["filename-id"]),
    # What follows is known once all documents are.
    ("[refund-triage]", "[refund-triag]", []),
    ("restart:\n", "recurrence_of: [PM-2026-009]\nrestart:\n", []),
    ("restart:\n", f"{WAIVER}restart:\n", []),
]


def said(view: View, file: str = POSTMORTEM) -> list[Finding]:
    return view.findings(file)


@pytest.mark.parametrize(("old", "new", "codes"), EDITS)
def test_the_open_document_is_judged_alone(
    root: Path, old: str, new: str, codes: list[str]
) -> None:
    text = (root / POSTMORTEM).read_text().replace(old, new, 1)
    view = View(find(str(root)), {POSTMORTEM: text}, TODAY, is_early=True)
    assert [one.code for one in said(view)] == codes
    whole = View(find(str(root)), {POSTMORTEM: text}, TODAY)
    assert set(said(view)) <= set(said(whole))
    # So it stays, keystroke by keystroke and at rest.
    before = View(find(str(root)), {POSTMORTEM: text.replace(new, old)}, TODAY, is_early=True)
    assert said(before) == []
    assert said(before.retyped({POSTMORTEM: text})) == said(view)
    assert said(before.retyped({POSTMORTEM: text}).settled()) == said(view)


def test_an_open_route_and_a_document_that_is_not_open(root: Path) -> None:
    text = (root / ROUTE).read_text().replace("state: paused", "state: pausd")
    file = root / POSTMORTEM
    file.write_text(file.read_text().replace("status: accepted", "status: acceptd"))
    view = View(find(str(root)), {ROUTE: text}, TODAY, is_early=True)
    assert [one.code for one in said(view, ROUTE)] == ["schema"]
    assert said(view) == []
    assert not view.knows(POSTMORTEM)


def test_no_route_is_called_free_before_all_postmortems_are_known(root: Path) -> None:
    views = [View(find(str(root)), {}, TODAY, is_early=early) for early in (True, False)]
    assert [view.is_whole for view in views] == [False, True]
    assert summary("route", "refund-triage", views[0]) == "`Refund triage` paused"
    assert summary("route", "refund-triage", views[1]).startswith(
        "`Refund triage` paused, held by PM-2026-001 "
    )


def test_the_cache_of_check_is_used_while_what_documents_are_judged_in_is_saved(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr("pmlint.check.engine.ENOUGH", 1)
    project, saved = find(str(root)), (root / ROUTE).read_text()
    opened: list[cache.Cache] = []
    original = cache.Cache.__init__

    def noted(self: cache.Cache, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        opened.append(self)

    monkeypatch.setattr(cache.Cache, "__init__", noted)
    text = {POSTMORTEM: (root / POSTMORTEM).read_text().replace("title: R", "title: Another r")}
    for texts in ({}, {ROUTE: saved}, text, {ROUTE: f"{saved}# typed\n"}):
        View(project, texts, TODAY, uses_cache=True)
    # The first run remembers the document, the second finds it, the third reads what was typed.
    assert [one.hits for one in opened] == [0, 1, 0]
