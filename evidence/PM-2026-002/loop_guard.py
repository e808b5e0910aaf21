"""Limits that hold before the next model call, and the form that a review must have."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMITS = tomllib.loads(Path(__file__).with_name("limits.toml").read_text(encoding="utf-8"))


class ContainedError(Exception):
    """The run was stopped by a limit."""


class RejectedError(Exception):
    """A review is neither a pass nor one named question."""


@dataclass
class LoopGuard:
    """Counts one request. Ask it before each call; it raises instead of letting the call happen."""

    rounds: int = 0
    usd: float = 0.0
    usd_since_progress: float = 0.0
    alerts: list[str] = field(default_factory=list)

    def before_call(self, estimate_usd: float) -> None:
        if self.usd + estimate_usd > LIMITS["usd"]:
            raise ContainedError(f"spend-cap: {self.usd:.2f} USD spent, limit {LIMITS['usd']:.2f}")
        self.usd += estimate_usd
        self.usd_since_progress += estimate_usd
        if self.usd_since_progress >= LIMITS["alert_usd"] and not self.alerts:
            self.alerts.append(f"spend-without-progress at {self.usd_since_progress:.2f} USD")

    def next_round(self) -> None:
        if self.rounds == LIMITS["rounds"]:
            raise ContainedError(f"round-limit: {self.rounds} rounds")
        self.rounds += 1

    def accepted(self) -> None:
        self.usd_since_progress = 0.0


def validate_review(review: dict[str, Any]) -> None:
    """A review passes, or asks one question about one named section."""
    if review.get("pass") is True:
        return
    if set(review) == {"pass", "section", "question"} and review["section"] and review["question"].endswith("?"):
        return
    raise RejectedError("a review needs pass: true, or one section and one question")
