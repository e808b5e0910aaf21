"""The project is the base's: what a change does to its folder and its configuration chooses no
other one.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pmlint.cli import commands
from pmlint.errors import UsageError

ROUTE = "id: mail\ntitle: Mail\nowner: '@maria'\nstate: paused\nrestart: false\nautonomy: suggest\ntools: {read: [a], write: []}\ncontrols: []\n"
REVIEW = (
    "---\nid: PM-2026-001\ntitle: Mail\nstatus: accepted\nopened: 2026-11-01\nroutes: [mail]\n"
    "actions:\n  - {id: A1, title: t, layer: permissions, findings: [F1], owner: '@tom', deadline: 2026-12-20, status: open}\n---\n"
)
REVIEW_FILE = "desk/postmortems/PM-2026-001.md"


class Monorepo:
    """A repository with a project in ``desk/``, and a change on a branch."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.git("init", "-q", "-b", "main")
        for name, text in (
            ("desk/routes/mail.yaml", ROUTE),
            (REVIEW_FILE, REVIEW),
            ("desk/pmlint.toml", 'fail_level = "error"\n'),
            ("src/a.py", ""),
        ):
            self.write(name, text)
        self.commit()
        self.git("checkout", "-q", "-b", "change")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=M", "-c", "user.email=m@example.org"]
        return subprocess.run(
            ["git", *who, *words], cwd=self.top, check=True, capture_output=True, text=True
        ).stdout

    def write(self, name: str, text: str) -> None:
        (self.top / name).parent.mkdir(parents=True, exist_ok=True)
        (self.top / name).write_text(text)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def gate(self, folder: str, *words: str) -> tuple[int, dict[str, object]]:
        """The exit code and the verdict, asked with the head checked out."""
        file = self.top.parent / "verdict.json"
        asked = words or ("--base", "main", "--head", "change")
        code = commands.main(
            [
                "gate",
                "--repo",
                str(self.top / folder),
                *asked,
                "--now",
                "2026-11-28",
                "--output-format",
                "json",
                "-o",
                str(file),
            ],
            standalone_mode=False,
        )
        return code or 0, json.loads(file.read_text())


@pytest.fixture
def monorepo(tmp_path: Path) -> Monorepo:
    (tmp_path / "top").mkdir()
    return Monorepo(tmp_path / "top")


def _nothing(repo: Monorepo) -> None:
    pass


def _without_configuration(repo: Monorepo) -> None:
    (repo.top / "desk/pmlint.toml").unlink()


def _configured_above(repo: Monorepo) -> None:
    repo.git("mv", "desk/pmlint.toml", "pmlint.toml")


def _as_link(repo: Monorepo) -> None:
    (repo.top / "desk/pmlint.toml").unlink()
    (repo.top / "desk/pmlint.toml").symlink_to("../src/a.py")


def _configured_nearer(repo: Monorepo) -> None:
    repo.write("desk/postmortems/pmlint.toml", 'fail_level = "error"\n')


def _renamed(repo: Monorepo) -> None:
    (repo.top / "desk").rename(repo.top / "d2")


def _behind_a_link(repo: Monorepo) -> None:
    (repo.top / "desk").rename(repo.top / "d2")
    (repo.top / "desk").symlink_to("src")


ATTACKS: list[Callable[[Monorepo], None]] = [
    _nothing,
    _without_configuration,
    _configured_above,
    _as_link,
    _configured_nearer,
    _renamed,
    _behind_a_link,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__.strip("_"))
def test_a_deleted_review_is_refused_whatever_the_change_does_to_its_project(
    monorepo: Monorepo, attack: Callable[[Monorepo], None]
) -> None:
    (monorepo.top / REVIEW_FILE).unlink()
    attack(monorepo)
    monorepo.commit()
    code, verdict = monorepo.gate("desk")
    assert code in (1, 2), verdict
    code, verdict = monorepo.gate(".")
    assert code == 2, verdict
    assert [one["code"] for one in verdict["refusals"]] == ["nothing-judged"]  # type: ignore[attr-defined]
    assert verdict["refusals"][0]["help"] == "pmlint gate --repo desk"  # type: ignore[index]


