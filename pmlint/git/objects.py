"""Git's own names for contents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def blob_id(content: bytes, *, is_wide: bool = False) -> str:
    """The object id of a file's content: 40 digits, 64 in a repository of SHA-256 ids."""
    return object_id(b"blob", content, is_wide=is_wide)


def object_id(kind: bytes, content: bytes, *, is_wide: bool = False) -> str:
    """The object id of what a blob, tree, commit or tag holds, as `blob_id`."""
    digest = object_digest(kind, len(content), is_wide=is_wide)
    digest.update(content)
    return digest.hexdigest()


def object_digest(kind: bytes, size: int, *, is_wide: bool = False) -> hashlib._Hash:
    """The digest that becomes an object's id once it is given as many bytes as ``size``."""
    head = b"%s %d\0" % (kind, size)
    # A name for the content, not a protection; without the flag Python refuses SHA-1 on machines
    # in FIPS mode.
    return hashlib.sha256(head) if is_wide else hashlib.sha1(head, usedforsecurity=False)


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
    return bytes.fromhex(object_id(b"tree", data, is_wide=is_wide))
