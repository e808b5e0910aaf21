"""The whole life of two postmortems, each step a merged change that the gate allowed: by merge
commits, by squashing, by rebasing.

The text of the reviews is that of the guide, so what readers copy is what is walked here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.docs.page import blocks

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "life-of-a-postmortem.md"
PAGES = {
    block.told: block.text
    for block in blocks(GUIDE.read_text(encoding="utf-8"))
    if block.verb == "file"
}
FIRST = next(path for path in PAGES if path.startswith("postmortems/"))
OUTCOME = "evidence/PM-2026-001/outcome.md"
SECOND = "postmortems/PM-2026-002-again.md"
ROUTE = "routes/mail-desk.yaml"
DAY = "2026-11-24"
FIXES = {"A1": "tests/index/test_period.py", "A2": "tests/test_run_record.py"}


class Team:
    """People who merge changes in one way; each change is judged first."""

    def __init__(self, desk: Desk, strategy: str) -> None:
        self.desk = desk
        self.strategy = strategy
        self.changes = 0

    def run(self, *words: str) -> str:
        """A verb that has to work."""
        ran = self.desk.run(*words, now=DAY)
        assert ran.code == 0, (words, ran)
        return ran.output

    def merge(self, message: str, *steps: Callable[[], object]) -> None:
        """A change of several commits, which the gate allows, on the main branch."""
        self.changes += 1
        branch = f"change-{self.changes}"
        self.desk.git("checkout", "--quiet", "-b", branch)
        for number, step in enumerate(steps, 1):
            step()
            self.desk.commit(f"{message} ({number})")
        judged = self.desk.run("gate", "--base", "main", "--head", branch, now=DAY)
        assert judged.code == 0, (message, judged.output)
        # the job of `pmlint init` wants this, too
        checked = self.desk.run("check", now=DAY)
        assert checked.code == 0, (message, checked.output)
        self.desk.git("checkout", "--quiet", "main")
        if self.strategy == "merge":
            self.desk.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        elif self.strategy == "squash":
            self.desk.git("merge", "--quiet", "--squash", branch)
            self.desk.commit(message)
        else:
            # as forges rebase: new commits with new ids, even where nothing is in between
            self.desk.git("rebase", "--quiet", "--no-ff", "main", branch)
            self.desk.git("checkout", "--quiet", "main")
            self.desk.git("merge", "--quiet", "--ff-only", branch)

    def write(self, path: str, text: str) -> Callable[[], object]:
        return lambda: self.desk.write(path, text)

    def do(self, *words: str) -> Callable[[], object]:
        return lambda: self.run(*words)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A repository with a route that is paused, and nothing else."""
    monkeypatch.chdir(tmp_path)
    desk = Desk.__new__(Desk)
    desk.root = tmp_path
    desk.git("init", "--quiet", "--initial-branch", "main")
    for path in (ROUTE, "people.yaml"):
        desk.write(path, PAGES[path])
    desk.write("pmlint.toml", "")
    desk.commit("A route")
    return desk


def begun(team: Team, file: str, *words: str) -> Callable[[], object]:
    """A skeleton without what nobody can fill on the first day, as the guide says."""

    def begin() -> None:
        who = ("--route", "mail-desk", "--author", "@dana", "--trigger", "customer-visible-defect")
        team.run("new", *words, *who)
        known, _, _ = team.desk.read(file).partition("summary:")
        team.desk.write(file, f"{known}---\n")

    return begin


def written(team: Team, name: str, text: str) -> None:
    """A review from its skeleton to accepted."""
    file = f"postmortems/{name}-again.md"
    team.merge(f"Open {name}", begun(team, file, "Again", "--severity", "customer-visible-defect"))
    outcome = team.write(OUTCOME, "41 replies quoted the price list of 2025.\n")
    team.merge(f"Write {name}", outcome, team.write(file, text), team.do("move", name, "in-review"))
    team.merge(f"Accept {name}", team.do("move", name, "accepted"))


def fixed(team: Team, name: str, action: str, proof: str) -> None:
    """An action from its start to its closing: the fix first, then the record."""
    team.merge(f"Start {name} {action}", team.do("move", name, action, "in-progress"))
    known = team.desk.read(proof) if (team.desk.root / proof).exists() else ""
    added = f"def test_{name.replace('-', '_')}(): ...\n"
    team.merge(f"Fix {proof}", team.write(proof, known + added))
    closing = ("close", name, action, "--proof", proof, "--verified-by", "@dana")
    team.merge(f"Close {name} {action}", team.do(*closing))


