"""An action of a postmortem on disk, and the people who may be named in it."""

from __future__ import annotations

from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.model import Action, People, Postmortem
from pmlint.model.suggestions import nearest
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree, not_a_file
from pmlint.project.files import postmortem_files, shown_folders
from pmlint.project.settings import Settings


class Target(NamedTuple):
    """An action, in its postmortem, in its document."""

    document: Document
    postmortem: Postmortem
    action: Action


def find_action(tree: Tree, settings: Settings, name: str, action: str) -> Target:
    """The action ``A2`` of the postmortem ``PM-2026-001``.

    Raises `UsageError` where there is none, or more than one.
    """
    document = _find(tree, settings, name)
    postmortem = _postmortem(document)
    found = [one for one in postmortem.actions if one.id == action]
    if len(found) == 1:
        return Target(document, postmortem, found[0])
    if found:
        message, help = (
            f"there are {len(found)} actions '{action}' in {name}",
            "give each its own id",
        )
    else:
        known = [one.id for one in postmortem.actions]
        message = f"there is no action '{action}' in {name}"
        help = f"its actions are {', '.join(known)}" if known else "it has no actions"
    raise UsageError(message, file=postmortem.file, help=help)


def find_postmortem(tree: Tree, settings: Settings, name: str) -> Postmortem:
    """The postmortem with this id.

    Raises `UsageError` where there is none, more than one, or one that can't be read.
    """
    return _postmortem(_find(tree, settings, name))


def _postmortem(document: Document) -> Postmortem:
    return Postmortem(document.data, document.source.file, document.body)


def _find(tree: Tree, settings: Settings, name: str) -> Document:
    """The document with this id: by the name of its file, which begins with the id; only if there
    is none, by what stands in all.
    """
    entries = postmortem_files(tree, settings)
    named = [entry for entry in entries if entry.path.rpartition("/")[2].startswith(name)]
    documents = [_read(tree, entry) for entry in named]
    found = [document for document in documents if _id(document) == name]
    if not found:
        documents += [
            document
            for entry in entries
            if entry not in named and (document := _readable(tree, entry))
        ]
        found = [document for document in documents if _id(document) == name]
    if not found:
        help = (
            nearest(name, map(_id, documents))
            or f"postmortems are in {shown_folders(settings.postmortems)}"
        )
        raise UsageError(f"there is no postmortem '{name}'", help=help)
    if len(found) > 1:
        files = " and ".join(document.source.file for document in found)
        raise UsageError(
            f"the id '{name}' stands in {files}", help="give each postmortem its own id"
        )
    return found[0]


def _id(document: Document) -> str:
    return Postmortem(document.data).id


def _read(tree: Tree, entry: Entry) -> Document:
    try:
        if entry.kind != "file":
            raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
        return read_postmortem(decode(entry.path, tree.read(entry.path)))
    except Malformed as error:
        raise UsageError(error.message, file=entry.path, span=error.span, help=error.help) from None


def _readable(tree: Tree, entry: Entry) -> Document | None:
    try:
        return _read(tree, entry)
    except UsageError:
        return None


def read_people(tree: Tree, settings: Settings) -> People | None:
    """The roster, None where there is no people file.

    Raises `UsageError` where it can't be read.
    """
    file = settings.people
    if tree.entry(file) is None:
        return None
    try:
        return People(read_yaml(decode(file, tree.read(file)), "people").data, file)
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def handle(text: str, people: People | None) -> str:
    """The handle of a person as it is written in files: with ``@``, and as on the roster where
    there is one.

    Raises `UsageError` for what is no handle, or not on the roster.
    """
    found = text if text.startswith("@") else f"@{text}"
    if len(found) < 2 or "@" in found[1:] or not found.isprintable() or " " in found:
        raise UsageError(
            f"'{text}' is no handle", help="write the handle of one person, such as @maria"
        )
    if people is None:
        return found
    person = people.find(found)
    if person is None:
        known = nearest(found, [person.handle for person in people.all])
        raise UsageError(
            f"'{found}' is not in {people.file}", help=known or f"add the person to {people.file}"
        )
    return person.handle
