"""The incident, played against the repaired route. Exit 0 when each variant ends contained.

Run: python evidence/PM-2026-002/replay.py
"""

import sys
from collections.abc import Callable
from typing import Any

from loop_guard import ContainedError, LoopGuard, RejectedError, validate_review

OPEN_ENDED = {"pass": False, "comment": "please provide further analysis"}
NEW_QUESTION_EACH_TIME = {"pass": False, "section": "pricing", "question": "Which markets are missing?"}


def play(review: dict[str, Any], usd_per_call: float) -> tuple[LoopGuard, str]:
    """Analyzer writes, Verifier answers `review` for ever; returns what stopped them."""
    guard = LoopGuard()
    try:
        while True:
            guard.next_round()
            guard.before_call(usd_per_call)  # Analyzer
            guard.before_call(usd_per_call)  # Verifier
            validate_review(review)
    except (ContainedError, RejectedError) as stop:
        return guard, f"{type(stop).__name__}: {stop}"


def main() -> int:
    cases: list[tuple[str, dict[str, Any], float, Callable[[LoopGuard], bool]]] = [
        ("as reported: open-ended review", OPEN_ENDED, 0.10, lambda g: g.rounds == 1),
        ("a new question each time", NEW_QUESTION_EACH_TIME, 0.10, lambda g: g.rounds == 6),
        ("few but expensive calls", NEW_QUESTION_EACH_TIME, 9.00, lambda g: g.usd <= 40 and len(g.alerts) == 1),
    ]
    failed = 0
    for name, review, usd, contained in cases:
        guard, stop = play(review, usd)
        good = contained(guard)
        failed += not good
        print(f"{'contained' if good else 'NOT CONTAINED'}  {name}: {stop} ({guard.usd:.2f} USD)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
