"""A run over all documents and a keystroke: the run rests, and goes on behind it."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from pmlint.cli.project import find
from pmlint.server import turns
from pmlint.server.turns import Turns
from pmlint.server.view import View
from tests.server.editor import TODAY


class Watched(Turns):
    """Turns that notice how often a run has asked for its own."""

    asked = 0

    def rest(self) -> None:
        self.asked += 1
        super().rest()


def running(root: Path, turns: Turns) -> Thread:
    """A run over everything, in a thread of its own."""
    run = Thread(target=lambda: View(find(str(root)), {}, TODAY, turns=turns), daemon=True)
    run.start()
    return run


def test_a_run_rests_while_a_keystroke_is_judged(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST", 60)
    watched = Watched()
    with watched.keystroke():
        with watched.keystroke():
            run = running(root, watched)
        while run.is_alive() and not watched.asked:
            run.join(0.05)
        run.join(0.5)
        # One of two keystrokes has ended, and the first file is not read yet.
        assert (run.is_alive(), watched.asked) == (True, 1)
    run.join(60)
    assert not run.is_alive()
    assert watched.asked > 2


def test_a_keystroke_that_fails_lets_runs_go_on(root: Path) -> None:
    watched = Watched()
    with pytest.raises(KeyError), watched.keystroke():
        raise KeyError
    run = running(root, watched)
    run.join(60)
    assert not run.is_alive()


def test_typing_without_a_pause_does_not_end_a_run(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    watched = Watched()
    with watched.keystroke():
        run = running(root, watched)
        run.join(60)
        assert not run.is_alive()
