"""What verbs ask git: which commit a change will be compared with, and the ids of files."""

from __future__ import annotations

from pathlib import Path

from pmlint.edit.history import blob_of, opened
from pmlint.parsing.tree import WorkTree
from tests.cli.desk import ALERT, Desk


def base(root: Path) -> str:
    with opened(str(root), "") as history:
        assert history is not None
        return history.base


def test_the_base_is_the_default_branch(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ours")
    main = desk.git("rev-parse", "main")
    assert base(desk.root) == main
    desk.git("checkout", "--quiet", "-b", "fix")
    fix = desk.land_alert()
    assert base(desk.root) == main
    desk.git("checkout", "--quiet", "--detach")
    assert base(desk.root) == main
    desk.git("branch", "--move", "main", "trunk")
    assert base(desk.root) == fix, "without a default branch nothing but HEAD is known"


def test_a_clone_knows_its_default_branch(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ours")
    main = desk.git("rev-parse", "main")
    desk.git("clone", "--quiet", str(desk.root), str(tmp_path / "theirs"))
    desk.root = tmp_path / "theirs"
    ahead = desk.land_alert()
    assert base(desk.root) == ahead, "on the default branch itself, what is not pushed yet counts"
    desk.git("checkout", "--quiet", "-b", "fix")
    assert base(desk.root) == main


def test_without_a_commit_there_is_no_history(tmp_path: Path) -> None:
    with opened(str(tmp_path), "") as history:
        assert history is None


def test_a_blob_is_that_of_git_also_with_other_line_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.land_alert()
    tree = WorkTree(str(tmp_path))
    with opened(str(tmp_path), "") as history:
        assert blob_of(tree, history, ALERT) == blob_of(tree, None, ALERT) == desk.blob(ALERT)
        desk.write(ALERT, desk.read(ALERT).replace("\n", "\r\n"))
        assert blob_of(tree, history, ALERT) == desk.blob(ALERT)
        desk.write(ALERT, "threshold: 5\n")
        assert blob_of(tree, history, ALERT) == desk.git("hash-object", ALERT)
        assert blob_of(tree, history, "none.yaml") == ""
