"""Patterns of the configuration: ``*`` and ``?`` within a folder, ``**/`` across folders.

One reading for folders, excluded files and files of other platforms, in linear time whatever the
pattern: a pattern comes from the repository that is judged, and `fnmatch` takes exponential time
for some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pmlint.parsing.tree import Entry, Tree

_WILD = re.compile(r"[*?]")


def matches(pattern: str, path: str) -> bool:
    """Whether a whole path matches a pattern."""
    return _reach(pattern, path)[-1]


def covers(pattern: str, path: str) -> bool:
    """Whether a path, or a folder that it is in, matches a pattern; the empty one is the root."""
    if is_pattern(pattern):
        return any(_reach(pattern, path))
    # Most settings name a folder: a name at a time took 4 of 10 ms that an audit needs for a change
    # of 200 postmortems.
    return not pattern or path == pattern or path.startswith(f"{pattern}/")


def covered_by_any(patterns: Iterable[str], path: str) -> bool:
    """Whether one of several patterns covers a path."""
    return any(covers(pattern, path) for pattern in patterns)


def is_pattern(text: str) -> bool:
    """Whether a text has a wildcard; else it names one file or folder."""
    return _WILD.search(text) is not None


def fixed_folder(pattern: str) -> str:
    """The folder above the first wildcard, where looking begins; the pattern itself without one."""
    if not is_pattern(pattern):
        return pattern
    return _WILD.split(pattern, maxsplit=1)[0].rpartition("/")[0]


def walk(tree: Tree, patterns: Iterable[str]) -> list[Entry]:
    """Everything that one of the patterns covers, each entry once, in the order of paths."""
    found: dict[str, Entry] = {}
    for pattern in patterns:
        for entry in tree.walk(fixed_folder(pattern)):
            if covers(pattern, entry.path):
                found[entry.path] = entry
    return [found[path] for path in sorted(found)]


def _reach(pattern: str, path: str) -> list[bool]:
    """For each prefix of a path, from its first name on, whether the whole pattern matches it."""
    parts = _parts(pattern)
    # The positions of the pattern that a prefix can have reached, as in an automaton: nothing is
    # tried twice.
    reached = {0}
    ends: list[bool] = []
    for name in path.split("/"):
        for at in range(len(parts)):
            if at in reached and parts[at] is None:
                reached.add(at + 1)  # '**' is also no folder at all
        following: set[int] = set()
        for at in reached - {len(parts)}:
            part = parts[at]
            if part is None:
                following.add(at)
            elif part.fullmatch(name):
                following.add(at + 1)
        reached = following
        ends.append(len(parts) in reached)
    return ends


@cache
def _parts(pattern: str) -> list[re.Pattern[str] | None]:
    """The names of a pattern; None for any number of folders."""
    names = pattern.split("/")
    return [
        None if name == "**" and number < len(names) - 1 else _name(name)
        for number, name in enumerate(names)
    ]


def _name(pattern: str) -> re.Pattern[str]:
    """One name of a pattern.

    What is behind a ``*`` is taken where it comes first, in an atomic group: a later place can't
    help what follows, and without the group `re` tries them all.
    """
    first, *rest = (
        "".join("." if char == "?" else re.escape(char) for char in text)
        for text in re.split(r"\*+", pattern)
    )
    middles = (f"(?>.*?{middle})" for middle in rest[:-1])
    ends = (f".*{end}" for end in rest[-1:])
    return re.compile("".join((first, *middles, *ends)), re.DOTALL)
