"""What was open at the end of each day, from real commits."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.git import Repository, Unjudged
from pmlint.report.history import HistoryDay, history
from tests.report.data import NOW

ROUTE = "id: mail\nowner: '@maria'\nstate: paused\nrestart: false\nautonomy: suggest\ntools: {read: [a], write: []}\ncontrols: []\n"


def review(*statuses: str) -> str:
    actions = "".join(
        f"  - {{id: A{n}, title: t, layer: {'prompt' if n == 1 else 'permissions'}, findings: [F1], owner: '@tom',"
        f" status: {status}, proof: [{{path: routes/mail.yaml}}], verified_by: '@maria'}}\n"
        for n, status in enumerate(statuses, 1)
    )
    return f"---\nid: PM-2026-001\nstatus: accepted\nroutes: [mail]\nactions:\n{actions}---\n"


class Story:
    """A repository whose commits have days."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        (folder / "postmortems").mkdir()
        (folder / "routes").mkdir()

    def git(self, *words: str, day: str = "2026-11-01T09:00:00Z") -> None:
        who = {"NAME": "Maria", "EMAIL": "maria@example.org", "DATE": day}
        env = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in who.items()
        }
        subprocess.run(
            ["git", *words],
            cwd=self.folder,
            check=True,
            env={**os.environ, **env},
            capture_output=True,
        )

    def commit(self, day: str, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/")
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x", day=day)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    made = Story(tmp_path)
    (tmp_path / "postmortems" / ".keep").touch()
    (tmp_path / "routes" / "mail.yaml").write_text(ROUTE)
    made.commit("2026-11-01T09:00:00Z")
    for day, statuses in (("2026-11-02T08:00:00Z", ("open", "open")), ("2026-11-02T23:30:00Z", ("open", "done")),
                          ("2026-11-05T01:00:00+02:00", ("done", "done"))):  # fmt: skip
        (tmp_path / "postmortems" / "PM-2026-001.md").write_text(review(*statuses))
        made.commit(day)
    return made


def asked(folder: Path) -> tuple[tuple[HistoryDay, ...], int]:
    with Repository(str(folder)) as repository:
        return history(repository, repository.resolve("HEAD"))


def test_the_last_commit_of_each_day_counts(story: Story) -> None:
    # The last commit is of the 4th in UTC, whatever zone its author sat in.
    assert asked(story.folder) == (
        (
            HistoryDay(date(2026, 11, 1), 0, 0, 0.0),
            HistoryDay(date(2026, 11, 2), 1, 1, 0.5),
            HistoryDay(date(2026, 11, 4), 0, 0, 0.5),
        ),
        0,
    )


def test_a_day_with_a_wrong_configuration_is_counted_and_not_drawn(story: Story) -> None:
    (story.folder / "pmlint.toml").write_text("fail_level = 3\n")
    story.commit("2026-11-06T09:00:00Z")
    (story.folder / "pmlint.toml").unlink()
    story.commit("2026-11-07T09:00:00Z")
    days, unread = asked(story.folder)
    assert [one.day.day for one in days] == [1, 2, 4, 7]
    assert unread == 1


def test_a_postmortem_that_cannot_be_read_holds_its_route(story: Story) -> None:
    (story.folder / "routes" / "mail.yaml").write_text(ROUTE + "postmortems: [PM-2026-001]\n")
    (story.folder / "postmortems" / "PM-2026-001.md").write_text("no front matter\n")
    story.commit("2026-11-08T09:00:00Z")
    assert asked(story.folder)[0][-1] == HistoryDay(date(2026, 11, 8), 0, 1, 0.0)


def test_a_shallow_clone_is_refused_with_the_command_that_helps(
    story: Story, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{story.folder}", str(clone)], check=True
    )
    with pytest.raises(Unjudged) as caught:
        asked(clone)
    assert caught.value.message == "the clone is shallow, so its history is not known (--history)"
    subprocess.run(["git", *caught.value.help.split()[1:], "-q"], cwd=clone, check=True)
    assert len(asked(clone)[0]) == 3


def test_more_than_400_days_become_weeks(tmp_path: Path) -> None:
    made = Story(tmp_path)
    lines = ["blob\nmark :1\ndata 2\nx\n"]
    for number in range(450):
        at = 1_735_689_600 + number * 86_400
        lines.append(
            f"commit refs/heads/main\nmark :{number + 2}\ncommitter M <m@x> {at} +0000\ndata 2\nx\n"
            + (f"from :{number + 1}\n" if number else "")
            + "M 100644 :1 file\n"
        )
    subprocess.run(
        ["git", "fast-import", "--quiet"],
        cwd=made.folder,
        input="\n".join(lines).encode(),
        check=True,
    )
    days, _ = asked(made.folder)
    assert len(days) == 65
    assert days[-1].day == date(2026, 3, 26)


def test_the_charts_are_on_the_index(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(story.folder)
    done = CliRunner().invoke(commands, ["report", "site", "--history", "--now", NOW])
    assert done.exit_code == 0, done.output
    page = (story.folder / "site" / "index.html").read_text()
    assert "At first 0, at most 1, now 0." in page
    assert "At first 0 %, at most 50 %, now 50 %." in page
