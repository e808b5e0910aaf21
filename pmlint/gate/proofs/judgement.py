"""Whether a proof answers its action: looked up in git, and not believed (docs/spec/gate.md, 5).

A closing counts if one of its proofs is

1. found: a regular file that is not empty and no postmortem, a commit, or a record with its digest;
2. at the place that the action names, or where it names none, somewhere outside records and
   evidence of the incident;
3. newer than the action, where that was open on the base;
4. on the base, or a file that comes along.

What landed before is asked less: that it is still there and not empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pmlint.gate.approvals import Approvals
from pmlint.gate.naming import is_at
from pmlint.gate.proofs.closing import Closing
from pmlint.gate.proofs.fixes import TAKES_AWAY
from pmlint.gate.proofs.history import LARGEST, BaseHistory
from pmlint.gate.proofs.record import record_lack
from pmlint.gate.refusal import Lack
from pmlint.gate.signing import FOLDER as SIGNATURES
from pmlint.gate.snapshot import Snapshot
from pmlint.model import Action
from pmlint.model.proof import Proof
from pmlint.model.restart import Condition
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import normal
from pmlint.project.files import is_postmortem_path

_PROSE = (".md", ".markdown", ".rst", ".adoc", ".txt")
_RECORDS = ("evidence/", f"{SIGNATURES}/")


class Lookup(NamedTuple):
    """Where proofs are looked up: a tree, the commits from which a commit must be reachable, and
    whether a record that is new here counts.
    """

    snapshot: Snapshot
    tips: tuple[str, ...]
    new_records: bool


class Proofs:
    """Looks proofs up; ``head`` is a full id, empty where there is none."""

    def __init__(
        self,
        history: BaseHistory,
        base_side: Snapshot,
        merged: Snapshot,
        approvals: Approvals,
        *,
        head: str = "",
        keeps_commits: bool = False,
    ) -> None:
        self._history = history
        self._head = head
        self._approvals = approvals
        self.on_base = Lookup(base_side, (history.base,), False)
        tips = (history.base, head) if head and keeps_commits else (history.base,)
        self.in_result = Lookup(merged, tips, True)

    def places(self, closing: Closing) -> tuple[str, ...]:
        """What an action names as its place; a word with a slash where either tree has it."""
        trees = (self.on_base.snapshot.tree, self.in_result.snapshot.tree)
        return closing.places(lambda path: any(tree.entry(path) is not None for tree in trees))

    def lacking(self, closing: Closing, where: Lookup) -> Lack | None:
        """Why none of the proofs answers; the code says of which kind the first lack is."""
        proofs = closing.after.proof
        for proof in proofs:
            if forged := self._forged(proof, closing):
                return forged
        lacks = [self._lack(proof, closing, where) for proof in proofs]
        if any(lack is None for lack in lacks):
            return None
        return next(iter(lacks), None) or Lack("there is no proof", closing.missing_code)

    def _forged(self, proof: Proof, closing: Closing) -> Lack | None:
        """Why the ``blob`` of a new proof is not its file as it was verified, or is missing where
        the base has one.

        Later versions of the file are measured against it: one that names a stub today lets the
        fix be replaced by that stub tomorrow.
        """
        blob, file = proof.blob.strip().lower(), normal(proof.path) if proof.path else None
        if file is None or self._is_known(proof, closing):
            return None
        if not blob:
            # without it the fix could be taken apart in steps that each keep half of the last
            known = closing.before.proof if closing.before else ()
            had = any(one.blob and one.path and normal(one.path) == file for one in known)
            return Lack(f"the blob of {file} was removed", closing.missing_code) if had else None
        versions = {self.in_result.snapshot.identity(file)}
        if self._head:
            # the base may have changed the same file since
            versions.add(self._history.repository.blob_at(self._head, file))
        if blob in versions:
            return None
        return Lack(f"the blob {blob[:12]} is not {file} in this change", closing.missing_code)

    def not_there(self, part: Action | Condition, where: Lookup) -> Lack | None:
        """Why nothing of what landed before is still there: asked without names, order or place."""
        layer = part.layer if isinstance(part, Action) else ""
        return self.not_shown(part.proof, where, layer)

    def not_shown(self, proofs: Iterable[Proof], where: Lookup, layer: str = "") -> Lack | None:
        """Why none of some proofs is there; the proof of a ``layer`` that takes something away may
        be gone.
        """
        lacks = [self._gone(proof, layer, where) for proof in proofs]
        if any(lack is None for lack in lacks):
            return None
        return next(iter(lacks), None) or Lack("there is no proof")

    def _gone(self, proof: Proof, layer: str, where: Lookup) -> Lack | None:
        if proof.path:
            return self._file(proof.path, where)
        if proof.commit and not proof.data.get("repository"):
            return self._commit_gone(proof, layer, where)
        return record_lack(proof)

    def _lack(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if proof.path:
            return self._path(proof, closing, where)
        repository = proof.data.get("repository")
        if proof.commit and not repository:
            return self._commit(proof, closing, where)
        return self._elsewhere(proof, closing, where)

    # a path

    def _path(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if lack := self._file(proof.path, where):
            return lack._replace(code=closing.missing_code)
        file = normal(proof.path) or ""
        if self._is_record_or_evidence(file, closing, where):
            return Lack(f"{file} is part of the incident's record", "proof-elsewhere")
        content = _content(where.snapshot, file)
        places = self.places(closing)
        if places and not is_at(places, file, content):
            return Lack(f"{file} is not at {_listed(places)}", "proof-elsewhere")
        return self._path_too_old(proof, file, closing, where)

    def _file(self, path: str, where: Lookup) -> Lack | None:
        file = normal(path)
        if file is None:
            return Lack(f"the proof {path} is outside the repository")
        if is_postmortem_path(file, where.snapshot.settings):
            return Lack(f"the proof {path} is a postmortem, which proves nothing about itself")
        try:
            empty = not where.snapshot.tree.read(file, limit=LARGEST).strip()
        except Malformed:
            return Lack(f"the proof {path} is not a file")
        return Lack(f"the proof {path} is empty") if empty else None

    def _is_record_or_evidence(self, file: str, closing: Closing, where: Lookup) -> bool:
        """Where no place is named, records and evidence of the incident prove nothing; a
        condition's proof may stand in the evidence.
        """
        if self.places(closing) or isinstance(closing.after, Condition):
            return False
        read, settings = closing.postmortem, where.snapshot.settings
        pieces = {piece.path for kind in read.evidence for piece in kind.pieces}
        routes = {route.file for route in where.snapshot.registry.routes if not route.mapped}
        if file in pieces | routes | {settings.people, settings.baseline}:
            return True
        own = read.id.casefold()
        if file.startswith(_RECORDS) or own in file.casefold().split("/"):
            return True
        # a page about the incident is no fix of it, wherever it lies
        text = _content(where.snapshot, file) if file.endswith(_PROSE) else b""
        return own.encode() in text.lower()

    def _path_too_old(
        self, proof: Proof, file: str, closing: Closing, where: Lookup
    ) -> Lack | None:
        came = self._came_of(closing)
        if came is None or self._is_excused(proof, closing):
            return None
        there = self._history.repository.blob_at(came, file)
        if there and there == where.snapshot.identity(file):
            return Lack(
                f"{file} is as it was when the {closing.kind} came to the base", "proof-too-old"
            )
        return None

    # a commit

    def _commit(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        name = _shown(proof)
        commit = self._history.find(proof.commit)
        if commit is None:
            return Lack(f"there is no commit {name}", closing.missing_code)
        if not self._history.is_reachable(commit, where.tips):
            on_branch = bool(self._head) and self._history.is_reachable(commit, (self._head,))
            code = "proof-not-on-base" if on_branch else closing.missing_code
            return Lack(f"the commit {name} is not on the base", code)
        if lack := self._commit_elsewhere(name, commit, closing, where):
            return lack
        if self._is_taken_back(commit, closing, where):
            reason = f"what the commit {name} changed is again as it was before it"
            return Lack(reason, closing.missing_code)
        came = self._came_of(closing)
        if (
            came is not None
            and not self._is_excused(proof, closing)
            and self._history.is_reachable(commit, (came,))
        ):
            reason = f"the commit {name} was there before the {closing.kind} came to the base"
            return Lack(reason, "proof-too-old")
        return None

    def _commit_elsewhere(
        self, name: str, commit: str, closing: Closing, where: Lookup
    ) -> Lack | None:
        places = self.places(closing)
        if not places:
            outside = [
                path
                for path in self._history.touched_outside(commit, where.snapshot)
                if not self._is_record_or_evidence(path, closing, where)
            ]
            if outside or isinstance(closing.after, Condition):
                return None
            return Lack(f"the commit {name} changes nothing but records", "proof-elsewhere")
        hit = self._history.touched_at(places, commit, where.snapshot)
        if not hit:
            wanted = _listed(places)
            return Lack(f"the commit {name} does not change {wanted}", "proof-elsewhere")
        layer = closing.after.layer if isinstance(closing.after, Action) else ""
        if layer not in TAKES_AWAY and not any(where.snapshot.tree.entry(path) for path in hit):
            reason = f"what the commit {name} changed is no longer there"
            return Lack(reason, "closed-without-proof")
        return None

    def _is_taken_back(self, commit: str, closing: Closing, where: Lookup) -> bool:
        """Whether nothing that a commit changed, at the place of the action, is still changed."""
        places, side = self.places(closing), where.snapshot
        outside = self._history.touched_outside(commit, side)
        asked = self._history.touched_at(places, commit, side) if places else outside
        touched = self._history.touched(commit)
        # a link or folder in the place of the file is neither
        return bool(asked) and all(touched[path][0] == side.identity(path) for path in asked)

    def _commit_gone(self, proof: Proof, layer: str, where: Lookup) -> Lack | None:
        name, commit = _shown(proof), self._history.find(proof.commit)
        if commit is None or not self._history.is_reachable(commit, where.tips):
            return Lack(f"the commit {name} is not on the base")
        touched = self._history.touched_outside(commit, where.snapshot)
        left = any(where.snapshot.tree.entry(path) for path in touched)
        if layer in TAKES_AWAY or not touched or left:
            return None
        return Lack(f"what the commit {name} changed is no longer there")

    # a record

    def _elsewhere(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if lack := record_lack(proof):
            return lack._replace(code=closing.missing_code)
        if not where.new_records and not self._is_known(proof, closing):
            reason = "the record was not on the base before"
            return Lack(reason, "proof-not-on-base")
        places = self.places(closing)
        paths = [place for place in places if "/" in place and "://" not in place]
        addresses = [place for place in places if "://" in place]
        if addresses and not any(place in proof.uri for place in addresses):
            return Lack(f"the record is not {_listed(tuple(addresses))}", "proof-elsewhere")
        if paths and len(paths) == len(places):
            # what this repository has is shown by this repository
            inside = [path for path in paths if self._is_here(path)]
            if inside:
                reason = f"a record elsewhere does not change {_listed(tuple(inside))}"
                return Lack(reason, "proof-elsewhere")
        return None

    def _is_here(self, path: str) -> bool:
        """Whether a path is one of this repository: it is there, or the first of its folders is.

        The file of a fix that was never made is not there either.
        """
        first = path.strip("/").partition("/")[0]
        trees = (self.on_base.snapshot.tree, self.in_result.snapshot.tree)
        return any(tree.entry(first) is not None for tree in trees)

    def _is_known(self, proof: Proof, closing: Closing) -> bool:
        """Whether the base has a proof as it is."""
        known = closing.before.data.get("proof") if closing.before else None
        return isinstance(known, list) and proof.data in known

    # when

    def _is_excused(self, proof: Proof, closing: Closing) -> bool:
        """Whether an eligible person wrote why the fix is older than its review."""
        older = proof.data.get("older")
        if not isinstance(older, Mapping) or not str(older.get("reason") or "").strip():
            return False
        by = str(older.get("approved_by") or "")
        interested = (*closing.postmortem.authors, *closing.owners)
        if self._is_known(proof, closing):
            # asked when it was written: who has left since approved it all the same
            return self._approvals.not_eligible(by, interested, landed=True) is None
        return (
            self._approvals.not_eligible(by, interested) is None
            and self._approvals.not_approved(interested, by=by) is None
        )

    def _came_of(self, closing: Closing) -> str | None:
        """The commit that brought the action to the base, of which a proof has to be newer; None
        where it came closed.
        """
        read, part = closing.base_postmortem, closing.before
        if read is None or part is None:
            return None
        came = self._history.arrival(read, part)
        if closing.was_open or came is None:
            return came
        return None if self._history.is_closed_at(came, read, part) else came


def _content(snapshot: Snapshot, file: str) -> bytes:
    try:
        return snapshot.tree.read(file, limit=LARGEST)
    except Malformed:
        return b""


def _listed(places: tuple[str, ...]) -> str:
    return " or ".join(places)


def _shown(proof: Proof) -> str:
    """The commit of a proof, as messages show it: twelve digits are enough to find it."""
    return proof.commit.strip().lower()[:12]
