"""The Markdown body of a postmortem: its sections, by a line scan that knows fences, and its
running text, by a CommonMark parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Section(NamedTuple):
    """A heading (``## Timeline``) and what stands below it, up to the next heading of its level or
    a higher one.

    Offsets are into the body, from 0, in code points: the content is ``start`` to ``end``, the
    heading's line ``heading_start`` to ``heading_end`` without its line end.
    """

    title: str
    level: int
    start: int
    end: int
    heading_start: int
    heading_end: int


_MARKS = frozenset("#`~< ")
_RARE = re.compile(
    r"^ {0,3}(?:=+|-+)[ \t]*\r?$"  # a heading that is underlined, or a rule
    r"|^[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]).*#"  # a heading in a quotation or a list
    r"|^ {0,3}<(?!!--)",  # a block of HTML, in which nothing is a heading
    re.MULTILINE,
)
"""Lines that only a CommonMark parser understands; few bodies have one."""


def sections(body: str) -> list[Section]:
    """The sections of a body in their order: what CommonMark renders as headings.

    A title is the text as it is written, without the marks of a heading; `plain_title` says what a
    reader sees. Most bodies are read by a line scan: pyromark takes 20 ms to import, which is more
    than a document takes to check.
    """
    found = _parsed(body) if _RARE.search(body) else _scanned(body)
    return _ended(found, len(body))


_Heading = tuple[str, int, int, int, int]
"""A title, its level, where its content begins, and where its heading begins and ends."""


def _scanned(body: str) -> list[_Heading]:
    """The headings that begin with ``#``; in a fenced block or an HTML comment there is none."""
    found: list[_Heading] = []
    fence = ""
    offset = 0
    for line in body.split("\n"):
        head = line[:4].lstrip(" ") if fence or line[:1] in _MARKS else ""
        if fence:
            fence = _still_open(fence, line, head)
        elif head[:1] == "#":
            heading = _atx(line)
            if heading is not None:
                title, level = heading
                content = min(offset + len(line) + 1, len(body))
                found.append((title, level, content, offset, offset + len(line.rstrip())))
        elif head[:1] in ("`", "~", "<"):
            fence = _opens(line.strip())
        offset += len(line) + 1
    return found


def _still_open(fence: str, line: str, head: str) -> str:
    """The fence that closes the block in which a line is; empty where this line closes it."""
    if fence == "-->":
        return "" if "-->" in line else fence
    rest = line.strip()
    closes = head[:1] == fence[0] and not rest.strip(fence[0]) and len(rest) >= len(fence)
    return "" if closes else fence


def _atx(line: str) -> tuple[str, int] | None:
    """The title and the level of a line that begins with ``#``; None where it is not a heading."""
    text = line.strip()
    title = text.lstrip("#")
    level = len(text) - len(title)
    if level > 6 or title[:1] not in ("", " ", "\t"):
        return None
    bare = title.rstrip("#")  # the closing marks of a heading have a blank before them
    return (bare if bare[-1:] in ("", " ", "\t") else title).strip(), level


def _parsed(body: str) -> list[_Heading]:
    """Every heading that CommonMark renders."""
    import pyromark

    raw = body.encode()
    found: list[_Heading] = []
    for event, where in pyromark.events_with_range(body, options=pyromark.Options.ENABLE_TABLES):
        heading = event.get("Start") if isinstance(event, dict) else None
        if not isinstance(heading, dict) or "Heading" not in heading:
            continue
        # pyromark counts bytes, everybody else here code points
        start = len(raw[: where["start"]].decode())
        text = raw[where["start"] : where["end"]].decode()
        lines = text.rstrip().split("\n")
        title = _atx(lines[0]) if lines[0].startswith("#") else None
        underlined = " ".join(line.strip() for line in lines[:-1])
        level = int(heading["Heading"]["level"][1:])
        end = start + len(lines[0].rstrip())
        content = body.find("\n", start + len(text.rstrip()))
        content = len(body) if content < 0 else content + 1
        found.append((title[0] if title else underlined, level, content, start, end))
    return found


_ATTRIBUTES = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
_NUMBERING = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.):]?|[ivxlcIVXLC]+[.)])\s+")
_MARKED = re.compile(r"[*_`\[\]<>&\\]")


