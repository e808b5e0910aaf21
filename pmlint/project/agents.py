"""Who is an agent by the configuration (docs/spec/agents.md, *In the gate*)."""

from __future__ import annotations

import re
from collections.abc import Iterable

# GitHub and GitLab write the login of an account into the address that they give it.
_LOGIN = re.compile(r"(?:\d+[+-])?([^@]+)@users\.noreply\..+")


def matches_agent(name: str, patterns: Iterable[str]) -> str | None:
    """The pattern of agents that a login, name or address matches, without case and a leading
    ``@``; only ``*`` is special, so that ``*[bot]`` is not a set of letters. An address that a
    forge gave to an account is its login, too.
    """
    folded = _folded(name)
    login = _LOGIN.fullmatch(folded)
    names = (folded, login[1]) if login else (folded,)
    return next(
        (one for one in patterns if any(_matches(_folded(one), known) for known in names)), None
    )


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
