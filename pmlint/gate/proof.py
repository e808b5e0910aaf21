"""Whether a proof answers its action: looked up in git, and not believed (docs/spec/gate.md, 5).

A closing stands if one of its proofs is

1. found: a regular file that is not empty and no postmortem, a commit, or a record with its digest;
2. at the place that the action names, or where it names none, somewhere outside records and
   evidence of the incident;
3. newer than the action, where that was open on the base;
4. on the base, or a file that comes along.

What landed before is asked less: that it is still there and not empty.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from pmlint.gate.approvals import Approvals
from pmlint.gate.naming import places_of
from pmlint.gate.refusal import Lack
from pmlint.gate.snapshot import Snapshot
from pmlint.git import Repository, Unjudged
from pmlint.model import Action, Postmortem
from pmlint.model.postmortem import Condition, Proof
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import normal
from pmlint.project.files import is_postmortem_path
from pmlint.project.holds import same

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_COMMIT_ADDRESS = re.compile(r"/commit/([0-9a-f]{40}|[0-9a-f]{64})$")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OF_NOTHING = frozenset(
    hashlib.sha256(data).hexdigest() for data in (b"", b"\n", b"\r\n", b" ", b"{}", b"[]", b"null")
)
"""Digests of nothing: a record that says nothing proves nothing."""
_LARGEST = 1 << 27
"""The most bytes of a proof: more than forges take.

