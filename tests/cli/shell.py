"""A real interactive shell behind a pseudo-terminal, in which keys are pressed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import subprocess
import termios
import time
from pathlib import Path

START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "--no-rcs", "--no-globalrcs", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
SETUP = {
    "bash": "PS1='> '; bind 'set enable-bracketed-paste off'",
    "zsh": "PS1='> '; autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; unsetopt AUTO_MENU; zstyle ':completion:*' menu no",
    "fish": "function fish_prompt; echo '> '; end; set -g fish_greeting",
}
_SIGNS = re.compile(r"\x1b(?:\[[0-9;?<>=]*[A-Za-z~]|\][^\x07]*\x07|[()][A-Z0-9]|.)|\r|\x07|\x08")


class Shell:
    """A shell in a folder with ``pmlint`` on its path and its completion loaded."""

    def __init__(self, name: str, root: Path, environ: dict[str, str]) -> None:
        self.name = name
        keyboard, terminal = pty.openpty()
        self.keyboard = keyboard
        self.process = subprocess.Popen(
            START[name],
            cwd=root,
            env={**environ, "TERM": "dumb" if name == "bash" else "xterm", "INPUTRC": os.devnull},
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=_control,
        )
        os.close(terminal)
        self.read(1.0)
        load = (
            "pmlint completion fish | source"
            if name == "fish"
            else f'eval "$(pmlint completion {name})"'
        )
        self.type(f"{SETUP[name]}\n", 0.5)
        self.type(f"{load}; echo loa''ded\n", 15, until="loaded")

    def type(self, keys: str, seconds: float, until: str = "") -> str:
        os.write(self.keyboard, keys.encode())
        return self.read(seconds, until)

    def read(self, seconds: float, until: str = "") -> str:
        """What the shell prints within some seconds, or until a text comes."""
        found, end = "", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.keyboard], [], [], left)[0]:
                try:
                    found += os.read(self.keyboard, 65536).decode(errors="replace")
                except OSError:
                    break
            if until and until in _SIGNS.sub("", found):
                break
        return _SIGNS.sub("", found)

    def completed(self, line: str) -> str:
        """A line after the tab key: a marker is typed behind it, and the line printed."""
        self.type(f"{line}\t", 3 if self.name == "fish" else 2)
        self.type("\x01echo '[' \x05 ']' en''d\n", 0)
        printed = self.read(10, until="] end")
        found = re.findall(r"^\[ (.*?) *\] end", printed, re.MULTILINE)
        assert found, printed
        return str(found[-1])

    def close(self) -> None:
        self.process.kill()  # an interactive shell does not end by the polite signal
        self.process.wait(10)
        os.close(self.keyboard)


def _control() -> None:
    """Make the pseudo-terminal the one that controls the shell: fish stops without."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def installed(name: str) -> bool:
    """Whether a shell is on this machine."""
    return shutil.which(name) is not None
