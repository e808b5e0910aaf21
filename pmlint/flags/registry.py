"""Every route of a tree with its flags; what holds one is asked of the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding
from pmlint.flags.decide import LOWEST, AutonomyLimit, RouteFlags, decide, unread
from pmlint.gate.budgets import BudgetAnswers
from pmlint.gate.case import Case, GateChange
from pmlint.gate.ledgers.judgement import held_here, unlisted
from pmlint.gate.ledgers.strays import stray_holds
from pmlint.gate.settled import Settled
from pmlint.gate.stops import foreign_stops, stops
from pmlint.git.objects import blob_id, tree_id
from pmlint.model import Route
from pmlint.model.vocabulary import AUTONOMY
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.files import route_files
from pmlint.project.holds import Hold
from pmlint.project.registry.reader import MAX_BYTES
from pmlint.project.settings import Settings
from pmlint.project.stages import position

_LIMITED = "suggest"
"""The most autonomy of a route that is over its budgets, owes a review, or was not judged."""


class FlagSet(NamedTuple):
    """The flags of all routes, by their ids, and the git id of the registry's files."""

    registry: str
    routes: tuple[RouteFlags, ...]


def flag_set(change: GateChange) -> FlagSet:
    """The flags of every route of the merge result; ``base`` says what has landed, a statement of
    budgets that is handed over lowers autonomies, and ledgers hold as those of this repository do.

    Raises `UsageError` where a file of another platform cannot be read, so that nobody knows which
    routes it has, for a statement or ledger that does not count, and where the gate could not
    judge.
    """
    case = Case(change)
    settled = Settled(case)
    settings = case.settings
    budgets = _budgets(case)
    _require_ledgers(case)
    found = {one.route: one for one in _unreadable(case)}
    for route, places in case.merged.routes.items():
        if route and route not in found:
            holds: tuple[Hold, ...] = ()
            if settings.flags.held == "off":
                holds = _stopping(case, settled, route)
            found[route] = decide(route, places, holds, _limits(case, budgets, route, places))
    registry = registry_id(case.merged.tree, settings, is_wide=change.repository.refs.is_wide)
    return FlagSet(registry, tuple(found[route] for route in sorted(found)))


def registry_id(tree: Tree, settings: Settings, *, is_wide: bool = False) -> str:
    """The id of the git tree that holds the files of all routes, and nothing else.

    Not that of the whole tree: a flag file in the repository would be part of what it names.
    """
    paths = dict.fromkeys(path for path, _ in route_files(tree, settings))
    blobs = {path: _blob(tree, path, is_wide=is_wide) for path in paths}
    return tree_id({path: name for path, name in blobs.items() if name}, is_wide=is_wide)


def _blob(tree: Tree, path: str, *, is_wide: bool) -> str:
    try:
        content = tree.read(path, MAX_BYTES)
    except Malformed:
        return ""
    # With `core.autocrlf` the work tree has CRLF where the object has LF.
    return blob_id(content.replace(b"\r\n", b"\n"), is_wide=is_wide)


def _budgets(case: Case) -> BudgetAnswers | None:
    """What the statement says that was handed over; None where none was."""
    if case.change.budgets is None:
        return None
    # The gate's own reader, in its own mode: a file that it would refuse lowers nothing here.
    answers = BudgetAnswers(case.grounds, case.change.budgets, is_asked=True)
    if answers.unusable is not None:
        code, reason = answers.unusable.code, answers.unusable.reason
        raise UsageError(f"{code}: {reason}", help=f"pmlint rule {code}")
    return answers


def _limits(
    case: Case, budgets: BudgetAnswers | None, route: str, places: Sequence[Route]
) -> Iterator[AutonomyLimit]:
    """What lowers the autonomy of a route: its stage, and what the statement says."""
    for place in places:
        if place.stage is None:
            continue
        name = f"stage {place.stage.id} of {place.stage.postmortem}"
        review = case.postmortem(case.merged, place.stage.postmortem)
        here = position(place, review) if review is not None else None
        if review is None or here is None:
            yield AutonomyLimit(LOWEST, f"there is no {name}")
            continue
        allowed = review.restart.stages[here].autonomy
        yield AutonomyLimit(allowed if allowed in AUTONOMY else LOWEST, name)
    for lack in budgets.lacks(route) if budgets is not None else ():
        yield AutonomyLimit(_LIMITED, lack.reason)


def _stopping(case: Case, settled: Settled, route: str) -> tuple[Hold, ...]:
    place = case.merged.routes[route][0]
    holds = settled.restart_holds(place, frozenset((route,)))
    own = (hold for hold in holds if stops(case, hold))
    return (*own, *_held_elsewhere(case, route))


def _require_ledgers(case: Case) -> None:
    """Raise `UsageError` for a ledger that was handed over and does not count, and where it was
    not the only one that the configuration requires.
    """
    # Without any the flags say what this repository holds: an outage elsewhere must not keep the
    # last file, in which a route may run that is held here since.
    if case.change.ledgers and case.ledgers.problems:
        first = case.ledgers.problems[0]
        raise UsageError(f"{first.code}: {first.message}", help=f"pmlint rule {first.code}")


def _held_elsewhere(case: Case, route: str) -> Iterator[Hold]:
    """What turns a route off by the ledgers that were handed over."""
    yield from foreign_stops(held_here(case.ledgers, case.settings, route))
    # Where none was, nobody asked what other repositories say.
    named = case.foreign_postmortems(route) if case.change.ledgers else ()
    for problem in unlisted(case.ledgers, case.settings, route, named):
        yield Hold(problem.repository, "review", "", "", None, problem.message, "")
    for stray in stray_holds(case.ledgers, case.settings, route):
        yield Hold(stray.ledger, "review", "", "", None, stray.message, "")


def _unreadable(case: Case) -> Iterator[RouteFlags]:
    """The routes of files of ours that cannot be read, by the id that the base has for the file, or
    else by the file's name.
    """
    native = {path for path, source in route_files(case.merged.tree, case.settings) if not source}
    for finding in case.merged.registry.findings:
        if finding.path not in native:
            raise _nobody_knows(finding)
        # What only lies beside the routes, with another suffix, is the name of no route.
        if finding.code == "syntax" and finding.path.endswith((".yaml", ".yml")):
            for route in _ids(case, finding.path):
                yield unread(route, f"{finding.path}: {finding.message}")


def _ids(case: Case, path: str) -> tuple[str, ...]:
    for side in (case.merged, case.base):
        found = tuple(one.id for one in side.registry.routes if one.file == path and one.id)
        if found:
            return found
    return (path.rpartition("/")[2].partition(".")[0],)


def _nobody_knows(finding: Finding) -> UsageError:
    return UsageError(
        f"nobody knows which routes this file has: {finding.message}",
        file=finding.path,
        span=finding.span,
        help=f"pmlint check {finding.path}",
    )
