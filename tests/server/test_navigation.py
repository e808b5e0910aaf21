"""From names to what they name, and back; and what stands above the lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import Location

from pmlint.cli.project import find
from pmlint.server.lens import lenses
from pmlint.server.navigation import definition, references
from pmlint.server.view import View, address
from tests.server.editor import POSTMORTEM, ROUTE, TODAY, typed


def shown(root: Path, locations: list[Location]) -> list[str]:
    """Each location as ``file:row:column``, rows and columns from 1."""
    base = address(str(root))
    return [
        f"{one.uri.removeprefix(base + '/')}:{one.range.start.line + 1}:{one.range.start.character + 1}"
        for one in locations
        if one.uri.startswith(base)
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (POSTMORTEM, "[refund-triage]", "[refund-‸triage]", f"{ROUTE}:1:5"),
        (POSTMORTEM, "{control: refund-approval", "{control: refund‸-approval", f"{ROUTE}:9:10"),
        (
            POSTMORTEM,
            "    control: refund-approval",
            "    control: refund‸-approval",
            f"{POSTMORTEM}:35:15",
        ),
        (POSTMORTEM, "findings: [F1]}", "findings: [F‸1]}", f"{POSTMORTEM}:33:10"),
        (POSTMORTEM, '"@maria"', '"@ma‸ria"', "people.yaml:2:12"),
        (
            POSTMORTEM,
            "path: evidence/PM-2026-001/outcome.md",
            "path: evidence/PM-2026-001/out‸come.md",
            "evidence/PM-2026-001/outcome.md:1:1",
        ),
        (ROUTE, "[PM-2026-001]", "[PM-2026-0‸01]", f"{POSTMORTEM}:2:5"),
        (ROUTE, '"@maria"', '"@ma‸ria"', "people.yaml:2:12"),
        (ROUTE, "id: refund-triage", "id: refund-‸triage", f"{POSTMORTEM}:9:10"),
        (ROUTE, "id: refund-approval", "id: refund-‸approval", f"{POSTMORTEM}:35:15"),
        (POSTMORTEM, "id: PM-2026-001", "id: PM-‸2026-001", f"{ROUTE}:10:15"),
    ],
)
def test_definitions(root: Path, file: str, old: str, new: str, expected: str) -> None:
    assert shown(root, definition(*typed(root, old, new, file))) == [expected]


def test_all_places_that_name_a_finding(root: Path) -> None:
    found = shown(root, references(*typed(root, "{id: F1", "{id: F‸1")))
    assert [place.removeprefix(f"{POSTMORTEM}:") for place in found] == ["35:100", "40:16", "51:16"]


def test_a_rule_leads_to_its_file(root: Path) -> None:
    (found,) = definition(*typed(root, "restart:\n", "waivers: [{rule: clock‸-order}]\nrestart:\n"))
    assert found.uri.endswith("/pmlint/rules/facts/clock_order.py")
    (found,) = definition(
        *typed(root, "restart:\n", "waivers: [{rule: action‸-owner}]\nrestart:\n")
    )
    assert found.uri.endswith("/policies/action-owner.yaml")


def test_names_that_lead_nowhere(root: Path) -> None:
    (root.parent / "secret.md").write_text("a file outside\n")
    assert definition(*typed(root, "PM-2026-001/outcome.md", "../../sec‸ret.md")) == []
    assert definition(*typed(root, "[refund-triage]", "[refund‸]")) == []
    assert definition(*typed(root, "title: Refund", "title: Ref‸und")) == []
    assert definition(*typed(root, "The index", "The in‸dex")) == []


def test_a_link_from_one_side_is_found_from_a_text_that_does_not_parse(root: Path) -> None:
    assert shown(
        root, definition(*typed(root, "routes: [refund-triage]", "routes: [refund-‸triage"))
    ) == [f"{ROUTE}:1:5"]


def test_a_text_that_does_not_parse_keeps_what_was_known(root: Path) -> None:
    draft, before, _ = typed(root, "id: ", "id: ")
    for file, old in ((POSTMORTEM, "actions:"), (ROUTE, "controls:")):
        broken, _, _ = typed(root, old, f"{old} [", file)
        project = find(str(root))
        bare = View(project, {file: broken.source.text}, TODAY)
        assert (lenses(draft, bare), *bare.index.route_by_id) != (
            lenses(draft, before),
            *before.index.route_by_id,
        )
        view = View(project, {file: broken.source.text}, TODAY, before)
        assert lenses(draft, view) == lenses(draft, before)
        again = View(project, {file: broken.source.text}, TODAY, view)
        assert again.index.route_by_id.keys() == before.index.route_by_id.keys()


def titles(root: Path, file: str, old: str = "id: ", new: str = "id: ") -> list[tuple[int, str]]:
    draft, view, _ = typed(root, old, new, file)
    return [
        (lens.range.start.line + 1, lens.command.title)
        for lens in lenses(draft, view)
        if lens.command
    ]


def test_what_a_postmortem_holds(root: Path) -> None:
    held = "A2 (open, @tom, until 2026-10-30), R1 (the restart condition is not met), sign-off (the restart is not signed off)"
    assert titles(root, POSTMORTEM) == [(9, f"holds refund-triage: {held}")]


def test_by_what_a_route_is_held(root: Path) -> None:
    assert titles(root, ROUTE) == [
        (1, "held by PM-2026-001 A2 (open, @tom, until 2026-10-30)"),
        (1, "held by PM-2026-001 R1 (the restart condition is not met)"),
        (1, "held by PM-2026-001 sign-off (the restart is not signed off, @maria)"),
    ]


def test_a_route_that_nothing_holds(root: Path) -> None:
    file = root / POSTMORTEM
    file.write_text(file.read_text().replace("routes: [refund-triage]", "routes: []"))
    assert titles(root, ROUTE, "postmortems: [PM-2026-001]", "postmortems: []") == [(1, "not held")]
