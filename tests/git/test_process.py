"""What git can't answer, or answers wrongly: each becomes one sentence and one command that helps."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pmlint.git import Repository, Unjudged, process
from pmlint.parsing.source import Malformed
from tests.gate.world import POSTMORTEM, ROUTE, World
from tests.git_folder import CLEAN


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, env=CLEAN, check=True, capture_output=True, text=True
    ).stdout.strip()


def instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Run a script in the place of git."""
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(process, "program", lambda name: str(program))


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    with Repository(str(tmp_path)) as found:
        assert found.refs.is_unborn
        assert found.staged() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        assert found.tree(found.staged()).walk("") == []


def test_a_repository_with_a_commit(world: World) -> None:
    with Repository(str(world.root)) as found:
        assert not found.refs.is_unborn


def test_a_path_with_a_line_break(tmp_path: Path) -> None:
    folder = tmp_path / "a\nb"
    folder.mkdir()
    git(folder, "init", "-q")
    with (
        pytest.raises(Unjudged, match="the repository's path has a line break"),
        Repository(str(folder)),
    ):
        pass


def test_two_histories(world: World) -> None:
    world.git("checkout", "-q", "--orphan", "other")
    world.write("other.txt", "x")
    world.commit()
    with (
        Repository(str(world.root)) as found,
        pytest.raises(Unjudged, match="base and head have no commit in common") as error,
    ):
        found.merge(found.resolve("main"), found.resolve("other"))
    base = world.git("rev-parse", "main")
    assert error.value.help == f"put the change on the base: git rebase --root --onto {base}"
    assert error.value.code == "shallow-history"


@pytest.mark.parametrize(
    ("script", "message", "help"),
    [
        (
            "echo 'usage: git merge-tree' >&2; exit 129",
            "this git can't merge without a work tree",
            "install git 2.38 or newer",
        ),
        (
            "echo 'error: unknown option' >&2; exit 129",
            "this git can't merge without a work tree",
            "install git 2.38 or newer",
        ),
        (
            "printf 'fatal: bad\\nmore' >&2; exit 128",
            "what git merge-tree needs (bad) is not here",
            "git fetch --refetch --no-filter origin (in CI: fetch-depth: 0, without a filter)",
        ),
        (
            "exit 128",
            "what git merge-tree needs is not here",
            "git fetch --refetch --no-filter origin (in CI: fetch-depth: 0, without a filter)",
        ),
    ],
)
def test_a_merge_that_fails(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str,
    message: str,
    help: str,
) -> None:
    start = world.git("rev-parse", "HEAD")
    world.write("one.txt", "one")
    one = world.commit()
    world.git("checkout", "-q", start)
    world.write("other.txt", "other")
    other = world.commit()
    real = process.program("git")
    with Repository(str(world.root)) as found:
        only = f'case "$*" in *merge-tree*) {script};; *) exec {real} "$@";; esac'
        instead(monkeypatch, tmp_path, only)
        with pytest.raises(Unjudged) as error:
            found.merge(one, other)
    assert (error.value.message, error.value.help) == (message, help)


