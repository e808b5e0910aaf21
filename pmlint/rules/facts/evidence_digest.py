"""A file of the evidence is missing, or does not have its digest.

Evidence that can change after the review proves nothing.

Fix: restore the file, or correct its path; write a new digest only where somebody looked at what
changed.

Bad::
    evidence: {outcome: [{path: evidence/PM-2026-001/gone.md,
      sha256: "0000000000000000000000000000000000000000000000000000000000000000"}]}
Good::
    evidence: {outcome: [{path: evidence/PM-2026-001/outcome.md,
      sha256: "0d7848520eb7d2e2a565bfb63a51f4e3cba6fbfa302f2ab29a47cd11a0be35b5"}]}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from pmlint.finding import Level, Problem
from pmlint.model import Evidence, Postmortem, Proof
from pmlint.parsing.tree import normal
from pmlint.rules.rule import Context, Rule

NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The SHA-256 of no bytes at all: a digest of an empty file shows nothing."""
# A full id by SHA-1 or SHA-256; a short one may name another commit one day.
_COMMIT = re.compile(r"/commit/[0-9a-f]{40}(?:[0-9a-f]{24})?$")


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Every path of the evidence pack, of proofs and of restart conditions."""
    for kind in postmortem.evidence:
        for piece in kind.pieces:
            yield from _piece(piece)
            yield from _own(piece, postmortem) or _file(piece, context, needs_digest=True)
    proofs = [action.proof for action in postmortem.actions] + [
        condition.proof for condition in postmortem.restart.conditions
    ]
    for proof in chain.from_iterable(proofs):
        yield from _address(proof)
        yield from _own(proof, postmortem) or _file(proof, context, needs_digest=False)


def _piece(piece: Evidence) -> Iterator[Problem]:
    """What can be found about a piece of evidence without looking at its file."""
    if not (piece.path or piece.uri):
        if "path" not in piece.data and "uri" not in piece.data:
            yield Problem(
                "a piece of evidence has neither a path nor a uri",
                piece.at,
                help="add 'path' for a file of this repository, or 'uri' with its sha256",
            )
        return
    # An empty file is what a download leaves that has failed.
    if piece.sha256 == NOTHING:
        yield Problem(
            f"'{piece.path or piece.uri}' has the digest of an empty file",
            piece.at / "sha256",
            help="add the evidence itself, or declare this kind missing",
        )
    yield from _address(piece)


def _own(piece: Evidence | Proof, postmortem: Postmortem) -> list[Problem]:
    """The postmortem that cites itself: it would show that it says what it says."""
    if not piece.path or normal(piece.path) != postmortem.file:
        return []
    help = "name a file that somebody else can look at, beside the postmortem"
    return [Problem("the postmortem is cited as its own evidence", piece.at / "path", help=help)]


def _address(piece: Evidence | Proof) -> Iterator[Problem]:
    """An address outside the repository is never fetched, so its digest is all that binds it.

    That of a commit by its full id is bound by the id.
    """
    if isinstance(piece, Proof) and _COMMIT.search(piece.uri):
        return
    if piece.uri and not piece.sha256 and "sha256" not in piece.data:
        yield Problem(
            f"'{piece.uri}' has no digest",
            piece.at,
            help="add sha256 with the SHA-256 of what is at the address",
        )
    elif piece.uri.rstrip("/").endswith(":"):
        yield Problem(
            f"'{piece.uri}' is not a whole address", piece.at / "uri", help="add what is behind it"
        )
    # 64 times one digit is what somebody types to have a digest; nothing has it.
    elif piece.uri and len(set(piece.sha256)) == 1:
        yield Problem(
            f"'{piece.sha256}' is not the digest of anything",
            piece.at / "sha256",
            help="write the SHA-256 of what is at the address",
        )


def _file(piece: Evidence | Proof, context: Context, *, needs_digest: bool) -> Iterator[Problem]:
    if not piece.path or piece.sha256 == NOTHING:
        return
    # Before anything else is asked: nearly every piece is right, and a link or a folder has no
    # digest.
    at = piece.at / "path"
    if piece.sha256 and _digest(piece.path, context) == piece.sha256:
        help = "add the evidence itself, or declare this kind missing"
        if context.digests.is_blank(piece.path, context.tree):
            yield Problem(f"'{piece.path}' has nothing but blanks", at, help=help)
        # what proves an action may be an empty configuration; what shows a failure may not
        elif needs_digest and context.digests.is_hollow(piece.path, context.tree):
            yield Problem(f"'{piece.path}' says nothing", at, help=help)
        return
    path = normal(piece.path)
    entry = context.tree.entry(path) if path else None
    if entry is None:
        message, help = _not_there(piece.path)
        yield Problem(message, at, help=help)
    elif entry.kind != "file":
        yield Problem(
            f"'{piece.path}' is not a regular file but a {entry.kind}",
            at,
            help="put the file itself here",
        )
    elif not piece.sha256:
        if needs_digest:
            yield Problem(
                f"'{piece.path}' has no digest",
                piece.at,
                help=f'add sha256: "{_digest(piece.path, context)}"',
            )
    else:
        help = f"its sha256 is {_digest(piece.path, context)}"
        yield Problem(
            f"'{piece.path}' does not have the digest that is written",
            piece.at / "sha256",
            help=help,
        )


def _not_there(written: str) -> tuple[str, str]:
    """What is wrong with a path that leads to no file of the repository, and what to do."""
    if "://" in written:
        help = "write 'uri' in place of 'path', with the sha256 of what is there"
        return f"'{written}' is an address, not a path", help
    if "\\" in written:
        right = written.replace("\\", "/")
        return f"'{written}' has backslashes", f"write {right}"
    if normal(written) is None:
        help = "write a path relative to the repository's root"
        return f"'{written}' lies outside the repository", help
    return f"there is no file '{written}'", "add the file, or correct the path"


def _digest(name: str, context: Context) -> str:
    """The digest of a file as it is named, or why there is none."""
    return context.digests.of(name, context.tree)


RULE = Rule("evidence-digest", Level.ERROR, "postmortem", check, __doc__, "in-review")