It is only asked whether there is anything in it, and what it names.
"""
_TAKES_AWAY = ("remove", "substitute")
"""Layers whose proof may be that a file was removed."""


class Closing(NamedTuple):
    """An action or condition that a change closes: as it was on the base (None where it is new),
    and as it would be.
    """

    postmortem: Postmortem
    base_postmortem: Postmortem | None
    before: Action | Condition | None
    after: Action | Condition

    @property
    def was_open(self) -> bool:
        """Whether it was on the base and open there: and then proofs must be newer."""
        if isinstance(self.before, Action):
            return self.before.status != "done"
        return self.before is not None and not self.before.met

    @property
    def kind(self) -> str:
        """What is closed, as messages call it."""
        return "action" if isinstance(self.after, Action) else "condition"

    def places(self, exists: Callable[[str], bool]) -> tuple[str, ...]:
        """What the action names as its place, as the base has it; nothing of a condition."""
        known = self.before or self.after
        if not isinstance(known, Action):
            return ()
        written = known.data.get("place")
        named = places_of(known.done_when, exists) or places_of(known.title, exists)
        if isinstance(written, str) and written.strip():
            named = (*named, written.strip())
        return named


class Lookup(NamedTuple):
    """Where proofs are looked up: a tree, the commits from which a commit must be reachable, and
    whether a record that is new here counts.
    """

    snapshot: Snapshot
    tips: tuple[str, ...]
    new_records: bool


class Proofs:
    """Looks proofs up; ``base`` is a full id, ``base_side`` its tree."""

    def __init__(
        self,
        repository: Repository,
        base: str,
        base_side: Snapshot,
        merged: Snapshot,
        approvals: Approvals,
        *,
        head: str = "",
        keeps_commits: bool = False,
    ) -> None:
        self._repository = repository
        self._base = base
        self._head = head
        self._approvals = approvals
        self.on_base = Lookup(base_side, (base,), False)
        tips = (base, head) if head and keeps_commits else (base,)
        self.in_result = Lookup(merged, tips, True)
        self._touched = cache(self._touched_by)
        self._came = cache(self._brought)

    def places(self, closing: Closing) -> tuple[str, ...]:
        """What an action names as its place; a word with a slash where either tree has it."""
        trees = (self.on_base.snapshot.tree, self.in_result.snapshot.tree)
        return closing.places(lambda path: any(tree.entry(path) is not None for tree in trees))

    def lacking(self, closing: Closing, where: Lookup) -> Lack | None:
        """Why none of the proofs answers; the code says of which kind the first lack is."""
        proofs = closing.after.proof
        lacks = [self._lack(proof, closing, where) for proof in proofs]
        if any(lack is None for lack in lacks):
            return None
        return next(iter(lacks), None) or Lack("there is no proof", _missing_code(closing))

    def not_there(self, part: Action | Condition, where: Lookup) -> Lack | None:
        """Why nothing of what landed before is still there: asked without names, order or place."""
        lacks = [self._gone(proof, part, where) for proof in part.proof]
        if any(lack is None for lack in lacks):
            return None
        return next(iter(lacks), None) or Lack("there is no proof")

    def _gone(self, proof: Proof, part: Action | Condition, where: Lookup) -> Lack | None:
        if proof.path:
            return self._file(proof.path, where)
        if proof.commit and not proof.data.get("repository"):
            return self._commit_gone(proof.commit.strip().lower(), part, where)
        return _record(proof)

    def _lack(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if proof.path:
            return self._path(proof, closing, where)
        repository = proof.data.get("repository")
        if proof.commit and not repository:
            return self._commit(proof, closing, where)
        return self._elsewhere(proof, closing, where)

    def files(self, proof: Proof, places: tuple[str, ...]) -> list[str]:
        """The files of the base by which a proof shows its fix."""
        if proof.path:
            file = normal(proof.path)
            return [file] if file else []
        commit = self._found(proof.commit.strip().lower()) if proof.commit else None
        if commit is None or proof.data.get("repository"):
            return []
        touched = self._touched(commit)
        if not places:
            return [path for path in touched if not self._is_incident(path, self.on_base)]
        return [
            path for path, ids in touched.items() if self._hits(places, path, ids, self.on_base)
        ]

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
        if proof.commit:
            commit = self._found(proof.commit.strip().lower())
            return self._touched(commit).get(path, (None,))[0] if commit else None
        if not proof.path or normal(proof.path) != path:
            return None
        blob = proof.blob.strip().lower()
        for commit in self._repository.first_parents(self._base, path) if blob else ():
            before, after = self._touched(commit).get(path, ("", ""))
            if after == blob:
                return before
        kind = "actions" if isinstance(part, Action) else "conditions"
        came = self._came(read.id, read.file, kind, part.id)
        # one that arrived closed was fixed by then: that state is the fix, and not what it was
        if came is None or self._is_closed_at(came, read, kind, part.id):
            return None
        return self._repository.blob_at(came, path)

    def _is_closed_at(self, commit: str, read: Postmortem, kind: str, part: str) -> bool:
        for known in self._parts_at(commit, read.id, read.file, kind):
            if known.id == part:
                return known.status == "done" if isinstance(known, Action) else known.met
        return False

    def verified(self, part: Action | Condition, path: str) -> bytes:
        """What a file was when it was verified: by the ``blob`` of its proof, else on the base.

        Measured against the base alone, a fix could be taken apart in two changes that each keep
        half of it. Raises `Malformed` where the base has no such file.
        """
        for proof in part.proof:
            blob = proof.blob.strip().lower()
            if not _BLOB.fullmatch(blob) or not self._shows(proof, path, blob):
                continue
            try:
                return self._repository.blob(blob, limit=_LARGEST)
            except (Malformed, Unjudged):
                continue  # an id that git does not have says nothing; the base's file does
        return self.on_base.snapshot.tree.read(path, limit=_LARGEST)

    def _shows(self, proof: Proof, path: str, blob: str) -> bool:
        """Whether the ``blob`` of a proof is about this file."""
        if proof.path:
            return normal(proof.path) == path
        commit = self._found(proof.commit.strip().lower()) if proof.commit else None
        return commit is not None and self._touched(commit).get(path, ("", ""))[1] == blob

    # a path

    def _path(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if lack := self._file(proof.path, where):
            return lack._replace(code=_missing_code(closing))
        file = normal(proof.path) or ""
        if self._is_record_or_evidence(file, closing, where):
            return Lack(f"{file} is part of the incident's record", "proof-elsewhere")
        content = self._content(where.snapshot, file)
        places = self.places(closing)
        if places and not _is_at(places, file, content):
            return Lack(f"{file} is not at {_listed(places)}", "proof-elsewhere")
        return self._path_too_old(proof, file, closing, where)

    def _file(self, path: str, where: Lookup) -> Lack | None:
        file = normal(path)
        if file is None:
            return Lack(f"the proof {path} is outside the repository")
        if is_postmortem_path(file, where.snapshot.settings):
            return Lack(f"the proof {path} is a postmortem, which proves nothing about itself")
        try:
            empty = not where.snapshot.tree.read(file, limit=_LARGEST).strip()
        except Malformed:
            return Lack(f"the proof {path} is not a file")
        return Lack(f"the proof {path} is empty") if empty else None

    def _is_record_or_evidence(self, file: str, closing: Closing, where: Lookup) -> bool:
        """Where no place is named, records and evidence of the incident prove nothing; a
        condition's proof may stand in the evidence.
        """
        if self.places(closing) or isinstance(closing.after, Condition):
            return False
        pieces = {piece.path for kind in closing.postmortem.evidence for piece in kind.pieces}
        routes = {route.file for route in where.snapshot.registry.routes if not route.mapped}
        return file in pieces or file in routes

    def _path_too_old(
        self, proof: Proof, file: str, closing: Closing, where: Lookup
    ) -> Lack | None:
        came = self._came_of(closing)
        if came is None or self._is_excused(proof, closing):
            return None
        there = self._repository.blob_at(came, file)
        if there and there == where.snapshot.identity(file):
            return Lack(
                f"{file} is as it was when the {closing.kind} came to the base", "proof-too-old"
            )
        return None

    # a commit

    def _commit(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        name = proof.commit.strip().lower()
        commit = self._found(name)
        if commit is None:
            return Lack(f"there is no commit {name[:12]}", _missing_code(closing))
        if not any(self._repository.is_ancestor(commit, tip) for tip in where.tips):
            on_branch = bool(self._head) and self._repository.is_ancestor(commit, self._head)
            code = "proof-not-on-base" if on_branch else _missing_code(closing)
            return Lack(f"the commit {name[:12]} is not on the base", code)
        if lack := self._commit_elsewhere(name, commit, closing, where):
            return lack
        came = self._came_of(closing)
        if (
            came is not None
            and not self._is_excused(proof, closing)
            and self._repository.is_ancestor(commit, came)
        ):
            reason = f"the commit {name[:12]} was there before the {closing.kind} came to the base"
            return Lack(reason, "proof-too-old")
        return None

    def _commit_elsewhere(
        self, name: str, commit: str, closing: Closing, where: Lookup
    ) -> Lack | None:
        touched = self._touched(commit)
        places = self.places(closing)
        if not places:
            outside = [
                path
                for path in touched
                if not self._is_incident(path, where)
                and not self._is_record_or_evidence(path, closing, where)
            ]
            if outside or isinstance(closing.after, Condition):
                return None
            return Lack(f"the commit {name[:12]} changes nothing but records", "proof-elsewhere")
        hit = [path for path, ids in touched.items() if self._hits(places, path, ids, where)]
        if not hit:
            wanted = _listed(places)
            return Lack(f"the commit {name[:12]} does not change {wanted}", "proof-elsewhere")
        layer = closing.after.layer if isinstance(closing.after, Action) else ""
        if layer not in _TAKES_AWAY and not any(where.snapshot.tree.entry(path) for path in hit):
            reason = f"what the commit {name[:12]} changed is no longer there"
            return Lack(reason, "closed-without-proof")
        return None

    def _is_incident(self, path: str, where: Lookup) -> bool:
        return is_postmortem_path(path, where.snapshot.settings)

    def _hits(
        self, places: tuple[str, ...], path: str, ids: tuple[str, str], where: Lookup
    ) -> bool:
        if self._is_incident(path, where):
            return False
        if _is_at(places, path, b""):
            return True
        return any(_is_at(places, path, self._blob(name)) for name in ids if name)

    def _found(self, name: str) -> str | None:
        if not _COMMIT.fullmatch(name):
            return None
        try:
            return self._repository.resolve(name)
        except Unjudged:
            return None

    def _commit_gone(self, name: str, part: Action | Condition, where: Lookup) -> Lack | None:
        commit = self._found(name)
        if commit is None or not any(
            self._repository.is_ancestor(commit, tip) for tip in where.tips
        ):
            return Lack(f"the commit {name[:12]} is not on the base")
        touched = [path for path in self._touched(commit) if not self._is_incident(path, where)]
        left = any(where.snapshot.tree.entry(path) for path in touched)
        layer = part.layer if isinstance(part, Action) else ""
        if layer in _TAKES_AWAY or not touched or left:
            return None
        return Lack(f"what the commit {name[:12]} changed is no longer there")

    def _touched_by(self, commit: str) -> Mapping[str, tuple[str, str]]:
        return self._repository.touched(commit)

    # a record

    def _elsewhere(self, proof: Proof, closing: Closing, where: Lookup) -> Lack | None:
        if lack := _record(proof):
            return lack._replace(code=_missing_code(closing))
        known = closing.before.data.get("proof") if closing.before else None
        recorded = isinstance(known, list) and proof.data in known
        if not where.new_records and not recorded:
            reason = "the record was not on the base before"
            return Lack(reason, "proof-not-on-base")
        places = self.places(closing)
        paths = [place for place in places if "/" in place and "://" not in place]
        addresses = [place for place in places if "://" in place]
        if addresses and not any(place in proof.uri for place in addresses):
            return Lack(f"the record is not {_listed(tuple(addresses))}", "proof-elsewhere")
        if paths and len(paths) == len(places):
            # what this repository has is shown by this repository
            inside = [path for path in paths if self._is_here(path, where)]
            if inside:
                reason = f"a record elsewhere does not change {_listed(tuple(inside))}"
                return Lack(reason, "proof-elsewhere")
        return None

    def _is_here(self, path: str, where: Lookup) -> bool:
        return where.snapshot.tree.entry(path.strip("/")) is not None

    # when

    def _is_excused(self, proof: Proof, closing: Closing) -> bool:
        """Whether an eligible person wrote why the fix is older than its review."""
        older = proof.data.get("older")
        if not isinstance(older, Mapping) or not str(older.get("reason") or "").strip():
            return False
        by = str(older.get("approved_by") or "")
        interested = (*closing.postmortem.authors, *_owners(closing))
        return (
            self._approvals.not_eligible(by, interested) is None
            and self._approvals.not_approved(interested, by=by) is None
        )

    def _came_of(self, closing: Closing) -> str | None:
        """The commit that brought the action to the base; None where it was not open there."""
        if not closing.was_open or closing.base_postmortem is None or closing.before is None:
            return None
        kind = "actions" if isinstance(closing.after, Action) else "conditions"
        return self._came(
            closing.base_postmortem.id, closing.base_postmortem.file, kind, closing.before.id
        )

    def _brought(self, name: str, file: str, kind: str, part: str) -> str | None:
        """The first commit of the base's first-parent line that has a part of a postmortem.

        Ids are never reused nor removed, so it is sought by halves: ten questions for a thousand
        changes of the folder.
        """
        folder = file.rpartition("/")[0]
        commits = self._repository.first_parents(self._base, folder)
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
        return any(item.id == part for item in self._parts_at(commit, name, file, kind))

    def _parts_at(
        self, commit: str, name: str, file: str, kind: str
    ) -> Iterator[Action | Condition]:
        """The actions or conditions of a postmortem in a commit."""
        for path in self._candidates(commit, name, file):
            blob = self._repository.blob_at(commit, path)
            if not blob:
                continue
            try:
                document = read_postmortem(decode(path, self._repository.blob(blob)))
            except Malformed:
                continue
            found = Postmortem(document.data, path)
            if found.id == name:
                yield from found.actions if kind == "actions" else found.restart.conditions

    def _candidates(self, commit: str, name: str, file: str) -> Iterator[str]:
        """Where a postmortem could be in a commit: its place of today first, since few move."""
        if self._repository.blob_at(commit, file):
            yield file
            return
        for path in self._repository.paths_at(commit):
            if path.endswith(".md") and name in path and path != file:
                yield path

    # contents

    def _content(self, snapshot: Snapshot, file: str) -> bytes:
        try:
            return snapshot.tree.read(file, limit=_LARGEST)
        except Malformed:
            return b""

    def _blob(self, name: str) -> bytes:
        try:
            return self._repository.blob(name, limit=_LARGEST)
        except Malformed:
            return b""


def _missing_code(closing: Closing) -> str:
    return "closed-without-proof" if isinstance(closing.after, Action) else "unproven-condition"


def _owners(closing: Closing) -> tuple[str, ...]:
    return tuple(part.owner for part in (closing.before, closing.after) if isinstance(part, Action))


def _record(proof: Proof) -> Lack | None:
    """Why a proof elsewhere can't be found again: no address, no digest, the digest of nothing."""
    repository, commit = proof.data.get("repository"), proof.commit.strip().lower()
    if isinstance(repository, str) and repository.strip():
        full = len(commit) in (40, 64) and _COMMIT.fullmatch(commit)
        return None if full else Lack("the proof needs the full id of its commit")
    if not proof.uri.strip():
        return Lack("the proof names no commit, path or record")
    if _COMMIT_ADDRESS.search(proof.uri):
        return None
    digest = proof.sha256.strip().lower()
    if not digest:
        return Lack("the proof needs sha256")
    if not _DIGEST.fullmatch(digest):
        return Lack("the proof's sha256 is not a digest")
    return Lack("the proof's sha256 is that of nothing") if digest in _OF_NOTHING else None


def _is_at(places: tuple[str, ...], path: str, content: bytes) -> bool:
    """Whether a file is at one of the places: it is the path, lies below the folder, has the test,
    alert or rule id as its name or in it.
    """
    return any(_is_one(place.strip("/"), path, content) for place in places)


def _is_one(place: str, path: str, content: bytes) -> bool:
    name = path.rpartition("/")[2]
    if path == place or path.startswith(f"{place}/") or name == place:
        return True
    if "/" in place or "://" in place:
        return False
    if place in (name.partition(".")[0], name.rpartition(".")[0]):
        return True
    word = re.escape(place.rpartition("::")[2].encode())
    return re.search(rb"(?<![\w-])" + word + rb"(?![\w-])", content) is not None


def _listed(places: tuple[str, ...]) -> str:
    return " or ".join(places)


def is_unchanged(before: Any, after: Any, *fields: str) -> bool:
    """Whether the named fields of two parts are the same; handles without case."""
    for name in fields:
        old, new = before.data.get(name), after.data.get(name)
        if old != new and not (isinstance(old, str) and isinstance(new, str) and same(old, new)):
            return False
    return True
