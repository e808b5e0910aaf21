"""Old reviews in a folder that no setting names, found by their headings: `init` prints the command
that makes drafts of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from posixpath import commonpath

from pmlint.importing.draft import why_not
from pmlint.importing.found import parts_of
from pmlint.importing.reading import read_review
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree

_MOST_FILES = 2_000
"""Markdown files that are looked into: a note of `init` is no reason to read a whole wiki."""
_FEWEST = 2
"""One file with a timeline may be a page about something else."""
_MOST_FOLDERS = 3
_MOST_BYTES = 1 << 18


def old_reviews(tree: Tree, known: tuple[str, ...]) -> Iterator[str]:
    """A note about files that read like postmortems, outside the folders ``known``."""
    files = [
        entry.path
        for entry in tree.walk("")
        if entry.kind == "file"
        and entry.path.endswith(".md")
        and not any(entry.path.startswith(f"{folder}/") for folder in known)
    ]
    found = [file for file in files[:_MOST_FILES] if _is_review(tree, file)]
    if len(found) < _FEWEST:
        return
    folders = Counter(file.rpartition("/")[0] or "." for file in found)
    named = sorted(folders)
    if len(named) > _MOST_FOLDERS:
        # A folder for each month: what is above all of them.
        named = ["." if "." in folders else commonpath(named) or "."]
    command = " ".join(["pmlint import", *map(_quoted, named)])
    yield f"{len(found)} files read like old postmortems: `{command}` makes drafts of them"


def _is_review(tree: Tree, file: str) -> bool:
    """Whether a file has a timeline or actions and one more part of a review."""
    try:
        review = read_review(file, tree.read(file, _MOST_BYTES))
    except Malformed:
        return False
    kinds = {part.kind for part in parts_of(review) if part.is_own}
    return len(kinds) > 1 and bool(kinds & {"timeline", "actions"}) and why_not(review) is None


def _quoted(folder: str) -> str:
    return f"'{folder}'" if " " in folder else folder
