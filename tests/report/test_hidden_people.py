"""Publishing without people: every form in which somebody's handle, name or address is written."""

from __future__ import annotations

import json
import re
import unicodedata
from html import unescape
from pathlib import Path
from string import ascii_lowercase
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
import yaml
from click.testing import CliRunner

from pmlint.cli import commands
from tests.report.data import NOW

FORMS: list[dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("hidden_people.yaml").read_text(encoding="utf-8")
)


class Someone(NamedTuple):
    """A person of the people file, whose texts no other person shares."""

    handle: str
    first: str
    last: str
    mail: str

    def write(self, text: str) -> str:
        """A form with what is written of this person."""
        half = len(self.handle) // 2
        a, b = self.handle[:half], self.handle[half:]
        return text.format(
            a=a,
            b=b,
            A=a.upper(),
            wide="".join(chr(ord(letter) + 0xFEE0) for letter in self.handle),
            percent="".join(f"%{ord(letter):02X}" for letter in self.handle),
            mail=self.mail,
            name=f"{self.first} {self.last}",
            NAME=f"{self.first} {self.last}".upper(),
            first=self.first,
            last=self.last,
        )


SCRIPTS = {"han": 0x4E00, "hangul": 0xAC00, "arabic": 0x628}
"""The letters of names without capitals, by their script."""


def somebody(number: int, form: dict[str, str]) -> Someone:
    """The person of a form; letters alone, so that each is one word everywhere."""
    letters = ascii_lowercase[number // 26] + ascii_lowercase[number % 26]
    handle, first, last = f"zq{letters}xw", f"Vq{letters}in", f"Kq{letters}er"
    if "script" in form:
        at = SCRIPTS[form["script"]]
        first, last = (
            chr(at + (number + step) % 26) + chr(at + step) + chr(at + number % 26)
            for step in (3, 7)
        )
    mail = form.get("mail", "{handle}@corp.example")
    return Someone(handle, first, last, mail.format(handle=handle, first=first, last=last))


PEOPLE = [(form, somebody(number, form)) for number, form in enumerate(FORMS)]


def write_repository(folder: Path) -> None:
    """A postmortem for each form, which has what the form writes in its field."""
    for name in ("postmortems", "routes"):
        (folder / name).mkdir(parents=True)
    entries = [
        {"handle": f"@{one.handle}", "name": f"{one.first} {one.last}", "email": one.mail}
        for _, one in PEOPLE
    ]
    (folder / "people.yaml").write_text(json.dumps(entries), encoding="utf-8")
    for number, (form, one) in enumerate(PEOPLE):
        text = one.write(form["text"])
        id = f"PM-2026-{number:03}"
        name = text if form["in"] == "file" else id
        data = review(text if form["in"] == "pm" else id, form["in"], text)
        if form["in"] == "route":
            route = json.dumps({"id": text, "title": "t", "owner": "@nobody-else"})
            (folder / "routes" / f"{number}.yaml").write_text(route, encoding="utf-8")
        body = text if form["in"] == "body" else ""
        content = f"---\n{json.dumps(data, ensure_ascii=False)}\n---\n{body}\n"
        (folder / "postmortems" / f"{name}.md").write_text(content, encoding="utf-8")
    given = {
        field: "\n".join(one.write(form["text"]) for form, one in PEOPLE if form["in"] == field)
        for field in ("title", "css")
    }
    (folder / "site.css").write_text(given["css"], encoding="utf-8")
    (folder / "pmlint.toml").write_text(
        f'[report]\ntitle = """{given["title"]}"""\nextra_css = "site.css"\nhide = ["people"]\n'
    )


def review(id: str, field: str, text: str) -> dict[str, Any]:
    """A postmortem that has a text in one field."""

    def put(name: str, other: str) -> str:
        return text if field == name else other

    proof = [{"uri": put("uri", "https://logs.example/1"), "sha256": "0" * 64}]
    return {
        "id": id, "title": f"What came of {id}", "status": "accepted", "opened": "2026-11-01", "authors": ["@nobody-else"],
        "summary": "No more than this.",
        "timeline": [{"at": "2026-10-30T09:00:00Z", "event": put("text", "it ran"), "evidence": "outcome"}],
        "evidence": {"outcome": [{"path": put("evidence", "evidence/a.json"), "sha256": "0" * 64}]},
        "routes": [put("route", "nowhere")],
        "taxonomy": [put("taxonomy", "own:1")],
        "waivers": [{"rule": put("waiver", "title"), "reason": "r", "approved_by": "@nobody-else", "until": "2026-12-10"}],
        "failed_controls": [{"control": put("control", "gate"), "findings": ["F1"], "expected": "hold", "why": "it did not"}],
        "findings": [{"id": put("id", "F1"), "class": put("class", "scope"), "statement": "it may"}],
        "actions": [{"id": "A1", "title": "end it", "layer": "permissions", "findings": ["F1"], "owner": put("owner", "@nobody-else"),
                     "deadline": "2026-11-20", "status": "open", "proof": proof, "issue": put("issue", "https://forge.example/1")}],
    }  # fmt: skip


def readable(raw: str) -> str:
    """What a person can read in a file, however it is written: without tags, marks and escapes."""
    text = raw
    # Twice: '&amp;#64;' is read as '&#64;' by whoever looks at the page, and understood.
    for _ in range(2):
        text = unescape(unquote(re.sub(r"<[^<>]*>", "", text)))
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Mn", "Cf"))
    return re.sub(r"[*_`\\]", "", plain).casefold()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What can be read in each file of the site, its name included."""
    folder = tmp_path_factory.mktemp("hidden")
    write_repository(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(commands, ["report", "site", "--now", NOW])
        assert done.exit_code == 0, done
    site = folder / "site"
    found = {}
    for file in filter(Path.is_file, site.rglob("*")):
        name, raw = file.relative_to(site).as_posix(), file.read_text(encoding="utf-8")
        found[name] = f"{name}\n{raw.casefold()}\n{readable(raw)}"
    return found


@pytest.mark.parametrize(("form", "one"), PEOPLE, ids=[form["form"] for form in FORMS])
def test_nobody_is_named(published: dict[str, str], form: dict[str, str], one: Someone) -> None:
    words = [word.casefold() for word in (one.handle, one.first, one.last)]
    assert not {name for name, text in published.items() if any(word in text for word in words)}