def test_a_git_that_does_not_know_a_question(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit = world.git("rev-parse", "HEAD")
    with Repository(str(world.root)) as found:
        instead(monkeypatch, tmp_path, "exit 129")
        for _ in range(2):
            with pytest.raises(Unjudged) as error:
                found.merge(commit, commit)
            assert error.value.code == "git-too-old"
    with Repository(str(world.root)) as found:
        instead(monkeypatch, tmp_path, "exit 128")
        for _ in range(2):
            with pytest.raises(Unjudged, match=r"^a part of history is not here$"):
                found.merge(commit, commit)


def test_git_that_fails_hangs_or_is_not_there(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Repository(str(world.root)) as found:
        instead(monkeypatch, tmp_path, "exit 2")
        with pytest.raises(Unjudged, match=r"^a part of history is not here$"):
            found.log.is_ancestor("a" * 40, "b" * 40)
        with pytest.raises(Unjudged, match=r"^what git rev-list needs is not here$"):
            found.log.first_parents("a" * 40)
        instead(monkeypatch, tmp_path, "exec sleep 9")
        monkeypatch.setattr(process, "_TIMEOUT", 0.1)
        with pytest.raises(Unjudged, match=r"^git rev-list took more than 0.1 seconds$"):
            found.log.first_parents("a" * 40)
        monkeypatch.setattr(process, "program", lambda name: None)
        with pytest.raises(Unjudged, match="there is no git"):
            found.log.first_parents("a" * 40)


def test_an_object_that_is_not_what_its_id_stands_for(world: World) -> None:
    names = [world.git("rev-parse", f"HEAD:{path}") for path in (POSTMORTEM, ROUTE)]
    one, other = (world.root / ".git/objects" / name[:2] / name[2:] for name in names)
    data = other.read_bytes()
    one.unlink()  # git makes them read-only
    one.write_bytes(data)
    with Repository(str(world.root)) as found:
        with pytest.raises(Unjudged) as error:
            found.blob(names[0])
        assert (
            error.value.message == f"the contents of the object {names[0][:12]} do not match its id"
        )
        assert error.value.help == "git fsck, then clone the repository again"
        assert error.value.code == "missing-objects"
        assert found.blob(names[1])  # the process answers the next question all the same


def test_what_files_of_a_folder_were_before(world: World) -> None:
    routes = ROUTE.rpartition("/")[0]
    first = world.git("rev-parse", f"HEAD:{ROUTE}")
    (world.root / routes / "link.yaml").symlink_to("other.yaml")
    world.edit(ROUTE, ("title: Refund triage", "title: Refunds"))
    world.write("README.md", "one\n")
    world.commit()
    second = world.git("rev-parse", f"HEAD:{ROUTE}")
    (world.root / routes / "link.yaml").unlink()
    world.delete(ROUTE)
    world.write("README.md", "two\n")
    head = world.commit()
    with Repository(str(world.root)) as found:
        assert found.log.former_blobs(head, [routes]) == [second, first]
        assert found.log.former_blobs(head, ["elsewhere"]) == []


def test_an_index_in_conflict(world: World) -> None:
    world.git("checkout", "-q", "-b", "other")
    world.edit(ROUTE, ("title: Refund triage", "title: One"))
    world.commit()
    world.git("checkout", "-q", "main")
    world.edit(ROUTE, ("title: Refund triage", "title: Two"))
    world.commit()
    subprocess.run(
        ["git", "merge", "-q", "other"], cwd=world.root, env=CLEAN, check=False, capture_output=True
    )
    with Repository(str(world.root)) as found, pytest.raises(Unjudged) as error:
        found.staged()
    assert error.value.message.startswith("what is staged is not a tree: ")
    assert error.value.help == "resolve the conflict: git status"


def test_an_index_that_is_none(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path))
    with (
        Repository(str(world.root)) as found,
        pytest.raises(Unjudged, match=r"^the index can't be read: Is a directory$"),
    ):
        found.staged()


def test_what_a_forge_merged_alone(world: World) -> None:
    target = world.git("rev-parse", "main")
    world.git("checkout", "-q", "-b", "other")
    world.edit(ROUTE, ("title: Refund triage", "title: One"))
    head = world.commit()
    world.git("checkout", "-q", "main")
    world.git("merge", "-q", "--no-ff", "-m", "merge", "other")
    merge = world.git("rev-parse", "HEAD")
    world.write("beside.txt", "x")
    world.git("add", "-A")
    world.git("commit", "-q", "--amend", "-m", "merge and more")
    more = world.git("rev-parse", "HEAD")
    with Repository(str(world.root)) as found:
        assert [found.merged_alone(target, commit) for commit in (merge, more, head)] == [
            head,
            "",
            "",
        ]
        assert found.merged_alone(head, merge) == ""


def test_a_project_in_a_folder(world: World) -> None:
    first = world.git("rev-parse", "HEAD")
    with Repository(str(world.root), "postmortems") as found:
        assert [entry.path for entry in found.tree(first).walk("")] == [
            POSTMORTEM.partition("/")[2]
        ]
        assert POSTMORTEM.partition("/")[2] in found.log.touched(first)
        assert f"/{ROUTE}" in found.log.touched(first)
    for folder in ("none", "pmlint.toml"):
        with Repository(str(world.root), folder) as found:
            assert found.tree(first).walk("") == []


def test_what_is_no_file(world: World) -> None:
    os.symlink(ROUTE, world.root / "link")
    commit = world.commit()
    with Repository(str(world.root)) as found:
        tree = found.tree(commit)
        for path, message in (
            ("link", "this is a symbolic link"),
            ("routes", "this is a folder"),
            ("none", "there is none"),
        ):
            with pytest.raises(Malformed, match=message):
                tree.read(path)
