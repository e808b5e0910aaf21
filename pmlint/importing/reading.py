"""An old review as it is written: its front matter, and its headings with tables and lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pmlint.parsing.markdown import plain_title, sections
from pmlint.parsing.source import INVISIBLE, Malformed, Source
from pmlint.parsing.strict_yaml import parse
from pmlint.parsing.toml import dates_as_texts, read_toml

_YAML = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[(?P<mark>[ xX])\][ \t]+)?(?P<text>.*)"
)
_CELL = re.compile(r"(?<!\\)\|")
_TABLE_LINE = re.compile(r"\s*\|")
_TAG = re.compile(
    r"</?(?:a|b|code|del|em|i|kbd|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*[^*]+\*\*\.?")
_FIELD = re.compile(r"[*_]*[^\W\d_][\w '-]{1,20}[*_]*\s*:")


class OldTable(NamedTuple):
    """A table: the line of its header, its header and its rows, each row with its line."""

    row: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class OldLine(NamedTuple):
    """A line of text with its number."""

    row: int
    text: str


class NestedLine(NamedTuple):
    """What is below an item: a line, and of an item of a list in a list whether a box is ticked
    (None without a box).
    """

    row: int
    text: str
    is_item: bool
    is_ticked: bool | None


class OldItem(NamedTuple):
    """An item of a list: its line, the text of its first paragraph, what is below that, whether a
    box is ticked (None without a box), and its last line.
    """

    row: int
    text: str
    below: tuple[NestedLine, ...]
    is_ticked: bool | None
    last: int

    @property
    def whole(self) -> str:
        """The text of the item and of everything below it."""
        return "; ".join((self.text, *(line.text for line in self.below)))


class OldSection(NamedTuple):
    """A heading with what is between it and the next: the line of the heading, the line after it,
    and as ``path`` the headings above it and its own, the outermost first. Before the first heading
    the path is empty. ``prose`` are the lines outside lists, tables and code.
    """

    heading: int
    row: int
    path: tuple[str, ...]
    text: str
    tables: tuple[OldTable, ...]
    items: tuple[OldItem, ...]
    prose: tuple[OldLine, ...]


class OldReview(NamedTuple):
    """A file: its front matter (empty where it has none, or none that can be read) as data and as
    it is written, why that could not be read, its body, and how many invisible characters were left
    out.
    """

    file: str
    front_matter: dict[str, Any]
    front_text: str
    unread: str
    body: str
    sections: tuple[OldSection, ...]
    invisible: int


def read_review(file: str, data: bytes) -> OldReview:
    """Read an old review. Raises `Malformed` for bytes that are not a text in UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed(
            f"byte 0x{data[error.start]:02x} is not UTF-8", help="save it as UTF-8"
        ) from None
    if "\0" in text:
        raise Malformed("the file has a NUL byte and is not a text", help="save it as UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # An editor's zero-width blank in a text of 2019 is no attack, but our reader refuses it.
    text, invisible = re.subn(INVISIBLE, "", text)
    front, unread, length = _front_matter(text)
    return OldReview(
        file, front, text[:length], unread, text[length:], _sections(text, length), invisible
    )


def _front_matter(text: str) -> tuple[dict[str, Any], str, int]:
    """The front matter, why it can't be read, and how long it is."""
    match = _YAML.match(text) or _TOML.match(text)
    if match is None:
        return {}, "", 0
    try:
        if text.startswith("+"):
            data: Any = dates_as_texts(read_toml(Source("", match[1])).data)
        else:
            data = parse(Source("", match[1])).data
    except Malformed as error:
        return {}, error.message, match.end()
    return (data, "", match.end()) if isinstance(data, dict) else ({}, "not a mapping", match.end())


def _sections(text: str, length: int) -> tuple[OldSection, ...]:
    body = text[length:]
    known = sections(body)
    starts = [0, *(section.start for section in known)]
    ends = [*(section.heading_start for section in known), len(body)]
    found: list[OldSection] = []
    above: list[tuple[int, str]] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if number:
            section = known[number - 1]
            above = [entry for entry in above if entry[0] < section.level]
            above.append((section.level, section.title))
        above_row = known[number - 1].heading_start if number else 0
        heading = text.count("\n", 0, length + above_row) + 1
        row = text.count("\n", 0, length + start) + 1
        path = tuple(title for _, title in above)
        found.append(_section(heading, row, path, body[start:end]))
    return tuple(found)


def _section(heading: int, row: int, path: tuple[str, ...], text: str) -> OldSection:
    lines = _without_code(text.split("\n"))
    tables, items = tuple(_tables(row, lines)), tuple(_items(row, lines))
    covered = {number for item in items for number in range(item.row, item.last + 1)}
    for table in tables:
        covered |= set(range(table.row, table.row + 2 + len(table.rows)))
    prose = tuple(
        OldLine(row + number, line)
        for number, line in enumerate(lines)
        if line.strip() and row + number not in covered
    )
    return OldSection(heading, row, path, text, tables, items, prose)


def _without_code(lines: list[str]) -> list[str]:
    """The lines with those of fenced code made empty: what is quoted there is not the review's."""
    fence = ""
    kept: list[str] = []
    for line in lines:
        match = _FENCE.match(line)
        if fence:
            kept.append("")
            fence = "" if match and match[1].startswith(fence) else fence
        else:
            kept.append("" if match else line)
            fence = match[1] if match else ""
    return kept


def _tables(row: int, lines: list[str]) -> Iterator[OldTable]:
    at = 0
    while at + 1 < len(lines):
        is_table = "|" in lines[at] and "-" in lines[at + 1] and _RULE.fullmatch(lines[at + 1])
        if not is_table:
            at += 1
            continue
        start, header = row + at, _cells(lines[at])
        at += 2
        rows: list[tuple[int, tuple[str, ...]]] = []
        while at < len(lines) and "|" in lines[at]:
            rows.append((row + at, _cells(lines[at])))
            at += 1
        yield OldTable(start, header, tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.replace("\\|", "|").strip() for cell in _CELL.split(inner))


def _items(row: int, lines: list[str]) -> Iterator[OldItem]:
    """The items of the outermost lists; what is indented below one belongs to it, and so does an
    unindented line directly below its text (CommonMark, *lazy continuation lines*).
    """
    current: OldItem | None = None
    outer = 0
    for number, line in enumerate(lines):
        match = _ITEM.fullmatch(line)
        indent = len(match["indent"].expandtabs(4)) if match else 0
        if match and (current is None or indent <= outer):
            if current is not None:
                yield current
            outer = indent
            current = OldItem(row + number, match["text"].strip(), (), _ticked(match), row + number)
        elif current is not None and line.strip():
            is_lazy = bool(lines[number - 1].strip()) and not _TABLE_LINE.match(line)
            if line.startswith((" ", "\t")) or is_lazy:
                current = _continued(current, row + number, line, match, lines[number - 1])
            else:
                yield current
                current = None
    if current is not None:
        yield current


def _continued(
    item: OldItem, row: int, line: str, match: re.Match[str] | None, above: str
) -> OldItem:
    """An item with one more line, which belongs to its text or is below it."""
    text = (match["text"] if match else line).strip()
    # A field on a line of its own ("Owner: ana") is no part of the sentence above it.
    is_complete = _FIELD.match(text) or _BOLD.fullmatch(item.text)
    is_same_paragraph = above.strip() and not item.below and not is_complete
    if match is None and is_same_paragraph:
        return item._replace(text=f"{item.text} {text}".strip(), last=row)
    ticked = _ticked(match) if match else None
    nested = NestedLine(row, text, match is not None, ticked)
    return item._replace(below=(*item.below, nested), last=row)


def _ticked(match: re.Match[str]) -> bool | None:
    return None if match["mark"] is None else match["mark"] != " "


def shown(text: str) -> str:
    """A text of Markdown as one line for people: links by their words, without emphasis."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<br\s*/?>", " ", text)
    text = _TAG.sub("", text)
    text = re.sub(r"(\*\*|__|`|~~)", "", text)
    return " ".join(text.split())


def folded(title: str) -> str:
    """A heading for comparison, without a remark behind it: in brackets, or after a colon or a
    dash.
    """
    bare = re.split(r"\s*[(\[:]|\s[-–—]\s", title.lstrip("*_ "), maxsplit=1)[0]
    return plain_title(bare) or plain_title(title)
