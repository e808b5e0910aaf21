"""What git says of the commits that proofs name, and of when an action came to the base."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pmlint.gate.naming import is_at
from pmlint.gate.proofs.closing import is_closed
from pmlint.gate.snapshot import Snapshot
from pmlint.git import GitTree, Repository, Unjudged
from pmlint.model import Action, Postmortem
from pmlint.model.restart import Condition
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.project.files import is_postmortem_path

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
LARGEST = 1 << 27
"""The most bytes of a proof: more than forges take.

It is only asked whether there is anything in it, and what it names.
"""


class BaseHistory:
    """Questions about commits; ``base`` is a full id. What was answered is kept."""

    def __init__(self, repository: Repository, base: str) -> None:
        self.repository = repository
        self.base = base
        self._touched = cache(repository.log.touched)
        # To look for the first of 100,000 commits takes git 0.26 s, and the actions and conditions
        # of one incident often name one commit: the gate took 1.17 s of CPU, and 0.74 s since.
        self._is_ancestor = cache(repository.log.is_ancestor)
        self._came = cache(self._brought)

    # commits

    def find(self, commit: str) -> str | None:
        """The full id of a commit as a proof writes it; None where git has none or many."""
        name = commit.strip().lower()
        if not _COMMIT.fullmatch(name):
            return None
        try:
            return self.repository.resolve(name)
        except Unjudged:
            return None

    def is_reachable(self, commit: str, tips: tuple[str, ...]) -> bool:
        """Whether one of the tips is the commit, or comes after it."""
        return any(self._is_ancestor(commit, tip) for tip in tips)

    def is_on_line(self, commit: str) -> bool:
        """Whether a commit, by full id, is the base or on its first-parent history."""
        # a statement is mostly of the tip, and the whole line of 100,000 commits takes 0.26 s
        return commit == self.base or commit in self.repository.log.first_parent_line(self.base)

    def touched(self, commit: str) -> Mapping[str, tuple[str, str]]:
        """The files that a commit changed: the ids of their bytes before and after, "" for none."""
        return self._touched(commit)

    def touched_outside(self, commit: str, side: Snapshot) -> list[str]:
        """The files that a commit changed, without the postmortems of the side."""
        return [
            path for path in self.touched(commit) if not is_postmortem_path(path, side.settings)
        ]

    def touched_at(self, places: tuple[str, ...], commit: str, side: Snapshot) -> list[str]:
        """Those at one of the places, or that have its name in them, before or after."""
        touched = self.touched(commit)
        return [
            path
            for path in self.touched_outside(commit, side)
            if self._was_at(places, path, touched[path])
        ]

    def _was_at(self, places: tuple[str, ...], path: str, ids: tuple[str, str]) -> bool:
        if is_at(places, path, b""):
            return True
        return any(is_at(places, path, self._bytes(name)) for name in ids if name)

    def _bytes(self, name: str) -> bytes:
        try:
            return self.repository.blob(name, limit=LARGEST)
        except Malformed:
            return b""

    # when

    def arrival(self, read: Postmortem, part: Action | Condition) -> str | None:
        """The commit that brought a part of a postmortem to the base."""
        return self._came(read.id, read.file, _kind(part), part.id)

    def trees_around(self, read: Postmortem) -> list[GitTree]:
        """The files of the base when a postmortem came, and right before."""
        came = self._came(read.id, read.file, "", "")
        if came is None:
            return []
        return [self.repository.tree(one) for one in (came, *self.repository.log.parents(came)[:1])]

    def is_closed_at(self, commit: str, read: Postmortem, part: Action | Condition) -> bool:
        """Whether a part of a postmortem was closed in a commit."""
        for known in self._parts_at(commit, read.id, read.file, _kind(part)):
            if known.id == part.id:
                return is_closed(known)
        return False

    def _brought(self, name: str, file: str, kind: str, part: str) -> str | None:
        """The first commit of the base's first-parent line that has a part of a postmortem, or the
        postmortem itself where no part is named.

        Ids are never reused nor removed, so it is sought by halves: ten questions for a thousand
        changes of the folder.
        """
        folder = file.rpartition("/")[0]
        commits = self.repository.log.first_parents(self.base, folder)
        if not commits:
            return None
        low, high = 0, len(commits) - 1  # the newest first; the newest has it
        while low < high:
            middle = (low + high + 1) // 2
            if self._has(commits[middle], name, file, kind, part):
                low = middle
            else:
                high = middle - 1
        return commits[low]

    def _has(self, commit: str, name: str, file: str, kind: str, part: str) -> bool:
        if not part:
            return next(self._reads_at(commit, name, file), None) is not None
        return any(item.id == part for item in self._parts_at(commit, name, file, kind))

    def _parts_at(
        self, commit: str, name: str, file: str, kind: str
    ) -> Iterator[Action | Condition]:
        """The actions or conditions of a postmortem in a commit."""
        for found in self._reads_at(commit, name, file):
            yield from found.actions if kind == "actions" else found.restart.conditions

    def _reads_at(self, commit: str, name: str, file: str) -> Iterator[Postmortem]:
        """A postmortem as a commit has it."""
        for path in self._candidates(commit, name, file):
            blob = self.repository.blob_at(commit, path)
            if not blob:
                continue
            try:
                document = read_postmortem(decode(path, self.repository.blob(blob)))
            except Malformed:
                continue
            found = Postmortem(document.data, path)
            if found.id == name:
                yield found

    def _candidates(self, commit: str, name: str, file: str) -> Iterator[str]:
        """Where a postmortem could be in a commit: its place of today first, since few move."""
        if self.repository.blob_at(commit, file):
            yield file
            return
        for path in self.repository.paths_at(commit):
            if path.endswith(".md") and name in path and path != file:
                yield path


def _kind(part: Action | Condition) -> str:
    return "actions" if isinstance(part, Action) else "conditions"
