"""``pmlint server``: the language server, for editors."""

from __future__ import annotations

import io
import logging
import os
import sys
from typing import Any

import click

from pmlint.cli.options import evaluation_date
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.project.days import today

EXAMPLES = """
\b
An editor starts it and talks to it through the standard input and output:
docs/editors.md has the settings.
"""


class _Answers(io.FileIO):
    """The standard output, also when the editor has closed it without waiting for its answers:
    pygls would write a traceback for each of them.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb")

    def write(self, data: Any, /) -> int:
        """Write everything; nothing where nobody reads."""
        left = memoryview(data)
        while left:
            try:
                left = left[super().write(left) :]
            except BrokenPipeError:
                break
        return len(data)


@click.command("server", epilog=EXAMPLES)
@evaluation_date
def command(now: str | None) -> None:
    """Serve editors: findings while typing, completion, hover, repairs, definitions, and which
    routes are held.
    """
    try:
        from pmlint.server.features import build
    except ModuleNotFoundError as error:
        # Another missing module is a fault of ours, and an advice to install would hide it.
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError(
            "the language server is not installed", help="pip install 'pmlint[lsp]'"
        ) from None
    # While a run over all documents is under way, a keystroke would wait 5 ms at each file that it
    # looks at: of 60 the slowest 2 took five times as long.
    sys.setswitchinterval(0.000_2)
    today(now)  # a day that is none is said here, and not to the editor
    # pygls logs what a client sends wrong with a traceback, and an editor shows that as our fault.
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False
    # pygls closes what it is given, and whoever flushes the standard output later would fail.
    with os.fdopen(os.dup(0), "rb") as requests, _Answers(os.dup(1)) as answers:
        build(find, lambda zone: today(now, zone)).start_io(requests, answers)
