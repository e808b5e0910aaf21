"""Files that records rest on: evidence, and what proved a fix (docs/spec/gate.md, 5).

1. The same bytes at another place are the same evidence; other bytes need an amendment in the
   postmortem, where its digest stands.
2. While a postmortem blocks a route, a fix keeps at least half of the lines that it had when it was
   verified, is not empty, still names what it named, and is not again what it was before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from pmlint.gate.case import Case
from pmlint.gate.checks.postmortems import broken_by_evidence
from pmlint.gate.proofs.closing import Closing, is_unchanged
from pmlint.gate.refusal import Refusal
from pmlint.gate.settled import Settled
from pmlint.gate.transitions import RowDirection
from pmlint.model import Action, Postmortem
from pmlint.model.restart import Condition
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import normal
from pmlint.place import Span


def evidence_refusals(case: Case, settled: Settled) -> Iterator[Refusal]:
    """What a change does to files that postmortems of the base rest on."""
    for read in _resting(case):
        after = case.postmortem(case.merged, read.id)
        if after is None or not settled.blocks(read.id):
            continue
        changed = list(_evidence(case, read, after))
        yield from changed
        if after.file == read.file and after.data == read.data and not changed:
            yield from broken_by_evidence(case, settled, read)
        yield from _fixes(case, read, after)


def _resting(case: Case) -> list[Postmortem]:
    """The postmortems of the base that rest on what the change touches."""
    # A route's file may be the fix as well. Reviews are none, and are compared field by field.
    files = frozenset(path for path in case.touched if path not in case.base.files)
    return resting_on(case, files)


def resting_on(case: Case, files: frozenset[str]) -> list[Postmortem]:
    """The postmortems of the base that rest on one of some files."""
    paths = files.union(*map(_folders, files))
    # However a path is spelled, its last part stands in the text; a commit names no file.
    words = {path.rpartition("/")[2] for path in paths} | {"commit"}
    found: dict[str, Postmortem] = {}
    for path in case.base.mentioning(words) if files else ():
        read = case.base.read(path)
        # `log.txt` stands in many texts: to judge each of its postmortems took a second for each
        # commit of an audit.
        if isinstance(read, Postmortem) and (
            _names(read.data, paths) or _is_shown_by(case, read, files)
        ):
            found[read.id] = read
    return [found[name] for name in sorted(found)]


def _folders(path: str) -> list[str]:
    """The folders that a file is in: one may be named as evidence."""
    return [path[: match.start()] for match in re.finditer("/", path)]


def _names(value: object, paths: frozenset[str]) -> bool:
    """Whether a text of a record names one of the paths, in any spelling that rules read."""
    if isinstance(value, Mapping):
        return any(_names(item, paths) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_names(item, paths) for item in value)
    return isinstance(value, str) and normal(value) in paths


def _is_shown_by(case: Case, read: Postmortem, files: frozenset[str]) -> bool:
    """Whether a commit that proves a fix is about one of the files."""
    parts: list[Action | Condition] = [*read.actions, *read.restart.conditions]
    for part in parts:
        by_commit = [proof for proof in part.proof if proof.commit]
        places = case.proofs.places(Closing(read, read, part, part)) if by_commit else ()
        if any(not files.isdisjoint(case.fixes.files(proof, places)) for proof in by_commit):
            return True
    return False


def _evidence(case: Case, before: Postmortem, after: Postmortem) -> Iterator[Refusal]:
    kept = {
        piece.sha256: piece
        for kind in after.evidence
        for piece in kind.pieces
        if piece.sha256 and piece.path
    }
    for kind in before.evidence:
        for piece in kind.pieces:
            path = normal(piece.path) if piece.path else None
            if path is None or path not in case.touched:
                continue
            now = kept.get(piece.sha256)
            if now is None:
                continue  # it is no longer listed, which its row asks
            moved = normal(now.path) or ""
            if case.merged.identity(moved) == case.base.identity(path):
                continue
            there = case.merged.tree.entry(path) is not None
            if not case.table.rows("evidence file").fact(".").asks(_moved(there)):
                continue
            yield Refusal(
                "evidence-changed",
                f"{before.id}: the evidence {path} was {'changed' if there else 'removed'}",
                path,
                span=Span(),
                side="" if there else "base",
                subject=before.id,
                field=f"evidence.{kind.kind}",
                before=piece.sha256,
                values={"path": path},
                help=_restored_or_redacted(case, after, kind.kind, path),
            )


def _restored_or_redacted(case: Case, after: Postmortem, kind: str, path: str) -> str:
    """What to do about evidence with another content: its new digest is what is amended."""
    try:
        digest = hashlib.sha256(case.merged.tree.read(path)).hexdigest()
    except Malformed:
        return f"restore {path}"  # it is no file any more, and a link has no digest
    return (
        f"restore {path}; where it must be redacted, write 'sha256: {digest}' beside it in "
        f"{after.file}, then: pmlint amend {after.id} --set evidence.{kind}.sha256={digest} "
        "--reason REASON --approved-by HANDLE"
    )


def _moved(is_there: bool) -> RowDirection:
    return "changed" if is_there else "removed"


def _fixes(case: Case, before: Postmortem, after: Postmortem) -> Iterator[Refusal]:
    actions = {action.id: action for action in after.actions}
    for action in before.actions:
        now = actions.get(action.id)
        if action.status != "done" or now is None or now.status != "done":
            continue
        if is_unchanged(action, now, "proof", "verified_by"):
            yield from _still(case, before, action)
    conditions = {item.id: item for item in after.restart.conditions}
    for condition in before.restart.conditions:
        met = conditions.get(condition.id)
        if condition.met and met is not None and is_unchanged(condition, met, "met", "proof"):
            yield from _still(case, before, condition)


def _still(case: Case, read: Postmortem, part: Action | Condition) -> Iterator[Refusal]:
    closing = Closing(read, read, part, part)
    places = case.proofs.places(closing)
    for proof in part.proof:
        for path in case.fixes.files(proof, places):
            if path not in case.touched:
                continue
            lack = case.fixes.undone(read, part, path, places, case.merged)
            if lack is None:
                continue
            there = case.merged.tree.entry(path) is not None
            if not case.table.rows("proof file").fact(".").asks(_moved(there)):
                continue
            yield Refusal(
                "proof-changed",
                f"{part.id}: {path}, which proved the fix, {lack.reason}",
                path,
                span=Span(),
                side="" if there else "base",
                subject=f"{read.id}#{part.id}",
                field="proof",
                before=case.base.identity(path),
                after=case.merged.identity(path) or None,
                values={"postmortem": read.id, closing.kind: part.id, "path": path},
                help="" if there else _brought_back(case, read, part, path),
            )


def _brought_back(case: Case, read: Postmortem, part: Action | Condition, path: str) -> str:
    """What to do about a proof whose file was removed: the verb that verifies it anew needs it."""
    known = case.base.identity(path)
    moved = [at for at in case.merged.beside(case.base) if case.merged.identity(at) == known]
    if any(normal(proof.path) == path for proof in part.proof if proof.path) and moved:
        return f"let the proof of {part.id} follow its file: path: {moved[0]}"
    undo = "set met to false"
    if isinstance(part, Action):
        undo = f"open it again: pmlint move {read.id} {part.id} in-progress"
    return (
        f"restore {path}, or {undo}; to rename it, move it as it is and the path of the proof with "
        "it, and edit it in the next change"
    )
