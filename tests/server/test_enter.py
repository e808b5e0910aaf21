"""Enter behind what an author has typed: no suggestion is in its way, or editors would take that
one instead of the new line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.cli.project import find
from pmlint.output.columns import utf16
from pmlint.server.completion import complete
from pmlint.server.draft import Draft, kind_of
from pmlint.server.features import TRIGGERS
from pmlint.server.view import View
from tests.server.editor import BASE, POSTMORTEM, ROUTE, TODAY, typed

ROOT = Path(__file__).parents[2]
FILES = [
    *((BASE, file) for file in (POSTMORTEM, ROUTE)),
    *((ROOT, f"postmortems/{file.name}") for file in sorted(ROOT.glob("postmortems/PM-*.md"))),
    *((ROOT, f"routes/{file.name}") for file in sorted(ROOT.glob("routes/*.yaml"))),
]


@pytest.fixture(scope="module")
def views() -> dict[Path, View]:
    return {root: View(find(str(root)), {}, TODAY) for root in (BASE, ROOT)}


def shown(draft: Draft, view: View, offset: int) -> list[str]:
    """What an editor shows unasked: behind a letter or a sign that asks for it, and all that has
    the letters of the word in their order.
    """
    text = draft.source.text
    if not offset or not (text[offset - 1].isalnum() or text[offset - 1] in TRIGGERS):
        return []
    found = []
    for item in complete(draft, view, offset):
        assert item.text_edit
        assert item.filter_text
        start = draft.offset(item.text_edit.range.start)  # type: ignore[union-attr]
        letters = iter(item.filter_text.casefold())
        if all(letter in letters for letter in text[start:offset].casefold()):
            found.append(item.label)
    return found


@pytest.mark.parametrize(
    ("root", "file"), FILES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_enter_after_a_whole_line_is_a_new_line(
    views: dict[Path, View], root: Path, file: str
) -> None:
    text = (root / file).read_text(encoding="utf-8")
    kind = kind_of(file, views[root].settings)
    ends = [offset for offset, letter in enumerate(text) if letter == "\n"]
    stopped = {
        text[:offset].rpartition("\n")[2]: found
        for offset in ends
        if (found := shown(Draft(file, text[:offset], kind, utf16), views[root], offset))
    }
    assert stopped == {}


@pytest.mark.parametrize(
    ("old", "half", "whole"),
    [
        ("status: accepted", "status: accepte", "d"),
        ("    layer: alert", "    layer: owner", "ship"),
        ("    layer: alert", "    layer: ale", "rt"),
        ("  - id: A1\n", "  - id: A", "1"),
        ("routes: [refund-triage]", "routes:\n  - refund-triag", "e"),
        ("routes: [refund-triage]", 'routes: ["refund-triag', "e"),
        ("    control: refund-approval\n", "    control: refund-approva", "l"),
        ("## Agent path", "## Agent pat", "h"),
        (
            "  outcome: ",
            "  outcome:\n    - path: evidence/PM-2026-001/outcome.m",
            "d",
        ),
    ],
)
def test_half_of_it_has_suggestions(root: Path, old: str, half: str, whole: str) -> None:
    assert shown(*typed(root, old, f"{half}‸\n"))
    assert not shown(*typed(root, old, f"{half}{whole}‸\n"))
    # A sign more is another word.
    assert complete(*typed(root, old, f"{half}‸{whole}"))


@pytest.mark.parametrize(
    "line", ["---", "clocks:", "routes:", "  outcome:", "actions:", "restart:"]
)
def test_enter_behind_a_key_is_a_new_line(root: Path, line: str) -> None:
    text = f"---\n{line}" if line != "---" else line
    view = View(find(str(root)), {}, TODAY)
    assert not shown(Draft(POSTMORTEM, text, "postmortem", utf16), view, len(text))
