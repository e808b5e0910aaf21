"""Which parts of a pipeline name pmlint, and how far a script counts."""

from __future__ import annotations

import json
import re
from typing import Any


def names_pmlint(value: object, local: frozenset[str]) -> bool:
    """Whether a part names pmlint, or a file of the repository that does."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return "pmlint" in text or any(path in text for path in local)


def up_to_last(items: list[Any], local: frozenset[str]) -> int:
    """How many items there are up to the last that names pmlint."""
    return max(
        (number for number, item in enumerate(items, 1) if names_pmlint(item, local)), default=0
    )


def catches_failures(lines: list[Any]) -> bool:
    """Whether a script goes on where a command fails, so that a later line may count."""
    return any(re.search(r"\|\||set \+e|\btrap\b", str(line)) for line in lines)
