"""What has a name beside its target until it is whole; and what a killed run left, removed.

1. A file or folder beside a target is locked (`flock`) by the run that writes it. The kernel lets
   the lock go when the process ends, however that is.
2. The next run that writes there removes what nobody locks any more. It has the lock while it does,
   so a run that was about to take this name sees that, and takes another.
3. The name holds the start of the machine (Linux: ``boot_id``), and only names of this start are
   looked at: two machines that share a disk may not see each other's locks. So after a power cut
   they stay.
4. Nothing of another user is touched, and nothing without a lock: where the system has none, or the
   disk cannot lock, a killed run leaves its folder.
5. A folder that was put aside and has no successor is put back.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

if sys.platform != "win32":
    import fcntl

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""Of Linux's `renameat2`, which is in no module of Python."""


def new_name(above: str) -> str:
    """A path in a folder that nobody has."""
    return os.path.join(above, f"{_start_of_names()}{os.urandom(8).hex()}")


def lock(handle: int) -> bool:
    """Lock what was just made, so that no other run takes it for abandoned; False where one does.
    Where nothing can be locked, nobody removes it either.
    """
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    # Between its making and the lock, another run may have removed it: it has no name then.
    return os.fstat(handle).st_nlink > 0


@contextmanager
def folder_in(above: str) -> Iterator[str]:
    """A new folder in ``above`` for this user alone, which is removed when the block ends.
    ``old/NAME`` in it is put back where there is no ``NAME`` then.
    """
    remove_abandoned(above)
    path, handle = _locked_folder(above)
    try:
        yield path
    finally:
        try:
            _empty(path)
        except BaseException:  # a signal while a large folder is removed
            _empty(path)
            raise
        finally:
            if handle is not None:
                os.close(handle)


def folder_beside(target: str) -> AbstractContextManager[str]:
    """A new folder in that of ``target``, as `folder_in` makes it."""
    return folder_in(os.path.dirname(os.path.abspath(target)))


def remove_abandoned(above: str) -> None:
    """Remove what killed runs of this machine left in a folder."""
    start = _start_of_names()
    name = re.compile(re.escape(start) + "[0-9a-f]{16}")
    if sys.platform == "win32" or not _boot():
        return
    with suppress(OSError), os.scandir(above) as entries:
        for entry in entries:
            if name.fullmatch(entry.name):
                _remove_abandoned(entry.path)


def exchange(first: str, second: str) -> bool:
    """Let two names change places in one step; False where the system cannot."""
    if sys.platform != "linux":
        return False
    # Imported here: all verbs that write import this module, and few replace a folder.
    import ctypes

    # From glibc 2.28 and musl 1.2.6 on.
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    paths = os.fsencode(first), os.fsencode(second)
    return bool(call(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)


def _locked_folder(above: str) -> tuple[str, int | None]:
    while True:
        path = new_name(above)
        os.mkdir(path, 0o700)
        if sys.platform == "win32":  # cannot open a folder
            return path, None
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            if lock(handle):
                return path, handle
            os.close(handle)


def _remove_abandoned(path: str) -> None:
    if sys.platform == "win32":
        return
    with suppress(OSError):
        # A name of ours may be anything by now, and a pipe would wait for its other end.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if os.fstat(handle).st_uid == os.geteuid():
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _empty(path) if os.path.isdir(path) else os.unlink(path)
        finally:
            os.close(handle)


def _empty(beside: str) -> None:
    """Put back what was put aside, and remove the rest."""
    old = os.path.join(beside, "old")
    with suppress(OSError):
        for name in os.listdir(old):
            place = os.path.join(os.path.dirname(beside), name)
            if not os.path.lexists(place):
                os.replace(os.path.join(old, name), place)
    shutil.rmtree(beside, ignore_errors=True)


def _start_of_names() -> str:
    boot = _boot()
    return f".pmlint-{boot}-" if boot else ".pmlint-"


def _boot() -> str:
    """What differs from one start of the machine to the next; empty where nothing says it."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip().replace("-", "")[:16]
    except OSError:
        return ""
