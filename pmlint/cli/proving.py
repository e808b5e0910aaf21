"""The proof that `close` and `meet` ask for, and who approved one that is older than its part."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from pmlint.cli.writing import Command, Desk
from pmlint.edit.approver import one_line, require_other
from pmlint.edit.proof import NamedProof
from pmlint.edit.record import Review, handle, known_people
from pmlint.errors import UsageError
from pmlint.model import Action
from pmlint.model.restart import Condition


def takes_proof(shows: str) -> Callable[[Command], Command]:
    """Add the options of a proof to a verb, which gets them as ``asked``; ``shows`` says what the
    proof shows.
    """
    options = (
        click.option("--proof", required=True, metavar="COMMIT|PATH|URI", help=shows),
        click.option(
            "--sha256", metavar="DIGEST", default="", help="SHA-256 of the content at the URI."
        ),
        click.option(
            "--older", metavar="REASON", default="", help="Why the proof is older than the review."
        ),
        click.option(
            "--approved-by",
            metavar="HANDLE",
            default="",
            help="Who approved that an older proof counts.",
        ),
    )

    def with_options(command: Command) -> Command:
        @wraps(command)
        def run(
            *arguments: Any, proof: str, sha256: str, older: str, approved_by: str, **others: Any
        ) -> object:
            if bool(older) != bool(approved_by):
                raise UsageError(
                    "--older and --approved-by belong together",
                    help='--older "it landed during the incident" --approved-by @dana',
                )
            asked = NamedProof(proof, sha256, older, approved_by)
            return command(*arguments, asked=asked, **others)

        decorated: Command = run
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return with_options


def approved(asked: NamedProof, desk: Desk, review: Review, part: Action | Condition) -> NamedProof:
    """A proof with its approver as the people file writes the handle.

    Raises `UsageError` for somebody unknown, and `Refused` for an author or the owner, whose
    approval the gate would not take.
    """
    if not asked.older:
        return asked
    people = known_people(desk.project.tree, desk.project.settings)
    approver = handle(asked.approved_by, people, "--approved-by")
    parties = [(author, "an author") for author in review.postmortem.authors]
    if isinstance(part, Action):
        parties = [(part.owner, f"the owner of {part.id}"), *parties]
    require_other(
        approver,
        parties,
        code="proof-too-old",
        document=review.document,
        at=part.at,
        subject=f"{review.postmortem.id}#{part.id}",
    )
    return asked._replace(
        older=one_line(asked.older, "--older", "it landed during the incident"),
        approved_by=approver,
    )
