"""Who may be named: the people file, else the persons of CODEOWNERS; and the references to failure
taxonomies.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.check.engine import check_tree
from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.code_owners import PLACES, CodeOwners, read_code_owners
from pmlint.project.configuration import load
from pmlint.project.people import known_people, read_people_file

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "people.yaml").unlink()
    return tmp_path


def printed(root: Path) -> str:
    tree = WorkTree(str(root))
    return render("concise", check_tree(tree, load(tree), date(2026, 10, 15)).report)


@pytest.mark.parametrize("place", PLACES)
def test_code_owners_are_the_roster_where_there_is_no_people_file(root: Path, place: str) -> None:
    assert printed(root).startswith("All clean")
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text("# owners\n* @dana @Maria\n/routes/ @maria @tom\n")
    assert printed(root).startswith("All clean")
    (root / place).write_text("* @dana @maria\n")
    assert f"error unknown-person: '@tom' is not in {place}" in printed(root)


def test_the_owner_that_a_platform_file_names_is_known_unless_a_file_of_ours_has_one(
    root: Path,
) -> None:
    source = (
        '{files = "deploy/*.yaml", id = "name", owner = "meta.owner", restart_flags = ["enabled"]}'
    )
    (root / "pmlint.toml").write_text(f"registry = [{source}]\n")
    (root / "people.yaml").write_text((BASE / "people.yaml").read_text())
    (root / "deploy").mkdir()
    (root / "deploy" / "desk.yaml").write_text(
        'name: desk\nenabled: false\nmeta: {owner: "@mario"}\n'
    )
    assert (
        "deploy/desk.yaml:3:15: error unknown-person: '@mario' is not in people.yaml; help: did you mean '@maria'?"
        in printed(root)
    )
    (root / "routes" / "desk.yaml").write_text('id: desk\nowner: "@maria"\n')
    assert printed(root).startswith("All clean")


@pytest.mark.parametrize("text", ["* @org/team @dana\n", "* dana@example.org\n", "# nobody\n", ""])
def test_code_owners_that_are_no_closed_list_say_nothing(root: Path, text: str) -> None:
    (root / "CODEOWNERS").write_text(text)
    assert printed(root).startswith("All clean")


@pytest.mark.parametrize(
    ("text", "users", "teams", "addresses"),
    [
        ("* @dana # and @nobody\n", ("@dana",), (), ()),
        ("docs/\\#1.md @dana\n", ("@dana",), (), ()),
        ("docs/a\\ b.md @dana @tom\n", ("@dana", "@tom"), (), ()),
        ("[Docs][2] @maria\n*.md\n^[Optional section]\n*.py @dana\n", ("@maria", "@dana"), (), ()),
        (
            "[Docs]\n*.md @org/writers @@maintainers a@b.org\n",
            (),
            ("@org/writers", "@@maintainers"),
            ("a@b.org",),
        ),
        ("\ufeff* @dana\r\n# @tom\r\n", ("@dana",), (), ()),
        ("*.md\n", (), (), ()),
        ("#* @dana\n", (), (), ()),
    ],
)
def test_how_a_forge_reads_code_owners(
    text: str, users: tuple[str, ...], teams: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    assert read_code_owners(text.removeprefix("\ufeff")) == CodeOwners(users, teams, addresses)


def test_where_names_are_not_checked_that_is_said_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".forgejo").mkdir()
    (root / ".forgejo/CODEOWNERS").write_text("* @org/a @org/b\n/x/ @org/a c@example.org @dana\n")
    monkeypatch.chdir(root)
    done = CliRunner().invoke(commands, ["check", "--now", "2026-10-15"])
    said = "note: names are not checked: .forgejo/CODEOWNERS names 2 teams and 1 mail address; people.yaml would\n"
    assert (done.exit_code, done.stderr) == (0, said)
    assert CliRunner().invoke(commands, ["check", "-q", "--now", "2026-10-15"]).stderr == ""


def test_verbs_know_the_people_that_check_knows(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "CODEOWNERS").write_text("* @dana @maria @tom @eva\n")
    (root / "proof.txt").write_text("x")
    monkeypatch.chdir(root)
    words = [
        "close",
        "PM-2026-001",
        "A2",
        "--proof",
        "proof.txt",
        "--now",
        "2026-10-15",
        "--verified-by",
    ]
    done = CliRunner().invoke(commands, [*words, "@stranger"])
    assert done.exit_code != 0
    assert "'@stranger' is not in CODEOWNERS" in str(done.exception)
    assert CliRunner().invoke(commands, [*words, "@eva"]).exit_code == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [("people.yaml", b"- {handle: ["), ("people.yaml", b"\xff"), ("CODEOWNERS", b"* @a\xff\n")],
)
def test_an_unreadable_file_is_not_a_missing_one(root: Path, name: str, data: bytes) -> None:
    (root / name).write_bytes(data)
    tree = WorkTree(str(root))
    assert read_people_file(tree, load(tree)).unreadable is not None
    with pytest.raises(UsageError) as caught:
        known_people(tree, load(tree))
    assert (caught.value.file, caught.value.code) == (name, "unreadable-people")
    assert f"{name}:1:" in printed(root)


def test_the_people_file_wins(root: Path) -> None:
    (root / "CODEOWNERS").write_text("* @somebody\n")
    shutil.copy(BASE / "people.yaml", root)
    assert printed(root).startswith("All clean")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("owasp-asi:ASI02", ""),
        ("nist-ai-rmf:MEASURE-2", ""),
        ("atlas:AML.T0051.000", ""),
        ("atlas:AML.CS0021", ""),
        ("aiid:1152", ""),
        ("ours:R7", ""),
        ("owasp-asi:ASI20", "'owasp-asi' has no 'ASI20'"),
        ("owasp-as:ASI02", "there is no taxonomy 'owasp-as'"),
        ("ASI02", "there is no taxonomy 'ASI02'"),
        ("atlas:T0051", "'T0051' does not have the form of 'atlas'"),
        ("aiid:0", "'0' does not have the form of 'aiid'"),
        ("ours:R8", "'ours' has no 'R8'"),
    ],
)
def test_taxonomies(root: Path, reference: str, said: str) -> None:
    (root / "pmlint.toml").write_text('[taxonomies]\nours = ["R7"]\n')
    (root / FILE).write_text(
        (root / FILE).read_text().replace("actions:\n", f'taxonomy: ["{reference}"]\nactions:\n', 1)
    )
    answer = printed(root)
    assert (
        answer.startswith("All clean") if not said else f"error unknown-taxonomy: {said}" in answer
    )
