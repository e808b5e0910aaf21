"""Git's own names for contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def blob_id(content: bytes, *, is_wide: bool = False) -> str:
    """The object id of a file's content: 40 digits, 64 in a repository of SHA-256 ids."""
    return object_id(b"blob", content, is_wide=is_wide)


def object_id(kind: bytes, content: bytes, *, is_wide: bool = False) -> str:
    """The object id of what a blob, tree, commit or tag holds, as `blob_id`."""
    return _digest(b"%s %d\0" % (kind, len(content)) + content, is_wide).hex()


def tree_id(blobs: Mapping[str, str], *, is_wide: bool = False) -> str:
    """The object id of the tree that holds these files, each a path and the id of its content;
    none of them can be executed.
    """
    return _tree(blobs, is_wide).hex()


def _tree(blobs: Mapping[str, str], is_wide: bool) -> bytes:
    folders: dict[str, dict[str, str]] = {}
    entries: dict[str, bytes] = {}
    for path, name in blobs.items():
        first, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(first, {})[rest] = name
        else:
            entries[first] = b"100644 %s\0%s" % (first.encode(), bytes.fromhex(name))
    for first, below in folders.items():
        # git sorts a folder as if its name ended in a slash
        entries[f"{first}/"] = b"40000 %s\0%s" % (first.encode(), _tree(below, is_wide))
    data = b"".join(entries[name] for name in sorted(entries, key=str.encode))
    return _digest(b"tree %d\0" % len(data) + data, is_wide)


def _digest(data: bytes, is_wide: bool) -> bytes:
    if is_wide:
        return hashlib.sha256(data).digest()
    # A name for the content, not a protection; without the flag Python refuses SHA-1 on machines
    # in FIPS mode.
    return hashlib.sha1(data, usedforsecurity=False).digest()
