"""The verdict over a change: comparison → checks → verdict (docs/spec/gate.md, 11).

1. ``unjudged`` (exit 2) where something could not be read, found or told; what is refused besides
   is printed all the same.
2. ``refused`` (exit 1) where anything is refused.
3. ``allowed`` (exit 0) else, and only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pmlint.check.verdict import RouteVerdict, UsedLedger, Verdict
from pmlint.errors import UsageError
from pmlint.finding import Finding
from pmlint.gate.case import Case, GateChange
from pmlint.gate.checks.agents import agent_refusals, author_of
from pmlint.gate.checks.evidence import evidence_refusals
from pmlint.gate.checks.facts import facts_of_restart
from pmlint.gate.checks.files import file_refusals
from pmlint.gate.checks.judge import Judge
from pmlint.gate.checks.judged_by import weakening_refusals
from pmlint.gate.checks.links import link_refusals
from pmlint.gate.checks.postmortems import postmortem_refusals
from pmlint.gate.checks.promises import promise_refusals
from pmlint.gate.checks.routes import judge_routes
from pmlint.gate.checks.signatures import signature_refusals
from pmlint.gate.checks.stages import next_stage_hold
from pmlint.gate.checks.unjudged import unjudged_refusals
from pmlint.gate.checks.workflows import workflow_refusals
from pmlint.gate.ledgers.judgement import warnings
from pmlint.gate.refusal import Refusal
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Memory
from pmlint.git import GitTree
from pmlint.model import Route
from pmlint.place import Span
from pmlint.project.holds import Hold
from pmlint.rules import RULES

_ONCE = frozenset(("cancelled-without-approval", "withdrawn-without-approval", "end-weakened"))
"""Codes that two fields of one change give: a status and the reason beside it are one refusal."""


def judge(change: GateChange, memory: Memory | None = None) -> Verdict:
    """Whether a change may merge. Raises `UsageError` (or `Unjudged`) where nobody can tell.

    ``memory`` is what was read for other changes of the same repository.
    """
    case = Case(change, memory)
    settled = Settled(case)
    judged = list(judge_routes(case, settled))
    routes = [item.verdict for item in judged if item.verdict is not None]
    restarts = any(_is_restart(case, settled, route) for route in routes)
    refusals = [
        *unjudged_refusals(case),
        *file_refusals(case),
        *postmortem_refusals(case, settled),
        *link_refusals(case, settled),
        *evidence_refusals(case, settled),
        *(refusal for item in judged for refusal in item.refusals),
        *promise_refusals(case, restores=bool(routes)),
        *judge_refusals(case, settled, restarts=restarts),
        *agent_refusals(case),
    ]
    verdict = verdict_of(case, refusals, routes)
    return with_ledgers(case, verdict) if routes else verdict


def with_ledgers(case: Case, verdict: Verdict) -> Verdict:
    """A verdict over a restart, with the ledgers that counted and what is odd about them."""
    used = tuple(
        UsedLedger(one.repository, one.commit, one.sequence, one.as_of.isoformat())
        for one in case.ledgers.accepted
    )
    known = sorted(case.base.routes.keys() | case.merged.routes.keys())
    return verdict._replace(
        ledgers=used, warnings=tuple(warnings(case.ledgers, case.settings, known))
    )


def verdict_of(case: Case, refusals: Iterable[Refusal], routes: Iterable[RouteVerdict]) -> Verdict:
    """The verdict that refusals amount to, each as a finding at its place."""
    kept = list(_once(refusals))
    word: Literal["allowed", "refused", "unjudged"] = "refused" if kept else "allowed"
    if any(refusal.is_unjudged for refusal in kept):
        word = "unjudged"
    found = sorted((_finding(case, refusal) for refusal in kept), key=lambda finding: finding.order)
    cases = tuple(
        f"{finding.code}: {finding.message}" for finding in found if finding.code != "route-held"
    )
    author = author_of(case, kept)
    return Verdict(word, tuple(routes), cases, counted(case), tuple(found), author=author)


def judge_refusals(case: Case, settled: Settled, *, restarts: bool) -> Iterator[Refusal]:
    """What the change weakens of what later changes are judged by."""
    try:
        what = Judge(case, settled, restarts=restarts)
        yield from weakening_refusals(what)
    except UsageError as error:
        yield Refusal(
            error.code or "unreadable-configuration",
            error.message,
            error.file or case.settings.file,
            span=error.span or Span(),
            help=error.help,
            values={"path": error.file},
        )
        return
    yield from signature_refusals(case, settled, what.scope)
    found = list(workflow_refusals(case, what.scope))
    # whether anything is held is asked last: it takes every postmortem of the base
    if found and (restarts or settled.anything_held):
        yield from found


def _is_restart(case: Case, settled: Settled, route: RouteVerdict) -> bool:
    """Whether a route that is given something is one that postmortems or signatures speak of."""
    return bool(case.linked([route.route])) or settled.is_signed(route.route)


def holds_now(change: GateChange, route: str) -> tuple[Hold, ...]:
    """What would block a route if the change restarted it.

    Reads only what is linked to the route. Raises `UsageError` where nobody can tell.
    """
    case = Case(change)
    place = case.merged.routes.get(route, [Route(route, "")])[0]
    return _holds(case, Settled(case), place)


def every_hold_now(change: GateChange) -> dict[str, tuple[Hold, ...]]:
    """What `holds_now` says of each route, the documents read once; raises as that does."""
    case = Case(change)
    settled = Settled(case)
    places = {route: found[0] for route, found in case.merged.routes.items()}
    elsewhere = {name: Route(name, "") for name in case.foreign_routes}
    return {route: _holds(case, settled, place) for route, place in (places | elsewhere).items()}


def _holds(case: Case, settled: Settled, place: Route) -> tuple[Hold, ...]:
    """Postmortems, then the facts that a route does not show: budgets, drills, replays; then the
    stage before it.
    """
    held = settled.restart_holds(place, frozenset((place.id,)))
    return (*held, *facts_of_restart(case, place), *next_stage_hold(case, place))


def _once(refusals: Iterable[Refusal]) -> Iterator[Refusal]:
    """Each refusal once, however many questions came to it."""
    seen: set[tuple[object, ...]] = set()
    for refusal in refusals:
        key: tuple[object, ...] = (refusal.code, refusal.subject)
        if refusal.code not in _ONCE:
            key = (*key, refusal.message, refusal.file, refusal.at)
        if key not in seen:
            seen.add(key)
            yield refusal


def _finding(case: Case, refusal: Refusal) -> Finding:
    side = case.base if refusal.side == "base" else case.merged
    span = refusal.span
    if span is None:
        span = side.locate(refusal.file, refusal.at)
    return refusal.finding(span)


def counted(case: Case) -> dict[str, str]:
    """What was compared, by full ids, and how much of it there was."""
    result = case.change.result
    demands = case.change.organisation
    return {
        "base": case.change.base,
        "head": case.change.head or "what is not committed yet",
        "merge result": result.revision if isinstance(result, GitTree) else "the work tree",
        "policies": case.change.base,
        **({"organisation": demands.digest} if demands else {}),
        "author": case.change.author or "not named",
        "approvals": case.settings.gate.approvals,
        "routes": str(len(case.merged.registry.routes)),
        "postmortems": str(len(case.merged.files)),
        "rules": str(len(case.policies.policies) + len(RULES)),
    }
