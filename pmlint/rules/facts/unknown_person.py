"""Somebody who is named here is not on the roster.

Where there is a people file, an owner who is not on it is a typing error, a person who left, or a
group: nobody answers for the action.

Fix: correct the handle, or add the person to the people file.

Bad::
    authors: ["@stranger"]
Good::
    authors: ["@dana"]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Amendment, Approval, Part, Postmortem, Waiver
from pmlint.model.suggestions import Names
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Authors, owners, verifiers, approvers and signers, wherever they are named."""
    people = context.people
    if people is None:
        return
    known: Names | None = None
    for handle, part, *field in _named(postmortem):
        if handle and handle not in people:
            at = Path((*part.at, *field))
            known = known or Names(person.handle for person in people.all)
            help = known.near(handle) or f"add the person to {people.file}"
            yield Problem(f"'{handle}' is not in {people.file}", at, handle, help=help)


def _named(postmortem: Postmortem) -> Iterator[tuple[str, Part, *tuple[str | int, ...]]]:
    """Each handle with the part that names it and the field below the part."""
    yield from (
        (author, postmortem, "authors", number) for number, author in enumerate(postmortem.authors)
    )
    for action in postmortem.actions:
        yield action.owner, action, "owner"
        yield action.verified_by, action, "verified_by"
        yield from _approvers(action.cancelled, action.after_restart, *action.amendments)
    yield from _approvers(
        postmortem.withdrawn,
        *(control.accepted_risk for control in postmortem.failed_controls),
        *postmortem.waivers,
    )
    yield postmortem.restart.signoff.by, postmortem.restart.signoff, "by"


def _approvers(*approvals: Approval | Amendment | Waiver) -> Iterator[tuple[str, Part, str]]:
    for approval in approvals:
        yield approval.approved_by, approval, "approved_by"


RULE = Rule("unknown-person", Level.ERROR, "postmortem", check, __doc__)