def met(team: Team, name: str) -> None:
    """The condition, measured."""
    proof = f"evidence/{name}/replies.md"
    team.merge(
        f"Meet {name} R1",
        team.write(proof, "50 replies, 0 corrected prices.\n"),
        team.do("meet", name, "R1", "--proof", proof),
    )


def restarted(team: Team, *names: str) -> None:
    """The owner signs, the flag goes up, and the reviews are closed, in one change."""

    def up() -> None:
        team.run("signoff", "mail-desk")
        team.desk.edit("state: paused", "state: running", ROUTE)
        team.desk.edit("restart: false", "restart: true", ROUTE)
        for name in names:
            team.run("move", name, "closed", "--restarted", DAY)

    team.merge("Restart the mail desk", up)


@pytest.mark.parametrize("strategy", ["merge", "squash", "rebase"])
def test_two_incidents_live_from_a_draft_to_a_restart(empty: Desk, strategy: str) -> None:
    team = Team(empty, strategy)
    written(team, "PM-2026-001", PAGES[FIRST])
    again = (
        PAGES[FIRST]
        .replace("PM-2026-001", "PM-2026-002")
        .replace(OUTCOME.replace("001", "002"), OUTCOME)
    )
    again = again.replace("tests/index/test_period.py", "tests/index/test_owner.py").replace(
        "layer: retrieval-filter", "layer: verifier"
    )
    again = again.replace(
        "Drop price lists whose period has ended from the index",
        "Check the period of a price list before each reply",
    )
    again = again.replace(
        "Keep prompt, retrieval, calls and interventions of each run for 90 days",
        "Record which list each reply was made from",
    )
    again = again.replace("restart: {", "recurrence_of: [PM-2026-001]\nrestart: {")
    written(team, "PM-2026-002", again)
    assert "2026-12-20" in team.run("actions", "--postmortem", "PM-2026-002")
    held = empty.run("signoff", "mail-desk", now=DAY)
    assert (held.code, held.output.count("early-signoff")) == (1, 2)

    for name, fixes in (
        ("PM-2026-001", FIXES),
        ("PM-2026-002", {**FIXES, "A1": "tests/index/test_owner.py"}),
    ):
        for action, proof in fixes.items():
            fixed(team, name, action, proof)
        met(team, name)
    restarted(team, "PM-2026-001", "PM-2026-002")

    assert team.run("check").startswith("All clean")
    assert team.run("actions") == "no open actions\n"
    assert team.run("routes").splitlines()[1].split() == [
        "mail-desk",
        "running",
        "up",
        "0",
        "-",
        "free",
    ]

    # The next incident stops the route, and breaks nothing in the reviews that are closed.
    def down() -> None:
        empty.edit("state: running", "state: paused", ROUTE)
        empty.edit("restart: true", "restart: false", ROUTE)

    team.merge("Pause the mail desk again", down)


def test_the_smallest_honest_review_is_one_page() -> None:
    assert len(PAGES[FIRST].splitlines()) <= 45


def test_a_merged_skeleton_without_route_and_author_is_filled_in(empty: Desk) -> None:
    """A placeholder is nothing (docs/spec/gate.md, 4): no author and no link is lost with it."""
    empty.run("new", "Mail desk quoted an old price", now=DAY)
    empty.commit("The skeleton")
    empty.git("checkout", "--quiet", "-b", "fill")
    file = "postmortems/PM-2026-001-mail-desk-quoted-an-old-price.md"
    assert "authors: [TODO]\nroutes: [TODO]\n" in empty.read(file)
    empty.write(OUTCOME, "41 replies quoted the price list of 2025.\n")
    empty.write(file, PAGES[FIRST])
    empty.commit("Fill it in")
    ran = empty.run("gate", "--base", "main", "--head", "fill", now=DAY)
    assert ran.code == 0, ran.output

    empty.git("checkout", "--quiet", "main")
    empty.git("merge", "--quiet", "fill")
    empty.git("checkout", "--quiet", "-b", "empty")
    empty.edit('authors: ["@dana"]\nroutes: [mail-desk]', "authors: [TODO]\nroutes: [TODO]", file)
    empty.commit("Empty it again")
    ran = empty.run("gate", "--base", "main", "--head", "empty", now=DAY)
    assert [line.split(": ")[1].partition(" ")[2] for line in ran.output.splitlines()[:2]] == [
        "author-removed",
        "link-removed",
    ]
