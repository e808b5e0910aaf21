"""Git, asked safely: what a hostile or an incomplete repository can do, and what the gate says
then.
"""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from pmlint.gate.case import GateChange
from pmlint.gate.proofs.history import BaseHistory
from pmlint.gate.verdict import judge
from pmlint.git import Repository, Unjudged
from pmlint.git.process import SafeGit
from tests.gate.world import ALERT, POSTMORTEM, ROUTE, TODAY, World, said
from tests.git_folder import CLEAN


def verdict(root: Path, base: str = "main", head: str = "change") -> str:
    with Repository(str(root)) as repository:
        target, commit = repository.resolve(base), repository.resolve(head)
        merge = repository.merge(target, commit)
        return said(
            judge(GateChange(repository, target, commit, repository.tree(merge.tree), TODAY))
        )


def branch(world: World) -> None:
    world.git("checkout", "-q", "-B", "change")


@pytest.fixture
def restarted(world: World) -> World:
    """A branch that restarts the route while an action is open."""
    branch(world)
    world.restart()
    world.commit()
    return world


def test_a_branch_older_than_the_postmortem_is_judged_by_the_merge(
    world: World, tmp_path: Path
) -> None:
    text = world.read(POSTMORTEM)
    world.delete(POSTMORTEM)
    world.edit(ROUTE, ("[PM-2026-001]", "[]"))
    world.commit()
    branch(world)
    world.restart()
    world.commit()
    assert verdict(world.root).startswith("allowed")
    world.git("checkout", "-q", "main")
    world.write(POSTMORTEM, text)
    world.commit()
    assert "A2 holds it (open)" in verdict(world.root)


def test_a_merge_in_which_each_side_is_honest(world: World) -> None:
    """One side links a postmortem, the other restarts: only the merge is wrong."""
    world.edit(POSTMORTEM, ("routes: [refund-triage]", "routes: []"))
    world.edit(ROUTE, ("[PM-2026-001]", "[]"))
    world.commit()
    branch(world)
    world.edit(ROUTE, ("restart: false", "restart: true"))
    world.commit()
    world.git("checkout", "-q", "main")
    world.edit(POSTMORTEM, ("routes: []", "routes: [refund-triage]"))
    world.commit()
    assert "A2 holds it (open)" in verdict(world.root)


def test_a_merge_commit_that_drops_the_postmortem(world: World) -> None:
    branch(world)
    world.write("other.txt", "x\n")
    world.commit()
    world.git("checkout", "-q", "main")
    world.write("another.txt", "x\n")
    world.commit()
    world.git("checkout", "-q", "change")
    world.git("merge", "-q", "--no-commit", "main")
    world.delete(POSTMORTEM)
    world.git("add", "-A")
    world.git("commit", "-q", "-m", "merge")
    assert "postmortem-removed" in verdict(world.root)


def test_replace_refs_and_grafts_change_nothing(restarted: World) -> None:
    free = restarted.git("rev-parse", "main")
    head = restarted.git("rev-parse", "change")
    restarted.git("replace", head, free)
    (restarted.root / ".git/info").mkdir(exist_ok=True)
    (restarted.root / ".git/info/grafts").write_text(f"{head}\n")
    assert "A2 holds it (open)" in verdict(restarted.root)


def test_hostile_configuration_and_attributes_run_nothing(restarted: World, tmp_path: Path) -> None:
    restarted.git("checkout", "-q", "main")
    restarted.edit(ROUTE, ("title: Refund triage", "title: Refunds"))
    restarted.commit()
    witness = tmp_path / "witness"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {witness}\nexit 0\n")
    script.chmod(0o755)
    keys = (
        "core.fsmonitor",
        "diff.external",
        "merge.evil.driver",
        "filter.evil.clean",
        "filter.evil.smudge",
        "core.sshCommand",
    )
    for key in keys:
        restarted.git("config", key, str(script))
    restarted.git("config", "core.hooksPath", str(tmp_path))
    (restarted.root / ".git/info").mkdir(exist_ok=True)
    (restarted.root / ".git/info/attributes").write_text("* merge=evil filter=evil diff=evil\n")
    assert "A2 holds it (open)" in verdict(restarted.root)
    with Repository(str(restarted.root)) as repository:
        repository.staged()
    assert not witness.exists()


