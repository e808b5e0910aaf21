"""Whether an action's proof has landed: looked up in git, and not believed."""

from __future__ import annotations

import re
from functools import cache

from pmlint.git import Repository, Unjudged
from pmlint.model import Action, Proof
from pmlint.model.references import named_paths
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree, normal
from pmlint.project.files import is_postmortem_path
from pmlint.project.settings import Settings

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LARGEST = 1 << 27
"""The most bytes of a proof: more than forges take.

It is only asked whether there is anything in it.
"""
_TAKES_AWAY = ("remove", "substitute")
"""Layers whose proof may be that a file is gone."""


class Proofs:
    """What can be found in a tree and in the history of the commits ``tips``; ``where`` names that
    place in messages.
    """

    def __init__(
        self,
        repository: Repository,
        tips: tuple[str, ...],
        tree: Tree,
        settings: Settings,
        where: str,
    ) -> None:
        self._repository = repository
        self._tips = tips
        self._tree = tree
        self._where = where
        self._settings = settings
        self._touched = cache(self._touched_by)

    def missing(self, action: Action, *, recorded: bool) -> str:
        """Why none of the proofs has landed; empty where one has.

        ``recorded`` says that they stood on the target already.
        """
        reasons = [self._problem(proof, action, recorded) for proof in action.proof]
        return "" if "" in reasons else reasons[0] if reasons else "there is no proof"

    def _problem(self, proof: Proof, action: Action, recorded: bool) -> str:
        if proof.commit:
            return self._commit(proof.commit.strip().lower(), action)
        if proof.path:
            return self._path(proof.path)
        if proof.uri and proof.sha256:
            return "" if recorded else "the record was not written down on the target before"
        return "the proof names no commit, path, or record with its digest"

    def _commit(self, name: str, action: Action) -> str:
        touched = self._touched(name) if _COMMIT.fullmatch(name) else None
        if touched is None:
            return f"the commit {name[:12]} is not {self._where}"
        named = named_paths(f"{action.title}\n{action.done_when}")
        if not named:
            outside = [path for path in touched if not is_postmortem_path(path, self._settings)]
            return "" if outside else f"the commit {name[:12]} changes nothing but postmortems"
        hit = [path for path in touched for place in named if _is_below(path, place)]
        if not hit:
            return f"the commit {name[:12]} does not touch {' or '.join(named)}"
        if action.layer not in _TAKES_AWAY and not any(self._tree.entry(path) for path in hit):
            return f"what the commit {name[:12]} changed is no longer {self._where}"
        return ""

    def _touched_by(self, name: str) -> tuple[str, ...] | None:
        """The paths that a commit changes; None where it is not reachable from the tips."""
        try:
            commit = self._repository.resolve(name)
        except Unjudged:
            return None
        reachable = any(self._repository.is_ancestor(commit, tip) for tip in self._tips)
        return tuple(self._repository.touched(commit)) if reachable else None

    def _path(self, path: str) -> str:
        file = normal(path)
        if file is None:
            return f"the proof {path} lies outside the repository"
        if is_postmortem_path(file, self._settings):
            return f"the proof {path} is a postmortem, which proves nothing about itself"
        try:
            return (
                ""
                if self._tree.read(file, limit=_LARGEST).strip()
                else f"the proof {path} is empty {self._where}"
            )
        except Malformed:
            return f"the proof {path} is no file {self._where}"


def _is_below(path: str, place: str) -> bool:
    """Whether a changed path is the place that an action names: itself, a file of a named folder,
    or a file of a bare name.
    """
    place = place.strip("/")
    return path == place or path.startswith(f"{place}/") or path.rpartition("/")[2] == place
