"""Links between postmortems and routes: the union of both sides, and it may only grow
(docs/spec/gate.md, 1 and 4).

A link that one side keeps is a link. One that is lost on the last side is refused once, at the
side that had it, unless an amendment in the postmortem or in the route says who approved that.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.returning import is_on_the_way
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.ledgers.statement import in_full
from pmlint.gate.refusal import Refusal, spaced
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Snapshot
from pmlint.gate.values import is_absent
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.project.repositories import SEPARATOR, is_foreign_name


def link_refusals(case: Case, settled: Settled) -> Iterator[Refusal]:
    """Every link of the base that the merge result lost while the postmortem blocks the route."""
    if case.base.registry is not case.merged.registry:
        yield from _foreign_links(case)
    for name, route in sorted(_candidates(case)):
        before = case.postmortem(case.base, name)
        after = case.postmortem(case.merged, name)
        if before is None or after is None or route in _linked(case.merged, after):
            continue
        if route not in case.merged.routes and case.base.routes.get(route):
            continue  # the route was removed, which is refused by itself
        if is_absent(route) and route not in case.base.routes:
            continue  # a placeholder of the skeleton (docs/spec/gate.md, 4)
        if not settled.blocks(name) and not is_on_the_way(case, before, (route,)):
            continue
        change = _change(case, before, after, route)
        if not change.loosens:
            continue
        people = (*before.authors, *after.authors, case.owner_of_record(route))
        lack = lack_of(change, case.approvals, people, case.today.latest)
        if lack is not None:
            yield Refusal(
                "link-removed",
                f"{name} and the route '{route}' are no longer linked{spaced(lack)}",
                after.file,
                after.at / "routes",
                subject=name,
                field="routes[]",
                before=route,
                values={"postmortem": name, "route": route},
            )


def _foreign_links(case: Case) -> Iterator[Refusal]:
    """Every postmortem of another repository that a route no longer names. Where no ledger says
    that it holds nothing here, it counts as one that does.
    """
    row = case.table.rows("route").field("postmortems[]")
    for route, places in sorted(case.base.routes.items()):
        after = case.merged.routes.get(route, [])
        kept = {name for place in after for name in place.postmortems}
        lost = {name for place in places for name in place.postmortems} - kept
        for name in sorted(filter(is_foreign_name, lost if after else ())):
            # the ledger is asked, though nothing is restored: it can only allow
            if _is_settled_there(case, route, name):
                continue
            at = after[0].place("postmortems")
            scopes = tuple(
                Scope(old.data, new.data, f"postmortems.{name}")
                for old, new in zip(places, after, strict=False)
            )
            change = FieldChange(row, "removed", name, None, at, at, scopes)
            people = (case.owner_of_record(route),)
            lack = lack_of(change, case.approvals, people, case.today.latest)
            if change.loosens and lack is not None:
                yield Refusal(
                    "link-removed",
                    f"{name} and the route '{route}' are no longer linked{spaced(lack)}",
                    after[0].file,
                    at,
                    subject=route,
                    field="postmortems[]",
                    before=name,
                    help=f"restore the link, or give the ledger that says that it holds nothing: "
                    f"pmlint gate --ledger FILE; or record who approved: pmlint amend {route} "
                    f"--remove postmortems.{name} --reason REASON --approved-by HANDLE",
                )


def _is_settled_there(case: Case, route: str, name: str) -> bool:
    """Whether a ledger that counts names the route, and a postmortem of its repository holds it no
    more.
    """
    ledger = case.ledgers.find(name.partition(SEPARATOR)[0])
    full = in_full(case.settings.repository, route)
    if ledger is None or full not in ledger.routes:
        return False
    return all(hold.postmortem != name for hold in ledger.routes[full])


def _candidates(case: Case) -> set[tuple[str, str]]:
    """The links of the base that the change could have touched."""
    found: set[tuple[str, str]] = set()
    for name, (before, _) in case.pairs.items():
        if isinstance(before, Postmortem):
            found.update((name, route) for route in _linked(case.base, before))
    if case.base.registry is not case.merged.registry:
        for route, places in case.base.routes.items():
            found.update((link, route) for place in places for link in place.postmortems)
    return found


def _linked(side: Snapshot, read: Postmortem) -> set[str]:
    return {*read.routes, *side.routes_of_postmortem.get(read.id, ())}


def _change(case: Case, before: Postmortem, after: Postmortem, route: str) -> FieldChange:
    """The loss as one change, with the records in which it may be approved; by the row of the side
    that had it, of the postmortem where both did.
    """
    scopes = [Scope(before.data, after.data, f"routes.{route}")]
    places = case.base.routes.get(route, [])
    for old, new in zip(places, case.merged.routes.get(route, []), strict=False):
        scopes.append(Scope(old.data, new.data, f"postmortems.{before.id}"))
    row = case.table.rows("postmortem").field("routes[]")
    if route not in before.routes:
        named = next(place for place in places if before.id in place.postmortems)
        row = case.table.rows("place" if named.mapped else "route").field("postmortems[]")
    at = Path() / "routes"
    # an amendment in the route names the postmortem, one in the postmortem the route
    return FieldChange(row, "removed", _Either(route, before.id), None, at, at, tuple(scopes))


class _Either(str):
    """A link as either side writes it: equal to the route's id and to the postmortem's."""

    def __new__(cls, route: str, postmortem: str) -> _Either:
        made = super().__new__(cls, route)
        made.other = postmortem
        return made

    other: str

    def __eq__(self, said: object) -> bool:
        return str.__eq__(self, said) is True or said == self.other

    def __hash__(self) -> int:
        return str.__hash__(self)
