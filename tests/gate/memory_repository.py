"""The repository of `attack_data` in memory: a change is judged in milliseconds, without history
and index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pmlint.check.verdict import Verdict
from pmlint.gate.approvals import GivenApproval
from pmlint.git.tree import TreeItem
from tests.gate.attack_data import BASE, Edit, Repository
from tests.gate.memory import Objects
from tests.gate.replay_data import replay_text
from tests.gate.row_world import judged

SUBMODULE = "(submodule)"
"""The target of a `link` that is a submodule instead."""


class Special(bytes):
    """What lies at a path in the place of a file: a link to a target, or a submodule."""

    kind = "symlink"


class Submodule(Special):
    kind = "other"


class SpecialObjects(Objects):
    """Objects with links and submodules."""

    def item(self, files: dict[str, bytes], path: str) -> TreeItem:
        data = files[path]
        kind = data.kind if isinstance(data, Special) else "file"
        return TreeItem(kind, self.named(files, path))


class MemoryRepository(Repository):
    """A repository whose last commit is the base; a change is what has been edited since."""

    def __init__(self, mode: str = "recorded") -> None:
        super().__init__(Path(), Path())
        self.files_now: dict[str, bytes] = {path: text.encode() for path, text in BASE.items()}
        self.replace("pmlint.toml", 'approvals = "recorded"', f'approvals = "{mode}"')
        self.objects = SpecialObjects()
        self.target = self.objects.add(self.files_now)

    def read_bytes(self, path: str) -> bytes:
        return self.files_now[path]

    def write_bytes(self, path: str, data: bytes) -> None:
        self.files_now[path] = data

    def revision(self, name: str) -> str:
        number = {"first": 1, "before": int(self.target, 16) - 1}.get(name)
        return self.target if number is None else f"{number:040x}"

    def filled(self, text: str) -> str:
        """A text with its revisions in quotation marks: here their ids have digits alone, which
        YAML would read as a number.
        """
        return re.sub(r'("?)\$\{(\w+)\}\1', lambda match: f'"{self.revision(match[2])}"', text)

    def blob_of(self, file: str) -> str:
        return self.objects.blob_at(self.target, file)

    def _delete(self, files: list[str]) -> None:
        for file in files:
            del self.files_now[self.path(file)]

    def _move(self, pairs: Mapping[str, str]) -> None:
        for old, new in pairs.items():
            self._move_all(self.path(old), new)

    def _move_all(self, old: str, new: str) -> None:
        """Move a file, or everything in a folder."""
        self.files_now = {
            new + path[len(old) :] if f"{path}/".startswith(f"{old}/") else path: data
            for path, data in self.files_now.items()
        }

    def _link(self, pairs: Mapping[str, str]) -> None:
        for place, target in pairs.items():
            kind = Submodule if target == SUBMODULE else Special
            self.files_now[self.path(place)] = kind(target.encode())

    def _rmdir(self, folder: str) -> None:
        """Git knows no empty folder."""

    def prepare(self, before: list[list[Edit]]) -> None:
        for edits in before:
            self.play(edits)
            self.target = self.objects.add(self.files_now)

    def verdict(
        self,
        edits: list[Edit],
        author: str,
        budgets: Mapping[str, Any] | None = None,
        approvals: Iterable[GivenApproval] = (),
        replays: str | Mapping[str, Any] | None = None,
    ) -> Verdict:
        """What is said of edits, as a commit of the author on top of the base; ``budgets`` and
        ``replays`` are the values of the statements that are handed over.
        """
        self.play(edits)
        if budgets is not None:
            budgets = json.loads(self.filled(json.dumps(budgets, default=str)))
        text = "" if replays is None else replay_text(self, replays)
        files = self.files_now
        return judged(self.objects, self.target, files, author, approvals, budgets, text)
