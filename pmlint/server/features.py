"""What an editor tells the server, and which request is answered by what."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types as lsp

from pmlint.project.days import Today
from pmlint.server.completion import complete
from pmlint.server.hover import hover
from pmlint.server.lens import lenses
from pmlint.server.navigation import definition, references
from pmlint.server.opened import PAUSE
from pmlint.server.protocol import InvalidRename, Server
from pmlint.server.rename import RenameRefused, renameable, renamed
from pmlint.server.repairs import repairs
from pmlint.server.symbols import symbols
from pmlint.server.view import FoundProject

WATCHED = "**/*.{md,yaml,yml,json,toml}"
# Without ":", behind which most authors want a new line.
TRIGGERS = [" ", "-", "[", "{", ",", '"', "'", "@", "#"]


def build(find: Callable[[str], FoundProject], today: Callable[[str], Today]) -> Server:
    """A server with all that it can do."""
    server = Server(find, today)
    _listen(server)
    _answer(server)
    _name(server)
    return server


def _listen(server: Server) -> None:
    """What the editor tells."""

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(WATCHED)])
            watch = lsp.Registration("files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            server.protocol.send_request(
                lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams([watch])
            )

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.touched(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.typed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.touched(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        # Which repository a file belongs to would have to be sought; a run that finds nothing new
        # costs little.
        for repository in server.repositories.values():
            server.schedule(repository, max(PAUSE, repository.seconds))


def _answer(server: Server) -> None:
    """What the editor asks."""

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=TRIGGERS)
    )
    async def completion(params: lsp.CompletionParams) -> lsp.CompletionList:
        known = await server.known(params.text_document.uri)
        items = complete(*known, known[0].offset(params.position)) if known else []
        # An editor that keeps a list would still show it once the value is typed whole.
        return lsp.CompletionList(is_incomplete=bool(items), items=items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def said(params: lsp.HoverParams) -> lsp.Hover | None:
        known = await server.known(params.text_document.uri)
        return hover(*known, known[0].offset(params.position)) if known else None

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix])
    )
    async def repair(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        # Edits must fit the text as it stands now; hover and completion may speak of the last run
        # and answer at once.
        known = await server.known(params.text_document.uri, fresh=True)
        return repairs(*known, params.range, params.text_document.uri) if known else []

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def where(params: lsp.DefinitionParams) -> list[lsp.Location]:
        known = await server.known(params.text_document.uri, whole=True)
        return definition(*known, known[0].offset(params.position)) if known else []

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def named(params: lsp.ReferenceParams) -> list[lsp.Location]:
        known = await server.known(params.text_document.uri, whole=True)
        return references(*known, known[0].offset(params.position)) if known else []

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def above(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        known = await server.known(params.text_document.uri, fresh=True, whole=True)
        return lenses(*known) if known else []


def _name(server: Server) -> None:
    """The names of a document: its outline, and their rename."""

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def parts(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        known = await server.known(params.text_document.uri)
        return symbols(known[0]) if known else []

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepared(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        known = await server.known(params.text_document.uri)
        return renameable(known[0], known[0].offset(params.position)) if known else None

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        known = await server.known(params.text_document.uri, fresh=True, whole=True)
        if known is None:
            return None
        try:
            return renamed(*known, known[0].offset(params.position), params.new_name)
        except RenameRefused as error:
            # An editor shows the text of an error, and says nothing where there is no edit.
            raise InvalidRename(str(error)) from None