@pytest.mark.parametrize("folder", ["desk", "desk/postmortems"])
def test_another_change_is_allowed_and_judged(monorepo: Monorepo, folder: str) -> None:
    monorepo.write("src/a.py", "print()\n")
    monorepo.commit()
    code, verdict = monorepo.gate(folder)
    assert (code, verdict["judged"]["postmortems"]) == (0, "1")  # type: ignore[index]


def test_what_is_staged_and_what_lies_there_are_of_the_same_project(monorepo: Monorepo) -> None:
    (monorepo.top / REVIEW_FILE).unlink()
    assert monorepo.gate("desk", "--base", "main", "--worktree")[0] == 1
    monorepo.git("add", "-A")
    assert monorepo.gate("desk", "--base", "main")[0] == 0, (
        "the head is the base, without what is staged"
    )
    _without_configuration(monorepo)
    assert monorepo.gate("desk", "--base", "main", "--worktree")[0] in (1, 2)


def test_the_first_project_of_a_repository_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    repo = Monorepo(tmp_path / "top")
    repo.git("checkout", "-q", "--orphan", "bare")
    repo.git("rm", "-rfq", ".")
    repo.write("src/a.py", "")
    repo.commit()
    repo.git("checkout", "-q", "-b", "adopt")
    for name, text in (
        ("desk/routes/mail.yaml", ROUTE),
        (REVIEW_FILE, REVIEW),
        ("desk/pmlint.toml", 'fail_level = "error"\n'),
    ):
        repo.write(name, text)
    repo.commit()
    assert repo.gate("desk", "--base", "bare", "--head", "adopt")[0] == 0


def test_a_project_at_the_top_is_judged_beside_one_below(monorepo: Monorepo) -> None:
    monorepo.git("checkout", "-q", "main")
    monorepo.write("pmlint.toml", 'postmortems = "reviews"\nroutes = "agents"\n')
    monorepo.write(
        "reviews/PM-2026-002.md",
        REVIEW.replace("PM-2026-001", "PM-2026-002").replace("mail", "desk"),
    )
    monorepo.write("agents/desk.yaml", ROUTE.replace("id: mail", "id: desk"))
    monorepo.commit()
    monorepo.git("checkout", "-q", "-B", "change")
    (monorepo.top / "reviews/PM-2026-002.md").unlink()
    monorepo.commit()
    assert monorepo.gate(".")[0] in (1, 2)
    assert monorepo.gate("desk")[0] == 0


def test_routes_of_somebody_else_at_the_top_are_no_project(monorepo: Monorepo) -> None:
    monorepo.git("checkout", "-q", "main")
    monorepo.write("routes/web.php", "")
    monorepo.commit()
    monorepo.git("checkout", "-q", "-B", "change")
    (monorepo.top / REVIEW_FILE).unlink()
    monorepo.commit()
    assert monorepo.gate(".")[0] == 2
    assert monorepo.gate("desk")[0] == 1
    assert monorepo.gate("dezk")[0] == 2, "a folder that neither side has"


def _in_main(monorepo: Monorepo, edit: Callable[[], object]) -> None:
    """Make an edit on the base, and begin the change anew."""
    monorepo.git("checkout", "-q", "main")
    edit()
    monorepo.commit()
    monorepo.git("checkout", "-q", "-B", "change")


def test_a_project_below_that_needs_no_configuration_is_found(monorepo: Monorepo) -> None:
    _in_main(monorepo, lambda: _without_configuration(monorepo))
    (monorepo.top / REVIEW_FILE).unlink()
    monorepo.commit()
    assert monorepo.gate("desk")[0] == 1
    assert monorepo.gate("desk/postmortems")[0] == 1
    code, verdict = monorepo.gate(".")
    assert (code, verdict["refusals"][0]["help"]) == (2, "pmlint gate --repo desk")  # type: ignore[index]


