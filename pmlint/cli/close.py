"""``pmlint close``: an action is done, with its proof and who verified it."""

from __future__ import annotations

import click

from pmlint.cli.proving import approved, takes_proof
from pmlint.cli.writing import Desk, at_desk, edited, land, writes
from pmlint.edit import changed
from pmlint.edit.life import closing, next_step
from pmlint.edit.proof import NamedProof, entry_of
from pmlint.edit.record import Review, find_review, handle, known_people
from pmlint.edit.refusal import refused
from pmlint.model import Action, Postmortem
from pmlint.project.holds import same

EXAMPLES = """
\b
Examples:
  pmlint close PM-2026-001 A2 --proof tests/test_refund_scope.py --verified-by @tom
  pmlint close PM-2026-001 A2 --proof 4be1f0c --verified-by @tom --diff
  pmlint close PM-2026-001 A2 --proof https://ci.example/run/81 --sha256 9f2c... --verified-by @tom
"""


@click.command("close", epilog=EXAMPLES)
@click.argument("record", metavar="ID")
@click.argument("action")
@click.option(
    "--verified-by", required=True, metavar="HANDLE", help="Who checked it; not the owner."
)
@takes_proof("What shows that it has landed.")
@writes
def command(
    record: str,
    action: str,
    asked: NamedProof,
    verified_by: str,
    diff: bool,
    now: str | None,
) -> None:
    """Set ACTION of postmortem ID to done, with its proof and its verifier.

    Of an action that is done already it verifies the proof anew. For people alone: the gate refuses
    it in an agent's change.
    """

    def work(desk: Desk) -> None:
        project = desk.project
        review = find_review(project.tree, project.settings, record)
        found = review.action(action)
        people = known_people(project.tree, project.settings)
        verifier = handle(verified_by, people, "--verified-by")
        _may_close(review, found, verifier)
        named = approved(asked, desk, review, found)
        place = str(found.data.get("place") or f"{found.title}\n{found.done_when}")
        entry = entry_of(project.tree, desk.history, named, place, review.file)
        _has_landed(desk, review, found, entry)
        day = desk.day.isoformat()

        def gone(path: str) -> bool:
            return project.tree.entry(path) is None

        after = changed(
            review.document, *closing(review.postmortem, found, entry, verifier, day, gone)
        )
        closed = Postmortem(after.data, review.file, after.body)
        land(desk, [edited(review.document, after)], next_step=next_step(closed), diff=diff)

    at_desk(now, work)


def _may_close(review: Review, action: Action, verifier: str) -> None:
    """Raise `Refused` for a closing that nobody else verified, or of a cancelled action."""
    subject = f"{review.postmortem.id}#{action.id}"
    if action.status == "cancelled":
        raise refused(
            "closed-without-proof",
            f"{action.id} is cancelled",
            review.document,
            action.at / "status",
            subject=subject,
            help=f"open it again first: pmlint move {review.postmortem.id} {action.id} open",
        )
    if same(verifier, action.owner):
        raise refused(
            "not-verified",
            f"{verifier} owns {action.id} and cannot verify it",
            review.document,
            action.at / "owner",
            subject=subject,
            help="name somebody else who checked it",
        )


def _has_landed(desk: Desk, review: Review, action: Action, entry: dict[str, object]) -> None:
    """Raise `Refused` for a commit that is only on this branch: a squash or a rebase gives it
    another id (docs/spec/gate.md, 5).
    """
    commit = entry.get("commit")
    if not isinstance(commit, str) or desk.history is None:
        return
    if getattr(desk.project.settings.gate, "keeps_commits", False):
        return
    if not desk.history.has_landed(commit):
        raise refused(
            "proof-not-on-base",
            f"{action.id}: the commit {commit[:12]} is only on this branch, and its id does not "
            "survive a squash or a rebase",
            review.document,
            action.at,
            subject=f"{review.postmortem.id}#{action.id}",
            help="name the file instead (--proof PATH), or merge the fix first and close with the "
            "id that it has on the default branch",
        )
