"""``pmlint evidence`` that is killed, or whose disk is full, at each of its writes."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.desk import Desk
from tests.cli.test_evidence import FILE, NEW, PACK, failing, files, write

STEPS = ("fsync", "link", "rename")
"""The calls by which files are written: their bytes, their names, and the name of their folder."""
TOTAL = 2 * len((*PACK, FILE)) + 1


def at_each_call(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Do something before each of the calls, counted from 1."""
    calls: list[str] = []
    for name in STEPS:
        real = getattr(os, name)

        def wrapped(*words: Any, real: Any = real, name: str = name, **more: Any) -> Any:
            calls.append(name)
            act(len(calls))
            return real(*words, **more)

        monkeypatch.setattr(os, name, wrapped)


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux has files without a name")
@pytest.mark.parametrize("last", range(1, TOTAL + 1))
def test_killed_at_any_write_there_is_the_whole_pack_or_none(
    last: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, *failing())
    before = files(desk)
    at_each_call(monkeypatch, lambda step: kill() if step == last else None)
    # A fork has all modules already, and is killed as a process of the command line would be.
    child = os.fork()
    if child == 0:
        desk.run(*NEW)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    hidden = {path for path in files(desk) if "/.pmlint-" in path}
    found = {path: data for path, data in files(desk).items() if path not in hidden}
    # Until the folder gets its name there is no pack; the postmortem comes last.
    is_named = last > 2 * len(PACK) + 1
    assert found.keys() - before.keys() == (set(PACK) if is_named else set())
    assert not (hidden and is_named)
    monkeypatch.undo()
    monkeypatch.chdir(desk.root)
    assert desk.run(*NEW).code == 0
    assert (desk.root / FILE).exists() != is_named  # the id of a pack is taken


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("last", range(1, TOTAL + 1))
def test_a_full_disk_is_said_and_leaves_nothing(
    last: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, *failing())
    before = files(desk)

    def full(step: int) -> None:
        if step == last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    at_each_call(monkeypatch, full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        desk.run(*NEW)
    # The command line prints the file and the reason, and leaves with 2.
    assert str(caught.value.filename).removeprefix(f"{desk.root}/") in (*PACK, FILE)
    assert files(desk) == before
    assert not list((desk.root / "evidence").glob("*002"))
