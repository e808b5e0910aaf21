"""Plain data as YAML on one line, written so that every reader reads the same."""

from __future__ import annotations

import json
import re

from pmlint.parsing.source import INVISIBLE, Source
from pmlint.parsing.strict_yaml import parse

_PLAIN = re.compile(r"(?!\.\.\.)[A-Za-z0-9_./]([A-Za-z0-9_./+ -]|(?<=\d):(?=\d))*(?<! )", re.ASCII)
"""What may stand without quotes in any place, if it is not a number or a truth value."""


def inline(value: object, style: str = "") -> str:
    """A value in flow style; a text keeps the quotes of ``style`` (``'`` or ``"``), or has none
    where it needs none.
    """
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{inline(key)}: {inline(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        return _text(value, style)
    return (
        # Asked before numbers: 1 == True, so a table alone would write 1 as "true".
        {None: "null", True: "true", False: "false"}[value]
        if value is None or isinstance(value, bool)
        else repr(value)
    )


def _text(text: str, style: str) -> str:
    # Single quotes know no escapes, so an invisible character would stay invisible in the file.
    if style == "'" and text.isprintable() and not re.search(INVISIBLE, text):
        return "'" + text.replace("'", "''") + "'"
    # Asked of the reader itself, and the expression keeps out what only other readers take for
    # something else (`off`, `1_000`, `12:30`).
    if style != '"' and _PLAIN.fullmatch(text) and _stays_text(text):
        return text
    return re.sub(INVISIBLE, _escaped, json.dumps(text, ensure_ascii=False))


def _stays_text(text: str) -> bool:
    """Whether the reader takes it for a text (not for a number or null), and no other reader for
    anything else.
    """
    parsed = parse(Source("", text))
    return parsed.data == text and not parsed.problems


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
