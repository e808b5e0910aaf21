"""Questions to all documents and the next keystroke: the one does not wait for the other."""

from __future__ import annotations

import asyncio
from threading import Event
from typing import cast

import pytest

from pmlint.project.days import today
from pmlint.server import protocol
from pmlint.server.opened import OpenRepository
from pmlint.server.protocol import Server
from pmlint.server.view import FoundProject, View


class SlowView:
    """A view whose questions to all documents take until somebody lets them go on."""

    def __init__(self) -> None:
        self.began, self.may_end = Event(), Event()

    def settled(self) -> SlowView:
        self.began.set()
        assert self.may_end.wait(30)
        return self


@pytest.mark.asyncio
async def test_a_keystroke_is_judged_while_all_documents_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(lambda folder: cast("FoundProject", None), lambda zone: today("2026-10-15"))
    monkeypatch.setattr(protocol, "REST", 0)
    monkeypatch.setattr(server, "show", lambda *_: None)
    monkeypatch.setattr(server, "refresh_lenses", lambda: None)
    view = SlowView()
    repository = OpenRepository(cast("FoundProject", None), cast("View", view))
    asking = asyncio.create_task(server.settle(repository, cast("View", view)))
    loop = asyncio.get_running_loop()
    assert await asyncio.to_thread(view.began.wait, 30)
    # what `judge_alone` hands over for a keystroke
    typed = loop.run_in_executor(server.quick, lambda: "judged")
    assert await asyncio.wait_for(typed, 30) == "judged"
    assert not asking.done()
    view.may_end.set()
    await asking
