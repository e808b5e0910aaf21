"""A table: in colours and fitted to the window on a terminal that has rich, else plain columns, the
same in every pipe.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from pmlint.cli.project import wants_color
from pmlint.parsing.escape import terminal

GOOD, BAD = "bold green", "bold red"
"""Colours that can be read on a light and on a dark background."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, the head above; user text escaped."""
    cells = [tuple(head), *(tuple(terminal(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def show(head: Sequence[str], rows: Sequence[Sequence[str]], colors: Mapping[str, str]) -> None:
    """Print a table. ``colors`` gives the colour of what a cell may say; the last column wraps
    where the window is narrow.
    """
    if not (sys.stdout.isatty() and _rich(head, rows, colors)):
        click.echo(table(head, rows))


def _rich(head: Sequence[str], rows: Sequence[Sequence[str]], colors: Mapping[str, str]) -> bool:
    """Print a table by rich; False where it is not installed."""
    try:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        return False
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in head:
        drawn.add_column(title, no_wrap=title != head[-1], overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(terminal(cell), colors.get(cell, "")) for cell in row))
    Console(no_color=not wants_color("auto"), highlight=False).print(drawn)
    return True
