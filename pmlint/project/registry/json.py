"""JSON, also with comments and closing commas, and a byte order mark.

Python's reader has the last word on values; numbers stay as they are written. Places are worked out
by a second walk, when somebody asks. Other JSON5 syntax is refused by name: a reader that guesses
at half a standard is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, NoReturn

from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.values import Ambiguous
from pmlint.place import Path, Span, Where
from pmlint.project.registry.reader import Flaw, ForeignDocument, ForeignFile, require_bounds

MAX_DIGITS = 1000
"""More digits are no number that anybody counts with; `int` refuses 4,300."""
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*+")"""
    r"""|(?P<comment>//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)|(?P<comma>,)"""
)
_AFTER_COMMA = re.compile(r"(?:\s|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+[\]}]")
_BLANK = re.compile(r"[ \t\r\n]*+")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_OTHER = re.compile(r"[^\s,\]}]+")
_JSON5 = (
    (re.compile(r"'"), "single quotes"),
    (re.compile(r"[A-Za-z_$][\w$]*\s*:"), "keys without quotes"),
    (re.compile(r"[xX][0-9a-fA-F]"), "hexadecimal numbers"),
    (re.compile(r"\+|-?\."), "numbers such as +1, .5 and 5."),
)


class JsonReader:
    """``.json``, ``.jsonc`` and ``.json5``."""

    endings = (".json", ".jsonc", ".json5")

    def read(self, source: Source) -> ForeignFile:
        """The one document of a file. Raises `Malformed`."""
        text = JsonText(source, 0, len(source.text))
        return ForeignFile((ForeignDocument(text.data, Path()),), text.locate, text.flaws)


class JsonText:
    """One JSON value in the characters ``start`` to ``end`` of a file."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.text = source.text[start:end]
        self.has_duplicates = False
        self.data = self._read()
        require_bounds(source, self.data)

    def _read(self) -> object:
        try:
            return self._loads(self.text)
        except ValueError as first:
            # Comments are rare, so they are looked for only in what is not plain JSON.
            plain = _without_comments(self.text)
            # No comment and no closing comma: the first error is the one to report.
            if plain == self.text:
                self._refuse(first)
            self.text = plain
        try:
            return self._loads(self.text)
        except ValueError as error:
            self._refuse(error)

    def _loads(self, text: str) -> object:
        try:
            return json.loads(
                text,
                object_pairs_hook=self._object,
                parse_int=_integer,
                parse_float=_number,
                parse_constant=lambda name: Ambiguous(name, f"{name} is not JSON"),
            )
        except RecursionError:
            raise Malformed("the file is nested too deeply", help="flatten it") from None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        # `json.loads` keeps the last of two equal keys, other readers the first.
        if len(found) != len(pairs):
            self.has_duplicates = True
        return found

    def _refuse(self, error: ValueError) -> NoReturn:
        offset = min(getattr(error, "pos", 0), len(self.text))
        span = self.source.span(self.start + offset, self.start + offset + 1)
        rest = self.text[offset:]
        for pattern, name in _JSON5:
            if pattern.match(rest):
                raise Malformed(
                    f"this is JSON5: {name} are not read", span, help="write it as JSON"
                ) from None
        reason = getattr(error, "msg", str(error))
        raise Malformed(
            f"this is not JSON: {reason[:1].lower()}{reason[1:]}", span, help="check the line"
        ) from None

    @cached_property
    def places(self) -> dict[Path, tuple[int, int, int, int]]:
        """Offsets in the file of every value, and of the key that names it."""
        return dict(self._walked)

    @cached_property
    def _walked(self) -> list[tuple[Path, tuple[int, int, int, int]]]:
        return list(_Places(self.text, self.start).value(Path(), 0, 0))

    def flaws(self) -> tuple[Flaw, ...]:
        """Each key that is there twice."""
        if not self.has_duplicates:
            return ()
        first: dict[Path, int] = {}
        found: list[Flaw] = []
        for path, (_, _, key_start, key_end) in self._walked:
            if path not in first:
                first[path] = key_start
                continue
            row = self.source.position(first[path])[0]
            message = f"duplicate key {path[-1]!r} (first on line {row})"
            span = self.source.span(key_start, key_end)
            found.append(Flaw(path, Malformed(message, span, help="keep one of them")))
        return tuple(found)

    def locate(self, at: Path | Where) -> Span:
        """The span of a value or a key; of the nearest thing around it where it is not there."""
        where = at if isinstance(at, Where) else Where(at)
        # A field that is not there is shown at the nearest thing around it.
        for length in range(len(where.path), -1, -1):
            place = self.places.get(Path(where.path[:length]))
            if place is None:
                continue
            start, end, key_start, key_end = place
            if length < len(where.path) or where.part == "key" or self._is_long(start, end):
                start, end = key_start, key_end
            return self.source.span(start, end)
        return Span()

    def _is_long(self, start: int, end: int) -> bool:
        return self.source.text[start : start + 1] in "[{" or "\n" in self.source.text[start:end]


class _Places:
    """A walk over a text that is known to be JSON, its comments blanked."""

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.at = 0

    def value(
        self, path: Path, key_start: int, key_end: int
    ) -> Iterator[tuple[Path, tuple[int, int, int, int]]]:
        self._skip()
        start = self.at
        opening = self.text[start : start + 1]
        inner: list[tuple[Path, tuple[int, int, int, int]]] = []
        if opening in ("[", "{"):
            inner = list(self._collection(path, opening))
        else:
            pattern = _TEXT if opening == '"' else _OTHER
            match = pattern.match(self.text, start)
            self.at = match.end() if match else start + 1
        is_named = key_end > key_start
        key = (key_start, key_end) if is_named else (start, start + 1)
        yield path, (self.base + start, self.base + self.at, self.base + key[0], self.base + key[1])
        yield from inner

    def _collection(
        self, path: Path, opening: str
    ) -> Iterator[tuple[Path, tuple[int, int, int, int]]]:
        closing = "]" if opening == "[" else "}"
        self.at += 1
        index = 0
        while self._skip() != closing:
            if self.text[self.at] == ",":
                self.at += 1
                continue
            if opening == "[":
                yield from self.value(path / index, 0, 0)
                index += 1
                continue
            match = _TEXT.match(self.text, self.at)
            assert match is not None
            self.at = match.end()
            name: str = json.loads(match[0])
            self._skip()
            self.at += 1  # the colon
            yield from self.value(path / name, match.start(), match.end())
        self.at += 1

    def _skip(self) -> str:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]


def _without_comments(text: str) -> str:
    """The text with comments and closing commas as blanks, so that every offset stays."""

    def blank(match: re.Match[str]) -> str:
        if match["comment"]:
            return re.sub(r"[^\n]", " ", match[0])
        if match["comma"] and _AFTER_COMMA.match(text, match.end()):
            return " "
        return match[0]

    return _TOKEN.sub(blank, text)


def _integer(text: str) -> object:
    if len(text) > MAX_DIGITS:
        return Ambiguous(text, f"a number has more than {MAX_DIGITS:,} digits")
    return int(text)


def _number(text: str) -> object:
    if len(text) > MAX_DIGITS:
        return Ambiguous(text, f"a number has more than {MAX_DIGITS:,} digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        return Ambiguous(text, "the exponent is too large")