def test_pages_of_somebody_else_at_the_top_are_no_project(monorepo: Monorepo) -> None:
    _in_main(
        monorepo, lambda: monorepo.write("postmortems/2019.md", "# The outage\nWe were down.\n")
    )
    (monorepo.top / REVIEW_FILE).unlink()
    monorepo.commit()
    assert monorepo.gate(".")[0] == 2


def test_pages_of_somebody_else_alone_are_allowed(monorepo: Monorepo) -> None:
    def pages() -> None:
        monorepo.git("rm", "-rq", "desk")
        monorepo.write("old/postmortems/2019.md", "# The outage\nWe were down.\n")

    _in_main(monorepo, pages)
    monorepo.write("src/a.py", "print()\n")
    monorepo.commit()
    assert monorepo.gate(".")[0] == 0


def test_a_configuration_of_the_base_that_is_a_link_is_refused(monorepo: Monorepo) -> None:
    def link() -> None:
        monorepo.git("mv", "desk/pmlint.toml", "judge.toml")
        for name in ("postmortems", "routes"):
            monorepo.git("mv", f"desk/{name}", name)
        (monorepo.top / "pmlint.toml").symlink_to("judge.toml")

    _in_main(monorepo, link)
    (monorepo.top / "postmortems/PM-2026-001.md").unlink()
    monorepo.commit()
    assert monorepo.gate(".")[0] in (1, 2)


def test_a_hook_at_the_top_of_a_monorepo_names_the_folder(monorepo: Monorepo) -> None:
    (monorepo.top / REVIEW_FILE).unlink()
    monorepo.git("add", "-A")
    for words in (("--staged",), ("--worktree",), ("--base", "main", "--worktree")):
        code, verdict = monorepo.gate(".", *words)
        assert (code, verdict["refusals"][0]["help"]) == (2, "pmlint gate --repo desk"), words  # type: ignore[index]
        assert monorepo.gate("desk", *words)[0] == 1, words


def test_audit_finds_the_project_of_each_change(
    monorepo: Monorepo, capsys: pytest.CaptureFixture[str]
) -> None:
    (monorepo.top / REVIEW_FILE).unlink()
    _without_configuration(monorepo)
    monorepo.commit()
    code = commands.main(
        ["audit", "--repo", str(monorepo.top / "desk"), "--now", "2026-11-28"],
        standalone_mode=False,
    )
    assert code == 1
    assert "1 change of 1 would not have been allowed" in capsys.readouterr().out


def test_audit_at_the_top_names_the_folder(monorepo: Monorepo) -> None:
    with pytest.raises(UsageError, match=r"no project at '\.', but below it: desk") as raised:
        commands.main(["audit", "--repo", str(monorepo.top)], standalone_mode=False)
    assert raised.value.help == "pmlint audit --repo desk"


WHY = ["why", "mail", "--now", "2026-11-28"]


def test_why_asks_the_project_that_head_has(
    monorepo: Monorepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(monorepo.top / "desk")
    assert commands.main(WHY, standalone_mode=False) in (0, None)
    _without_configuration(monorepo)
    monorepo.write("routes/mail.yaml", ROUTE)  # a route that nothing holds
    with pytest.raises(
        UsageError, match=r"HEAD has the project at 'desk', and the files here at '\.'"
    ):
        commands.main(WHY, standalone_mode=False)


def test_a_new_project_is_asked_as_it_lies_here(
    monorepo: Monorepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monorepo.git("rm", "-rq", "--cached", "desk")
    monorepo.git("commit", "-q", "-m", "x")
    monkeypatch.chdir(monorepo.top / "desk")
    assert commands.main(WHY, standalone_mode=False) in (0, None)
