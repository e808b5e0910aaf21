"""The server as two editors see it, over its standard input and output: VS Code counts in UTF-16,
Neovim in UTF-8.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from tests.server.editor import POSTMORTEM, ROUTE

pytestmark = pytest.mark.asyncio
SERVER = [sys.executable, "-m", "pmlint", "server", "--now", "2026-10-15"]


class Recorder(LanguageClient):
    """An editor that keeps everything that it is sent, in order."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: list[lsp.PublishDiagnosticsParams] = []
        self.asked: list[str] = []
        own = {
            lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: lambda params: self.published.append(params),
            lsp.CLIENT_REGISTER_CAPABILITY: lambda params: self.asked.append("watch"),
            lsp.WORKSPACE_CODE_LENS_REFRESH: lambda params: self.asked.append("lenses"),
        }
        register_lsp_features(self, {**DEFAULT_CLIENT_FEATURES, **own})

    async def shown(self, uri: str, version: int | None) -> Sequence[lsp.Diagnostic]:
        """What is shown of a version of a document, as soon as it is."""
        async with asyncio.timeout(10):
            while True:
                for one in self.published:
                    if one.uri == uri and one.version == version:
                        self.published.remove(one)
                        return list(one.diagnostics)
                await asyncio.sleep(0.01)


CONFIG = ClientServerConfig(server_command=SERVER, client_factory=Recorder)


@pytest_lsp.fixture(config=CONFIG, params=["visual_studio_code", "neovim"])
async def client(
    lsp_client: Recorder, request: pytest.FixtureRequest, root: Path
) -> AsyncIterator[None]:
    parameters = lsp.InitializeParams(
        capabilities=client_capabilities(request.param), root_uri=root.as_uri()
    )
    answer = await lsp_client.initialize_session(parameters)
    assert answer.capabilities.position_encoding == (
        "utf-16" if request.param == "visual_studio_code" else "utf-8"
    )
    assert answer.capabilities.text_document_sync is not None
    yield
    await lsp_client.shutdown_session()


class Editor:
    """One open document of an editor."""

    def __init__(self, client: Recorder, path: Path, language: str = "markdown") -> None:
        self.client = client
        self.path = path
        self.uri = path.as_uri()
        self.text = path.read_text(encoding="utf-8")
        self.version = 1
        item = lsp.TextDocumentItem(self.uri, language, self.version, self.text)
        client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    @property
    def document(self) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri)

    def type(self, old: str, new: str) -> lsp.Position:
        """Replace a text; where the cursor is then, behind the new text (on lines of ASCII)."""
        assert old in self.text
        offset = self.text.index(old) + len(new)
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        change = lsp.TextDocumentContentChangeWholeDocument(self.text)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri), [change]
            )
        )
        return lsp.Position(
            self.text.count("\n", 0, offset), offset - self.text.rfind("\n", 0, offset) - 1
        )

    def place(self, text: str) -> lsp.Position:
        """The first place of a text."""
        offset = self.text.index(text)
        return lsp.Position(
            self.text.count("\n", 0, offset), offset - self.text.rfind("\n", 0, offset) - 1
        )

    async def diagnostics(self) -> Sequence[lsp.Diagnostic]:
        """What is wrong with the text as it stands."""
        return await self.client.shown(self.uri, self.version)


