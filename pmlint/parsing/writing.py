"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from pmlint.errors import UsageError
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import WorkTree

_NAMELESS = getattr(os, "O_TMPFILE", 0) if os.path.isdir("/proc/self/fd") else 0
"""How Linux opens a file that has no name yet: a writer who is killed leaves nothing behind."""


def write(path: str, data: bytes, *, new: bool = False) -> None:
    """Replace a file's content at once, keeping its permissions; with ``new`` it must not exist
    yet.

    Raises `OSError` (`FileExistsError` with ``new``); then the file is as it was, and nothing is
    left beside it.
    """
    temporary = os.path.join(
        os.path.dirname(os.path.abspath(path)), f".pmlint-{os.urandom(8).hex()}"
    )
    try:
        handle, is_named = _open(temporary)
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
            if os.path.exists(path) and not new:
                os.chmod(temporary if is_named else handle, os.stat(path).st_mode & 0o777)
            if is_named or not _named(handle, path, new):
                if not is_named:
                    _named(handle, temporary, True)
                if new:
                    # Unlike a replacement, a link fails where the name is taken.
                    os.link(temporary, path)
                else:
                    os.replace(temporary, path)
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def replace(root: str, file: str, before: str, after: str) -> None:
    """Replace the text of a file of a repository that still holds the text ``before``.

    Raises `UsageError` where somebody else has written it meanwhile, and `OSError` as `write` does.
    """
    try:
        same = WorkTree(root).read(file) == before.encode()
    except Malformed:
        same = False
    if not same:
        raise UsageError(
            "the file changed while pmlint was running", file=file, help="run the command again"
        )
    write(os.path.join(root, file), after.encode())


def output(path: str, text: str) -> None:
    """Write a report where the user wants it: through links, and behind what stands in pipes and
    devices. Raises `OSError`.
    """
    if path == "/dev/stdout":  # opened again, it would be written from its beginning
        sys.stdout.write(text)
    elif os.path.abspath(path).startswith(("/dev/", "/proc/")) or (
        os.path.exists(path) and not os.path.isfile(path)
    ):
        with open(path, "ab") as stream:
            stream.write(text.encode())
    else:
        write(os.path.realpath(path) if os.path.islink(path) else path, text.encode())


def _open(path: str) -> tuple[int, bool]:
    """A new file, and whether it has the name ``path`` already."""
    if _NAMELESS:
        with suppress(OSError):  # not every file system can
            return os.open(os.path.dirname(path), _NAMELESS | os.O_WRONLY, 0o666), False
    return os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
    ), True


def _named(handle: int, path: str, new: bool) -> bool:
    """Give a file without a name its name.

    Where that is taken, False, or `FileExistsError` with ``new``.
    """
    try:
        # `src_dir_fd` makes Python call linkat, which follows the link of /proc.
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle)
    except FileExistsError:
        if new:
            raise
        return False
    return True
