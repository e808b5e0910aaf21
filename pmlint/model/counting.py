"""A number with its noun, for messages and pages."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 error``, ``1,200 errors``; ``plural`` for a noun that takes more than an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
