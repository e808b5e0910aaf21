"""The project is the base's: what a change does to its folder and its configuration chooses no other one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pmlint.cli import commands

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
        for name, text in (("desk/routes/mail.yaml", ROUTE), (REVIEW_FILE, REVIEW), ("desk/pmlint.toml", 'fail_level = "error"\n'), ("src/a.py", "")):
            self.write(name, text)
        self.commit()
        self.git("checkout", "-q", "-b", "change")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=M", "-c", "user.email=m@example.org"]
        return subprocess.run(["git", *who, *words], cwd=self.top, check=True, capture_output=True, text=True).stdout

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
            ["gate", "--repo", str(self.top / folder), *asked, "--now", "2026-11-28", "--output-format", "json", "-o", str(file)],
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


ATTACKS: list[Callable[[Monorepo], None]] = [_nothing, _without_configuration, _configured_above, _as_link, _configured_nearer, _renamed, _behind_a_link]


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
    assert monorepo.gate("desk", "--base", "main")[0] == 0, "the head is the base, without what is staged"
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
    for name, text in (("desk/routes/mail.yaml", ROUTE), (REVIEW_FILE, REVIEW), ("desk/pmlint.toml", 'fail_level = "error"\n')):
        repo.write(name, text)
    repo.commit()
    assert repo.gate("desk", "--base", "bare", "--head", "adopt")[0] == 0


def test_a_project_at_the_top_is_judged_beside_one_below(monorepo: Monorepo) -> None:
    monorepo.git("checkout", "-q", "main")
    monorepo.write("pmlint.toml", 'postmortems = "reviews"\nroutes = "agents"\n')
    monorepo.write("reviews/PM-2026-002.md", REVIEW.replace("PM-2026-001", "PM-2026-002").replace("mail", "desk"))
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