def plain_title(title: str) -> str:
    """What a reader sees of a heading, folded for comparison: without emphasis, link, code, anchor,
    ``{#id}``, numbering, closing colon, and without symbols and emoji around it.
    """
    text = _ATTRIBUTES.sub("", title)
    text = _rendered(text) if _MARKED.search(text) else text
    text = _ATTRIBUTES.sub("", text).strip()
    text = _without_symbols(text)
    text = _NUMBERING.sub("", text)
    return " ".join(_without_symbols(text).split()).casefold()


def _without_symbols(text: str) -> str:
    """The text without what is neither letter nor digit at its ends."""
    first = next((number for number, char in enumerate(text) if char.isalnum()), len(text))
    last = next((number for number, char in enumerate(text[::-1]) if char.isalnum()), 0)
    return text[first : len(text) - last]


def _rendered(text: str) -> str:
    """The text that inline Markdown renders."""
    import pyromark

    # As a heading: alone, '1. Summary' would be a list.
    events = pyromark.events(f"# {text}\n")
    parts = (
        event.get("Text") or event.get("Code") or "" for event in events if isinstance(event, dict)
    )
    return "".join(part for part in parts if isinstance(part, str))


def _opens(line: str) -> str:
    """What closes the block that this line opens; empty where it opens none."""
    if line.startswith("<!--"):
        return "" if "-->" in line else "-->"
    rest = line.lstrip(line[:1])
    marks = line[: len(line) - len(rest)]
    opened = marks[:1] in ("`", "~") and len(marks) >= 3 and not (marks[0] == "`" and "`" in rest)
    return marks if opened else ""


def _ended(found: list[tuple[str, int, int, int, int]], last: int) -> list[Section]:
    """The sections, each ending where the next heading of its level or a higher one begins."""
    ended: list[Section] = []
    # The levels of CommonMark are 1 to 6, so the first element is never read.
    ends = [last] * 7
    for title, level, start, heading_start, heading_end in reversed(found):
        ended.append(Section(title, level, start, ends[level], heading_start, heading_end))
        ends[level:] = [heading_start] * (7 - level)
    return ended[::-1]


SILENT = "\0"
"""What stands in `prose` for a character that is not the author's own words; no document has it
(`pmlint.parsing.source`).
"""

_BLOCKS = frozenset({"CodeBlock", "BlockQuote", "Link", "Image", "HtmlBlock"})
_LEAVES = frozenset({"Code", "InlineHtml", "Html", "InlineMath", "DisplayMath"})


def prose(body: str) -> str:
    """The body with the same offsets, where code, block quotations, links, images and HTML are
    blanked by `SILENT`.

    Line ends stay, so that a blanked block still separates what stands around it.
    """
    import pyromark

    raw = body.encode()
    pieces: list[bytes] = []
    done = 0
    for event, where in pyromark.events_with_range(body, options=pyromark.Options.ENABLE_TABLES):
        if _silent(event) and (end := where["end"]) > done:
            start = max(where["start"], done)
            pieces.append(raw[done:start])
            pieces.append(
                "".join(
                    char if char in "\r\n" else SILENT for char in raw[start:end].decode()
                ).encode()
            )
            done = end
    return b"".join((*pieces, raw[done:])).decode()


def _silent(event: object) -> bool:
    """Whether an event of pyromark begins something that is not running text."""
    if not isinstance(event, dict):
        return False
    name, value = next(iter(event.items()))
    if name == "Start":
        return (value if isinstance(value, str) else next(iter(value))) in _BLOCKS
    return name in _LEAVES


def to_html(body: str) -> str:
    """The body as HTML, as CommonMark renders it, with tables. Nothing in it is made safe."""
    import pyromark

    return pyromark.html(body, options=pyromark.Options.ENABLE_TABLES)
