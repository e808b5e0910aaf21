"""Runs pmlint and does something at one moment of its work: ``python driver.py KIND AT
COMMAND...``.

Moments are what Python tells its audit hooks: files that are opened, linked, renamed, removed, and
folders that are made and removed.
``count`` prints how many there are, a number is a signal that the process sends itself at moment
``AT``, and anything else is the name of a function below, which is called before the postmortem is
opened for the ``AT``-th time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

MOMENTS = frozenset(
    ("open", "os.link", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.rmdir")
)
FILE = Path("postmortems/PM-2026-001-refunds.md")


def breaks() -> None:
    """Another program begins to write the file."""
    FILE.write_text("---\nid: [")


def grows() -> None:
    """Another program adds to the file."""
    FILE.write_text(FILE.read_text() + "More.\n")


def swells() -> None:
    """The file becomes larger than what is read."""
    FILE.write_text(FILE.read_text() + "x" * 300_000)


def vanishes() -> None:
    """The file is removed."""
    FILE.unlink(missing_ok=True)


def folds() -> None:
    """A folder stands in the place of the file."""
    FILE.unlink(missing_ok=True)
    FILE.mkdir(exist_ok=True)


def links() -> None:
    """A link to a secret stands in the place of the file."""
    FILE.unlink(missing_ok=True)
    FILE.symlink_to("/etc/passwd")


def pipes() -> None:
    """A named pipe that nobody writes to stands in the place of the file."""
    FILE.unlink(missing_ok=True)
    os.mkfifo(FILE)


CHANGES = {
    change.__name__: change for change in (breaks, grows, swells, vanishes, folds, links, pipes)
}


def main() -> None:
    """Do what the arguments say."""
    kind, at = sys.argv[1], int(sys.argv[2])
    del sys.argv[1:3]
    seen = 0
    busy = False

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen, busy
        if (
            event not in MOMENTS
            or busy
            or (kind in CHANGES and not str(arguments[0]).endswith(FILE.name))
        ):
            return
        seen += 1
        if seen == at and kind != "count":
            busy = True
            if kind in CHANGES:
                CHANGES[kind]()
            else:
                os.kill(os.getpid(), int(kind))
            busy = False

    from pmlint.__main__ import main as run

    sys.addaudithook(hook)
    try:
        run()
    finally:
        if kind == "count":
            print(seen, file=sys.stderr)


if __name__ == "__main__":
    main()
