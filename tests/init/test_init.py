"""The command itself: what it prints, what it writes, and that ``--diff`` writes nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pmlint.cli.init import command
from pmlint.errors import UsageError


def init(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "CODEOWNERS").write_text("* @all \x1b[31m\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    return tmp_path


def test_it_says_what_it_wrote_and_writes_at_the_root(repository: Path) -> None:
    (repository / "CODEOWNERS").write_text("* @all\n", encoding="utf-8")
    done = init("--repo", str(repository / "sub"), "--ci", "github")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "wrote postmortems/README.md\n"
        "wrote evidence/README.md\n"
        "wrote policies/README.md\n"
        "wrote routes/example-route.yaml\n"
        "wrote pmlint.toml\n"
        "wrote .gitattributes\n"
        "wrote .pre-commit-config.yaml\n"
        "wrote .github/workflows/pmlint.yml\n"
        "wrote .github/ISSUE_TEMPLATE/postmortem.yml\n"
        "added to CODEOWNERS\n",
        "note: make the check 'pmlint' required in the rules of the default branch\n"
        "note: `pmlint init --report` also writes a job that publishes the report as pages\n",
    )
    assert list((repository / "sub").iterdir()) == []


def test_diff_writes_nothing_and_applies_with_git(repository: Path) -> None:
    (repository / "CODEOWNERS").write_text("* @all\n", encoding="utf-8")
    before = sorted(path for path in repository.rglob("*") if ".git" not in path.parts)
    shown = init("--repo", str(repository), "--ci", "github", "--diff")
    assert shown.exit_code == 0
    assert sorted(path for path in repository.rglob("*") if ".git" not in path.parts) == before
    subprocess.run(
        ["git", "apply", "--whitespace=error"],
        input=shown.stdout,
        text=True,
        cwd=repository,
        check=True,
    )
    applied = {
        path.relative_to(repository): path.read_bytes()
        for path in repository.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    for path in applied:
        (repository / path).unlink()
    (repository / "CODEOWNERS").write_text("* @all\n", encoding="utf-8")
    init("--repo", str(repository), "--ci", "github")
    assert {path: (repository / path).read_bytes() for path in applied} == applied


def test_a_file_with_an_escape_sequence_is_refused_with_its_place(repository: Path) -> None:
    refused = init("--repo", str(repository))
    assert isinstance(refused.exception, UsageError)
    assert (refused.exception.file, refused.exception.span and refused.exception.span[:2]) == (
        "CODEOWNERS",
        (1, 8),
    )
    assert [path.name for path in repository.iterdir() if path.name != ".git"] in (
        ["CODEOWNERS", "sub"],
        ["sub", "CODEOWNERS"],
    )


@pytest.mark.parametrize("owner", ["ops", "@a b", "@a\n* @evil", "\x1b@a", "a@b@c.d", "@"])
def test_an_owner_is_a_handle(repository: Path, owner: str) -> None:
    refused = init("--repo", str(repository), "--owner", owner)
    assert isinstance(refused.exception, UsageError)
    assert "is not a code owner" in refused.exception.message


def test_a_tree_that_refuses_is_said(repository: Path) -> None:
    (repository / "CODEOWNERS").unlink()
    (repository / "evidence").write_text("a file in the place of a folder")
    refused = init("--repo", str(repository), "--ci", "none")
    assert isinstance(refused.exception, UsageError)
    assert refused.exception.message == "'evidence' is not a folder"
    assert not (repository / "postmortems").exists(), "all is asked before anything is written"
    assert (repository / "evidence").read_text() == "a file in the place of a folder"


def test_a_bare_repository_has_no_files_to_write(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path)], check=True)
    before = sorted(tmp_path.iterdir())
    refused = init("--repo", str(tmp_path)).exception
    assert isinstance(refused, UsageError)
    assert str(refused) == "this is a bare repository, which has no files"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("is_fetched", [True, False])
def test_nothing_is_written_into_a_submodule(repository: Path, is_fetched: bool) -> None:
    (repository / "CODEOWNERS").unlink()
    for name in ("postmortems", "routes"):
        (repository / name).mkdir()
        if is_fetched:
            (repository / name / ".git").write_text(
                f"gitdir: ../.git/modules/{name}\n", encoding="utf-8"
            )
    modules = "".join(
        f'[submodule "{name}"]\n\tpath = {name}\n\turl = ../x\n'
        for name in ("postmortems", "routes")
    )
    (repository / ".gitmodules").write_text(modules, encoding="utf-8")
    done = init("--repo", str(repository))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "wrote agents/postmortems/README.md"
    assert (
        "note: postmortems/ is a repository of its own: new postmortems go to agents/postmortems/\n"
        in done.stderr
    )
    assert (repository / "pmlint.toml").read_text(encoding="utf-8").splitlines() == [
        'fail_level = "error"',
        'postmortems = "agents/postmortems"',
        'routes = "agents/routes"',
    ]
    inside = [
        path.name for name in ("postmortems", "routes") for path in (repository / name).iterdir()
    ]
    assert inside == ([".git", ".git"] if is_fetched else [])
