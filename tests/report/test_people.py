"""Hiding people: no handle leaves, in no file of the site."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.model.people import Person
from pmlint.report.figures import owner_lines, owners
from pmlint.report.names import names_of
from pmlint.report.options import SiteOptions
from pmlint.report.pages import Contents
from pmlint.report.people import KnownPeople, hide_people
from pmlint.report.reading import tags_of
from pmlint.report.site import site_files
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
    hidden, people = hide_people(data, [Person({"handle": "@zoe"})])
    assert hidden.rows["postmortems"][0]["authors"] == '["person 1", "person 2"]'
    assert hidden.rows["postmortems"][0]["summary"] == "person 2 wrote to person 3 and person 2."
    assert hidden.rows["actions"][0]["owner"] == "person 3"
    assert hidden.rows["actions"][0]["verified_by"] == "person 1"
    assert (
        people.hide("ask @zoe, not tom@mail.example or @tomato")
        == "ask person 4, not a mail address or @tomato"
    )


def test_nobody_to_hide_changes_nothing() -> None:
    data = entries(postmortems=[{"postmortem": "PM-1", "summary": "to @nobody"}])
    hidden, people = hide_people(data, [])
    assert hidden.rows == data.rows
    assert people.hide("@nobody") == "@nobody"


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
    rows = hide_people(data, [Person({"handle": "@zoe"})])[0].rows
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
    assert row["summary"] == "person 1, person 1"


KNOWN = KnownPeople(
    ["@anna", "@ops", "@tom"],
    [
        Person({"handle": "@mark", "name": "Mark", "email": "mark@acme.example"}),
        Person({"handle": "@anna-lee", "name": "Anna Lee"}),
        Person({"handle": "@bot", "name": "Deploy", "kind": "agent"}),
        Person({"name": "Vera Quist", "email": "vq@acme.example"}),
    ],
)


@pytest.mark.parametrize(
    "text",
    [
        "nobody asked ops, and tom did not mark it",
        "read and/or write; 3/4 of them",
        "clone git@github.com:acme/reviews.git",
        "pip install pmlint@1.2.3 or @types/node@18.0.0",
        "@media, @annabel, @anna-maria, @tom_2, @x-ops",
        "a < b and b > c; 100%, 5 %; AT&T; *; ~/.config",
        "evidence/annabel.json, evidence/tomorrow/ops2.json",
        "Deploy by hand; it was at five (at noon)",
        "",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert KNOWN.hide(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@anna and @anna-lee", "person 1 and person 5"),
        ("Mark said: mark it", "person 4 said: mark it"),
        ("vera  quist", "person 7"),
        ("VQ@acme.example, x@acme.example", "person 7, a mail address"),
        ("see evidence/anna-lee_2026.json", "see evidence/person 5_2026.json"),
        ("evidence/anna-2.json", "evidence/person 1-2.json"),
        ("**@**tom, @_tom_, [@tom]", "**person 3, _person 3_, [person 3]"),
        ("tom [at] acme [dot] example", "a mail address"),
        ("@bot did it", "person 6 did it"),
    ],
)
def test_what_names_somebody_is_a_number(text: str, shown: str) -> None:
    assert KNOWN.hide(text) == shown


@pytest.mark.parametrize(
    "html",
    [
        "<p>asked <b>@</b>tom and @<b>tom</b>, @t<i>o</i>m</p>",
        "<table><tr><td>@tom</td><td>x</td></tr></table>",
        "<p>@</p><p>tom</p>",
        "<ul><li>@tom</li><li>@mark</li></ul>",
        "<p>Anna <em>Lee</em> &amp; <code>@tom</code></p>",
    ],
)
def test_html_keeps_its_tags(html: str) -> None:
    hidden = KNOWN.hide_html(html)
    assert tags_of(hidden) == tags_of(html)
    assert "tom" not in hidden.replace("<", " ")
    assert "Lee" not in hidden


def test_a_link_that_names_somebody_is_text() -> None:
    shown = KNOWN.hide_html('<a href="https://x.example/tom" rel="x">his</a>')
    assert shown == "<a>his</a>"
    other = '<a href="https://x.example/tomato" rel="x">this</a>'
    assert KNOWN.hide_html(other) == other


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
        assert not re.search(r"\b(?:Dana|Maria|Tom)\b", text), file
    assert not (published / "owners").exists()
    assert "People are hidden" in (published / "index.html").read_text()


def test_spellings_of_one_handle_are_one_owner() -> None:
    data = entries(
        postmortems=[{"postmortem": "P", "readable": False}],
        routes=[{"route": "a", "owner": "maria"}],
        actions=[
            {"postmortem": "P", "action": id, "owner": owner, "open": True}
            for id, owner in (("A1", "@Maria"), ("A2", "@maria"), ("A3", "@maria"), ("A4", None))
        ],
    )
    assert owners(data) == {"@maria": ("@maria", "@Maria", "maria")}
    assert [(line.owner, line.total) for line in owner_lines(data)] == [
        ("@maria", 3),
        ("nobody", 1),
    ]
    names = names_of(data)
    assert names.owners == {"@maria": "maria", "@Maria": "maria", "maria": "maria"}
    files = dict(site_files(Contents(SiteOptions("x", "", 60), data, names, str)))
    page = files["owners/maria.html"].decode()
    assert page.count('<th scope="row">') == 3
    assert '<a href="../routes/a.html">a</a>: free' in page
    assert [name for name in files if name.startswith("owners/")] == [
        "owners/index.html",
        "owners/maria.html",
        "owners/maria.ics",
    ]
