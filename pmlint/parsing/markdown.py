"""The Markdown body of a postmortem: its sections, by a line scan that knows fences, and its
running text, by a CommonMark parser.
"""

from __future__ import annotations

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


def sections(body: str) -> list[Section]:
    """The sections of a body in their order; ``#`` in a fenced block or in an HTML comment is no
    heading.
    """
    found: list[tuple[str, int, int, int, int]] = []
    fence = ""
    offset = 0
    for line in body.split("\n"):
        head = line[:4].lstrip(" ") if fence or line[:1] in _MARKS else ""
        if fence:
            if fence == "-->":
                fence = "" if "-->" in line else fence
            elif (
                head[:1] == fence[0]
                and not (rest := line.strip()).strip(fence[0])
                and len(rest) >= len(fence)
            ):
                fence = ""
        elif head[:1] == "#":
            text = line.strip()
            title = text.lstrip("#")
            level = len(text) - len(title)
            if level <= 6 and title[:1] in ("", " ", "\t"):
                bare = title.rstrip("#")
                title = (bare if bare[-1:] in ("", " ", "\t") else title).strip()
                found.append(
                    (
                        title,
                        level,
                        min(offset + len(line) + 1, len(body)),
                        offset,
                        offset + len(line.rstrip()),
                    )
                )
        elif head[:1] in ("`", "~", "<"):
            fence = _opens(line.strip())
        offset += len(line) + 1
    return _ended(found, len(body))


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
