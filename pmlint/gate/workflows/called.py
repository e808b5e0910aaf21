"""Files anywhere in the repository that a job calls, and in which pmlint runs: scripts, templates.

What a job does not name itself is found by the paths in its text: from the root, and from the file
that names it, as templates of Azure are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

from pmlint.parsing.tree import normal

_WORD = re.compile(r"[\w.@+/-]*[./][\w.@+/-]*")
"""What may be a path: it has a slash or a full stop."""
_SHELL = ("", "sh", "bash", "zsh", "ps1", "cmd", "bat")
_RUN = (*_SHELL, "yml", "yaml", "py", "js", "mjs", "ts", "rb", "pl")
"""Suffixes of files that a job may run or take in: a page that a job names runs nothing."""


def called_files(
    files: Mapping[str, bytes], read: Callable[[str], bytes | None]
) -> dict[str, bytes]:
    """The files that some files call, and those that these call; ``read`` gives None for what is no
    file. Those in which nothing of pmlint runs are among them.
    """
    found: dict[str, bytes | None] = {}
    waiting = list(files.items())
    while waiting:
        caller, data = waiting.pop()
        for path in _paths_in(caller, data):
            if path in files or path in found or _suffix(path) not in _RUN:
                continue
            content = found[path] = read(path)
            if content is not None:
                waiting.append((path, content))
    return {path: data for path, data in found.items() if data is not None}


def may_be_called(path: str, read: Callable[[str], bytes | None]) -> bool:
    """Whether a file that differs may be one of them, so that all jobs have to be looked at."""
    suffix = _suffix(path)
    return suffix in _SHELL or (suffix in _RUN and b"pmlint" in (read(path) or b""))


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].removeprefix(".").lower()


def _paths_in(caller: str, data: bytes) -> Iterator[str]:
    folder = caller.rpartition("/")[0]
    for word in dict.fromkeys(_WORD.findall(data.decode(errors="replace"))):
        for above in dict.fromkeys(("", folder)):
            path = normal(f"{above}/{word}" if above else word.lstrip("/"))
            if path:
                yield path
