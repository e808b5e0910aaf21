"""What verbs that look at a project ask git about HEAD: which commit it is, whether the records are
as it has them, and what holds each route after its proofs were looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pmlint.cli.base_project import project_of_base, require_project_of_head
from pmlint.cli.project import Project, below
from pmlint.errors import UsageError
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.days import Today, clock
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.holds import Hold
from pmlint.project.settings import Settings

if TYPE_CHECKING:
    from pmlint.git import GitTree, Repository


class HeadTree(NamedTuple):
    """HEAD of a repository that may have no work tree: its full id, its project and settings."""

    repository: Repository
    commit: str
    tree: GitTree
    settings: Settings


@contextmanager
def tree_of_head(folder: str) -> Iterator[HeadTree]:
    """What HEAD of a repository has, read from its objects alone."""
    from pmlint.git import Repository
    from pmlint.project.configuration import load

    with Repository(folder) as repository:
        commit = repository.resolve("HEAD")
        repository.below = project_of_base(repository, commit, folder) or ""
        tree = repository.tree(commit)
        yield HeadTree(repository, commit, tree, load(tree))


class HeadCommit(NamedTuple):
    """The commit that is checked out, by its full id; ``is_dirty`` where a record differs from
    it.
    """

    commit: str
    is_dirty: bool


def head_commit(project: Project) -> HeadCommit | None:
    """HEAD of the repository around a project; None where there is none, or no commit yet."""
    from pmlint.edit.history import opened
    from pmlint.git.objects import blob_id

    with opened(project.root, below(project.root)) as history:
        if history is None:
            return None
        committed = history.repository.tree(history.head)
        is_wide = history.repository.refs.is_wide

        def differs(path: str) -> bool:
            now = _content(project.tree, path)
            if now is not None and blob_id(now, is_wide=is_wide) == committed.identity(path):
                return False
            before = _content(committed, path)
            # With `core.autocrlf` the work tree has CRLF where the object has LF.
            return before is None or now is None or _lines(before) != _lines(now)

        paths = {*_records(project.tree, project.settings), *_records(committed, project.settings)}
        return HeadCommit(history.head, any(map(differs, sorted(paths))))


class HandedFacts(NamedTuple):
    """The files of ``--budgets`` and ``--replays``, and the ``--now`` that they are judged on."""

    budgets: str | None
    replays: str | None
    now: str | None


def landed_holds(
    project: Project, day: Today, facts: HandedFacts
) -> Mapping[str, tuple[Hold, ...]]:
    """What a restart of each route would run into, with proofs looked up on HEAD, as `why` says it.

    Raises `UsageError` where nobody can tell: there is no repository, or history is missing.
    """
    from pmlint.gate.case import GateChange
    from pmlint.gate.statements import hand_over
    from pmlint.gate.verdict import every_hold_now
    from pmlint.git import Repository

    with Repository(project.root, below(project.root)) as repository:
        require_project_of_head(repository, project.root)
        head = repository.resolve("HEAD")
        budgets, replays = (
            hand_over(file) if file else None for file in (facts.budgets, facts.replays)
        )
        change = GateChange(repository, head, "", project.tree, day)
        return every_hold_now(
            change._replace(budgets=budgets, replays=replays, clock=clock(facts.now))
        )


def require_proofs(proofs: bool, facts: HandedFacts) -> None:
    """Raise `UsageError` for statements that nobody would look at."""
    given = [name for name in ("budgets", "replays") if getattr(facts, name) is not None]
    if given and not proofs:
        raise UsageError(f"--{given[0]} needs --proofs", help="add --proofs")


def _records(tree: Tree, settings: Settings) -> Iterator[str]:
    """The files from which rows are made."""
    yield from (entry.path for entry in postmortem_files(tree, settings))
    yield from (path for path, _ in route_files(tree, settings))
    for path in (settings.file, settings.people):
        if path and tree.entry(path) is not None:
            yield path


def _content(tree: Tree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except Malformed:
        return None


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
