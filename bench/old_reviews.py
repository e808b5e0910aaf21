"""What `pmlint import` takes of old reviews: ``python -m bench.old_reviews FOLDER...``.

Each folder is a collection of Markdown files, such as a clone of a public repository; it is copied
and nothing of it is kept. The rows that are actions are counted beside import by markdown-it and by
the patterns below, which share no name with those of import: every row of a table and every item of
a list below a heading of actions, and the rows of a table with a column of owners. A row that is
counted and not taken is printed with ``--missed``. The goal is 95% of all rows
(docs/spec/adopt.md).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

GOAL = 0.95
ACTIONS = re.compile(
    r"\b(?:actions?|action items?|to-?\s?dos?|tasks|follow[- ]?ups?|next steps|remediations?"
    r"|(?:prevent\w*|corrective|permanent) (?:actions?|measures?|changes?)|improvements"
    r"|what (?:we|will) (?:do|change)\w*|maßnahmen|acciones|ações|mesures)\b",
    re.IGNORECASE,
)
NOT_ACTIONS = re.compile(
    r"\b(?:taken|analysis|timeline|during|process|guide|how to|lessons)\b", re.IGNORECASE
)
"""Headings of what was done, and of rules for reviews."""
PEOPLE = re.compile(r"\b(?:owners?|assignees?|assigned|responsible|who|dri)\b", re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


class Row(NamedTuple):
    """An action as it is written: its line, from 1, and its text."""

    line: int
    text: str


class Collection(NamedTuple):
    """What became of a folder: how many files are drafts, skipped, actions as counted, of which
    taken, and the rows that were not taken, by file.
    """

    drafts: int
    skipped: int
    counted: int
    taken: int
    missed: tuple[tuple[str, Row], ...]


def rows(text: str) -> Iterator[Row]:
    """The actions of a review by the reader of this module."""
    # Front matter is left out line by line, so that the numbers of the lines stay.
    body = FRONT_MATTER.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    headings: dict[int, str] = {}
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            headings = {depth: title for depth, title in headings.items() if depth < level}
            headings[level] = tokens[number + 1].content
            continue
        is_actions = _means_actions(headings)
        if token.type == "list_item_open":
            is_row = is_actions and _is_action(tokens, number)
        elif token.type == "tr_open":
            is_body = tokens[number - 1].type != "thead_open"
            is_row = is_body and (is_actions or bool(PEOPLE.search(_header(tokens, number))))
        else:
            continue
        # An item without a word promises nothing.
        if is_row and (text := _text(tokens, number)):
            yield Row(token.map[0] + 1 if token.map else 0, text)


def _is_action(tokens: list[Token], number: int) -> bool:
    """Whether an item is an action of its own: not one of its steps, and not a label of others."""
    level = tokens[number].level
    if level == 1:
        return not _is_label(tokens, number)
    return level == 3 and _is_label(tokens, _outer(tokens, number))


def _means_actions(headings: dict[int, str]) -> bool:
    """Whether the nearest heading that says anything of the kind is one of actions."""
    for title in reversed(headings.values()):
        if NOT_ACTIONS.search(title):
            return False
        if ACTIONS.search(title):
            return True
    return False


def _text(tokens: list[Token], number: int) -> str:
    """The first words of an item or a row; empty where it has none."""
    for token in tokens[number + 1 :]:
        if token.type == "inline" and token.content:
            return token.content
        if token.type in ("list_item_close", "tr_close"):
            return ""
    return ""


def _outer(tokens: list[Token], number: int) -> int:
    """The item that a nested item belongs to."""
    return next(
        at
        for at in range(number - 1, -1, -1)
        if tokens[at].type == "list_item_open" and tokens[at].level == 1
    )


def _is_label(tokens: list[Token], number: int) -> bool:
    """Whether an item has a list below it and says no more than its name."""
    level = tokens[number].level
    end = next(
        at
        for at in range(number, len(tokens))
        if tokens[at].type == "list_item_close" and tokens[at].level == level
    )
    is_above = any(one.type.endswith("list_open") for one in tokens[number:end])
    text = _text(tokens, number).strip()
    return is_above and (text.endswith(":") or len(text.split()) <= 2)


def _header(tokens: list[Token], number: int) -> str:
    """The names of the columns of the table around a row."""
    start = next(at for at in range(number, -1, -1) if tokens[at].type == "table_open")
    end = next(at for at in range(start, len(tokens)) if tokens[at].type == "thead_close")
    return " ".join(one.content for one in tokens[start:end] if one.type == "inline")


def played(folder: Path) -> Collection:
    """Import a copy of a folder, and count beside it."""
    with tempfile.TemporaryDirectory() as around:
        root = Path(around)
        shutil.copytree(folder, root / "old", ignore=shutil.ignore_patterns(".git"))
        (root / "pmlint.toml").touch()
        (root / "postmortems").mkdir()
        command = [sys.executable, "-m", "pmlint", "import", "old", "--diff"]
        ran = subprocess.run(
            [*command, "--output-format", "json"], cwd=root, stdout=subprocess.PIPE, check=True
        )
        data: dict[str, Any] = json.loads(ran.stdout)
        counted = 0
        missed: list[tuple[str, Row]] = []
        for file in data["files"]:
            found = list(rows((root / file["file"]).read_text(encoding="utf-8-sig")))
            taken = {entry["row"] for entry in file["taken"] if entry["as"] == "action"}
            counted += len(found)
            missed += [(file["file"], row) for row in found if row.line not in taken]
    skipped = data["skipped"]
    return Collection(
        len(data["files"]), len(skipped), counted, counted - len(missed), tuple(missed)
    )


def main() -> None:
    """The command line: exit 1 where less than the goal is taken of all rows."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.old_reviews",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--missed", action="store_true", help="Print the rows that were not taken.")
    options = parser.parse_args()
    found = {folder: played(folder) for folder in options.folders}
    print("| collection | drafts | skipped | actions, of |\n|---|---:|---:|---|")
    for folder, one in found.items():
        print(f"| {folder.name} | {one.drafts} | {one.skipped} | {one.taken} of {one.counted} |")
    counted = sum(one.counted for one in found.values())
    taken = sum(one.taken for one in found.values())
    print(f"| all | | | {taken} of {counted}: {taken / max(1, counted):.1%} |")
    for folder, one in found.items() if options.missed else ():
        for file, row in one.missed:
            print(f"{folder.name}: {file}:{row.line}: {row.text[:90]}")
    sys.exit(1 if taken < GOAL * counted else 0)


if __name__ == "__main__":
    main()
