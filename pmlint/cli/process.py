"""What a process can meet: closed and broken streams, and signals."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

interrupted = False
"""Whether a signal has come: not every part of Python lets its exception through as it is."""


def prepare() -> None:
    """Open the standard streams that the caller has closed, and make every signal that ends us a
    `KeyboardInterrupt`.

    No file may take the place of a closed stream. What is written to a closed standard output
    fails, so that it is noticed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # open as long as the process
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    for number in SIGNALS:
        if (
            signal.getsignal(number) is not signal.SIG_IGN
        ):  # `nohup` and shells in the background have them ignored
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    global interrupted
    interrupted = True
    end()
    raise KeyboardInterrupt


def end() -> None:
    """Ignore signals from here on: what is left to do is to tidy up, and that is quick."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def drop_output() -> None:
    """Throw away what could not be written: Python would try again as it ends, and say so."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
