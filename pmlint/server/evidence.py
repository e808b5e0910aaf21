"""What may be written in the pack of evidence: the files that are there, each with its digest, and
that a kind is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.edit.value import inline
from pmlint.parsing.tree import Entry, normal
from pmlint.place import Path
from pmlint.project.digests import Digests
from pmlint.server.choice import Choice
from pmlint.server.draft import Draft
from pmlint.server.view import View

FOLDER = "evidence"
MOST_FILES = 100
MOST_BYTES = 16 * 1024 * 1024
"""As much is read for the digests of one answer: 50 ms, in which nobody notices a pause."""


def pieces(draft: Draft, view: View) -> Iterator[Choice]:
    """``{path: ..., sha256: ...}`` for each file, those of this postmortem first."""
    for entry, digest in _digested(draft, view):
        piece = {"path": entry.path} | ({"sha256": digest} if digest else {})
        yield Choice(inline(piece), is_yaml=True)


def paths(draft: Draft, view: View, path: Path, *, is_flow: bool, column: int) -> Iterator[Choice]:
    """The path of each file at the ``path`` of a piece, with its digest where the piece has none
    yet: behind a comma in brackets, else on a line of its own from ``column`` on.
    """
    is_known = Path(path[:-1]) / "sha256" in draft.outline.slots
    between = ", " if is_flow else "\n" + " " * column
    for entry, digest in _digested(draft, view):
        more = f"{between}sha256: {inline(digest)}" if digest and not is_known else ""
        path_alone = inline(entry.path)
        yield Choice(path_alone + more, is_yaml=True, typed=path_alone)


def digest(draft: Draft, view: View, path: Path) -> Iterator[Choice]:
    """The digest of the file that the piece at ``path`` names."""
    slot = draft.outline.slots.get(Path(path[:-1]) / "path")
    # A path of an author may lead out of the repository.
    name = normal(slot.text) if slot else None
    entry = view.tree.entry(name) if name else None
    if entry is not None and entry.kind == "file" and entry.size <= MOST_BYTES:
        found = Digests().of(entry.path, view.tree)
        if not found.startswith("unknown"):
            yield Choice(found, entry.path)


def missing(draft: Draft) -> Iterator[Choice]:
    """``{missing: "", action: A2}`` for each action that will capture it from now on."""
    capturing = [one for one in draft.postmortem.actions if one.layer == "evidence-capture"]
    for action in capturing:
        yield Choice(f'{{missing: "", action: {inline(action.id)}}}', action.title, is_yaml=True)
    if not capturing:
        note = "why it is missing, and the action that captures it from now on"
        yield Choice('{missing: "", action: }', note, is_yaml=True)


def files(draft: Draft, view: View) -> list[Entry]:
    """The first files below ``evidence/``, those of this postmortem before the others."""
    own = f"{FOLDER}/{draft.postmortem.id}/"
    found = [entry.path for entry in view.tree.walk(FOLDER) if entry.kind == "file"]
    found.sort(key=lambda path: (not path.startswith(own), path))
    # A walk looks at no sizes.
    return [entry for path in found[:MOST_FILES] if (entry := view.tree.entry(path))]


def _digested(draft: Draft, view: View) -> Iterator[tuple[Entry, str]]:
    """The same with their digests, empty where too much would have to be read."""
    room = MOST_BYTES
    # Computed anew: what a run remembers may be older than the file.
    digests = Digests()
    for entry in files(draft, view):
        found = ""
        if entry.size <= room:
            room -= entry.size
            found = digests.of(entry.path, view.tree)
        yield entry, "" if found.startswith("unknown") else found
