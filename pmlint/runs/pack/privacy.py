"""What a pack says of people, and what it never holds (docs/spec/runs.md, *Privacy*)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pmlint.model import People
from pmlint.model.resources import read_json
from pmlint.model.saying import placeholders
from pmlint.parsing.escape import terminal

_ERROR_TYPE = re.compile(r"[\w.:$-]{1,80}", re.ASCII)
_LONGEST_NAME = 120


class PersonNames:
    """Names of people as a pack writes them: the handle of who is known, ``person-1`` in order of
    appearance for a mail address or a full name that is not, and another single word as it is.
    """

    def __init__(self, people: People | None) -> None:
        self._numbers: dict[str, str] = {}
        self._handles: dict[str, str] = {}
        for person in people.all if people else ():
            for name in (person.handle, person.handle.removeprefix("@"), person.name, person.email):
                if name and person.handle:
                    self._handles.setdefault(_folded(name), person.handle)

    def shown(self, by: str) -> str:
        """How a name in a trace is written."""
        folded = _folded(by)
        if not folded:
            return ""
        if folded in self._handles:
            return self._handles[folded]
        # A handle begins with the only @ that names no mail address.
        if len(folded.split()) == 1 and "@" not in folded.removeprefix("@"):
            return encoded(by.strip())
        return self._numbers.setdefault(folded, f"person-{len(self._numbers) + 1}")


def error_type(error: str) -> str:
    """The type of an error, never its message: what has blanks is a message."""
    return error if not error or _ERROR_TYPE.fullmatch(error) else "error"


def encoded(text: str) -> str:
    """A name out of a trace for the front matter: one line, nothing invisible, no longer than 120
    characters, and no word of a template, which would ask a person to fill in what a model wrote.
    """
    line = terminal(" ".join(text.split()))
    if len(line) > _LONGEST_NAME:
        line = line[: _LONGEST_NAME - 1] + "…"
    for start, _ in sorted(placeholders(line), reverse=True):
        line = f"{line[: start + 1]}.{line[start + 1 :]}"
    return line


def secret_in(value: object) -> str:
    """The kind of the first key or password that a value looks like, at any depth and in its keys
    too; empty where there is none.
    """
    for text in _texts(value):
        for name, cues, pattern in _patterns():
            # Nearly no text has a cue: 1 us instead of 60 us for all patterns.
            if any(cue in text for cue in cues) and pattern.search(text):
                return name
    return ""


@cache
def _patterns() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple(
        (entry["name"], tuple(entry["cues"]), re.compile(entry["pattern"]))
        for entry in read_json("secrets.json")["patterns"]
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _texts(inner)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
