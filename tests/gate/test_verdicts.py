"""The whole verdict over each change of the catalogue, word for word: ``python -m tests.gate.test_verdicts`` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmlint.project.settings import UsageError
from tests.gate.catalogue import ATTACKS, HONEST, Entry
from tests.gate.memory import MemoryWorld, told

FILE = Path(__file__).with_name("verdicts.json")
ON_DISK = {"symbolic link", "symbolic folder", "another encoding", "workflow as a link"}
ENTRIES = {entry.name: entry for entry in (*ATTACKS, *HONEST) if entry.name not in ON_DISK}


def verdict(entry: Entry) -> list[str]:
    """What the gate says of a change in memory."""
    world = MemoryWorld()
    if entry.before is not None:
        entry.before(world)
        world.commit()
    entry.edit(world)
    try:
        return told(world.verdict())
    except UsageError as error:
        return [f"not judged: {error.message}", f"{error.file} {error.span and tuple(error.span)}", error.help]


@pytest.mark.parametrize("name", ENTRIES)
def test_verdict(name: str) -> None:
    known = json.loads(FILE.read_text())
    assert verdict(ENTRIES[name]) == known.get(name), "if that is meant: python -m tests.gate.test_verdicts"


if __name__ == "__main__":
    text = json.dumps({name: verdict(entry) for name, entry in ENTRIES.items()}, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n")
