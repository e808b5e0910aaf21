"""The entry under ``proof`` that a verb writes: looked up in git and on disk before it is written.

The gate judges the closing itself (docs/spec/gate.md, 5). Here is what cannot be repaired later: a
commit that does not exist, a file that is empty, an address without the digest of its content.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pmlint.edit.history import History, blob_of
from pmlint.errors import UsageError
from pmlint.model.references import named_paths
from pmlint.model.suggestions import Names, did_you_mean
from pmlint.parsing.tree import Tree, normal

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_COMMIT_PAGE = re.compile(r"https://\S+/commit/[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""The address of a commit on a forge: its full id is a digest of what it has (docs/spec/gate.md,
5)."""
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_FILE = re.compile(r"[^\s:]*\.[A-Za-z0-9]{1,8}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes: the digest of a page that was not downloaded."""


class NamedProof(NamedTuple):
    """What the command line says of a proof: the text of ``--proof``, the digest, and, for a fix
    from before its review, why it is older and who approved that.
    """

    text: str
    digest: str = ""
    older: str = ""
    approved_by: str = ""


def entry_of(
    tree: Tree, history: History | None, asked: NamedProof, place: str, file: str
) -> dict[str, object]:
    """A proof as it is written: ``{path, blob}``, ``{commit, blob}`` or ``{uri, sha256}``.

    ``place`` is the text that names where the change lands, ``file`` the postmortem. Raises
    `UsageError` for what does not exist or cannot be looked up later.
    """
    entry = _found(tree, history, asked, place, file)
    if asked.older:
        entry["older"] = {"reason": asked.older, "approved_by": asked.approved_by}
    return entry


def _found(
    tree: Tree, history: History | None, asked: NamedProof, place: str, file: str
) -> dict[str, object]:
    text = asked.text
    # What is not printable could show another address than the one that is written.
    if _URI.fullmatch(text) and text.isprintable():
        return _record(text, asked.digest)
    if asked.digest:
        raise UsageError(
            "--sha256 belongs to a URI",
            help="leave it out: git knows the content of commits and paths",
        )
    # A path comes before a commit: a file may be named `deadbeef`, and who names one sees it.
    path = normal(text)
    entry = tree.entry(path) if path else None
    if path is not None and entry is not None:
        # The postmortem proves nothing about itself, and an empty file nothing at all
        # (docs/spec/gate.md, 5).
        if entry.kind != "file" or path == file or not tree.read(path).strip():
            raise UsageError(
                f"--proof '{text}' is not a file with content beside the postmortem",
                help="name the file that made the change, or the file that tests it",
            )
        return {"path": path, "blob": blob_of(tree, history, path)}
    if history is None and _COMMIT.fullmatch(text):
        raise UsageError(
            f"--proof '{text}' cannot be looked up: there is no git history here",
            help="run pmlint in the repository of the fix, or name a file",
        )
    # With a slash it was meant as a path, also where a branch has that name; with a suffix alone it
    # may be a tag, such as v1.2.
    is_path = not _COMMIT.fullmatch(text) and "/" in text
    is_prose = len(text.split()) > 1  # no revision has a blank, and nobody can fetch a sentence
    if _FILE.fullmatch(text) and (history is None or is_path or not history.has(text)):
        raise UsageError(
            f"--proof '{text}' is not a file of this repository",
            help=_near_file(tree, text) or "write the path of a file from the repository's root",
        )
    if history is None or is_path or is_prose:
        raise UsageError(
            f"--proof '{text}' is not a commit, a file or a URI",
            help="write a commit of this repository, the path of a file from its root, or "
            "https://... with --sha256",
        )
    return _commit(history, text, place)


def _near_file(tree: Tree, text: str) -> str:
    """The file that was meant, as a question: the only one of that name, or one that is alike."""
    files = [entry.path for entry in tree.walk("") if entry.kind == "file"]
    name = text.rpartition("/")[2]
    same = [path for path in files if path.rpartition("/")[2] == name]
    if len(same) == 1:
        return did_you_mean(same[0])
    return Names(files).near(text)


def _record(text: str, digest: str) -> dict[str, object]:
    # The full id in it is a digest already (docs/spec/gate.md, 5).
    if _COMMIT_PAGE.fullmatch(text) and not digest:
        return {"uri": text}
    if not _DIGEST.fullmatch(digest) or digest.lower() == NOTHING:
        raise UsageError(
            f"--proof '{text}' needs the digest of its content",
            help="add --sha256 with 64 hexadecimal digits, as sha256sum prints them",
        )
    return {"uri": text, "sha256": digest.lower()}


def _commit(history: History, text: str, place: str) -> dict[str, object]:
    """The commit by its full id, and the file that it changed at the named place.

    A short id could name two commits one day, so it is never written.
    """
    # Forges show ids in small letters, git stores them so, and the gate compares texts.
    commit = history.commit(text.lower() if _COMMIT.fullmatch(text) else text)
    entry: dict[str, object] = {"commit": commit}
    tree = history.repository.tree(commit)
    named = named_paths(place)
    # A file that the commit deleted has no content to come back to.
    touched = [path for path in history.repository.log.touched(commit) if tree.identity(path)]
    at_place = [path for path in touched if any(_is_at(path, name) for name in named)]
    # without one file there is no one content to come back to, and the gate goes by the base's file
    candidates = at_place or touched
    if len(candidates) == 1:
        entry["blob"] = tree.identity(candidates[0])
    return entry


def _is_at(path: str, place: str) -> bool:
    place = place.strip("/")
    return path == place or path.startswith(f"{place}/") or path.rpartition("/")[2] == place
