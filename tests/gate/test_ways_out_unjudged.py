"""The way out of a change that could not be judged, followed to the letter: the same gate then
judges it.

What stopped the gate lies beside the change here: a clone that lacks something, an option that was
not given, a file of the base. `test_ways_out.py` follows those where the change itself is at fault.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.gate.two_repositories import Answer, run
from tests.gate.world import ROUTE, World
from tests.git_folder import CLEAN


@pytest.fixture(autouse=True)
def outside_a_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def changed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A branch ``change`` with an honest change of the route, which is checked out."""
    world.git("config", "uploadpack.allowFilter", "true")
    world.git("checkout", "-q", "-b", "change")
    world.edit(ROUTE, ("title: Refund triage", "title: Triage of refunds"))
    world.commit()
    monkeypatch.chdir(world.root)
    return world


def ask(*words: str) -> Answer:
    return run("gate", "--now", "2026-10-15", "--output-format", "json", *words)


def help_of(answer: Answer, code: str) -> str:
    assert answer.exit == 2
    return next(
        str(one["help"]) for one in json.loads(answer.text)["refusals"] if one["code"] == code
    )


def play(help: str, folder: Path) -> None:
    """Run the command of a help text, which may say besides what to set in a CI."""
    words = shlex.split(re.sub(r" \(in CI: .*", "", help))
    assert words[0] == "git", help
    subprocess.run(words, cwd=folder, env=CLEAN, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("options", "fetches", "base", "code"),
    [
        (["--single-branch", "-b", "change"], "", "origin/main", "unknown-revision"),
        (
            ["--depth", "1", "-b", "change"],
            "+main:refs/remotes/origin/main",
            "origin/main",
            "shallow-history",
        ),
        (
            ["--filter=blob:none", "--no-checkout", "-b", "change"],
            "",
            "origin/main",
            "missing-objects",
        ),
        (
            ["--filter=tree:0", "--no-checkout", "-b", "change"],
            "",
            "origin/main",
            "missing-objects",
        ),
    ],
    ids=["one branch", "shallow", "without files", "without folders"],
)
def test_a_clone_gets_what_it_lacks(
    changed: World,
    options: list[str],
    fetches: str,
    base: str,
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for branch in (
        "main",
        "change",
    ):  # else both ends are next to each other, and a shallow clone has all
        changed.git("checkout", "-q", branch)
        changed.commit()
    clone = tmp_path / "clone"
    words = ["git", "clone", "-q", *options, f"file://{changed.root}", str(clone)]
    subprocess.run(words, env=CLEAN, check=True, capture_output=True)
    if fetches:
        subprocess.run(
            ["git", "fetch", "-q", "--depth", "1", "origin", fetches],
            cwd=clone,
            env=CLEAN,
            check=True,
        )
    monkeypatch.chdir(clone)
    play(help_of(ask("--base", base, "--head", "HEAD"), code), clone)
    answer = ask("--base", base, "--head", "HEAD")
    assert answer.exit == 0, answer.text


def test_a_history_of_its_own_is_put_on_the_base(changed: World) -> None:
    changed.git("checkout", "-q", "--orphan", "other")
    changed.git("rm", "-q", "-r", "-f", ".")
    changed.write("README.md", "Read me.\n")
    changed.commit()
    help = help_of(ask("--base", "main", "--head", "HEAD"), "shallow-history")
    play(help.partition(": ")[2], changed.root)
    answer = ask("--base", "main", "--head", "HEAD")
    assert answer.exit == 0, answer.text


def test_a_commit_that_is_not_fetched(
    changed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone, main = tmp_path / "clone", changed.git("rev-parse", "main")
    changed.git("checkout", "-q", "main")
    later = changed.commit()
    changed.git("checkout", "-q", "change")
    words = [
        "git",
        "clone",
        "-q",
        "--single-branch",
        "-b",
        "change",
        f"file://{changed.root}",
        str(clone),
    ]
    subprocess.run(words, env=CLEAN, check=True)
    monkeypatch.chdir(clone)
    assert ask("--base", main, "--head", "HEAD").exit == 0
    play(help_of(ask("--base", later, "--head", "HEAD"), "unknown-revision"), clone)
    assert ask("--base", later, "--head", "HEAD").exit == 0


def test_a_conflict_is_resolved(changed: World) -> None:
    changed.git("checkout", "-q", "main")
    changed.edit(ROUTE, ("title: Refund triage", "title: Refunds"))
    changed.commit()
    changed.git("checkout", "-q", "change")
    help = help_of(ask("--base", "main", "--head", "HEAD"), "merge-conflict")
    assert help == "resolve the conflict: merge the base branch into this branch"
    subprocess.run(
        ["git", "merge", "-q", "main"],
        cwd=changed.root,
        env=CLEAN,
        check=False,
        capture_output=True,
    )
    changed.git("checkout", "-q", "--ours", ROUTE)
    changed.commit()
    assert ask("--base", "main", "--head", "HEAD").exit == 0


def test_what_to_compare_is_named(changed: World) -> None:
    help = help_of(ask(), "no-revisions")
    assert help == "pmlint gate --worktree (or --base REV --head REV)"
    assert ask("--worktree").exit == 0
    assert ask("--base", "main", "--head", "change").exit == 0


def test_an_older_git_is_updated(
    changed: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One before 2.38 knows another `merge-tree`, where two sides have to be merged."""
    changed.git("checkout", "-q", "main")
    changed.write("CHANGELOG.md", "# Changes\n")
    changed.commit()
    changed.git("checkout", "-q", "change")
    new = os.environ["PATH"]
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    old.write_text(
        '#!/bin/sh\ncase "$*" in *merge-tree*) echo "usage: git merge-tree <base> <a> <b>" >&2; exit 129;; esac\n'
        f'PATH={shlex.quote(new)} exec git "$@"\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{new}")
    assert (
        help_of(ask("--base", "main", "--head", "HEAD"), "git-too-old")
        == "install git 2.38 or newer"
    )
    monkeypatch.setenv("PATH", new)
    assert ask("--base", "main", "--head", "HEAD").exit == 0


def test_approvals_are_written_as_the_help_says(changed: World, tmp_path: Path) -> None:
    file = tmp_path / "approvals.json"
    file.write_text("maria approved")
    words = ("--base", "main", "--head", "HEAD", "--approvals", str(file))
    help = help_of(ask(*words), "unreadable-approvals")
    file.write_text(
        help.removeprefix("write ").replace("<full id>", changed.git("rev-parse", "HEAD"))
    )
    assert ask(*words).exit == 0


def test_a_project_that_is_too_large(changed: World) -> None:
    changed.git("checkout", "-q", "main")
    changed.write(
        "postmortems/PM-2026-002-draft.md",
        "---\nid: PM-2026-002\ntitle: Another\nstatus: draft\n---\n",
    )
    changed.write("pmlint.toml", "max_files = 1\n")
    changed.commit()
    assert help_of(ask("--base", "main", "--head", "change"), "over-budget").startswith(
        "raise max_files"
    )
    changed.write("pmlint.toml", "max_files = 2\n")
    changed.commit()
    assert ask("--base", "main", "--head", "change").exit == 0
