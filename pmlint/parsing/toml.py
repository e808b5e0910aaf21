"""TOML → data, and where every key and value is.

`tomllib` decides what the text means and whether it is TOML at all; it keeps no positions, so this
module walks the same text once more, and only when somebody asks for a place. The walk may be
lenient, because a text that is not TOML never reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, NamedTuple

from pmlint.parsing.source import Malformed, Source
from pmlint.place import Path, Span, Where

MAX_KEY_PARTS = 64
"""The most parts of a dotted key: `tomllib` takes the square of their number."""
MAX_DEPTH = 100
"""The deepest nesting of arrays and inline tables, well below Python's own limit."""
# Possessive ('++', from Python 3.11 on): a key that is short enough is not tried again from each of
# its characters.
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)"""
    f"{{{MAX_KEY_PARTS}}}"
)
_NESTED = re.compile(rf"(?:\[\s*+){{{MAX_DEPTH}}}")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:([\w-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*""")
_TEXT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\r\n]*")


class TomlPlace(NamedTuple):
    """Offsets of a value, and of the key that names it: equal to each other where there is none."""

    start: int
    end: int
    key_start: int
    key_end: int


class TomlDocument:
    """A TOML text that could be read: its ``data``, and where everything in it is."""

    def __init__(self, source: Source, data: dict[str, Any]) -> None:
        self.source = source
        self.data = data

    @cached_property
    def places(self) -> dict[Path, TomlPlace]:
        """The place of every key and every element of an array."""
        try:
            return _Walk(self.source.text).document()
        except RecursionError:  # tables inside tables, deeper than anybody writes: no places
            return {}

    def locate(self, at: Path | Where) -> Span:
        """The span of a value or of a key; of the nearest thing around it where it is not there."""
        where = at if isinstance(at, Where) else Where(at)
        for length in range(len(where.path), 0, -1):
            place = self.places.get(Path(where.path[:length]))
            if place is not None:
                wants_key = where.part == "key" or length < len(where.path)
                start, end = (
                    (place.key_start, place.key_end) if wants_key else (place.start, place.end)
                )
                line_end = self.source.text.find("\n", start, end)
                return self.source.span(start, end if line_end < 0 else line_end)
        return Span()


def read_toml(source: Source, number: Callable[[str], Any] = float) -> TomlDocument:
    """Read TOML; ``number`` makes a value of the text of a number with a fraction or an exponent.

    Raises `Malformed` with the place that `tomllib` names.
    """
    # A start of pmlint without a TOML file in reach does not import the reader (6 ms).
    import tomllib

    if _LONG_KEY.search(source.text):
        raise Malformed(f"a key has more than {MAX_KEY_PARTS} parts", help="use tables instead")
    if found := _NESTED.search(source.text):
        raise Malformed(
            f"arrays are nested more than {MAX_DEPTH} levels deep",
            source.span(found.start(), found.start() + 1),
            help="flatten them",
        )
    try:
        return TomlDocument(source, tomllib.loads(source.text, parse_float=number))
    except (ValueError, RecursionError) as error:
        # A ValueError is also an integer with more digits than Python reads.
        raise _not_toml(source, error) from None


def _not_toml(source: Source, error: Exception) -> Malformed:
    place = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
    span = Span()
    if place:
        row, column = int(place[1]), int(place[2])
        span = Span(row, column, row, column + 1)
    # tomllib names no line for what is missing at the end.
    elif "at end of document" in str(error):
        end = len(source.text)
        span = source.span(end, end)
    reason = str(error)[: place.start()] if place else str(error)
    return Malformed(
        f"this is not TOML: {reason[:1].lower()}{reason[1:]}", span, help="check the line"
    )


def dates_as_texts(value: Any) -> Any:
    """A value with its dates and times as texts, which is how schemas and JSON know them."""
    if isinstance(value, dict):
        return {name: dates_as_texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [dates_as_texts(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


class _Walk:
    """One walk over a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, TomlPlace] = {}
        self.last_of: dict[Path, int] = {}
        """The index of the last table of each array of tables."""

    def document(self) -> dict[Path, TomlPlace]:
        table = Path()
        while self.skip_blanks() < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.found

    def skip_blanks(self) -> int:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``: the path of the table that begins."""
        is_array = self.text.startswith("[[", self.at)
        self.at += 1 + is_array
        keys = self.key()
        self.at += 1 + is_array
        path = Path()
        for number, (name, start, end) in enumerate(keys):
            path = path / name
            is_last = number == len(keys) - 1
            if is_array and is_last:
                self.last_of[path] = self.last_of.get(path, -1) + 1
            self.note(path, start, end, start, end)
            if path in self.last_of:
                path = path / self.last_of[path]
                self.note(path, start, end, start, end)
        return path

    def key(self) -> list[tuple[str, int, int]]:
        """The parts of a dotted key, each with its offsets."""
        parts: list[tuple[str, int, int]] = []
        while match := _KEY.match(self.text, self.at):
            raw = match[0].strip(" \t")
            start = match.start() + match[0].index(raw)
            parts.append((_unquoted(match), start, start + len(raw)))
            self.at = match.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return parts

    def pair(self, table: Path) -> None:
        """``key = value``, in a table or an inline table."""
        keys = self.key()
        self.at += 1  # the equals sign
        path = table
        for name, start, end in keys:
            path = path / name
            self.note(path, start, end, start, end)
        _, key_start, key_end = keys[-1]
        start = self.skip_blanks()
        self.value(path)
        # The value's place replaces that of the key, which had to be there for what is inside it.
        self.found[path] = TomlPlace(start, self.at, key_start, key_end)

    def value(self, path: Path) -> None:
        """One value: its elements get places of their own."""
        opening = self.text[self.at : self.at + 1]
        if opening in ("[", "{"):
            self.collection(path, is_array=opening == "[")
            return
        match = _TEXT.match(self.text, self.at) or _PLAIN.match(self.text, self.at)
        if match is not None:
            self.at += len(match[0].rstrip())

    def collection(self, path: Path, *, is_array: bool) -> None:
        closing = "]" if is_array else "}"
        self.at += 1
        index = 0
        while self.text[self.skip_blanks()] != closing:
            if is_array:
                start = self.at
                self.value(path / index)
                self.note(path / index, start, self.at, start, self.at)
                index += 1
            else:
                self.pair(path)
            if self.text[self.skip_blanks()] == ",":
                self.at += 1
        self.at += 1

    def note(self, path: Path, start: int, end: int, key_start: int, key_end: int) -> None:
        self.found.setdefault(path, TomlPlace(start, end, key_start, key_end))


def _unquoted(match: re.Match[str]) -> str:
    bare, quoted, literal = match[1], match[2], match[3]
    if bare is not None:
        return bare
    if literal is not None:
        return literal
    if "\\" not in quoted:
        return quoted
    import tomllib

    # Escapes in keys are rare, and tomllib is the one that knows them.
    text: str = tomllib.loads(f'key = "{quoted}"')["key"]
    return text
