"""Where a setting stands in a file that is read without places (TOML)."""

from __future__ import annotations

import re

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
