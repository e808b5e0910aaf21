"""What the answers of statements rest on: both sides of a change, and what the base judges by.

The case hands this to its answers. An answer that knew the case would close a circle.
"""

from __future__ import annotations

from typing import NamedTuple

from pmlint.gate.proofs.fixes import Fixes
from pmlint.gate.proofs.history import BaseHistory
from pmlint.gate.snapshot import Snapshot
from pmlint.model import People
from pmlint.project.days import Clock


class Grounds(NamedTuple):
    """The facts of a change by which a statement is judged; ``people`` are those of the base."""

    base: Snapshot
    merged: Snapshot
    people: People | None
    clock: Clock
    history: BaseHistory
    fixes: Fixes


class FactLack(NamedTuple):
    """What a route does not show: the code, why, and what to do."""

    code: str
    reason: str
    release: str = ""
