"""What is being typed at a place of a YAML text, told by the lines above it and the part of its own
line before it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pmlint.place import Path
from pmlint.server.outline import Flow, Outline

_WORD = re.compile(r"[^\s,\[\]{}#\"']*")
_FIELD = re.compile(r"(?P<key>[\w.-]+|\"[^\"]*\"|'[^']*')[ \t]*:(?:[ \t]+|$)")


class Cursor(NamedTuple):
    """The word that is being typed, from ``start`` to ``end`` (it may be empty), and the sign in
    which it is quoted.

    ``path`` is the collection in which a key or an item begins, or the field whose value it is;
    behind a colon or a comma (``inline``) it is the value and nothing else. ``flow`` says whether
    it stands in brackets.
    """

    path: Path
    start: int
    end: int
    inline: bool = False
    quote: str = ""
    flow: bool = False


def cursor(text: str, offset: int, start: int = 0) -> Cursor | None:
    """What is being typed at ``offset`` of a YAML text that begins at ``start``; None inside
    running text, a comment or a closed quote.
    """
    line = max(start, text.rfind("\n", 0, offset) + 1)
    before = Outline(text, start, line)
    words = text[line:offset]
    at = line + len(words) - len(words.lstrip(" "))
    # Below "|" everything that is deeper is running text.
    if before.block is not None and at - line > before.block[0]:
        return None
    before.block = None
    if before.flow or before.quote:
        if at - line > before.levels[-1].column:
            before.inside(at, offset)
            return _inside(text, before, offset)
        # A bracket that nobody closed above must not make the rest of the file its content.
        before.drop(at)
    return _in_block(text, before, at, offset, at - line)


def _in_block(text: str, before: Outline, at: int, offset: int, column: int) -> Cursor | None:
    """In a line of block style, from its first sign on."""
    item: Path | None = None
    while at < offset and (inner := before.dash(at, offset)) is not None:
        level = before.level(column, True)
        item = level.last = level.path / level.count
        level.count += 1
        column += inner - at
        at = inner
    field = _FIELD.match(text, at, offset)
    if field is not None:
        path = before.level(column, False).path / field["key"].strip("\"'")
        return _value(text, before, path, field.end(), offset)
    if item is not None:
        return _value(text, before, item, at, offset, inline=False)
    return _begins(text, before, at, offset, column)


def _value(
    text: str, before: Outline, path: Path, at: int, offset: int, *, inline: bool = True
) -> Cursor | None:
    """In the value of a field or an item, which begins at ``at``."""
    typed = text[at:offset]
    if typed[:1] and typed[0] in "[{\"'":
        before.inside(at, offset, path)
        return _inside(text, before, offset, path)
    # "#" begins a comment only behind a blank: "A#1" is a word.
    if typed[:1] in ("|", ">", "#") or " #" in typed:
        return None
    return Cursor(path, at, _end(text, offset), inline)


def _begins(text: str, before: Outline, at: int, offset: int, column: int) -> Cursor | None:
    """At the beginning of a line: by its column in a mapping, a list, or the field above it."""
    if "#" in text[at:offset] or " " in text[at:offset]:
        return None
    levels = before.levels
    known = [level for level in levels if level.column == column]
    if known:
        return Cursor(known[0].path, at, _end(text, offset))
    last = [level for level in levels if level.column < column][-1].last or Path()
    slot = before.slots.get(last)
    # A value over several lines; a key here would end it.
    if slot is not None and slot.start < slot.end:
        return None  # more of its text
    return Cursor(last, at, _end(text, offset))


def _inside(text: str, before: Outline, offset: int, path: Path | None = None) -> Cursor | None:
    """In brackets or quotes, by what is open at the cursor."""
    flow = before.flow[-1] if before.flow else None
    if before.quote:
        sign, start, _ = before.quote
        place = _child(flow) if flow else path
        close = _close(text, offset, sign)
        return (
            None
            if place is None or (flow and _is_key(flow))
            else Cursor(place, start + 1, close, True, sign, flow is not None)
        )
    if flow is None or (flow.nested and not flow.word):
        return None
    start, end = offset, _end(text, offset)
    if flow.word:
        # A word that is closed, or begun on a line above, is not what is being typed.
        if text[flow.word[1]] in "\"'" or "\n" in text[flow.word[1] : offset]:
            return None
        start = flow.word[1]
    return Cursor(
        flow.path if _is_key(flow) else _child(flow), start, end, not _is_key(flow), "", True
    )


def _child(flow: Flow) -> Path:
    return flow.child


def _is_key(flow: Flow) -> bool:
    return not flow.is_list and flow.key is None


def _end(text: str, offset: int) -> int:
    found = _WORD.match(text, offset)
    end = found.end() if found else offset
    # "@maria:" is a word with a colon behind it; "ns:name" keeps the colon inside.
    return end - 1 if end > offset and text[end - 1] == ":" else end


def _close(text: str, offset: int, sign: str) -> int:
    """Where the text in quotes ends: at the closing sign on the same line, else where the word
    does.
    """
    stop = text.find("\n", offset)
    close = text.find(sign, offset, len(text) if stop < 0 else stop)
    return _end(text, offset) if close < 0 else close
