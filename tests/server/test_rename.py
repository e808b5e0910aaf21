"""The rename of ids and handles: every place that names them, or a refusal that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.server.rename import RenameRefused, renameable, renamed
from pmlint.server.view import address
from tests.server.editor import CURSOR, POSTMORTEM, ROUTE, Typed, typed

PEOPLE = "people.yaml"
CLOSED = "postmortems/PM-2026-002-mails.md"

FREE = "routes/mail-desk.yaml"


NAMES = {
    "refund-triage": "mail-desk",
    "refund-approval": "mail-approval",
    "PM-2026-001": "PM-2026-002",
    "@maria": "@max",
}
SETTLED = {
    "status: open\n": "status: done\n    proof: [{path: evidence/PM-2026-001/outcome.md}]\n    verified_by: '@eva'\n",
    "met: false}": "met: true}\n  signoff: {by: '@max', on: 2026-10-10}",
}


def replaced(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def settled(root: Path) -> Path:
    """The repository with a second route, whose postmortem holds nothing any more."""
    (root / FREE).write_text(replaced((root / ROUTE).read_text(), NAMES))
    (root / CLOSED).write_text(replaced((root / POSTMORTEM).read_text(), NAMES | SETTLED))
    with (root / PEOPLE).open("a") as file:
        file.write("- {handle: '@max', name: Max}\n")
    return root


def places(root: Path, here: Typed, name: str) -> dict[str, int]:
    """How many places of each file a rename writes; every one has the new name, in its quotes."""
    edit = renamed(here.draft, here.view, here.offset, name)
    assert edit.changes
    found = {}
    for uri, edits in edit.changes.items():
        assert {one.new_text.strip("\"'") for one in edits} == {name}
        found[uri.removeprefix(address(str(root)) + "/")] = len(edits)
    return found


def test_a_route_that_nothing_holds(settled: Path) -> None:
    expected = {FREE: 1, CLOSED: 1}
    assert (
        places(
            settled, typed(settled, "id: mail-desk", f"id: mail{CURSOR}-desk", FREE), "post-desk"
        )
        == expected
    )
    assert (
        places(settled, typed(settled, "[mail-desk]", f"[mail{CURSOR}-desk]", CLOSED), "post-desk")
        == expected
    )


def test_a_control_that_nothing_holds(settled: Path) -> None:
    here = typed(settled, "id: mail-approval", f"id: mail{CURSOR}-approval", FREE)
    assert places(settled, here, "post-approval") == {FREE: 1, CLOSED: 2}


def test_a_person_of_settled_reviews(settled: Path) -> None:
    here = typed(settled, "'@max'", f"'@m{CURSOR}ax'", PEOPLE)
    assert places(settled, here, "@maximilian") == {PEOPLE: 1, FREE: 1, CLOSED: 2}
    edit = renamed(here.draft, here.view, here.offset, "@maximilian")
    assert edit.changes
    texts = {one.new_text for edits in edit.changes.values() for one in edits}
    assert texts == {"'@maximilian'", '"@maximilian"'}


def test_a_control_that_was_not_there_is_renamed_in_its_own_review(root: Path) -> None:
    file = root / POSTMORTEM
    file.write_text(
        file.read_text()
        .replace("{control: refund-approval, e", "{absent: freshness, e")
        .replace("    control: refund-approval", "    control: freshness")
    )
    here = typed(root, "absent: freshness", f"absent: fresh{CURSOR}ness")
    assert places(root, here, "period") == {POSTMORTEM: 2}


@pytest.mark.parametrize(
    ("file", "place", "name", "why"),
    [
        (
            ROUTE,
            "id: refund-triage",
            "other",
            "'refund-triage' must stay: PM-2026-001 holds the route 'refund-triage'",
        ),
        (
            ROUTE,
            "id: refund-approval",
            "other",
            "'refund-approval' must stay: PM-2026-001 holds the route 'refund-triage'",
        ),
        (PEOPLE, '"@dana"', "@danah", "'@dana' must stay: PM-2026-001 names it and is not settled"),
        (
            PEOPLE,
            '"@maria"',
            "@mary",
            "'@maria' must stay: PM-2026-001 holds the route 'refund-triage'",
        ),
        (FREE, "id: mail-desk", "refund-triage", "the route 'refund-triage' is there already"),
        (FREE, "id: mail-desk", "Mail Desk", "'Mail Desk' is not a name for a route"),
        (PEOPLE, "'@max'", "max", "'max' is not a name for a person"),
        (PEOPLE, "'@max'", "@tom", "the person '@tom' is there already"),
        (POSTMORTEM, "title: R", "x", "there is nothing here that can be renamed"),
    ],
)
def test_a_rename_that_is_refused(
    settled: Path, file: str, place: str, name: str, why: str
) -> None:
    here = typed(settled, place, f"{place[:-2]}{CURSOR}{place[-2:]}", file)
    with pytest.raises(RenameRefused) as refused:
        renamed(here.draft, here.view, here.offset, name)
    assert str(refused.value) == why


def test_a_handle_that_is_named_where_no_editor_writes(settled: Path) -> None:
    (settled / "CODEOWNERS").write_text("* @max @maximal\n")
    here = typed(settled, "'@max'", f"'@m{CURSOR}ax'", PEOPLE)
    with pytest.raises(
        RenameRefused, match="'@max' is named in CODEOWNERS, which is not renamed here"
    ):
        renamed(here.draft, here.view, here.offset, "@m")


@pytest.mark.parametrize(
    ("old", "place"), [("  - id: A1", f"  - id: A{CURSOR}1"), ("{id: F1", f"{{id: F{CURSOR}1")]
)
def test_an_id_is_renamed_where_it_is_named(root: Path, old: str, place: str) -> None:
    here = typed(root, old, place)
    edit = renamed(here.draft, here.view, here.offset, "Z9")
    assert edit.changes is not None
    (edits,) = edit.changes.values()
    text = here.draft.source.text
    name = old[-2:]
    lines = text.split("\n")
    for one in reversed(edits):
        assert (
            lines[one.range.start.line][one.range.start.character : one.range.end.character].strip(
                "\"'"
            )
            == name
        )
        line = lines[one.range.start.line]
        lines[one.range.start.line] = (
            line[: one.range.start.character] + one.new_text + line[one.range.end.character :]
        )
    after = "\n".join(lines)
    front = after.split("\n---\n")[0]
    assert f"id: {name}" not in front
    assert "id: Z9" in front
    assert f"[{name}" not in front


@pytest.mark.parametrize("name", ["A1", "a b", "", "@x", "A1: {"])
def test_what_is_taken_or_no_id_is_refused(root: Path, name: str) -> None:
    here = typed(root, "  - id: A2", f"  - id: A{CURSOR}2")
    with pytest.raises(RenameRefused):
        renamed(here.draft, here.view, here.offset, name)


def test_what_can_be_renamed_is_told_before(root: Path) -> None:
    for place in ("routes: [refund", '"@da', "  - id: A"):
        here = typed(root, place, f"{place}{CURSOR}")
        assert renameable(here.draft, here.offset) is not None
    title = typed(root, "title: ", f"ti{CURSOR}tle: ")
    assert renameable(title.draft, title.offset) is None