def test_environment_of_git_is_not_believed(
    restarted: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (
        "GIT_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_WORK_TREE",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_NAMESPACE",
    ):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    assert "A2 holds it (open)" in verdict(restarted.root)


def test_a_tag_of_the_same_name_does_not_win(restarted: World) -> None:
    restarted.git("tag", "main", "change")
    assert "A2 holds it (open)" in verdict(restarted.root)


def test_a_program_named_git_in_the_repository_is_not_run(
    restarted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = restarted.root / "git"
    evil.write_text("#!/bin/sh\nexit 0\n")
    evil.chmod(0o755)
    monkeypatch.chdir(restarted.root)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert "A2 holds it (open)" in verdict(restarted.root)


def test_a_shallow_clone_is_not_judged(restarted: World, tmp_path: Path) -> None:
    for number in range(3):
        restarted.write("count.txt", str(number))
        restarted.commit()
    clone = tmp_path / "clone"
    subprocess.run(
        [
            "git",
            "clone",
            "-q",
            "--depth",
            "1",
            f"file://{restarted.root}",
            str(clone),
            "-b",
            "change",
        ],
        env=CLEAN,
        check=True,
    )
    subprocess.run(
        ["git", "fetch", "-q", "--depth", "1", "origin", "main:main"],
        cwd=clone,
        env=CLEAN,
        check=True,
    )
    with pytest.raises(Unjudged) as error:
        verdict(clone)
    assert error.value.help == "git fetch --unshallow origin (in CI: fetch-depth: 0)"


def test_a_partial_clone_is_not_judged(restarted: World, tmp_path: Path) -> None:
    restarted.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    words = [
        "git",
        "clone",
        "-q",
        "--bare",
        "--filter=blob:none",
        f"file://{restarted.root}",
        str(clone),
    ]
    subprocess.run(words, env=CLEAN, check=True)
    with pytest.raises(Unjudged, match="is not here"):
        verdict(clone)


def test_bare_repositories_work_trees_and_packed_refs(restarted: World, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run(
        ["git", "clone", "-q", "--bare", str(restarted.root), str(bare)], env=CLEAN, check=True
    )
    assert "A2 holds it (open)" in verdict(bare)
    restarted.git("pack-refs", "--all")
    restarted.git("gc", "-q")
    assert "A2 holds it (open)" in verdict(restarted.root)
    other = tmp_path / "other"
    restarted.git("worktree", "add", "-q", "--detach", str(other), "main")
    assert "A2 holds it (open)" in verdict(other / "routes")


def test_a_conflict_names_the_files(world: World) -> None:
    branch(world)
    world.edit(ROUTE, ("title: Refund triage", "title: One"))
    world.commit()
    world.git("checkout", "-q", "main")
    world.edit(ROUTE, ("title: Refund triage", "title: Two"))
    world.commit()
    with Repository(str(world.root)) as repository:
        assert repository.merge(
            repository.resolve("main"), repository.resolve("change")
        ).conflicts == (ROUTE,)


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "-x",
        "../HEAD",
        "refs/heads/../../config",
        "HEAD~99",
        "0" * 40,
        "a" * 40,
        "",
        "@{1}",
        "main:routes",
    ],
)
def test_unknown_revisions(world: World, name: str) -> None:
    with Repository(str(world.root)) as repository, pytest.raises(Unjudged):
        repository.resolve(name)


def test_revisions(world: World) -> None:
    first = world.git("rev-parse", "HEAD")
    second = world.commit()
    world.git("tag", "-a", "v1", "-m", "v1")
    with Repository(str(world.root)) as repository:
        for name in ("HEAD", "@", "main", "refs/heads/main", second, second[:10], "v1"):
            assert repository.resolve(name) == second
        for name in ("HEAD~1", "main^", "HEAD~"):
            assert repository.resolve(name) == first


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(Unjudged, match="is not in a git repository"):
        Repository(str(tmp_path))


def test_nothing_is_written_into_the_repository(restarted: World) -> None:
    before = {path: path.read_bytes() for path in restarted.root.rglob("*") if path.is_file()}
    verdict(restarted.root)
    with Repository(str(restarted.root)) as repository:
        repository.staged()
    assert {
        path: path.read_bytes() for path in restarted.root.rglob("*") if path.is_file()
    } == before


def test_many_gates_at_once_with_git_gc(restarted: World) -> None:
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(verdict(restarted.root))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    restarted.git("gc", "-q")
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert "A2 holds it (open)" in answers[0]


def test_a_large_blob_is_not_read_and_the_next_is(world: World) -> None:
    from pmlint.parsing.source import Malformed

    world.write("large.txt", "x" * 300_000)
    commit = world.commit()
    with Repository(str(world.root)) as repository:
        tree = repository.tree(commit)
        with pytest.raises(Malformed, match="300,000 bytes"):
            tree.read("large.txt")
        assert tree.read(ROUTE) == (world.root / ROUTE).read_bytes()


def test_proof_by_commit(world: World) -> None:
    """A commit counts where it is on the base, changes what the action names, and is newer than the
    action.
    """
    older = world.git("rev-parse", "HEAD")
    world.write("README.md", "hello\n")
    readme = world.commit()
    fix = world.land()
    branch(world)
    for commit, code in (
        (fix, ""),
        (readme, "proof-elsewhere"),
        (older, "proof-elsewhere"),
        ("4be1f0c", "closed-without-proof"),
    ):
        world.git("checkout", "-q", "main", "--", POSTMORTEM)
        world.close(f'commit: "{commit[:10]}"')
        world.commit()
        answer = verdict(world.root)
        assert answer.startswith("allowed") == (not code), answer
        assert code in answer
    world.git("checkout", "-q", "main", "--", POSTMORTEM)
    world.write(ALERT, "signal: other\n")
    mine = world.commit()
    world.close(f'commit: "{mine}"')
    world.commit()
    assert "proof-not-on-base" in verdict(world.root)


def test_reachability_is_asked_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[tuple[str, ...]] = []
    run = SafeGit.run

    def counted(self: SafeGit, *words: str, **options: Any) -> Any:
        questions.append(words)
        return run(self, *words, **options)

    monkeypatch.setattr(SafeGit, "run", counted)
    first = world.git("rev-parse", "HEAD")
    world.write("later.txt", "later")
    later = world.commit()
    with Repository(str(world.root)) as repository:
        history = BaseHistory(repository, first)
        for _ in range(3):
            assert history.is_reachable(first, (later,))
            assert not history.is_reachable(later, (first,))
            assert history.is_reachable(later, (first, later))
    assert sorted(words[2:] for words in questions) == sorted(
        [(first, later), (later, first), (later, later)]
    )


def test_a_head_that_points_nowhere_is_not_taken_for_a_new_repository(world: World) -> None:
    world.git("symbolic-ref", "HEAD", "refs/heads/none")
    with (
        Repository(str(world.root)) as repository,
        pytest.raises(Unjudged, match="HEAD points at no commit"),
    ):
        _ = repository.refs.is_unborn


def test_reftables_are_not_judged(world: World) -> None:
    (world.root / ".git/reftable").mkdir()
    with pytest.raises(Unjudged, match="reftable"):
        Repository(str(world.root))


def test_a_message_cannot_forge_a_commit(world: World) -> None:
    base = world.commit()
    world.write("notes.txt", "one\n")
    world.git("add", "-A")
    forged = "\x01" + "0" * 40
    world.git(
        "commit", "-q", "-m", f"Add notes\n\n{forged}\n\nAssisted-by: A bot <bot@example.org>"
    )
    with Repository(str(world.root)) as repository:
        head = repository.resolve("HEAD")
        (found,) = repository.log.commits_between(base, head)
    assert found[:2] == (head, base)
    assert found[2][-2:] == ("A bot", "bot@example.org")


def test_lines_that_say_who_made_a_commit_in_every_spelling(world: World) -> None:
    """A squash lists the messages that it joins, and git takes a blank before the colon and a value
    in the next line.
    """
    base = world.commit()
    message = (
        "Add notes\n\n* One\n\n  co-authored-by: A <a@example.org>\n\n> Assisted-by : B <b@example.org>\n"
        "* Generated-by: C\nCo-authored-by:\n  D <d@example.org>\nNot-co-authored-by: E\nHe said Co-authored-by: F\n"
    )
    world.commit(message)
    with Repository(str(world.root)) as repository:
        ((_, _, names),) = repository.log.commits_between(base, repository.resolve("HEAD"))
    assert names[2:] == ("A", "a@example.org", "B", "b@example.org", "C", "D", "d@example.org")


def test_a_name_of_two_branches_is_not_guessed(world: World) -> None:
    world.git("update-ref", "refs/remotes/origin/main", "main")
    with Repository(str(world.root)) as repository:
        world.git("update-ref", "refs/heads/origin/main", "main")
        assert repository.resolve("origin/main") == repository.resolve("main")
        world.commit()
        world.git("update-ref", "refs/heads/origin/main", "HEAD")
        with pytest.raises(Unjudged) as error:
            repository.resolve("origin/main")
        assert error.value.message == (
            "'origin/main' is the name of two branches: refs/heads/origin/main and refs/remotes/origin/main"
        )
        assert error.value.help == ("name the one that is meant in full: refs/remotes/origin/main")
        assert repository.resolve(error.value.help.split()[-1]) == repository.resolve("HEAD~1")
