"""Configurations below the project's own (docs/spec/gate.md, 1 and 4).

The nearest configuration above the folder in which the gate runs says what the project is. One that
is added further down takes its place there, with other settings and perhaps without any record.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.errors import UsageError
from pmlint.gate.checks.judge import Judge
from pmlint.gate.reading import has_records
from pmlint.gate.refusal import Refusal
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import FolderTree, Tree
from pmlint.project.configuration import load
from pmlint.project.settings import NAMES


def nearer_refusals(judge: Judge) -> Iterator[Refusal]:
    """Each configuration that the change adds below, unless it names every record of the base."""
    case = judge.case
    row = case.table.rows("configuration").fact("(a nearer configuration below)")
    if row.when == "never" or "added" not in row.loosens:
        return
    for folder, file in _added(judge):
        if _has_every_record(judge, folder) or not judge.is_held:
            continue
        yield Refusal(
            row.code,
            f"{file} configures a project of its own below this one",
            file,
            subject=folder,
            field=row.field,
            help=f"remove {file}, or let it name every record of this project",
        )


def _added(judge: Judge) -> Iterator[tuple[str, str]]:
    """The folders below the root that the change gives a configuration, with its file."""
    case = judge.case
    for path in sorted(case.merged.beside(case.base, _may_configure)):
        folder = path.rpartition("/")[0]
        if _is_configured(case.merged.tree, folder) and not _is_configured(case.base.tree, folder):
            yield folder, path


def _may_configure(path: str) -> bool:
    """Whether a file below the root has the name of a configuration."""
    folder, _, name = path.rpartition("/")
    return bool(folder) and name in NAMES


def _is_configured(tree: Tree, folder: str) -> bool:
    """Whether a folder has a configuration; one that cannot be read counts as one."""
    if tree.entry(f"{folder}/{NAMES[1]}") is not None:
        return True
    file = f"{folder}/{NAMES[0]}"
    if tree.entry(file) is None:
        return False
    try:
        return b"[tool.pmlint" in tree.read(file)
    except Malformed:
        return True


def _has_every_record(judge: Judge, folder: str) -> bool:
    """Whether a folder, read by its own configuration, has every record of the base."""
    try:
        tree = FolderTree(judge.case.merged.tree, folder)
        theirs = Snapshot(tree, load(tree), Memory())
        return has_records(theirs, judge.case.base)
    except UsageError:
        return False
