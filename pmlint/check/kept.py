"""A file of a user's cache: what it was written by and for, its own digest, and JSON.

Anything unexpected (no folder, a full disk, a torn or foreign file) is a file without anything.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from pmlint import __version__
from pmlint.model.resources import folder
from pmlint.parsing.writing import write


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def path_of(root: str, ending: str) -> str:
    """The file with this ending for a repository."""
    base = (
        os.environ.get("XDG_CACHE_HOME")
        or os.environ.get("LOCALAPPDATA")
        or os.path.join(os.path.expanduser("~"), ".cache")
    )
    return os.path.join(base, "pmlint", f"{digest(root.encode())[:24]}.{ending}")


def load(file: str, head: str) -> dict[str, Any]:
    """What was saved under this head; nothing where that is not there whole."""
    try:
        with open(file, encoding="utf-8") as opened:
            first, text = opened.readline(), opened.read()
        # A run that was killed leaves the old file or the new one; the digest answers for a disk.
        if first != f"{head} {digest(text.encode())}\n":
            return {}
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def save(
    file: str, head: str, found: dict[str, Any], plain: Callable[[object], object] | None = None
) -> None:
    """Write a file whole, or leave it as it is; ``plain`` turns other values into those of JSON."""
    text = json.dumps(found, default=plain, separators=(",", ":"))
    with suppress(OSError):  # a read-only home or a full disk: the next run reads again
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        write(file, f"{head} {digest(text.encode())}\n{text}".encode())


def installation() -> str:
    """The digest of what tells one state of the tool from another: versions, the shipped data by
    content, and in a checkout the code by size and time.
    """
    # Python's version counts too, because its Unicode data folds and classifies letters.
    return digest(repr((__version__, sys.version, list(_installed()))).encode())


def _installed() -> Iterator[object]:
    for name in ("schema", "policies"):
        for path in sorted(_files(folder(name))):
            with open(path, "rb") as file:
                yield path, digest(file.read())
    here = os.path.dirname(os.path.dirname(__file__))
    # From a wheel the version says which code it is; a checkout changes under one version.
    if not os.path.isdir(os.path.join(here, "data")):
        for path in sorted(_files(here)):
            if path.endswith(".py"):
                status = os.stat(path)
                yield path, status.st_size, status.st_mtime_ns


def _files(top: str) -> Iterator[str]:
    return (os.path.join(here, name) for here, _, names in os.walk(top) for name in names)
