"""Who is an agent by the configuration (docs/spec/agents.md, *In the gate*)."""

from __future__ import annotations

from collections.abc import Iterable


def matches_agent(name: str, patterns: Iterable[str]) -> str | None:
    """The pattern of agents that a login, name or address matches, without case and a leading
    ``@``; only ``*`` is special, so that ``*[bot]`` is not a set of letters.
    """
    return next((one for one in patterns if _matches(_folded(one), _folded(name))), None)


def _matches(pattern: str, name: str) -> bool:
    # Not as a regular expression: name and pattern may come from the judged repository, and each
    # further star would multiply its time by the length of the name.
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, last = rest
    if not (name.startswith(first) and name.endswith(last)):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def _folded(handle: str) -> str:
    return handle.strip().lstrip("@").casefold()
