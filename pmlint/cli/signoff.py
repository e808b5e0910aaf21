"""``pmlint signoff``: the owner of a route signs its restart, in the postmortem or by SSH key."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from typing import NamedTuple

import click

from pmlint.check.engine import check_tree
from pmlint.cli.writing import Desk, at_desk, edited, land, writes
from pmlint.edit import changed
from pmlint.edit.life import signing, signoffs, waits_for
from pmlint.edit.record import Review, find_review, find_route, handle, known_people
from pmlint.edit.refusal import Refused
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model import People, Route
from pmlint.model.dates import parse_date
from pmlint.model.suggestions import nearest
from pmlint.parsing.escape import terminal
from pmlint.project.configuration import load
from pmlint.project.holds import same
from pmlint.project.index import Index
from pmlint.project.repositories import full_name, is_foreign_name

EXAMPLES = """
\b
Examples:
  pmlint signoff refund-triage
  pmlint signoff refund-triage --by @maria --diff
  pmlint signoff refund-triage --key ~/.ssh/id_ed25519
  pmlint signoff github.com/acme/mail//mail-desk --by @maria     a route of another repository
"""


@click.command("signoff", epilog=EXAMPLES)
@click.argument("route")
@click.option("--by", metavar="HANDLE", default="", help="Who signs (default: the route's owner).")
@click.option(
    "--key",
    metavar="FILE",
    default="",
    help="Private SSH key of the owner; writes a signed statement.",
)
@click.option("--expires", metavar="DATE", help="Expiry date (default: in 14 days).")
@writes
def command(
    route: str, by: str, key: str, expires: str | None, diff: bool, now: str | None
) -> None:
    """Sign off the restart of ROUTE in every linked postmortem that waits for it.

    With --key it signs the route's file as it is here, with all its postmortems: do that last,
    after the flag is set. For people alone: the gate refuses it in an agent's change.
    """
    if expires and not key:
        raise UsageError("--expires belongs to --key", help="a recorded sign-off does not expire")

    def work(desk: Desk) -> None:
        project = desk.project
        index = check_tree(project.tree, project.settings, desk.today).repository_index
        if is_foreign_name(route):
            name = full_name(route, project.settings.repositories)
            _record(desk, _elsewhere(name, index, by, key), index, by, diff=diff)
            return
        known = find_route(project.tree, project.settings, route)[0]
        if key:
            _sign(desk, known, index, key, expires)
            return
        _record(desk, known, index, by, diff=diff)

    at_desk(now, work)


def _elsewhere(name: str, index: Index, by: str, key: str) -> Route:
    """A route of another repository that postmortems here hold. Who owns it is known over there,
    and the people here review who signs. Raises `UsageError` where nothing holds it.
    """
    if not index.linked(name):
        raise UsageError(
            f"no postmortem here names the route '{name}'",
            help=nearest(name, index.links()) or "'pmlint show ID' prints the routes of one",
        )
    if key:
        raise UsageError(
            f"--key signs the file of a route, and that of '{name}' is in another repository",
            help="sign there, or record the sign-off here without --key",
        )
    if not by:
        raise UsageError(
            f"the owner of '{name}' is not known here", help="name who signs: --by @maria"
        )
    return Route(id=name, file="", owner=f"@{by.removeprefix('@')}")


def _record(desk: Desk, route: Route, index: Index, by: str, *, diff: bool) -> None:
    """Write the sign-off into each linked postmortem that waits for it."""
    project = desk.project
    people = known_people(project.tree, project.settings)
    signer = handle(by or route.owner, people, "--by" if by else "the route's owner")
    # Only the owner of record signs (docs/spec/gate.md, 6); saying so here spares a pull request.
    if not same(signer, route.owner):
        raise Refused(
            [
                Finding(
                    "signed-by-another",
                    Level.ERROR,
                    f"'{route.id}' is owned by {route.owner or 'nobody'}, not by {signer}",
                    route.file,
                    subject=route.id,
                    help=f"let {route.owner or 'its owner'} run pmlint signoff {route.id}",
                )
            ]
        )
    reviews = [
        find_review(project.tree, project.settings, facts.id) for facts in index.linked(route.id)
    ]
    wanted = [review for review in reviews if _lacks(review, signer)]
    ready = [review for review in wanted if not waits_for(review.postmortem)]
    early = [_early(review, route) for review in wanted if review not in ready]
    # Where some wait and others are ready, the ready ones are signed and the rest is named.
    if early and not ready:
        raise Refused(early)
    if not ready:
        click.echo(terminal(f"no postmortem of '{route.id}' waits for a sign-off"))
        return
    for finding in early:
        click.echo(terminal(f"not signed: {finding.message}"))
    day = desk.day.isoformat()
    edits = [
        edited(review.document, changed(review.document, *signing(review.postmortem, signer, day)))
        for review in ready
    ]
    land(desk, edits, next_step=_next_step(desk, route, ready, early), diff=diff)


def _next_step(desk: Desk, route: Route, signed: list[Review], early: list[Finding]) -> str:
    """What comes after the sign-off: the restart, with its clock where nothing else waits."""
    if is_foreign_name(route.id):
        where = route.id.partition("//")[0]
        return f"merge it; with the next ledger '{route.id}' may be restored in {where}"
    if not all(_is_settled_on_base(desk, review) for review in signed):
        return (
            f"merge it; set the restart flag of '{route.id}' in the change after it: "
            "what is met or closed here counts from then on"
        )
    flag = f"set the restart flag of '{route.id}' in the same change"
    if early:
        return f"{flag} once nothing is left; 'pmlint why {route.id}' says what is"
    review = signed[0].postmortem
    # With several routes the review stays open until each of them runs again.
    is_last = len(review.routes) < 2
    clock = (
        f"move {review.id} closed --restarted DAY"
        if is_last
        else f"amend {review.id} --set clocks.restart=DAY"
    )
    return f"{flag}, then the day of it: pmlint {clock}"


def _is_settled_on_base(desk: Desk, review: Review) -> bool:
    """Whether the base has what was signed. What a change meets or closes itself cannot restore a
    route in it (docs/spec/gate.md, 5).
    """
    if desk.history is None:
        return True
    try:
        base = find_review(desk.history.tree(), desk.project.settings, review.postmortem.id)
    except UsageError:  # it is not there
        return False
    return not waits_for(base.postmortem)


def _lacks(review: Review, signer: str) -> bool:
    """Whether a postmortem has conditions, and no sign-off by this person."""
    signed = (one.get("by") for one in signoffs(review.postmortem))
    return bool(review.postmortem.restart.conditions) and not any(
        isinstance(name, str) and same(name, signer) for name in signed
    )


def _early(review: Review, route: Route) -> Finding:
    left = ", ".join(waits_for(review.postmortem))
    name = review.postmortem.id
    return Finding(
        "early-signoff",
        Level.ERROR,
        f"{name} is not ready to be signed off: {left}",
        review.file,
        review.document.locate(review.postmortem.at / "restart"),
        "/restart",
        name,
        f"'pmlint why {route.id}' says what releases it",
    )


def _sign(desk: Desk, here: Route, index: Index, key: str, expires: str | None) -> None:
    """Write the signed statement of a route: ``signoffs/ROUTE.json``."""
    from pmlint.gate.signing import FOLDER, InvalidSignature, require_signoff, signoff_file
    from pmlint.parsing.writing import write

    project = desk.project
    route, people = _of_record(desk, here)
    names = sorted(index.links().get(route.id, ()))
    restart = _Restart(route, names, project.tree.read(route.file), people, key)
    last, text = restart.signed(_last_day(expires, desk.day), desk, is_chosen=bool(expires))
    try:
        # Read back by what the gate uses: a statement that it would refuse is never written.
        require_signoff(text, route, restart.registry, names, people, desk.day)
    except InvalidSignature as error:
        raise UsageError(
            str(error),
            help=f"sign with the key that {project.settings.people} names for {route.owner}",
        ) from None
    os.makedirs(os.path.join(project.root, FOLDER), exist_ok=True)
    write(os.path.join(project.root, *signoff_file(route.id).split("/")), text.encode())
    signed = ", ".join(names) or "no postmortem"
    click.echo(terminal(f"wrote {signoff_file(route.id)}"))
    click.echo(terminal(f"next: merge it by {last}; {route.owner} signed {signed}"))


def _of_record(desk: Desk, here: Route) -> tuple[Route, People | None]:
    """The route with its owner of record, and the people whose keys count: those of the base,
    which a change moves for the next one (docs/spec/gate.md, 6).
    """
    project = desk.project
    if desk.history is None:
        return here, known_people(project.tree, project.settings)
    base = desk.history.tree()
    settings = load(base)
    try:
        owner = find_route(base, settings, here.id)[0].owner
    except UsageError:  # it is new
        owner = here.owner
    return here._replace(owner=owner), known_people(base, settings)


class _Restart(NamedTuple):
    """What the owner of a route signs: the route as it is here, and its postmortems."""

    route: Route
    names: list[str]
    registry: bytes
    people: People | None
    key: str

    def signed(self, last: date, desk: Desk, *, is_chosen: bool) -> tuple[date, str]:
        """The file of a new sign-off and its last day: of a route that was restored as it is
        before, the same statement would be used, and an earlier day makes it another one.
        Raises `UsageError` where no day is left, or the chosen one is used.
        """
        from pmlint.gate.signing import InvalidSignature, earlier_signoffs, require_unused

        history, route = desk.history, self.route
        earlier = earlier_signoffs(history.repository, history.base, route.id) if history else ()
        known = tuple(earlier)
        first = last if is_chosen else desk.day
        while last >= first:
            text = self._text(last)
            try:
                require_unused(text, known, route, self.registry, self.people)
            except InvalidSignature:
                last -= timedelta(days=1)
                continue
            return last, text
        raise UsageError(
            f"{route.owner} signed this very restart of '{route.id}' before",
            help=f"choose another last day: --expires {desk.day + timedelta(days=15)}",
        )

    def _text(self, last: date) -> str:
        from pmlint.gate.signing import sign, statement

        what = statement(self.route.id, self.names, self.registry, last)
        data = {
            "by": self.route.owner,
            "expires": last.isoformat(),
            "postmortems": self.names,
            "route": self.route.id,
            "signature": sign(what, self.key),
        }
        return json.dumps(data, indent=2) + "\n"


def _last_day(text: str | None, day: date) -> date:
    last = parse_date(text) if text else day + timedelta(days=14)
    if last is None or last < day:
        raise UsageError(
            f"--expires '{text}' is not a day from today on", help="write --expires 2026-12-08"
        )
    return last
