"""The regular expressions of ``matches``, as far as RE2 and Rust's regex read them alike.

Both take linear time. They differ in classes (``\\d`` is ASCII in RE2 and Unicode in Rust,
``[a[b]]`` is a literal bracket or a class in a class) and in rare escapes. Classes get one meaning,
RE2's; the rest is refused when a policy loads.
"""

from __future__ import annotations

import re

from pmlint.policy.failed import Failed

_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r" \t\n\f\r"}
"""What RE2 means by them: ASCII."""
_MOST_REPEATS = 1000
"""RE2's limit for the numbers in braces."""
_REPEATS = re.compile(r"(?:[*+?]|\{[\d,]+\})(?:[*+]|\{|\?[*+?{])")
"""``a++`` is possessive in Python, an error in RE2, and a repeated repeat in Rust."""


def unescape(body: str, offset: int = 0) -> str:
    """The text of a CEL literal without its quotes."""

    def one(match: re.Match[str]) -> str:
        sign = match[0][1:]
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        digits = sign if sign[0].isdigit() else sign[1:]
        base = 8 if sign[0].isdigit() else 16
        if len(digits) < 2:
            raise Failed(f"'\\{sign}' is not an escape; write '\\\\{sign}' or r'...'", offset)
        code = int(digits, base)
        if not 0 < code <= 0x10FFFF or 0xD800 <= code < 0xE000:
            raise Failed(f"'\\{sign}' is not a character", offset)
        return chr(code)

    pattern = r"\\(?:[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|(?s:.))"
    return re.sub(pattern, one, body)


def portable(pattern: str) -> str:
    """A pattern that both engines read alike. Raises `ValueError` with the reason if not."""
    written: list[str] = []
    plain: list[str] = []  # one sign for each part, to see what is repeated
    at = 0
    while at < len(pattern):
        part, end = _part(pattern, at)
        written.append(part)
        plain.append("x" if pattern[at] in "\\[" else pattern[at:end])
        at = end
    if _REPEATS.search("".join(plain)):
        raise ValueError("a repeat is followed by another repeat")
    found = "".join(written)
    try:
        re.compile(found)  # its syntax is wider than ours, so what it refuses is no pattern
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"this is not a regular expression: {error}") from None
    return found


def _part(pattern: str, at: int) -> tuple[str, int]:
    """The portable form of the part of a pattern that begins at ``at``, and where it ends."""
    sign = pattern[at]
    if sign == "\\":
        letter = pattern[at + 1 : at + 2]
        if letter and letter in "dwsDWS":
            negated = "^" if letter.isupper() else ""
            return f"[{negated}{_CLASSES[letter.lower()]}]", at + 2
        return _escape(pattern, at)
    if sign == "[":
        return _class(pattern, at)
    if pattern.startswith("(?", at):
        known = [one for one in ("(?:", "(?i:", "(?i)") if pattern.startswith(one, at)]
        if not known:
            raise ValueError("of '(?' a pattern may have (?: and (?i)")
        return known[0], at + len(known[0])
    if sign == "{":
        braces = re.compile(r"\{(\d{1,4})(?:,(\d{1,4})?)?\}").match(pattern, at)
        if braces is None or max(int(one) for one in braces.groups() if one) > _MOST_REPEATS:
            raise ValueError(f"braces hold one or two numbers up to {_MOST_REPEATS}")
        return braces[0], braces.end()
    if sign == "}":
        raise ValueError("put a backslash before a brace")
    return sign, at + 1


def _escape(pattern: str, at: int) -> tuple[str, int]:
    """An escape as it is, where both engines know it."""
    sign = pattern[at + 1 : at + 2]
    if sign in ("<", ">"):
        raise ValueError(f"write '{sign}' without a backslash")  # a word's edge in Rust
    if not sign or sign == "_" or ord(sign) > 127 or (sign.isalnum() and sign not in "ntrfv"):
        raise ValueError(f"'\\{sign}' does not mean the same to both engines")
    return pattern[at : at + 2], at + 2


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A class in brackets, with classes inside it written out."""
    opened = "[^" if pattern.startswith("[^", at) else "["
    written = [opened]
    at += len(opened)
    if pattern[at : at + 1] == "]":
        raise ValueError("put a backslash before ']' inside of brackets")
    while at < len(pattern) and pattern[at] != "]":
        sign = pattern[at]
        if sign == "\\" and pattern[at + 1 : at + 2] in ("d", "w", "s"):
            written.append(_CLASSES[pattern[at + 1]])
            at += 2
        elif sign == "\\":
            part, at = _escape(pattern, at)
            written.append(part)
        elif sign == "[":
            raise ValueError("put a backslash before '[' inside of brackets")
        elif sign in "&-~" and pattern[at + 1 : at + 2] == sign:
            raise ValueError(f"'{sign * 2}' inside of brackets differs between engines")
        else:
            written.append(sign)
            at += 1
    if at >= len(pattern):
        raise ValueError("a bracket is not closed")
    return "".join((*written, "]")), at + 1
