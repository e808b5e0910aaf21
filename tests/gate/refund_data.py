"""The attacks of refunds.yaml, on the repository of `tests.gate.world`, in which approvals are
recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.gate import DATA
from tests.gate.attack_data import Case, Repository, cases
from tests.gate.world import World
from tests.yaml_file import read_yaml

REFUNDS: dict[str, Any] = read_yaml(DATA / "refunds.yaml")


class RefundRepository(Repository):
    """A repository of `World`; ``main`` is the base of every change."""

    files = REFUNDS["files"]
    parts = REFUNDS["parts"]
    author = ""

    @classmethod
    def of_world(cls, root: Path) -> RefundRepository:
        """A new one in a folder that is there and empty."""
        return cls(World(root).root, keys=root)


def refund_cases() -> Iterator[Case]:
    """Every attack, each followed by its twin, and what else must pass."""
    for section in ("attacks", "passes"):
        yield from cases(section, REFUNDS, ("recorded",))
