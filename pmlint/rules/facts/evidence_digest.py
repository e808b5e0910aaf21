"""A file of the evidence is missing, or is not the one that was written down.

Evidence that can change after the review proves nothing.

Fix: restore the file, or correct its path; write a new digest only where somebody looked at what
changed.

Bad::
    evidence: {outcome: [{path: evidence/PM-2026-001/gone.md, sha256: "0000000000000000000000000000000000000000000000000000000000000000"}]}
Good::
    evidence: {outcome: {missing: "the mails were not kept", action: A2}}
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from pmlint.finding import Level, Problem
from pmlint.model import Evidence, Postmortem, Proof
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree, normal
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule

MAX_EVIDENCE = 64 * 1024 * 1024
"""The largest file whose digest is computed, in bytes."""
_REMEMBERED = 4096


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Every path of the evidence pack, of proofs and of restart conditions."""
    for kind in postmortem.evidence:
        for piece in kind.pieces:
            yield from _file(piece, context, needs_digest=True)
    proofs = [action.proof for action in postmortem.actions] + [
        condition.proof for condition in postmortem.restart.conditions
    ]
    for proof in chain.from_iterable(proofs):
        yield from _file(proof, context, needs_digest=False)


def _file(piece: Evidence | Proof, context: Context, *, needs_digest: bool) -> Iterator[Problem]:
    if not piece.path or (piece.sha256 and _digest(piece.path, context) == piece.sha256):
        return
    at = piece.at / "path"
    path = normal(piece.path)
    entry = context.tree.entry(path) if path else None
    if path is None:
        yield Problem(
            f"'{piece.path}' lies outside the repository",
            at,
            help="write a path relative to the repository's root",
        )
    elif entry is None:
        yield Problem(
            f"there is no file '{piece.path}'", at, help="add the file, or correct the path"
        )
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
            f"'{piece.path}' is not the file that was written down", piece.at / "sha256", help=help
        )


def _digest(name: str, context: Context) -> str:
    """The digest of a file as it is named, or why there is none; each is computed once a run."""
    known = _known(context.index)
    if name not in known:
        if len(known) == _REMEMBERED:
            known.clear()
        known[name] = _computed(normal(name), context.tree)
    return known[name]


@lru_cache(maxsize=1)
def _known(run: Index) -> dict[str, str]:
    """The digests of one run, which has an index of its own."""
    return {}


def _computed(path: str | None, tree: Tree) -> str:
    from hashlib import sha256

    try:
        return sha256(tree.read(path, MAX_EVIDENCE)).hexdigest() if path else ""
    except Malformed as error:
        return f"unknown: {error.message}"


RULE = Rule("evidence-digest", Level.ERROR, "postmortem", check, __doc__)
