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
            {"postmortem": "PM-1", "authors": '["@tom", "@ann"]', "summary": "@Ann wrote to @anna-lee and @ann."}
        ],
        actions=[{"postmortem": "PM-1", "action": "A1", "owner": "@anna-lee", "verified_by": "@TOM"}],
    )
    hidden, hide = hide_people(data, ["@zoe"])
    assert hidden.rows["postmortems"][0]["authors"] == '["person 1", "person 2"]'
    assert hidden.rows["postmortems"][0]["summary"] == "person 2 wrote to person 3 and person 2."
    assert hidden.rows["actions"][0]["owner"] == "person 3"
    assert hidden.rows["actions"][0]["verified_by"] == "person 1"
    assert hide("ask @zoe, not tom@mail.example or @tomato") == "ask person 4, not tom@mail.example or @tomato"


def test_nobody_to_hide_changes_nothing() -> None:
    data = entries(postmortems=[{"postmortem": "PM-1", "summary": "to @nobody"}])
    hidden, hide = hide_people(data, [])
    assert hidden.rows == data.rows
    assert hide("@nobody") == "@nobody"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This repository's site, as it would be published."""
    for name in ("postmortems", "routes", "evidence", "policies"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "people.yaml", tmp_path)
    review = next((tmp_path / "postmortems").glob("*.md"))
    review.write_text(review.read_text() + "\nThanks to @maria.\n")
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
