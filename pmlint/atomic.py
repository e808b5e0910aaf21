"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from pmlint.usage import UsageError

_HAS_NO_NAME = getattr(os, "O_TMPFILE", 0) if os.path.isdir("/proc/self/fd") else 0


def write(path: str, data: bytes, *, new: bool = False) -> None:
    """Replace a file's content at once, keeping its permissions; with ``new`` it must not exist yet.

    Raises `OSError` (`FileExistsError` with ``new``); then the file is as it was, and nothing is left beside it.
    """
    temporary = os.path.join(os.path.dirname(os.path.abspath(path)), f".pmlint-{os.urandom(8).hex()}")
    try:
        _create(temporary, data)
        if new:
            os.link(temporary, path)  # unlike a replacement, a link fails where the name is taken
        else:
            with suppress(FileNotFoundError):
                os.chmod(temporary, os.stat(path).st_mode & 0o777)
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
    path = os.path.join(root, file)
    with open(path, "rb") as current:
        if current.read() != before.encode():
            raise UsageError("the file changed while pmlint was running", file=file, help="run the command again")
    write(path, after.encode())


def output(path: str, text: str) -> None:
    """Write a report where the user wants it: through links, and behind what stands in pipes and devices. Raises `OSError`."""
    if path == "/dev/stdout":  # opened again, it would be written from its beginning
        sys.stdout.write(text)
        return
    in_place = os.path.abspath(path).startswith(("/dev/", "/proc/"))
    if in_place or (os.path.exists(path) and not os.path.isfile(path)):
        with open(path, "ab") as stream:
            stream.write(text.encode())
    else:
        write(os.path.realpath(path), text.encode())


def _create(path: str, data: bytes) -> None:
    """Write a new file. On Linux it gets its name when it is whole, so that a writer who is killed leaves nothing."""
    try:
        opened = os.open(os.path.dirname(path), _HAS_NO_NAME | os.O_WRONLY, 0o666) if _HAS_NO_NAME else -1
    except OSError:  # not every file system can
        opened = -1
    named = opened < 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666) if named else opened, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        if not named:
            os.link(f"/proc/self/fd/{file.fileno()}", path, src_dir_fd=file.fileno())  # the argument makes it follow the link
