"""Plays the lists of attacks and counts: ``python -m tests.gate.figures [--mode MODE] [TEXT]``.

TEXT plays those whose name has it; what is judged wrong is shown.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.gate.agent_data import agent_cases
from tests.gate.attack_data import (
    CATALOGUE,
    MODES,
    Case,
    Repository,
    cases,
    make_keys,
    mistake,
)
from tests.gate.refund_data import RefundRepository, refund_cases

SECTIONS = [
    name
    for name in (
        "attacks",
        "trees",
        "git",
        "agents",
        "passes",
        "agent_passes",
        "trust",
        "replay",
        "fresh_trust",
        "second_trust",
        "third_trust",
    )
    if name in CATALOGUE
]


def play(section: str, case: Case, folder: Path) -> str:
    """What is wrong with the answer to a case; empty where nothing is."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        kind = RefundRepository if section == "refunds" else Repository
        template = folder / (section if section == "refunds" else case.mode)
        repository = kind(template, folder / "keys").copy(Path(own) / "repository")
        try:
            repository.prepare(case.entry.get("before", []))
            return mistake(case, repository.judge(case)[-1], repository)
        except Exception as error:  # any failure of the program is a wrong answer here
            return f"BROKEN {type(error).__name__}: {str(error)[:300]}"


def every() -> Iterator[tuple[str, Case]]:
    """Each case of each list, with the name of its section."""
    for section in SECTIONS:
        for case in agent_cases(section) if section.startswith("agent") else cases(section):
            yield section, case
    for case in refund_cases():
        yield "refunds", case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--mode", choices=MODES)
    given = parser.parse_args()
    chosen = [
        (section, case)
        for section, case in every()
        if given.text in case.id and given.mode in (None, case.mode)
    ]
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(2) as pool:
        folder = Path(place)
        (folder / "keys").mkdir()
        make_keys(folder / "keys")
        for mode in MODES:
            Repository.create(folder / mode, mode, folder / "keys")
        (folder / "refunds").mkdir()
        RefundRepository.of_world(folder / "refunds")
        found = list(
            pool.map(play, *zip(*chosen, strict=True), [folder] * len(chosen), chunksize=4)
        )
    counts = Counter[tuple[str, str, str]]()
    for (section, case), wrong in zip(chosen, found, strict=True):
        counts[section, case.mode, wrong.partition(":")[0].split("[")[0] or "right"] += 1
        if wrong:
            print(f"{case.id}: {wrong}")
    for (section, mode, wrong), number in sorted(counts.items()):
        print(f"{section:8} {mode:10} {number:4} {wrong}")


if __name__ == "__main__":
    main()
