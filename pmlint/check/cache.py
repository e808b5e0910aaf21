"""What is remembered of documents that had nothing wrong with them, so that an unchanged one need
not be read again, and whether anything was wrong with all of them together.

An entry is found by content: of the document, of everything that its judgement depended on (the
tool, schemas, policies, words, configuration, people, routes, the day), and of every file that was
looked at for it (evidence and proofs), each hashed anew. Anything unexpected (no folder, a full
disk, a torn or foreign file) is a miss, never a wrong answer. The gate uses none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from pmlint.check.kept import digest, load, path_of, save
from pmlint.model import Postmortem
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Entry, Tree, normal
from pmlint.place import Path
from pmlint.project.holds import Hold
from pmlint.project.index import ActionFacts, PostmortemFacts, StageFacts
from pmlint.project.waivers import WaiverFacts

_SEEN_LIMIT = 1 << 26
_Seen = list[tuple[str, str]]
"""Paths, each with what was there."""


class Cache:
    """The facts of clean documents of one repository, and what was looked at for all of them
    together where nothing was wrong: opened at the start of a run, saved at its end.
    """

    def __init__(self, root: str, surroundings: Iterable[object]) -> None:
        self._file = path_of(root, "json")
        self._surroundings = digest(repr(tuple(surroundings)).encode())
        loaded = load(self._file, self._surroundings)
        documents = loaded.get("documents")
        self._old: dict[str, Any] = documents if isinstance(documents, dict) else {}
        self._old_whole: _Seen | None = loaded.get("whole")
        self._new: dict[str, Any] = {}
        self._whole: _Seen | None = None
        self._seen: dict[str, str] = {}
        self.hits = 0

    def facts(self, entry: Entry, data: bytes, tree: Tree) -> PostmortemFacts | None:
        """What is known of a document with this content; None where it must be judged."""
        kept = self._old.get(entry.path)
        try:
            if (
                kept is None
                or kept["content"] != digest(data)
                or not self._is_unchanged(kept["seen"], tree)
            ):
                return None
            facts = _facts(entry.path, kept["facts"])
        # The digest of the cache is right and its shape is not, as after a change of the facts: a
        # miss.
        except (KeyError, TypeError, ValueError, IndexError):
            return None
        self._new[entry.path] = kept
        self.hits += 1
        return facts

    def keep(
        self, data: bytes, tree: Watched, facts: PostmortemFacts, postmortem: Postmortem
    ) -> None:
        """Remember a document that had nothing wrong with it, with what was looked at for it."""
        # Paths that are not there count too: a file that appears changes the answer.
        paths = {normal(path) for path in _named(postmortem)} - {None} | tree.paths
        seen = self._looked(tree, map(str, paths))
        plain = [field for name, field in zip(facts._fields, facts, strict=True) if name != "file"]
        self._new[facts.file] = {"content": digest(data), "seen": seen, "facts": plain}

    def knows_whole(self, documents: int, tree: Tree) -> bool:
        """Whether nothing was wrong with the repository as a whole, and nothing has changed since:
        none of so many documents, and nothing that was looked at for all of them together.
        """
        # Of a run over 2,000 unchanged documents and 400 routes, 26% of the instructions asked all
        # of it again.
        if self._old_whole is None or len(self._new) != documents or self._new != self._old:
            return False
        try:
            is_known = self._is_unchanged(self._old_whole, tree)
        except (TypeError, ValueError):  # another shape than is written here: a miss
            return False
        if is_known:
            self._whole = self._old_whole
        return is_known

    def keep_whole(self, documents: int, tree: Watched) -> None:
        """Remember that nothing is wrong with the repository as a whole, where each of so many
        documents is remembered.
        """
        if len(self._new) == documents:
            self._whole = self._looked(tree, tree.paths)

    @property
    def added(self) -> dict[str, Any]:
        """What is to be remembered of this run."""
        return self._new

    def add(self, kept: dict[str, Any]) -> None:
        """Remember what another process has found to be clean."""
        self._new |= kept

    def unknown(self, files: Iterable[Entry]) -> list[Entry]:
        """Those of the files of which nothing is remembered."""
        return [entry for entry in files if entry.path not in self._old]

    def _looked(self, tree: Watched, paths: Iterable[str]) -> _Seen:
        return [(path, self._look(tree.tree, path)) for path in sorted(paths)]

    def _is_unchanged(self, seen: _Seen, tree: Tree) -> bool:
        return all(self._look(tree, path) == what for path, what in seen)

    def _look(self, tree: Tree, path: str) -> str:
        """What is at a path, by kind and content; looked up once a run."""
        if path not in self._seen:
            entry = tree.entry(path)
            if entry is None or entry.kind != "file":
                self._seen[path] = entry.kind if entry else "nothing"
            else:
                try:
                    self._seen[path] = digest(tree.read(path, _SEEN_LIMIT))
                except Malformed as error:
                    self._seen[path] = error.message
        return self._seen[path]

    def save(self) -> None:
        """Write the cache whole, or leave it as it is."""
        if self._new == self._old and self._whole == self._old_whole:
            return
        found = {"documents": self._new, "whole": self._whole}
        save(self._file, self._surroundings, found, _plain)


class Watched:
    """A tree that notes the paths that are looked at."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.paths: set[str] = set()

    def walk(self, folder: str) -> list[Entry]:
        return self.tree.walk(folder)

    def entry(self, path: str) -> Entry | None:
        self.paths.add(path)
        return self.tree.entry(path)

    def read(self, path: str, limit: int = _SEEN_LIMIT) -> bytes:
        self.paths.add(path)
        return self.tree.read(path, limit)


def _named(postmortem: Postmortem) -> Iterator[str]:
    """The paths of evidence and proofs, which a run looks at once for all documents."""
    yield from (piece.path for kind in postmortem.evidence for piece in kind.pieces if piece.path)
    proofs = [action.proof for action in postmortem.actions] + [
        condition.proof for condition in postmortem.restart.conditions
    ]
    yield from (proof.path for proof in chain.from_iterable(proofs) if proof.path)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.toordinal()
    raise TypeError(f"{type(value).__name__} is no fact")


def _date(value: int | None) -> date | None:
    return None if value is None else date.fromordinal(value)


def _facts(file: str, plain: list[Any]) -> PostmortemFacts:
    """Facts as they were, from plain lists.

    Raises `ValueError`, `TypeError` or `IndexError` for anything else.
    """
    (
        name,
        title,
        status,
        severity,
        opened,
        routes,
        recurrence_of,
        failed,
        classes,
        actions,
        holds,
        waivers,
        is_signed,
        is_restarted,
        stages,
    ) = plain
    return PostmortemFacts(
        name,
        file,
        title,
        status,
        severity,
        _date(opened),
        tuple(routes),
        tuple(recurrence_of),
        tuple(failed),
        classes,
        tuple(_action(action) for action in actions),
        tuple(Hold._make((*hold[:4], _date(hold[4]), *hold[5:])) for hold in holds),
        tuple(
            WaiverFacts._make((*waiver[:3], _date(waiver[3]), Path(waiver[4]), *waiver[5:]))
            for waiver in waivers
        ),
        is_signed,
        is_restarted,
        tuple(map(StageFacts._make, stages)),
    )


def _action(fields: list[Any]) -> ActionFacts:
    action = ActionFacts._make(fields)
    return action._replace(findings=tuple(action.findings), deadline=_date(fields[7]))
