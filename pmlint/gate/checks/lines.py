"""Where something is in a file that is read without places: a setting, or what a change altered."""

from __future__ import annotations

import re
from itertools import takewhile

from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span


def line_of(tree: Tree, file: str, at: Path) -> Span:
    """The first line that holds the last name of a path that the file has; else its beginning."""
    if tree.entry(file) is None:
        return Span()
    try:
        source = decode(file, tree.read(file))
    except Malformed:
        return Span()
    for step in reversed(at):
        name = re.escape(str(step))
        found = re.search(rf"^[^#\n]*?(?<![\w-]){name}(?![\w-])", source.text, re.MULTILINE)
        if isinstance(step, str) and found:
            return source.span(found.end() - len(step), found.end())
    return Span()


def altered_line(before: Tree, after: Tree, file: str) -> Span:
    """The first line of a file that is another one than before; its beginning where it is new, was
    removed, or is no file on one side.
    """
    try:
        old, new = (tree.read(file).split(b"\n") for tree in (before, after))
    except Malformed:
        return Span()
    pairs = zip(old, new, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    # where lines went from the end, the last one that is left
    row = min(alike + 1, len(new))
    return Span(row, 1, row, 1)
