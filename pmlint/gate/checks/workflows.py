"""Workflows and hooks that run pmlint: the whole job is compared (docs/spec/gate.md, 9).

What changed in a job, pipeline or hook is found by `pmlint.gate.workflows`; here is asked who
approved it. An amendment names the file, and as its values the file's git blob ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from pmlint.gate.case import Case
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.refusal import Refusal, spaced
from pmlint.gate.snapshot import Snapshot
from pmlint.gate.workflows import WorkflowChange, workflow_changes
from pmlint.gate.workflows.called import called_files, may_be_called
from pmlint.gate.workflows.gitlab_includes import MAIN, is_included
from pmlint.gate.workflows.systems import included_by, is_watched
from pmlint.parsing.source import Malformed
from pmlint.place import Path


def workflow_refusals(case: Case, scope: Scope) -> Iterator[Refusal]:
    """What the change takes from the jobs and hooks that run pmlint, and nobody approved."""
    before, now = watched_on_both(case)
    if before == now:
        return
    for change in workflow_changes(before, now):
        own = scope._replace(field=f"workflows.{change.file}")
        blobs = tuple(side.identity(change.file) or None for side in (case.base, case.merged))
        asked = FieldChange(
            change.row, change.direction, blobs[0], blobs[1], Path(), Path(), (own,)
        )
        lack = lack_of(asked, case.approvals, (), case.today.latest)
        if lack is not None:
            yield _refusal(change, f"{change.message}{spaced(lack)}", blobs[1])


def watched_on_both(case: Case) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files that may run pmlint, of base and merge result; none of either where all of them
    are alike, which is known without reading the other folders of a large repository.
    """
    base, merged = case.base, case.merged
    included = _included(base) | _included(merged)

    def is_asked(path: str) -> bool:
        return is_watched(path) or (bool(included) and is_included(path, included))

    moved = chain(base.beside(merged, is_asked), merged.beside(base, is_asked))
    # what a job calls lies anywhere, and is on the base
    called = (path for path in case.touched if may_be_called(path, lambda path: _bytes(base, path)))
    if next(chain(moved, called), None) is None:
        return {}, {}
    # a job may have moved to any file, so one that differs is compared with all of them
    return _watched(base, is_asked), _watched(merged, is_asked)


def _included(side: Snapshot) -> frozenset[str]:
    """What the pipeline of GitLab takes in from folders where nothing else is looked at."""
    return frozenset(included_by(lambda path: _bytes(side, path), [MAIN]))


def _watched(side: Snapshot, is_asked: Callable[[str], bool]) -> dict[str, bytes]:
    """The files that may run pmlint, and what they call; one that cannot be read runs nothing."""
    found = {}
    for entry in side.tree.walk(""):
        data = _bytes(side, entry.path) if is_asked(entry.path) else None
        if data is not None:
            found[entry.path] = data
    return {**called_files(found, lambda path: _bytes(side, path)), **found}


def _bytes(side: Snapshot, path: str) -> bytes | None:
    try:
        return side.tree.read(path)
    except Malformed:
        return None


def _refusal(change: WorkflowChange, message: str, blob: str | None) -> Refusal:
    return Refusal(
        change.row.code,
        message,
        change.file,
        span=change.span,
        side="base" if change.side else "",
        subject=change.unit,
        field=change.field,
        before=change.before,
        after=change.after,
        values={"path": change.file, "to": str(blob)},
    )
