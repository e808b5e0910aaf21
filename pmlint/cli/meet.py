"""``pmlint meet``: a restart condition is met, with proof."""

from __future__ import annotations

import click

from pmlint.cli.proving import approved, takes_proof
from pmlint.cli.writing import Desk, at_desk, edited, land, writes
from pmlint.edit import changed
from pmlint.edit.life import meeting, next_step
from pmlint.edit.proof import NamedProof, entry_of
from pmlint.edit.record import find_review
from pmlint.model import Postmortem

EXAMPLES = """
\b
Examples:
  pmlint meet PM-2026-001 R1 --proof evidence/PM-2026-001/propose-only.md
  pmlint meet PM-2026-001 R1 --proof https://ci.example/run/81 --sha256 9f2c...
"""


@click.command("meet", epilog=EXAMPLES)
@click.argument("record", metavar="ID")
@click.argument("condition")
@takes_proof("What shows that the condition is met.")
@writes
def command(record: str, condition: str, asked: NamedProof, diff: bool, now: str | None) -> None:
    """Mark restart CONDITION of postmortem ID as met, with proof.

    For people alone: the gate refuses it in an agent's change.
    """

    def work(desk: Desk) -> None:
        project = desk.project
        review = find_review(project.tree, project.settings, record)
        found = review.condition(condition)
        named = approved(asked, desk, review, found)
        entry = entry_of(project.tree, desk.history, named, found.text, review.file)
        day = desk.day.isoformat()

        def gone(path: str) -> bool:
            return project.tree.entry(path) is None

        after = changed(review.document, *meeting(review.postmortem, found, entry, day, gone))
        met = Postmortem(after.data, review.file, after.body)
        land(desk, [edited(review.document, after)], next_step=next_step(met), diff=diff)

    at_desk(now, work)
