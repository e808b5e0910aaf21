"""The connection with an editor: what is open, and when it is judged again.

The only module that knows pygls.
"""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from pmlint import __version__
from pmlint.errors import UsageError
from pmlint.project.days import Today
from pmlint.project.settings import NAMES
from pmlint.server.diagnostics import configuration, diagnostics
from pmlint.server.draft import Draft, kind_of
from pmlint.server.opened import BREATH, PAUSE, REST, OpenRepository, is_mapped, until_ended
from pmlint.server.positions import Units, units
from pmlint.server.turns import Turns
from pmlint.server.view import FoundProject, View, address


class InvalidRename(JsonRpcInvalidParams):
    """A name that has to stay; an editor shows the text."""


class Server(LanguageServer):
    """The server. ``find`` gives the project around a folder and raises `UsageError`; ``today``
    says what day it is.
    """

    def __init__(self, find: Callable[[str], FoundProject], today: Callable[[str], Today]) -> None:
        super().__init__("pmlint", __version__, lsp.TextDocumentSyncKind.Full)
        # One for runs over a repository, which take seconds; one for keystrokes, which must not
        # wait for them. Two runs at once would only slow each other.
        self.worker, self.quick = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self.turns = Turns()
        self.find = find
        self.today = today
        self.repositories: dict[str, OpenRepository] = {}
        self.places: dict[str, tuple[str, str]] = {}
        self.refused: dict[str, str] = {}
        self.shown: dict[str, tuple[int | None, list[lsp.Diagnostic]]] = {}

    @property
    def measure(self) -> Units:
        """How columns are counted."""
        return units(self.workspace.position_encoding)

    def touched(self, uri: str) -> None:
        """A document was opened or saved, or is not judged alone: remember its place and judge its
        repository when the editor is quiet.
        """
        # A text that was never saved ("untitled:") or lies on another machine has no repository.
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path is None:
            return
        try:
            project = self.find(os.path.dirname(path))
        except UsageError as error:
            self.refuse(os.path.dirname(path), error)
            return
        file = os.path.relpath(path, project.root).replace(os.sep, "/")
        if kind_of(file, project.settings) or file in NAMES or is_mapped(file, project.settings):
            self.places[uri] = project.root, file
            repository = self.repositories.setdefault(project.root, OpenRepository(project))
            repository.project = project
            if repository.is_known or self.refused.get(project.root):
                self.schedule(repository, max(PAUSE, repository.seconds))
                return
            # Nobody has seen a finding yet, and a run over 1,000 postmortems takes seconds.
            repository.stop_typing()
            repository.typing = self.begin(self.judge_early(repository))

    def typed(self, uri: str) -> None:
        """A document was changed: judge it alone where its repository is known, else all of it."""
        root, _ = self.places.get(uri, ("", ""))
        repository = self.repositories.get(root)
        if repository is None or not self.retype(repository, BREATH):
            self.touched(uri)

    def retype(self, repository: OpenRepository, pause: float) -> bool:
        """Begin to judge the open documents that have changed since the last view; False where they
        can't be judged alone.
        """
        view, texts = repository.view, self.texts(repository)
        if view is None or not all(view.knows(file) for file in view.changed(texts)):
            return False
        repository.stop_typing()
        repository.typing = self.begin(self.judge_alone(repository, pause))
        return True

    async def judge_early(self, repository: OpenRepository) -> None:
        """Judge the open documents of a repository of which nothing is known, then all of it."""
        project = repository.project
        open_now = self.texts(repository), self.today(project.settings.timezone), repository.view
        early = partial(View, project, *open_now, is_early=True)
        loop = asyncio.get_running_loop()
        try:
            view = await loop.run_in_executor(self.quick, early)
        except UsageError as error:
            self.refuse(project.root, error)
            return
        # A run over all has ended meanwhile, and has seen to what is open.
        if repository.is_known:
            return
        repository.view = view
        self.show(repository, view)
        if not repository.is_running:
            self.schedule(repository, 0)

    async def judge_alone(self, repository: OpenRepository, pause: float) -> None:
        """Judge the changed documents of a repository alone, and show what was found."""
        # From the pause on: a document that a run is reading then takes as long.
        with self.turns.keystroke():
            await asyncio.sleep(pause)
            view = repository.view
            assert view is not None
            loop = asyncio.get_running_loop()
            again = await loop.run_in_executor(self.quick, view.retyped, self.texts(repository))
            # A run over all has ended meanwhile, and begins this anew.
            if repository.view is not view:
                return
            repository.view = again
            self.show(repository, again)
        if again.is_whole:
            repository.rest = self.begin(self.settle(repository, again))

    async def settle(self, repository: OpenRepository, view: View) -> None:
        """Ask what needs all documents, once typing rests."""
        await asyncio.sleep(REST)
        loop = asyncio.get_running_loop()
        # Not before the next keystroke: of 1,000 postmortems it takes 90 ms, a document 15.
        settled = await loop.run_in_executor(self.worker, view.settled)
        if repository.view is view:
            repository.view = settled
            self.show(repository, settled)
            self.refresh_lenses()

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task; its failure goes to the log of the editor."""
        task = asyncio.create_task(work)
        task.add_done_callback(self.ended)
        return task

    def schedule(self, repository: OpenRepository, pause: float) -> None:
        """Judge a repository after a pause, instead of the run that waits or is under way."""
        # Every change begins a run; only the last one is of use.
        if repository.run is not None:
            repository.run.cancel()
        repository.run = self.begin(self.judge(repository, pause))

    def ended(self, run: asyncio.Task[None]) -> None:
        """Tell the editor's log of a run that failed: the server goes on."""
        error = None if run.cancelled() else run.exception()
        if error is not None:
            trace = "".join(traceback.format_exception(error))
            text = f"this is a fault of pmlint {__version__}; please report it\n{trace}"
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, text))

    async def judge(self, repository: OpenRepository, pause: float) -> None:
        """Judge a repository in the worker and show what was found; what the editor has changed
        meanwhile is judged by the next run.
        """
        await asyncio.sleep(pause)
        root = repository.project.root
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            # Read again each time, from the disk: somebody may have saved the configuration since.
            repository.project = self.find(root)
            known = (
                repository.project,
                self.texts(repository),
                self.today(repository.project.settings.timezone),
                repository.view,
            )
            everything = partial(View, *known, uses_cache=True, turns=self.turns)
            view = await loop.run_in_executor(self.worker, everything)
        except UsageError as error:
            self.refuse(root, error)
            return
        repository.seconds = loop.time() - started
        repository.view = view
        self.accept(root)
        self.show(repository, view)
        self.refresh_lenses()
        # What was typed while it ran.
        if view.changed(self.texts(repository)) and not self.retype(repository, 0):
            self.schedule(repository, PAUSE)

    def show(self, repository: OpenRepository, view: View) -> None:
        """Show what is wrong with each open document whose text was judged."""
        for uri, (other, file) in self.places.items():
            text = self.text(uri)
            # A text that has changed during the run would get underlines in wrong places; the next
            # run shows its own.
            if other == repository.project.root and view.texts.get(file, text) == text:
                draft = Draft(file, text, kind_of(file, view.settings), self.measure)
                self.publish(
                    uri, diagnostics(draft, view), self.workspace.get_text_document(uri).version
                )

    def refresh_lenses(self) -> None:
        """Ask the editor to request lenses again; it never does unasked."""
        support = (
            self.client_capabilities.workspace and self.client_capabilities.workspace.code_lens
        )
        if support and support.refresh_support:
            self.protocol.send_request(lsp.WORKSPACE_CODE_LENS_REFRESH)

    def texts(self, repository: OpenRepository) -> dict[str, str]:
        """The open documents of a repository that are ours, by file."""
        root, settings = repository.project.root, repository.project.settings
        open_here = {
            uri: file
            for uri, (other, file) in self.places.items()
            if other == root and file not in NAMES
        }
        return {
            file: self.text(uri)
            for uri, file in open_here.items()
            if kind_of(file, settings) or is_mapped(file, settings)
        }

    def text(self, uri: str) -> str:
        """What is in the editor."""
        return str(self.workspace.get_text_document(uri).source)

    def publish(self, uri: str, found: list[lsp.Diagnostic], version: int | None = None) -> None:
        """Show what is wrong with a document, once for each of its versions."""
        if self.shown.get(uri) == (version, found):
            return
        self.shown[uri] = version, found
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, version))

    def refuse(self, folder: str, error: UsageError) -> None:
        """Show a configuration or a policy with which nothing can be judged, in its file where it
        has one.
        """
        while (
            error.file
            and not os.path.exists(os.path.join(folder, error.file))
            and os.path.dirname(folder) != folder
        ):
            folder = os.path.dirname(folder)
        path = os.path.join(folder, error.file)
        if not os.path.isfile(path):
            self.window_show_message(
                lsp.ShowMessageParams(lsp.MessageType.Error, f"pmlint: {error.message}")
            )
            return
        self.accept(folder)
        uri = self.refused[folder] = next(
            (uri for uri in self.workspace.text_documents if to_fs_path(uri) == path), address(path)
        )
        # From the disk, as the settings were read, also where the editor has it open and unsaved.
        with open(path, encoding="utf-8", errors="replace") as shown:
            draft = Draft(error.file, shown.read(), None, self.measure)
        self.publish(uri, [configuration(error, draft)])

    def accept(self, root: str) -> None:
        """Take back the findings about the configuration of a repository."""
        uri = self.refused.pop(root, "")
        if uri:
            self.publish(uri, [])

    def closed(self, uri: str) -> None:
        """A document was closed: what the disk has counts again."""
        root, _ = self.places.pop(uri, ("", ""))
        self.shown.pop(uri, None)
        if root:
            self.publish(uri, [])
            self.schedule(self.repositories[root], PAUSE)

    async def known(
        self, uri: str, *, fresh: bool = False, whole: bool = False
    ) -> tuple[Draft, View] | None:
        """A document and the repository as it was last judged; judged with the text as it stands
        now where it must be ``fresh``, after a run over all documents where it must be ``whole``.
        """
        if uri not in self.places:
            return None
        root, file = self.places[uri]
        repository = self.repositories[root]
        if not repository.is_known:
            await until_ended(lambda: repository.typing)
        if repository.view is None or (whole and not repository.is_known):
            if not repository.is_running:
                self.schedule(repository, 0)
            await until_ended(lambda: repository.run)
        if fresh and repository.view is not None:
            if not repository.view.changed(self.texts(repository)):
                pass
            elif self.retype(repository, 0):
                await until_ended(lambda: repository.typing)
            else:
                self.schedule(repository, 0)
                await until_ended(lambda: repository.run)
        if repository.view is None or uri not in self.places:
            return None
        return Draft(
            file, self.text(uri), kind_of(file, repository.project.settings), self.measure
        ), repository.view
