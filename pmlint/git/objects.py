"""Git's own names for contents."""

from __future__ import annotations

import hashlib


def blob_id(content: bytes, *, is_wide: bool = False) -> str:
    """The object id of a file's content: 40 digits, 64 in a repository of SHA-256 ids."""
    data = b"blob %d\0" % len(content) + content
    if is_wide:
        return hashlib.sha256(data).hexdigest()
    # A name for the content, not a protection; without the flag Python refuses SHA-1 on machines
    # in FIPS mode.
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
