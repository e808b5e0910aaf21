"""Hiding people: no handle leaves, in no file of the site."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.report.people import hide_people
from tests.report.data import NOW, entries

ROOT = Path(__file__).parents[2]


def test_handles_become_numbers_by_first_appearance() -> None:
    data = entries(
        postmortems=[
            {
                "postmortem": "PM-1",
                "authors": '["@tom", "@ann"]',
                "summary": "@Ann wrote to @anna-lee and @ann.",
            }
        ],
        actions=[
            {"postmortem": "PM-1", "action": "A1", "owner": "@anna-lee", "verified_by": "@TOM"}
        ],
    )
    hidden, hide = hide_people(data, ["@zoe"])
    assert hidden.rows["postmortems"][0]["authors"] == '["person 1", "person 2"]'
    assert hidden.rows["postmortems"][0]["summary"] == "person 2 wrote to person 3 and person 2."
    assert hidden.rows["actions"][0]["owner"] == "person 3"
    assert hidden.rows["actions"][0]["verified_by"] == "person 1"
    assert (
        hide("ask @zoe, not tom@mail.example or @tomato")
        == "ask person 4, not tom@mail.example or @tomato"
    )


def test_nobody_to_hide_changes_nothing() -> None:
    data = entries(postmortems=[{"postmortem": "PM-1", "summary": "to @nobody"}])
    hidden, hide = hide_people(data, [])
    assert hidden.rows == data.rows
    assert hide("@nobody") == "@nobody"


def test_a_handle_without_its_sign_is_found_where_it_is_a_value() -> None:
    data = entries(
        routes=[{"route": "triage", "owner": "maria"}],
        actions=[
            {
                "postmortem": "PM-1",
                "action": "A1",
                "owner": "@tom",
                "title": "ask maria and tom",
                "open_reason": "open",
            }
        ],
        holds=[
            {
                "route": "triage",
                "reason": "it is signed off by maria, not by the owner",
                "release": "let maria run pmlint signoff triage-maria",
            }
        ],
        amendments=[
            {
                "kind": "action",
                "record": "PM-1",
                "subject": "A1",
                "n": 1,
                "before": '"tom"',
                "after": '{"by": "maria"}',
            }
        ],
        problems=[{"n": 1, "message": "'Tom' is not in people.yaml", "subject": "tom"}],
    )
    rows = hide_people(data, ["@zoe"])[0].rows
    # "maria" is written bare somewhere, so she is one in our own sentences; a title is the author's
    assert rows["actions"][0]["title"] == "ask maria and tom"
    assert rows["holds"][0]["reason"] == "it is signed off by person 2, not by the owner"
    assert rows["holds"][0]["release"] == "let person 2 run pmlint signoff triage-maria"
    assert (rows["amendments"][0]["before"], rows["amendments"][0]["after"]) == (
        '"person 1"',
        '{"by": "person 2"}',
    )
    assert (rows["problems"][0]["message"], rows["problems"][0]["subject"]) == (
        "'person 1' is not in people.yaml",
        "person 1",
    )


def test_handles_that_are_none_or_fold_oddly_do_not_stop_it() -> None:
    data = entries(
        postmortems=[
            {"postmortem": "PM-1", "authors": '["@", "", " ", "@ines"]', "summary": "@İnes, @INES"}
        ]
    )
    row = hide_people(data, [])[0].rows["postmortems"][0]
    assert row["authors"] == '["@", "", " ", "person 1"]'
    assert row["summary"] == "a person, person 1"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This repository's site, as it would be published."""
    for name in ("postmortems", "routes", "evidence", "policies"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "people.yaml", tmp_path)
    review = next((tmp_path / "postmortems").glob("*.md"))
    review.write_text(
        review.read_text() + "\nThanks to @maria, \\@maria, &#64;tom and @ma&#114;ia.\n"
    )
    (tmp_path / "pmlint.toml").write_text('[report]\ntitle = "Ours"\nhide = ["people"]\n')
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["report", "site", "--now", NOW])
    assert done.exit_code == 0, done.output
    return tmp_path / "site"


def test_no_file_of_a_published_site_has_a_handle(published: Path) -> None:
    handles = re.findall(r'handle: "(@[\w-]+)"', (ROOT / "people.yaml").read_text())
    assert len(handles) > 5
    for file in filter(Path.is_file, published.rglob("*")):
        text = file.read_text(encoding="utf-8")
        assert not [handle for handle in handles if handle in text], file
    assert not (published / "owners").exists()
    assert "People are hidden" in (published / "index.html").read_text()
