"""Tables of the asking verbs: text that fits the terminal, CSV and Markdown.

Text shrinks to the width (``COLUMNS``, else the terminal's, else 80): titles are cut with ``…``,
ids, handles and dates never, because they are what somebody copies.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import click

from pmlint.cli.options import evaluation_date, output_format
from pmlint.cli.project import wants_color
from pmlint.parsing.escape import terminal

FORMATS = ("text", "json", "csv", "markdown")
GOOD, BAD = "32;1", "31;1"
"""Colours that can be read on a light and on a dark background."""
NARROWEST = 8
"""Columns of text are not cut below so many characters: less says nothing."""
GAP = 2
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula (OWASP, CSV injection); a quote before it shows it."""


class Heading(NamedTuple):
    """A column: its title, and whether its cells may be cut."""

    title: str
    cut: bool = False


class Listing(NamedTuple):
    """What a verb answers: columns, rows of texts, and the colours of what a cell may say."""

    columns: tuple[Heading, ...]
    rows: Sequence[Sequence[str]]
    colors: Mapping[str, str] = {}


def asks(command: Callable[..., object]) -> Callable[..., object]:
    """Add the options that every asking verb has."""
    return output_format(FORMATS)(evaluation_date(command))


def answer(name: str, table: Listing, data: Mapping[str, Any], nothing: str) -> None:
    """Print a table in a format of `FORMATS`; ``data`` is its JSON, ``nothing`` what text says of
    no rows.
    """
    if name == "json":
        import json

        click.echo(json.dumps(data, indent=2))
    elif name == "csv":
        click.echo(as_csv(table), nl=False)
    elif name == "markdown":
        click.echo(as_markdown(table))
    elif not table.rows:
        click.echo(nothing)
    else:
        for line in as_text(table, width(os.environ), color=wants_color("auto")):
            click.echo(line, color=True)  # click would take colours out of a pipe


def show(head: Sequence[str], rows: Sequence[Sequence[str]], colors: Mapping[str, str]) -> None:
    """Print a table as text, of which only the last column may be cut."""
    columns = (*(Heading(title) for title in head[:-1]), Heading(head[-1], cut=True))
    for line in as_text(
        Listing(columns, rows, colors), width(os.environ), color=wants_color("auto")
    ):
        click.echo(line, color=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text that nothing cuts, for what is not a list of records."""
    wide = sys.maxsize
    return "\n".join(as_text(Listing(tuple(map(Heading, head)), rows), wide))


def width(environ: Mapping[str, str]) -> int:
    """How many columns a line may have."""
    # It wins over the terminal: a test and a pipe have none.
    if (asked := environ.get("COLUMNS", "")).isdecimal() and int(asked):
        return int(asked)
    return shutil.get_terminal_size((80, 24)).columns


def as_text(table: Listing, limit: int, *, color: bool = False) -> list[str]:
    """The lines of a table, the head first; user text is escaped."""
    # Escaped before it is measured, or an escape sequence would shift the columns.
    rows = [[terminal(cell) for cell in row] for row in table.rows]
    titles = [column.title for column in table.columns]
    cells = [titles, *rows]
    needed = [max(_wide(row[number]) for row in cells) for number in range(len(titles))]
    widths = _shrunk(needed, table.columns, limit)
    lines = []
    for row in cells:
        parts = []
        for cell, space in zip(row, widths, strict=True):
            fitted = _fitted(cell, space)
            padded = fitted + " " * (space - _wide(fitted))
            code = table.colors.get(cell, "") if color else ""
            parts.append(f"\x1b[{code}m{padded}\x1b[0m" if code else padded)
        lines.append((" " * GAP).join(parts).rstrip())
    return lines


def as_csv(table: Listing) -> str:
    """The table as RFC 4180: CRLF, quotes where they are needed, no cell that is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow(map(_safe, row))
    return text.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet computes; empty where the table shows a dash for nothing."""
    if cell == "-":
        return ""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_markdown(table: Listing) -> str:
    """The table in the Markdown of GitHub and GitLab."""
    titles = [column.title for column in table.columns]
    lines = [titles, ["---"] * len(titles), *([_plain(cell) for cell in row] for row in table.rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def by_number(name: str) -> list[tuple[int, int | str]]:
    """The order of ids: numbers inside them count as numbers, so A2 comes before A10."""
    parts = re.split(r"(\d+)", name)
    # Pairs, because Python does not compare a number with a text.
    return [(0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in parts]


def _plain(cell: str) -> str:
    """A cell that shows as it is: no mark-up, no HTML, no mention, no line break."""
    text = " ".join(terminal(cell).split())
    return re.sub(r"([\\|`*_\[\]<>@#~])", r"\\\1", text)


def _shrunk(needed: Sequence[int], columns: Sequence[Heading], limit: int) -> list[int]:
    """The widths of columns: the widest that may be cut gives way until the row fits, or nothing
    is left to take.
    """
    widths = list(needed)
    over = sum(widths) + GAP * (len(widths) - 1) - limit
    while over > 0:
        flexible = [
            number
            for number, column in enumerate(columns)
            if column.cut and widths[number] > max(NARROWEST, _wide(column.title))
        ]
        if not flexible:
            break
        # One column at a time, so two long texts end up equally wide.
        widest = max(flexible, key=widths.__getitem__)
        widths[widest] -= 1
        over -= 1
    return widths


def _fitted(cell: str, space: int) -> str:
    if _wide(cell) <= space:
        return cell
    while cell and _wide(cell) > space - 1:
        cell = cell[:-1]
    return f"{cell.rstrip()}…"


def _wide(text: str) -> int:
    """How many columns a text takes: those of East Asia take two, marks that combine none."""
    if text.isascii():
        return len(text)
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
