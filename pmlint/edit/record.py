"""The records that verbs write: a postmortem by its id, a native route, and what is inside them.

A name that does not exist is the user's mistake: `UsageError` with the nearest one. So is a person
whom the people file does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from pmlint.errors import UsageError
from pmlint.model import Action, People, Postmortem, Route
from pmlint.model.owners import owner_problem
from pmlint.model.restart import Condition
from pmlint.model.suggestions import nearest
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree, not_a_file
from pmlint.project.files import postmortem_files, shown_folders
from pmlint.project.people import read_people_file
from pmlint.project.registry import read_routes
from pmlint.project.settings import Settings

Part = Action | Condition
Subject = TypeVar("Subject", bound=Part)
"""What a verb is about inside a postmortem."""


class Review(NamedTuple):
    """A postmortem with its document."""

    document: Document
    postmortem: Postmortem

    @property
    def file(self) -> str:
        """Its path, relative to the root of the project."""
        return self.postmortem.file

    def action(self, name: str) -> Action:
        """The action with this id. Raises `UsageError` where there is none, or more than one."""
        return _one("action", name, self.postmortem, self.postmortem.actions)

    def condition(self, name: str) -> Condition:
        """The condition with this id. Raises `UsageError` where there is none, or more than one."""
        return _one("condition", name, self.postmortem, self.postmortem.restart.conditions)

    def subject(self, name: str) -> Part:
        """The action or the condition with this id.

        Raises `UsageError` where neither is there, or more than one.
        """
        actions = self.postmortem.actions
        conditions = self.postmortem.restart.conditions
        # Ids are unique in a postmortem by `dangling-link`, which a draft may still break; then
        # nothing is chosen silently.
        if name in {one.id for one in conditions} and name not in {one.id for one in actions}:
            return self.condition(name)
        parts: tuple[Part, ...] = (*actions, *conditions)
        return _one("action or condition", name, self.postmortem, parts)


def _one(kind: str, name: str, postmortem: Postmortem, parts: Sequence[Subject]) -> Subject:
    found = [part for part in parts if part.id == name]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{postmortem.id} has {len(found)} entries with the id '{name}'"
        raise UsageError(message, file=postmortem.file, help="give each its own id")
    known = [part.id for part in parts]
    listed = f"its {kind}s are {', '.join(known)}" if known else f"it has no {kind}s"
    raise UsageError(
        f"{postmortem.id} has no {kind} '{name}'",
        file=postmortem.file,
        help=nearest(name, known) or listed,
    )


def find_review(tree: Tree, settings: Settings, name: str) -> Review:
    """The postmortem with this id, and its document.

    Raises `UsageError` where there is none, more than one, or one that cannot be read.
    """
    document = _find(tree, settings, name)
    return Review(document, Postmortem(document.data, document.source.file, document.body))


def find_postmortem(tree: Tree, settings: Settings, name: str) -> Postmortem:
    """The postmortem with this id; raises `UsageError` as `find_review` does."""
    return find_review(tree, settings, name).postmortem


def find_route(tree: Tree, settings: Settings, name: str) -> tuple[Route, Document | None]:
    """The route with this id and the document of its native file.

    The document is None where the route is only in files of another platform, which no verb writes.
    Raises `UsageError` where there is no such route.
    """
    routes = read_routes(tree, settings).routes
    found = [route for route in routes if route.id == name]
    if not found:
        known = nearest(name, (route.id for route in routes))
        raise UsageError(
            f"there is no route '{name}'", help=known or "'pmlint routes' lists the routes"
        )
    native = [route for route in found if not route.mapped]
    if not native:
        # Any of its places will do: they share id and owner, and none of them is written.
        return found[0], None
    if len(native) > 1:
        files = " and ".join(route.file for route in native)
        raise UsageError(f"duplicate route '{name}': {files}", help="give each route its own id")
    file = native[0].file
    try:
        return native[0], read_yaml(decode(file, tree.read(file), keeps_marks=True), "route")
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def _find(tree: Tree, settings: Settings, name: str) -> Document:
    """The document with this id: by the name of its file, which begins with the id; only if there
    is none, by what is written in all of them.
    """
    entries = postmortem_files(tree, settings)
    named = [entry for entry in entries if entry.path.rpartition("/")[2].startswith(name)]
    documents = [_read(tree, entry) for entry in named]
    found = [document for document in documents if _id(document) == name]
    if not found:
        documents += _readable(tree, (entry for entry in entries if entry not in named))
        found = [document for document in documents if _id(document) == name]
    if not found:
        folders = f"postmortems are in {shown_folders(settings.postmortems)}"
        help = nearest(name, map(_id, documents)) or folders
        raise UsageError(f"there is no postmortem '{name}'", help=help)
    if len(found) > 1:
        files = " and ".join(document.source.file for document in found)
        raise UsageError(f"duplicate id '{name}': {files}", help="give each postmortem its own id")
    return found[0]


def _id(document: Document) -> str:
    return Postmortem(document.data).id


def _read(tree: Tree, entry: Entry) -> Document:
    try:
        if entry.kind != "file":
            raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
        return read_postmortem(decode(entry.path, tree.read(entry.path), keeps_marks=True))
    except Malformed as error:
        raise UsageError(error.message, file=entry.path, span=error.span, help=error.help) from None


def _readable(tree: Tree, entries: Iterable[Entry]) -> list[Document]:
    """The documents that can be read: another broken file must not stop a verb."""
    found = []
    for entry in entries:
        try:
            found.append(_read(tree, entry))
        except UsageError:
            continue
    return found


def known_people(tree: Tree, settings: Settings) -> People | None:
    """The known people, None where the project has no list of them.

    Raises `UsageError` where the list cannot be read: it is not the same as none.
    """
    found = read_people_file(tree, settings)
    # The first is enough: a list that is half read would call known people unknown.
    for first in found.findings:
        raise UsageError(first.message, file=first.path, span=first.span, help=first.help)
    return found.people


def handle(text: str, people: People | None, option: str) -> str:
    """The handle of a person as it is written in files: with ``@``, and as in the people file
    where there is one.

    Raises `UsageError`, which names the option, for what is not one person's handle, or unknown.
    """
    found = text if text.startswith("@") else f"@{text}"
    # `owner_problem` knows groups, agents and placeholders by their form, without a people file.
    if len(found) < 2 or not found.isprintable() or " " in found or owner_problem(found):
        raise UsageError(
            f"{option} '{text}' is not the handle of one person",
            help="write the handle of one person, such as @maria",
        )
    if people is None:
        return found
    person = people.find(found)
    if person is None:
        near = nearest(found, [person.handle for person in people.all])
        raise UsageError(
            f"{option} '{found}' is not in {people.file}",
            help=near or f"'{people.file}' lists the known people",
        )
    return person.handle
