"""Verbs where not all files of the repository are there: bare, sparse, treeless and shallow clones,
links, Windows' line ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmlint.cli.project import find
from pmlint.parsing.checkout import git_directory, is_sparse

ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "CI", "GITHUB_", "PMLINT_"))
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(folder: Path, *words: str) -> None:
    who = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "uploadpack.allowFilter=true",
    )
    subprocess.run(
        ["git", *who, *words], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True
    )


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "pmlint", *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository that pmlint is set up in, with two commits."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    assert run(folder, "init", "--ci", "github", "--owner", "@ana")[0] == 0
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "README.md").write_text("# Desk\n", encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    return folder


SPARSE = (
    2,
    "",
    "error: a sparse checkout leaves out {number} that pmlint reads, such as '{file}'\n"
    "  help: git sparse-checkout add FOLDER, or git sparse-checkout disable\n",
)


def sparse(number: str, file: str) -> tuple[int, str, str]:
    return SPARSE[0], SPARSE[1], SPARSE[2].format(number=number, file=file)


def test_a_sparse_checkout_says_what_is_not_there(origin: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--sparse", str(origin), "clone")
    clone = tmp_path / "clone"
    expected = sparse("3 files", "policies/README.md")
    for words in (
        ("check",),
        ("routes",),
        ("actions",),
        ("baseline",),
        ("new", "A title"),
        ("import", "README.md"),
    ):
        assert run(clone, *words) == expected, words
    code, out, _ = run(clone, "gate", "--worktree")
    assert (code, expected[2].partition("\n")[0].removeprefix("error: ") in out) == (2, True)
    # The gate reads git's objects, which are all there.
    assert run(clone, "gate", "--base", "HEAD~1", "--head", "HEAD")[0] == 0
    git(clone, "sparse-checkout", "add", "policies", "postmortems", "routes")
    assert run(clone, "check") == (0, "All clean: 0 postmortems and 1 route\n", "")
    assert run(clone, "doctor") == sparse("2 files", ".github/CODEOWNERS")
    git(clone, "sparse-checkout", "disable")
    assert run(clone, "doctor")[0] == 1
    assert run(clone, "check")[0] == 0


def test_a_sparse_checkout_by_patterns_and_below_the_root(origin: Path, tmp_path: Path) -> None:
    git(origin, "mv", "routes", "evidence")
    git(origin, "mv", "evidence/routes", "routes")
    (origin / "team").mkdir()
    for name in ("routes", "postmortems", "pmlint.toml", "policies"):
        git(origin, "mv", name, f"team/{name}")
    git(origin, "commit", "-q", "-m", "three")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "sparse-checkout", "set", "--no-cone", "/*", "!/team/routes/")
    assert is_sparse(str(git_directory(str(clone))))
    assert run(clone / "team", "check") == sparse("1 file", "routes/example-route.yaml")


def test_a_bare_repository_says_so(origin: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(origin), "bare")
    expected = (
        2,
        "",
        "error: this is a bare repository, which has no files\n  help: clone it; 'pmlint gate --base REV --head REV' judges it as it is\n",
    )
    for words in (("check",), ("doctor",), ("routes",)):
        assert run(tmp_path / "bare", *words) == expected, words
    assert run(tmp_path / "bare", "gate", "--base", "main~1", "--head", "main")[0] == 0


@pytest.mark.parametrize("kind", ["tree:0", "blob:none"])
def test_a_clone_without_objects_says_fetch(origin: Path, tmp_path: Path, kind: str) -> None:
    git(tmp_path, "clone", "-q", f"--filter={kind}", f"file://{origin}", "clone")
    clone = tmp_path / "clone"
    assert run(clone, "check") == (0, "All clean: 0 postmortems and 1 route\n", "")
    assert run(clone, "doctor")[0] == 1
    code, out, _ = run(clone, "gate", "--base", "HEAD~1", "--head", "HEAD")
    assert code in (0, 2)
    if code == 2:
        assert "git fetch" in out


def test_a_linked_work_tree_and_a_path_through_a_link(origin: Path, tmp_path: Path) -> None:
    git(origin, "worktree", "add", "-q", str(tmp_path / "other"))
    (tmp_path / "link").symlink_to(tmp_path / "other")
    for folder in (tmp_path / "other", tmp_path / "link"):
        assert run(folder, "check") == (0, "All clean: 0 postmortems and 1 route\n", "")
        assert run(folder, "check", str(tmp_path / "link/routes/example-route.yaml"))[0] == 0
        assert run(folder, "gate", "--base", "HEAD~1", "--head", "HEAD")[0] == 0


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert run(tmp_path, "init", "--ci", "none")[0] == 0
    assert run(tmp_path, "check")[0] == 0
    assert run(tmp_path, "gate", "--staged")[0] == 0


def test_a_checkout_with_windows_line_ends(origin: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(origin), "clone")
    clone = tmp_path / "clone"
    assert b"\r\n" in (clone / "routes/example-route.yaml").read_bytes()
    assert run(clone, "check") == (0, "All clean: 0 postmortems and 1 route\n", "")
    assert run(clone, "doctor")[1] == run(origin, "doctor")[1]
    assert run(clone, "init", "--ci", "github", "--owner", "@ana") == (
        0,
        "Nothing to do: everything is in its place\n",
        "",
    )


def test_a_folder_without_git_is_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "HEAD").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / "objects").mkdir()
    assert find(str(tmp_path)).root == str(tmp_path)
