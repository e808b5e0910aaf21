"""Prints the order of the rooms into `docs/architecture.md`: ``python docs/render_architecture.py
[--check]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
PAGE = HERE / "architecture.md"
START, END = "<!-- layers: written by docs/render_architecture.py -->", "<!-- /layers -->"


def table() -> str:
    """The rooms of `layers.yaml` as rows, lowest first."""
    layers = yaml.safe_load((HERE / "layers.yaml").read_text(encoding="utf-8"))
    rows = [f"| `{_name(layer['room'])}` | {layer['holds']} |" for layer in layers]
    return "\n".join(["| room | holds |", "|---|---|", *rows])


def _name(room: str) -> str:
    return room if room.endswith(".py") else f"{room}/"


def wanted(page: str) -> str:
    """The page with the table between its marks.

    Raises `ValueError` where a mark is missing.
    """
    start, end = page.index(START) + len(START), page.index(END)
    return f"{page[:start]}\n{table()}\n{page[end:]}"


def main() -> int:
    """Write the page, or with ``--check`` only report whether it would change."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(wanted(page) != page)
    PAGE.write_text(wanted(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
