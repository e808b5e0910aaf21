"""What a person slipped on where a text is not YAML: the fact and the fix, in words that need no
knowledge of YAML.

libyaml says where it stopped and what it wanted next. That is often a line below the slip, so the
lines around both of its marks are looked at; what is not known here keeps libyaml's own reason.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_CONFLICT = re.compile(r"<{7} |={7}$|>{7} ")
_KEY_FIRST = re.compile(r"\s*(?:- )?([\w-]+)\s*:(?:\s|$)")
_SPECIAL = "@`%|>&*!"
"""Characters that have a meaning of their own at the start of a text."""
_ANYWHERE = "check the indentation, the quotes and the brackets from here upwards"


class Slip(NamedTuple):
    """Where the text went wrong, as an offset into it, and what to say of it."""

    at: int
    message: str
    help: str


class _Stop(NamedTuple):
    """Where libyaml stopped, and where what it was reading then began."""

    text: str
    at: int
    begun: int
    reason: str

    @property
    def line(self) -> str:
        return _line(self.text, self.at)

    @property
    def above(self) -> int:
        """Where the last line with a text above this one begins."""
        start = self.text.rfind("\n", 0, self.at) + 1
        return self.text.rfind("\n", 0, len(self.text[:start].rstrip())) + 1


def slip(text: str, error: Exception, first_row: int) -> Slip:
    """The slip behind an error of libyaml; ``first_row`` is the row of the text's first line."""
    mark: Any = getattr(error, "problem_mark", None)
    at = min(len(text), mark.index if mark else 0)
    context: Any = getattr(error, "context_mark", None)
    begun = min(len(text), context.index if context else at)
    stop = _Stop(text, at, begun, str(getattr(error, "problem", None) or error))
    for know in (_conflict, _table, _start, _colon, _no_colon, _quotes, _brackets, _dash):
        found = know(stop, first_row)
        if found is not None:
            return found
    return Slip(at, f"this is not YAML: {stop.reason}", _ANYWHERE)


def _line(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : len(text) if end < 0 else end]


def _row(stop: _Stop, first_row: int) -> int:
    return first_row + stop.text.count("\n", 0, stop.begun)


def _conflict(stop: _Stop, first_row: int) -> Slip | None:
    # libyaml stops on the line below the marker, which it took for a text that goes on.
    for at in (stop.begun, stop.at, stop.above):
        if _CONFLICT.match(_line(stop.text, at)):
            return Slip(
                stop.text.rfind("\n", 0, at) + 1,
                "a merge conflict is not resolved",
                "keep one of the two sides, and remove the lines of '<<<<<<<', '=======' "
                "and '>>>>>>>'",
            )
    return None


def _table(stop: _Stop, first_row: int) -> Slip | None:
    line = stop.line.strip()
    if not (line.startswith("|") and line.count("|") > 2):
        return None
    return Slip(
        stop.text.rfind("\n", 0, stop.at) + 1,
        "a table of Markdown is not allowed among the fields",
        "write each row as an entry: '- {field: value, ...}'; or move the table below the second "
        "'---'",
    )


def _start(stop: _Stop, first_row: int) -> Slip | None:
    """A tab, or a text that begins with a character which needs quotes."""
    sign = stop.text[stop.at : stop.at + 1]
    if sign == "\t":
        return Slip(stop.at, "the line is indented with a tab", "indent it with spaces")
    if sign and sign in _SPECIAL and "cannot start any token" in stop.reason:
        written = re.match(r"[^\s,\]}]+", stop.text[stop.at :])
        word = written[0] if written else sign
        return Slip(
            stop.at,
            f"a text that begins with '{sign}' needs quotes",
            f'put it in quotes, as in "{word[:40]}"',
        )
    return None


def _colon(stop: _Stop, first_row: int) -> Slip | None:
    if "mapping values" not in stop.reason:
        return None
    key = _KEY_FIRST.match(stop.line)
    start = stop.text.rfind("\n", 0, stop.at) + 1
    # The first colon of a line is that of its field, so the line is in the wrong column; a later
    # one is part of a text.
    if key is None or start + key.end(1) < stop.at:
        return Slip(
            stop.at, "a text with ': ' in it needs quotes", "put a text with ': ' in it in quotes"
        )
    if not _KEY_FIRST.match(_line(stop.text, stop.above)) and not _is_deeper(stop):
        return _no_field(stop.above)
    return Slip(
        start + key.start(1),
        f"the field '{key[1]}' is indented further than the fields above it",
        "align it with the fields that it belongs to; an entry of a list begins with '- '",
    )


def _no_colon(stop: _Stop, first_row: int) -> Slip | None:
    if stop.reason != "could not find expected ':'":
        return None
    return _no_field(stop.begun)


def _is_deeper(stop: _Stop) -> bool:
    above = _line(stop.text, stop.above)
    return _indentation(stop.line) > _indentation(above)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _no_field(at: int) -> Slip:
    return Slip(
        at,
        "the line has no field: there is no ': ' in it",
        "write it as 'field: value', with a blank behind the colon",
    )


def _quotes(stop: _Stop, first_row: int) -> Slip | None:
    if "unknown escape" in stop.reason:
        return Slip(
            stop.at,
            "a backslash in double quotes has a meaning of its own",
            "write it twice, '\\\\', or put the text in single quotes",
        )
    if stop.reason == "found unexpected end of stream":
        return Slip(stop.begun, "the quotes that begin here do not end", "close them")
    return None


def _brackets(stop: _Stop, first_row: int) -> Slip | None:
    wanted = re.fullmatch(r"did not find expected ',' or '([]}])'", stop.reason)
    if wanted is None:
        return None
    opening = "{" if wanted[1] == "}" else "["
    # The rest of a line behind ' #' is lost to YAML, with the bracket that was to close.
    above = _line(stop.text, stop.begun)
    if comment := re.search(r"\s(#.*)", above):
        return Slip(
            stop.text.rfind("\n", 0, stop.begun) + 1 + comment.start(1),
            f"YAML reads '{comment[1][:40]}' as a comment, so the '{opening}' is not closed",
            "put the text in quotes",
        )
    # The field before it has its colon already; without one it is the next line that is read here.
    is_second = re.search(r": [^,\[\]{}\n]*$", stop.text[stop.begun : stop.at]) is not None
    if is_second and stop.text[stop.at : stop.at + 1] == ":":
        return Slip(
            stop.at,
            "a second ': ' follows without a comma",
            "put a text with ': ' in it in quotes, and a comma before each next field",
        )
    return Slip(
        stop.at,
        f"the '{opening}' of line {_row(stop, first_row)} has no ',' or '{wanted[1]}' here",
        "close the quotes and brackets before this place, and put a text with an apostrophe in "
        "double quotes",
    )


def _dash(stop: _Stop, first_row: int) -> Slip | None:
    if stop.reason not in ("did not find expected '-' indicator", "did not find expected key"):
        return None
    key = _KEY_FIRST.match(stop.line)
    what = f"the field '{key[1]}'" if key else "the line"
    return Slip(
        stop.at,
        f"{what} does not fit below the entry that begins on line {_row(stop, first_row)}",
        "align it with the fields that it belongs to; an entry of a list begins with '- '; "
        "a text may not go on behind its quotes",
    )
