"""The files by which proofs show their fix: as they were before it, and when it was verified."""

from __future__ import annotations

from pmlint.gate.proofs.history import LARGEST, BaseHistory
from pmlint.gate.proofs.record import FULL_ID
from pmlint.gate.refusal import Lack
from pmlint.gate.snapshot import Snapshot
from pmlint.git import Unjudged
from pmlint.model import Action, Postmortem
from pmlint.model.counting import count
from pmlint.model.proof import Proof
from pmlint.model.restart import Condition
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import normal

TAKES_AWAY = ("remove", "substitute")
"""Layers whose proof may be that a file was removed."""


class Fixes:
    """What proofs that the base has rest on; ``base_side`` is the tree of the base."""

    def __init__(self, history: BaseHistory, base_side: Snapshot) -> None:
        self._history = history
        self._base_side = base_side

    def files(self, proof: Proof, places: tuple[str, ...]) -> list[str]:
        """The files of the base by which a proof shows its fix."""
        if proof.path:
            file = normal(proof.path)
            return [file] if file else []
        commit = self._history.find(proof.commit) if proof.commit else None
        if commit is None or proof.data.get("repository"):
            return []
        if not places:
            return self._history.touched_outside(commit, self._base_side)
        return self._history.touched_at(places, commit, self._base_side)

    def undone(
        self,
        read: Postmortem,
        part: Action | Condition,
        path: str,
        places: tuple[str, ...],
        merged: Snapshot,
    ) -> Lack | None:
        """Why a file of the merge result no longer shows the fix that was verified."""
        try:
            verified = self.verified(part, path)
        except Malformed:
            return None
        if self.is_as_before(read, part, path, merged.identity(path)):
            return Lack("is again what it was before the fix")
        return _lost(verified, part, path, places, merged)

    def replaced(
        self, part: Action | Condition, places: tuple[str, ...], merged: Snapshot
    ) -> Lack | None:
        """Why what a proof rests on in the merge result is not what the base has of it."""
        for proof in part.proof:
            for path in self.files(proof, places):
                known = self._base_side.identity(path)
                bytes_before = _content(self._base_side, path)
                if bytes_before is None or known == merged.identity(path):
                    continue
                if lack := _lost(bytes_before, part, path, places, merged):
                    return lack._replace(reason=f"{path} {lack.reason}")
        return None

    def silenced(
        self, part: Action | Condition, places: tuple[str, ...], merged: Snapshot
    ) -> Lack | None:
        """Why what a proof rests on no longer names in the merge result what it names on the
        base; a file that is not there is not asked here.
        """
        for proof in part.proof:
            for path in self.files(proof, places):
                identities = (self._base_side.identity(path), merged.identity(path))
                if not all(identities) or identities[0] == identities[1]:
                    continue
                old, new = _content(self._base_side, path), _content(merged, path)
                if old is None:
                    continue
                lack = Lack("is no file any more") if new is None else _unnamed(old, new, places)
                if lack is not None:
                    return lack._replace(reason=f"{path} {lack.reason}")
        return None

    def is_as_before(self, read: Postmortem, part: Action | Condition, path: str, now: str) -> bool:
        """Whether a file is again what it was before the fix: before the commit that is the proof,
        or that brought its ``blob``; else when the action came to the base, still open.
        """
        if not now:
            return False
        found = {self._before(read, part, proof, path) for proof in part.proof}
        return now in found

    def _before(
        self, read: Postmortem, part: Action | Condition, proof: Proof, path: str
    ) -> str | None:
        history = self._history
        if proof.commit:
            commit = history.find(proof.commit)
            return history.touched(commit).get(path, (None,))[0] if commit else None
        if not proof.path or normal(proof.path) != path:
            return None
        blob = proof.blob.strip().lower()
        for commit in history.repository.log.first_parents(history.base, path) if blob else ():
            before, after = history.touched(commit).get(path, ("", ""))
            if after == blob:
                return before
        came = history.arrival(read, part)
        # one that arrived closed was fixed by then: that state is the fix, and not what it was
        if came is None or history.is_closed_at(came, read, part):
            return None
        return history.repository.blob_at(came, path)

    def verified(self, part: Action | Condition, path: str) -> bytes:
        """What a file was when it was verified: by the ``blob`` of its proof, or as the commit left
        it that is the proof; else on the base.

        Measured against the base alone, a fix could be taken apart in two changes that each keep
        half of it. Raises `Malformed` where the base has no such file.
        """
        for proof in part.proof:
            blob = self._verified_blob(proof, path)
            if not FULL_ID.fullmatch(blob):
                continue
            try:
                return self._history.repository.blob(blob, limit=LARGEST)
            except (Malformed, Unjudged):
                continue  # an id that git does not have says nothing; the base's file does
        return self._base_side.tree.read(path, limit=LARGEST)

    def _verified_blob(self, proof: Proof, path: str) -> str:
        """The id of a file's contents by which a proof shows it; empty where it says nothing."""
        if proof.path:
            return proof.blob.strip().lower() if normal(proof.path) == path else ""
        commit = self._history.find(proof.commit) if proof.commit else None
        if commit is None or proof.data.get("repository"):
            return ""
        return self._history.touched(commit).get(path, ("", ""))[1]


def _content(side: Snapshot, path: str) -> bytes | None:
    """The bytes of a file; None of what is none, such as a link."""
    try:
        return side.tree.read(path, limit=LARGEST)
    except Malformed:
        return None


def _lost(
    old: bytes, part: Action | Condition, path: str, places: tuple[str, ...], merged: Snapshot
) -> Lack | None:
    """Why a file of the merge result shows less than it did: fewer than half of its lines are
    left, or a name that the action asks for is missing.
    """
    layer = part.layer if isinstance(part, Action) else ""
    try:
        new = merged.tree.read(path, limit=LARGEST)
    except Malformed:
        return None if layer in TAKES_AWAY else Lack("was removed")
    if not new.strip():
        return Lack("was emptied")
    lines = [line.strip() for line in old.splitlines() if line.strip()]
    left = {line.strip() for line in new.splitlines()}
    kept = sum(1 for line in lines if line in left)
    if kept * 2 < len(lines):
        return Lack(f"keeps {kept} of {count(len(lines), 'line')}")
    return _unnamed(old, new, places)


def _unnamed(old: bytes, new: bytes, places: tuple[str, ...]) -> Lack | None:
    """Which of the names that the action asks for a file had and has no longer."""
    lost = [
        place
        for place in places
        if "/" not in place and place.encode() in old and place.encode() not in new
    ]
    return Lack(f"no longer names {', '.join(lost)}") if lost else None
