"""Somebody who is named here is not in the people file.

Where there is a people file, a name that is not in it is a typing error, a person who left, a group
or an agent: nobody answers for what it says.

Fix: correct the handle; a new colleague is added to the people file by somebody who knows them.

Bad::
    authors: ["@stranger"]
Good::
    authors: ["@dana"]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from pmlint.finding import Level, Problem
from pmlint.model import Amendment, Approval, People, Postmortem, Route, Waiver
from pmlint.model.owners import whom
from pmlint.model.saying import has_placeholder
from pmlint.model.suggestions import Names, did_you_mean
from pmlint.place import Path
from pmlint.project.agents import matches_agent
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule

_INSTEAD = {
    "several": "name one person; a second one can verify or approve",
    "group": "name one person of the group",
    "agent": "name the person who answers for the agent",
}
"""What to do about a name that no people file should have."""
_WHAT = {"several": "more than one person", "group": "a group", "agent": "an agent"}


class _Named(NamedTuple):
    """A handle and its place; ``others`` are the people who may not stand there: an approver is
    neither the owner nor an author.
    """

    handle: str
    at: Path
    others: tuple[str, ...] = ()
    is_author: bool = False
    is_owner: bool = False
    file: str = ""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Authors, owners, verifiers, approvers and signers, wherever they are named."""
    yield from _unknown(_named(postmortem), context)


def check_routes(index: Index, context: Context) -> Iterator[Problem]:
    """The owners of routes, who sign restarts, and who approved what was amended of a route."""
    native = {route.id for route in index.routes if not route.mapped}
    # A file of ours has the owner of what a platform's file maps (docs/spec/format.md).
    judged = [route for route in index.routes if not (route.mapped and route.id in native)]
    yield from _unknown(chain.from_iterable(map(_named_in_route, judged)), context)


def _unknown(every: Iterable[_Named], context: Context) -> Iterator[Problem]:
    people = context.people
    # Without a people file nobody is known, and all would be unknown (docs/spec/format.md).
    if people is None:
        return
    names: dict[tuple[str, ...], Names] = {}
    for named in every:
        if not named.handle or has_placeholder(named.handle):
            continue
        person = people.find(named.handle)
        # An agent may write a draft, and is named as its author; it may never own, verify or
        # approve (docs/spec/agents.md).
        if person is not None and (person.kind == "person" or named.is_author):
            continue
        # One that the gate knows as an agent needs no entry: CODEOWNERS has no room for its kind.
        if named.is_author and matches_agent(named.handle, context.settings.gate.agents):
            continue
        # The people file has the finding, at the entry that names somebody without a handle.
        if named.handle.casefold().removeprefix("@") in context.half_named:
            continue
        # A document has many handles and few sets of people who may not stand there; making the
        # names for each handle was half of what the rule costs (33 µs a document, now 17).
        if named.others not in names:
            names[named.others] = Names(_eligible(people, named.others))
        yield from _problem(named, people, names[named.others], is_marked=person is not None)


def _problem(named: _Named, people: People, names: Names, *, is_marked: bool) -> Iterator[Problem]:
    kind = "agent" if is_marked else whom(named.handle)
    # One span, one finding: two rules about one name would give two helps.
    if named.is_owner and kind != "person" and not is_marked:
        return  # action-owner or unowned-route says what is wrong with it
    if kind == "undecided":
        message = f"'{named.handle}' names nobody"
        help = _called(named, people) or "name one person by handle"
    elif kind in _INSTEAD and not (named.is_author and kind == "agent"):
        message, help = f"'{named.handle}' is {_WHAT[kind]}", _INSTEAD[kind]
        handles = re.findall(r"@[\w.-]+", named.handle)
        if named.is_author and len(handles) > 1:
            help = "write each by itself: " + ", ".join(f'"{one}"' for one in handles)
    else:
        message = f"'{named.handle}' is not in {people.file}"
        help = _called(named, people) or names.near(named.handle) or _add(kind, people)
    yield Problem(message, named.at, named.handle, help=help, file=named.file)


def _called(named: _Named, people: People) -> str:
    """The one person whose name or address was written in place of the handle, as a question."""
    # 'Dana <dana@example.org>', as git and mail write it
    written = {named.handle.casefold(), *re.split(r"\s*[<>]\s*", named.handle.casefold())} - {""}
    eligible = _eligible(people, named.others)
    found = [
        person.handle
        for person in people.all
        if written & {person.name.casefold(), person.email.casefold()} and person.handle in eligible
    ]
    return did_you_mean(found[0]) if len(found) == 1 else ""


def _add(kind: str, people: People) -> str:
    """Whom to add to the people file: never a group, an agent or a placeholder."""
    if kind == "agent" and people.file.endswith("CODEOWNERS"):
        return "correct the handle, or name it in 'agents' of [tool.pmlint.gate]"
    if kind == "agent":
        return f"correct the handle, or list it in {people.file} with kind: agent"
    return f"correct the handle, or add the person to {people.file}"


def _eligible(people: People, others: tuple[str, ...]) -> list[str]:
    """The people who may be meant; never an agent, and nobody who may not be there."""
    barred = {other.casefold() for other in others}
    return [
        person.handle
        for person in people.all
        # a handle that lacks its '@' is wrong itself, and must not be spread
        if person.kind == "person"
        and "@" in person.handle
        and person.handle.casefold() not in barred
    ]


def _named(postmortem: Postmortem) -> Iterator[_Named]:
    """Each handle with its place."""
    authors = postmortem.authors
    for number, author in enumerate(authors):
        yield _Named(author, postmortem.at / "authors" / number, is_author=True)
    for action in postmortem.actions:
        yield _Named(action.owner, action.at / "owner", is_owner=True)
        yield _Named(action.verified_by, action.at / "verified_by", (action.owner,))
        approved: tuple[Approval | Amendment, ...] = (
            action.cancelled,
            action.after_restart,
            *action.amendments,
        )
        yield from _approvers((action.owner, *authors), *approved)
        yield from _approvers((action.owner, *authors), *(proof.older for proof in action.proof))
    for condition in postmortem.restart.conditions:
        yield from _approvers(authors, *condition.amendments)
    risks = (control.accepted_risk for control in postmortem.failed_controls)
    yield from _approvers(authors, postmortem.withdrawn, *risks, *postmortem.waivers)
    yield from _approvers(authors, *postmortem.amendments)
    for signoff in postmortem.restart.signoffs:
        yield _Named(signoff.by, signoff.at / "by")


def _named_in_route(route: Route) -> Iterator[_Named]:
    yield _Named(route.owner, route.place("owner"), is_owner=True, file=route.file)
    for named in _approvers((), *route.amendments):
        yield named._replace(file=route.file)


def _approvers(
    others: tuple[str, ...], *approvals: Approval | Amendment | Waiver
) -> Iterator[_Named]:
    for approval in approvals:
        yield _Named(approval.approved_by, approval.at / "approved_by", others)


RULE = Rule("unknown-person", Level.ERROR, "postmortem", check, __doc__)
ROUTES = Rule("unknown-person", Level.ERROR, "repository", check_routes, __doc__)
