"""What holds each route after its proofs were looked up in git, as the gate looks them up."""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.cli.project import Project, below
from pmlint.project.days import Today
from pmlint.project.holds import Hold


def landed_holds(project: Project, day: Today) -> Mapping[str, tuple[Hold, ...]]:
    """What a restart of each route would run into, with proofs looked up on HEAD.

    Raises `UsageError` where nobody can tell: there is no repository, or history is missing.
    """
    from pmlint.gate.case import GateChange
    from pmlint.gate.verdict import every_hold_now
    from pmlint.git import Repository

    with Repository(project.root, below(project.root)) as repository:
        head = repository.resolve("HEAD")
        return every_hold_now(GateChange(repository, head, "", project.tree, day))
