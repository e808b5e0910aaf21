"""Which parts of a pipeline name pmlint, and how far a script counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def names_pmlint(value: object, local: frozenset[str]) -> bool:
    """Whether a part names pmlint, or a file of the repository that does."""
    text = "\n".join(_texts(value))
    return "pmlint" in text or any(calls(text, path) for path in local)


def _texts(value: object) -> Iterator[str]:
    """Every text of a part, as it is read: JSON spells a name such as `prüfung.sh` otherwise."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def calls(text: str, path: str) -> bool:
    """Whether a text names a file, or a folder and a file of it: ``cd .ci`` and ``./gate.sh``."""
    if path in text:
        return True
    folder, _, name = path.rpartition("/")
    return bool(folder) and all(
        re.search(rf"(?<![\w.-]){re.escape(part)}(?![\w.-])", text) for part in (folder, name)
    )


def up_to_last(items: list[Any], local: frozenset[str]) -> int:
    """How many items there are up to the last that names pmlint; all where none does, because what
    they run is then named elsewhere: by a variable, a matrix, or the job's own name.
    """
    named = (number for number, item in enumerate(items, 1) if names_pmlint(item, local))
    return max(named, default=len(items))


def catches_failures(lines: list[Any]) -> bool:
    """Whether a script goes on where a command fails, so that a later line may count."""
    return any(re.search(r"\|\||set \+e|\btrap\b", str(line)) for line in lines)
