"""What a change closes: its proof answers it, and somebody else verified it (docs/spec/gate.md, 5).

A closing is asked where the change makes it, or touches what it rests on: the status, the proof,
the verifier. A proof that follows its file as it is, is the same proof.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from pmlint.gate.case import Case
from pmlint.gate.comparison import FieldChange
from pmlint.gate.proofs.closing import Closing, follows_its_file
from pmlint.gate.refusal import Lack, Refusal
from pmlint.gate.settled import Settled
from pmlint.model import Action, Postmortem
from pmlint.model.restart import Condition


def closing_refusals(
    case: Case,
    settled: Settled,
    before: Postmortem | None,
    after: Postmortem,
    changes: Iterable[FieldChange],
) -> Iterator[Refusal]:
    """What is wrong with what a change closes; ``changes`` are those that a proof frees."""
    touched = {(change.at[0], change.part) for change in changes if change.at}
    old = {action.id: action for action in before.actions} if before else {}
    for action in after.actions:
        if action.status == "done" and ("actions", action.id) in touched:
            known = old.get(action.id)
            if known is not None and follows_its_file(known, action, case.base, case.merged):
                continue
            closing = Closing(after, before, known, action)
            lack = settled.not_verified(known, action, after)
            lack = case.proofs.lacking(closing, case.proofs.in_result) or lack
            if lack is not None:
                yield _refusal(case, closing, action, lack)
    conditions = {item.id: item for item in before.restart.conditions} if before else {}
    for condition in after.restart.conditions:
        if condition.met and ("restart", condition.id) in touched:
            earlier = conditions.get(condition.id)
            if earlier is not None and follows_its_file(earlier, condition, case.base, case.merged):
                continue
            closing = Closing(after, before, earlier, condition)
            lack = case.proofs.lacking(closing, case.proofs.in_result)
            # what where approvals are asked for meets a condition is approved like a closing
            lack = lack or case.approvals.not_approved(after.authors)
            if lack is not None:
                yield _refusal(case, closing, condition, lack)


def _refusal(case: Case, closing: Closing, part: Action | Condition, lack: Lack) -> Refusal:
    after = closing.postmortem
    is_action = isinstance(part, Action)
    code = lack.code or ("closed-without-proof" if is_action else "unproven-condition")
    field = "verified_by" if code == "not-verified" else "proof"
    proof = part.proof[0] if part.proof else None
    shown = ""
    if proof is not None:
        shown = proof.path or proof.commit or proof.uri
    places = case.proofs.places(closing)
    record = "actions" if is_action else "restart.conditions"
    verb = "closed" if is_action else "met"
    return Refusal(
        code,
        f"{part.id} is {verb}, but {lack.reason}",
        after.file,
        part.at / field,
        subject=f"{after.id}#{part.id}",
        field=f"{record}[].{field}",
        before=closing.before.data.get(field) if closing.before else None,
        after=part.data.get(field),
        values={
            "postmortem": after.id,
            closing.kind: part.id,
            "place": " or ".join(places),
            "proof": shown,
            "path": shown,
        },
        help=_digest_help(closing, part) if code == closing.missing_code else "",
    )


def _digest_help(closing: Closing, part: Action | Condition) -> str:
    """How a record elsewhere gets its digest; empty where the proof is none of these."""
    uri = part.proof[0].uri if part.proof else ""
    if not uri.strip():
        return ""
    record = f"--proof {shlex.quote(uri)} --sha256 SHA256"
    about = f"{closing.postmortem.id} {part.id}"
    if isinstance(part, Condition):
        return f"pmlint meet {about} {record}"
    return f"pmlint close {about} {record} --verified-by HANDLE"
