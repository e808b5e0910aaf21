"""What other repositories hold of a route that a change restores (docs/spec/fleet.md).

1. Only a change that restores a route, or takes its id away, asks for ledgers: an outage over
   there stops restarts, and nothing else of everyday work.
2. A ledger that is required and does not count leaves the restart unjudged; so does one of a
   repository whose postmortem the route names.
3. A ledger that is given also holds a route that is removed or taken over: under another name the
   route would be one that no ledger knows.
4. A hold of a route of this id under a name that may be ours, by a slip, leaves the change
   unjudged.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.ledgers.judgement import UnusableLedger, held_here, unlisted
from pmlint.gate.ledgers.strays import stray_holds
from pmlint.gate.refusal import Refusal
from pmlint.model import Route
from pmlint.place import Path
from pmlint.project.configuration import locate_setting
from pmlint.project.holds import Hold
from pmlint.project.patterns import covered_by_any


def held_by_ledgers(case: Case, route: str) -> tuple[Hold, ...]:
    """Everything by which other repositories hold a route, from the ledgers that count."""
    return held_here(case.ledgers, case.settings, route)


def ledger_refusals(case: Case, route: Route) -> Iterator[Refusal]:
    """Why nobody knows what other repositories hold of a route that is restored."""
    for problem in case.ledgers.problems:
        yield _in_configuration(case, problem)
    # A link binds whoever wrote it, also where the base requires no ledger of that repository.
    named = case.foreign_postmortems(route.id)
    for problem in unlisted(case.ledgers, case.settings, route.id, named):
        yield Refusal(
            problem.code,
            problem.message,
            route.file,
            route.place("postmortems"),
            subject=problem.repository,
            field="postmortems[]",
            values={"repository": problem.repository},
            help=problem.help,
        )
    yield from stray_refusals(case, route.id)


def stray_refusals(case: Case, route: str) -> Iterator[Refusal]:
    """Why nobody knows whether a ledger that counts holds a route."""
    for stray in stray_holds(case.ledgers, case.settings, route):
        yield Refusal(
            "ledger-silent",
            stray.message,
            case.settings.file,
            span=locate_setting(case.base.tree, case.settings, Path(("repository",))),
            side="base",
            subject=stray.ledger,
            field="repository",
            help=stray.help,
        )


def unknown_holds(case: Case, route: str) -> Iterator[Refusal]:
    """Why nobody knows whether another repository holds a route whose id is taken away.

    Else it is renamed while its ledger is not given, and restarted by a name that none knows.
    """
    covering = {
        entry.repository for entry in case.settings.ledgers if covered_by_any(entry.routes, route)
    }
    for problem in case.ledgers.problems:
        if problem.repository in covering:
            yield _in_configuration(case, problem)
    yield from stray_refusals(case, route)


def _in_configuration(case: Case, problem: UnusableLedger) -> Refusal:
    """The refusal at the entry of the base that the ledger was meant for."""
    listed = [entry.repository for entry in case.settings.ledgers]
    at = Path(("ledgers",))
    if problem.repository in listed:
        at = at / listed.index(problem.repository)
    return Refusal(
        problem.code,
        problem.message,
        case.settings.file,
        span=locate_setting(case.base.tree, case.settings, at),
        side="base",
        subject=problem.repository,
        field="ledgers[]",
        values={"repository": problem.repository or "the other repository"},
        help=problem.help,
    )
