"""A proof elsewhere, a record: what it must say so that somebody can find it again."""

from __future__ import annotations

import hashlib
import re

from pmlint.gate.refusal import Lack
from pmlint.model.proof import Proof

FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A full id of git, of a repository with SHA-1 or SHA-256."""
_COMMIT_ADDRESS = re.compile(rf"/commit/({FULL_ID.pattern})$")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING = frozenset(
    hashlib.sha256(data).hexdigest() for data in (b"", b"\n", b"\r\n", b" ", b"{}", b"[]", b"null")
)
"""Digests of nothing: a record that says nothing proves nothing."""


def record_lack(proof: Proof) -> Lack | None:
    """Why a proof elsewhere can't be found again: no address, no digest, the digest of nothing."""
    repository = proof.data.get("repository")
    if isinstance(repository, str) and repository.strip():
        is_full = FULL_ID.fullmatch(proof.commit.strip().lower())
        return None if is_full else Lack("the proof needs the full id of its commit")
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
