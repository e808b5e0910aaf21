"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile


def write(path: str, data: bytes, *, new: bool = False) -> None:
    """Replace a file's content at once, keeping its permissions; with ``new`` it must not exist yet.

    Raises `OSError` (`FileExistsError` with ``new``); then the file is as it was, and nothing is left beside it.
    """
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(prefix=".pmlint-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        if new:
            os.link(temporary, path)  # unlike a replacement, a link fails where the name is taken
        else:
            os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
