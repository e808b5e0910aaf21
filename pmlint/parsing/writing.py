"""Files that are written whole or not at all."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import BinaryIO

from pmlint.errors import UsageError
from pmlint.parsing import beside
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import WorkTree

_NAMELESS = getattr(os, "O_TMPFILE", 0) if os.path.isdir("/proc/self/fd") else 0
"""How Linux opens a file that has no name yet: a writer who is killed leaves nothing behind."""

_LARGEST = 64 << 20
"""A file that is replaced is kept in memory until the others are written."""


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Let an `OSError` name ``path``, and not the file beside it that nobody has asked for."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise


def write(path: str, data: bytes, *, new: bool = False) -> None:
    """Replace a file's content at once, keeping its permissions; with ``new`` it must not exist
    yet.

    Raises `OSError` (`FileExistsError` with ``new``); then the file is as it was, and nothing is
    left beside it.
    """
    with replacing(path, new=new) as file:
        file.write(data)


@contextmanager
def replacing(path: str, *, new: bool = False) -> Iterator[BinaryIO]:
    """A stream of the content that a file gets at once when the block ends, as by `write`. Where
    the block raises, the file is as it was.
    """
    above = os.path.dirname(os.path.abspath(path))
    temporary = beside.new_name(above)
    try:
        handle, is_named = _open(temporary)
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
            if os.path.exists(path) and not new:
                os.chmod(temporary if is_named else handle, os.stat(path).st_mode & 0o777)
            if is_named or not _named(handle, path, new):
                if not is_named:
                    # Only here anything has a name that a killed run leaves.
                    beside.remove_abandoned(above)
                    beside.lock(handle)
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


def write_all(root: str, files: Mapping[str, bytes]) -> None:
    """Write files below ``root`` and the folders that they need: all of them, or none. Those of a
    folder that is not there yet come first, and together: a writer who is killed leaves no part.

    Raises `UsageError` where a link or a folder is in the way, and `OSError`; then what was there
    is there again.
    """
    tree = WorkTree(root)
    before: dict[str, bytes | None] = {}
    folders: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        before[path] = _readable(tree, path)
        folders.setdefault(os.path.dirname(path), {})[path] = data
    whole = [name for name, found in folders.items() if len(found) > 1 and not tree.entry(name)]
    missing = [name for name in folders if name and not tree.entry(name)]
    try:
        for name in whole:
            _write_folder(os.path.join(root, *name.split("/")), folders.pop(name))
        for path in itertools.chain.from_iterable(folders.values()):
            where = os.path.join(root, *path.split("/"))
            os.makedirs(os.path.dirname(where), exist_ok=True)
            write(where, files[path], new=before[path] is None)
    except BaseException:  # an interrupt from the keyboard as well
        for path, data_before in before.items():
            _put_back(os.path.join(root, *path.split("/")), files[path], data_before)
        for name in missing:
            with suppress(OSError):  # anything else is in it
                os.rmdir(os.path.join(root, *name.split("/")))
        raise


@contextmanager
def replacing_folder(path: str) -> Iterator[str]:
    """A new folder, which takes the place of ``path`` at once when the block ends. Where the block
    raises, or is interrupted, what was there is there; what a killed run leaves beside it the next
    one removes (`pmlint.parsing.beside`).
    """
    # Beside it, because a rename is one step only inside one file system.
    with beside.folder_beside(path) as folder:
        new, old = os.path.join(folder, "new"), os.path.join(folder, "old")
        os.mkdir(new)
        yield new
        if not os.path.isdir(path):
            os.replace(new, path)
        elif not beside.exchange(new, path):
            # A folder cannot take the place of one that has files, so the old one goes aside first.
            os.mkdir(old)
            os.replace(path, os.path.join(old, os.path.basename(os.path.abspath(path))))
            os.replace(new, path)


def _write_folder(folder: str, files: Mapping[str, bytes]) -> None:
    """Write a folder that is not there yet under another name, and then give it its own."""
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with beside.folder_beside(folder) as temporary:
        new = os.path.join(temporary, "new")
        os.mkdir(new)
        try:
            for path, data in files.items():
                write(os.path.join(new, os.path.basename(path)), data, new=True)
            os.rename(new, folder)
        except OSError as error:
            error.filename, error.filename2 = os.path.join(folder, os.path.basename(path)), None
            raise


def _readable(tree: WorkTree, path: str) -> bytes | None:
    """What is at a path, None for nothing. Raises `UsageError` for what must not be replaced."""
    parts = path.split("/")
    for end in range(1, len(parts)):
        above = tree.entry("/".join(parts[:end]))
        if above is not None and above.kind != "folder":
            # A link could lead out of the repository.
            name = "/".join(parts[:end])
            raise UsageError(f"'{name}' is not a folder", file=path, help="move it away")
    try:
        return tree.read(path, _LARGEST) if tree.entry(path) is not None else None
    except Malformed as error:
        raise UsageError(error.message, file=path, help="move it away") from None


def _put_back(path: str, written: bytes, before: bytes | None) -> None:
    with suppress(OSError):
        with open(path, "rb") as file:
            is_ours = file.read() == written
        if before is None and is_ours:
            os.unlink(path)
        elif before is not None and is_ours:
            write(path, before)


def output(path: str, text: str) -> None:
    """Write a report where the user wants it, as `outgoing` does. Raises `OSError`."""
    with outgoing(path) as stream:
        stream.write(text.encode())


@contextmanager
def outgoing(path: str) -> Iterator[BinaryIO]:
    """A stream of what a user wants at a path: through links, and behind what is in pipes and
    devices already. Whoever reads there gets all of it or nothing. Raises `OSError`.
    """
    if path == "/dev/stdout":  # opened again, it would be written from its beginning
        with printed() as stream:
            yield stream
    elif os.path.abspath(path).startswith(("/dev/", "/proc/")) or (
        os.path.exists(path) and not os.path.isfile(path)
    ):
        with tempfile.TemporaryFile() as whole:
            yield whole
            whole.seek(0)
            with open(path, "ab") as stream:
                shutil.copyfileobj(whole, stream)
    else:
        with replacing(os.path.realpath(path) if os.path.islink(path) else path) as stream:
            yield stream


@contextmanager
def printed() -> Iterator[BinaryIO]:
    """A stream of what is printed at once when the block ends."""
    with tempfile.TemporaryFile() as whole:
        yield whole
        whole.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(whole, sys.stdout.buffer)


def _open(path: str) -> tuple[int, bool]:
    """A new file, and whether it has the name ``path`` already."""
    if _NAMELESS:
        with suppress(OSError):  # not every file system can
            return os.open(os.path.dirname(path), _NAMELESS | os.O_WRONLY, 0o666), False
    beside.remove_abandoned(os.path.dirname(path))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        handle = os.open(path, flags, 0o666)
        if beside.lock(handle):
            return handle, True
        os.close(handle)


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