async def test_a_session(client: Recorder, root: Path) -> None:
    editor = Editor(client, root / POSTMORTEM)
    assert await editor.diagnostics() == []

    editor.type("status: accepted", "status: acceptd")
    (found,) = await editor.diagnostics()
    assert (found.code, found.message.partition("\n")[0]) == (
        "schema",
        "'status' is 'acceptd', not one of the closed list",
    )

    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(editor.document, found.range, lsp.CodeActionContext([found]))
    )
    assert actions is not None
    (action,) = actions
    assert isinstance(action, lsp.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    assert list(action.edit.changes[editor.uri]) == [lsp.TextEdit(found.range, "accepted")]

    at = editor.type("status: acceptd", "status: ")
    items = await client.text_document_completion_async(lsp.CompletionParams(editor.document, at))
    assert isinstance(items, lsp.CompletionList)
    assert [item.label for item in items.items] == [
        "draft",
        "in-review",
        "accepted",
        "closed",
        "withdrawn",
    ]

    hover = await client.text_document_hover_async(
        lsp.HoverParams(editor.document, editor.place("first_warning: "))
    )
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    assert "53 min 50 s" in hover.contents.value


async def test_the_opened_document_comes_first_and_what_needs_all_documents_follows(
    client: Recorder, root: Path
) -> None:
    file = root / POSTMORTEM
    text = file.read_text().replace("status: accepted", "status: acceptd")
    file.write_text(text.replace("restart:\n", "recurrence_of: [PM-2026-009]\nrestart:\n"))
    editor = Editor(client, file)
    assert [one.code for one in await editor.diagnostics()] == ["schema"]
    assert [one.code for one in await editor.diagnostics()] == ["schema", "dangling-link"]


async def test_a_document_that_is_opened_meanwhile_has_its_findings_too(
    client: Recorder, root: Path
) -> None:
    route = root / ROUTE
    route.write_text(route.read_text().replace("state: paused", "state: pausd"))
    first, second = Editor(client, root / POSTMORTEM), Editor(client, route, "yaml")
    first.type("status: accepted", "status: acceptd")
    assert [one.code for one in await first.diagnostics()] == ["schema"]
    assert [one.code for one in await second.diagnostics()] == ["schema"]


async def test_columns_behind_characters_of_several_units(client: Recorder, root: Path) -> None:
    editor = Editor(client, root / POSTMORTEM)
    await editor.diagnostics()
    editor.type("authors: [", 'authors: ["é𐐀", "@dan", ')
    (_, found) = await editor.diagnostics()
    assert found.message.startswith("'@dan' is not in people.yaml")
    line = editor.text.split("\n")[found.range.start.line]
    encoding = "utf-8" if found.range.start.character == 20 else "utf-16-le"
    width = 1 if encoding == "utf-8" else 2
    start, end = found.range.start.character * width, found.range.end.character * width
    assert line.encode(encoding)[start:end].decode(encoding) == '"@dan"'


async def test_from_route_to_postmortem_and_back(client: Recorder, root: Path) -> None:
    route, postmortem = Editor(client, root / ROUTE, "yaml"), Editor(client, root / POSTMORTEM)
    await postmortem.diagnostics()
    there = await client.text_document_definition_async(
        lsp.DefinitionParams(route.document, route.place("PM-2026-001"))
    )
    assert isinstance(there, list)
    assert [(one.uri, one.range.start) for one in there if isinstance(one, lsp.Location)] == [
        (postmortem.uri, lsp.Position(1, 4))
    ]
    back = await client.text_document_definition_async(
        lsp.DefinitionParams(postmortem.document, postmortem.place("refund-triage"))
    )
    assert isinstance(back, list)
    assert [(one.uri, one.range.start) for one in back if isinstance(one, lsp.Location)] == [
        (route.uri, lsp.Position(0, 4))
    ]
    named = await client.text_document_references_async(
        lsp.ReferenceParams(
            lsp.ReferenceContext(False), route.document, route.place("refund-triage")
        )
    )
    assert [one.uri for one in named or ()] == [postmortem.uri]


async def test_lenses_follow_what_is_typed(client: Recorder, root: Path) -> None:
    route, postmortem = Editor(client, root / ROUTE, "yaml"), Editor(client, root / POSTMORTEM)
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(route.document))
    assert lenses is not None
    assert (
        next(lens.command.title for lens in lenses if lens.command)
        == "held by PM-2026-001 A2 (open, @tom, until 2026-10-30)"
    )
    postmortem.type("- id: A2", "- id: A7")
    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(route.document))
    assert lenses is not None
    assert (
        next(lens.command.title for lens in lenses if lens.command)
        == "held by PM-2026-001 A7 (open, @tom, until 2026-10-30)"
    )


async def test_a_route_as_it_is_typed_and_what_cannot_be_read(client: Recorder, root: Path) -> None:
    editor = Editor(client, root / ROUTE, "yaml")
    assert await editor.diagnostics() == []
    editor.type("controls:", "controls: [")
    assert [one.code for one in await editor.diagnostics()] == ["syntax"]
    editor.type("controls: [", "controls:\ud800")
    assert [one.code for one in await editor.diagnostics()] == ["syntax"]
    at = editor.type("state: paused", "state: ")
    items = await client.text_document_completion_async(lsp.CompletionParams(editor.document, at))
    assert isinstance(items, lsp.CompletionList)
    assert [item.label for item in items.items] == ["retired", "paused", "limited", "running"]


async def test_a_wrong_configuration_is_shown_in_its_file_and_taken_back(
    client: Recorder, root: Path
) -> None:
    configuration = root / "pmlint.toml"
    configuration.write_text("postmortem = 'x'\n")
    editor = Editor(client, root / POSTMORTEM)
    assert [one.code for one in await client.shown(configuration.as_uri(), None)] == [
        "configuration"
    ]
    configuration.write_text("")
    client.text_document_did_save(lsp.DidSaveTextDocumentParams(editor.document))
    assert await editor.diagnostics() == []
    assert await client.shown(configuration.as_uri(), None) == []


async def test_typing_is_judged_once_it_pauses(client: Recorder, root: Path) -> None:
    editor = Editor(client, root / POSTMORTEM)
    await editor.diagnostics()
    # Answered after the run over all documents, which shows its own findings whenever it ends.
    await client.text_document_definition_async(
        lsp.DefinitionParams(editor.document, editor.place("refund-triage"))
    )
    client.published.clear()
    for number in range(20):
        editor.type(f"title: {'x' * number}R", f"title: {'x' * (number + 1)}R")
    assert await editor.diagnostics() == []
    # A busy machine may take a breath between two of them.
    assert len(client.published) < 10


async def test_without_the_extra_the_remedy_is_said(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pygls'] = None; sys.argv = ['pmlint', 'server']; from pmlint.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: the language server is not installed\n  help: pip install 'pmlint[lsp]'\n"
    )


async def test_a_name_that_has_to_stay_says_why(client: Recorder, root: Path) -> None:
    editor = Editor(client, root / ROUTE, "yaml")
    rename = lsp.RenameParams(editor.document, editor.place("refund-triage"), "refunds")
    with pytest.raises(JsonRpcException) as refused:
        await client.text_document_rename_async(rename)
    assert (
        refused.value.message
        == "'refund-triage' must stay: PM-2026-001 holds the route 'refund-triage'"
    )
