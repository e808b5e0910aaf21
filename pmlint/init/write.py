"""Writing a plan: each file at once or not at all, and never over one that came meanwhile."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

from pmlint.errors import UsageError
from pmlint.init.repository import Plan, PlannedChange
from pmlint.parsing import writing as atomic
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import WorkTree


def write(root: str, plan: Plan) -> None:
    """Write all changes of a plan below ``root``.

    Raises `UsageError` where a file is not what the plan was made of, `OSError` where the file
    system refuses; either way each file is as it was or as it should be.
    """
    tree = WorkTree(root)
    # All are looked at before the first is written: half a setup is worse than none.
    for change in plan.changes:
        _unchanged(tree, change)
    for change in plan.changes:
        _write(tree, change)


def diff(change: PlannedChange) -> Iterator[str]:
    """The lines of a unified diff for a terminal."""
    before = (change.before or "").splitlines()
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    for line in difflib.unified_diff(
        before, change.after.splitlines(), old, f"b/{change.path}", lineterm=""
    ):
        # A file that is there may hold escapes for the terminal.
        yield line[:1] + terminal(line[1:])


def _write(tree: WorkTree, change: PlannedChange) -> None:
    path = os.path.join(tree.root, *change.path.split("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Once more, because seconds may have passed since the plan was made.
    _unchanged(tree, change)
    atomic.write(path, change.after.encode(), new=change.before is None)


def _unchanged(tree: WorkTree, change: PlannedChange) -> None:
    """Make sure that a file is what the plan was made of, and that no link leads elsewhere.

    Raises `UsageError`.
    """
    parent = change.path.rpartition("/")[0]
    while parent:
        above = tree.entry(parent)
        if above is not None and above.kind != "folder":
            raise UsageError(
                f"'{parent}' is not a folder",
                file=change.path,
                help="move it away, or name another folder in the configuration",
            )
        parent = parent.rpartition("/")[0]
    expected = change.before.encode() if change.before is not None else None
    try:
        now = tree.read(change.path) if tree.entry(change.path) is not None else None
    except Malformed:
        # A link or a folder in the place is never written over, whatever was expected.
        now = b"no regular file" if expected is None else None
    if now != expected:
        raise UsageError(
            "the file changed while pmlint was running",
            file=change.path,
            help="run the command again",
        )
