"""What a text points at that somebody else can look up: a path, a test, a commit, a pull request, a
number with its unit.
"""

from __future__ import annotations

import re
from functools import cache

_KINDS = {
    "path": r"(?<![\w/.@{}*-])[\w.@{}*-]+(?:/[\w.@{}*-]+)+/?(?![\w/])"
    r"|(?<![\w/.-])[\w-]+\.(?:py|ts|js|go|rs|rb|java|ya?ml|json|toml|tf|sql|sh|md|rego|cfg|ini|csv"
    r"|lock)(?!\w)",
    "test": r"\btest_\w+|\b\w+::\w+|\b\w+_test\b|\bTest[A-Z]\w+|\b[A-Z]\w*Test\b",
    "commit": r"\b(?:commit\s+)?[0-9a-f]{7,40}\b(?<=[0-9a-f])(?=\W|$)",
    "pull request": r"(?:\b(?:PR|MR|pull request|merge request|issue)\s*)?#\d+\b|!\d+\b"
    r"|https?://\S+",
    "number": r"(?<![\w.#!-])(?<![\d.,],)(?:[<>=≤≥]\s*)?\d[\d.,]*\s*(?:%|‰|[a-zA-Zµ€$£]\w*)"
    r"|[€$£]\s?\d",
    "status": r"\b(?:exit(?:s|ed)?(?: code)?|returns?|HTTP|status)\s+\d+\b",
}
"""Each begins to match at one place of a word or a number, not at each of its characters, which
would take the square of their time.
"""
_CUES = {"path": "/.", "test": ("test", "Test", "::"), "pull request": ("#", "!", "http")}
"""What every text with such a thing holds at least one of; the other kinds are found as fast as a
cue.
"""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(_KINDS[kind])


def artefacts(text: object) -> list[str]:
    """The kinds of things that a text names, of ``path``, ``test``, ``commit``, ``pull request``,
    ``number`` and ``status``.
    """
    return [kind for kind in _KINDS if _holds(kind, text)] if isinstance(text, str) else []


def _holds(kind: str, text: str) -> bool:
    cues = _CUES.get(kind)
    if cues is not None and not any(cue in text for cue in cues):
        return False
    return _pattern(kind).search(text) is not None


def named_paths(text: str) -> list[str]:
    """The paths that a text names, each once."""
    return list(dict.fromkeys(match.rstrip(".,;:") for match in _pattern("path").findall(text)))


def numbers(text: str) -> list[str]:
    """The numbers with their units that a text names, each once."""
    return list(
        dict.fromkeys(" ".join(match[0].split()) for match in _pattern("number").finditer(text))
    )
