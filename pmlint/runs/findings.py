"""What `pmlint due` finds, as findings (docs/spec/due.md, *Findings*)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pmlint.finding import Finding, Level
from pmlint.model.counting import count
from pmlint.runs.due import OwedReview, RouteDue
from pmlint.runs.sources import CountedRuns
from pmlint.runs.statement import day, span

_REASONS = {
    "no-runs": "it runs, promises something, and there is no run in its window",
    "stale": "the newest run of all is older than max_age",
    "unknown-outcomes": "too many of its runs have no known outcome",
    "unreadable": "what it promises cannot be read",
}


def due_findings(
    judged: Sequence[RouteDue], counted: CountedRuns, max_age: int
) -> Iterator[Finding]:
    """What is wrong with the routes, at their files: reviews that are owed, budgets that are spent,
    runs above the registry's autonomy, and what could not be judged. ``max_age`` is in steps.
    """
    for one in judged:
        file = one.route.file
        for owed in one.unanswered:
            level = Level.ERROR if owed.is_late else Level.WARNING
            yield Finding("owed-postmortem", level, _owes(owed), file, help=_answer_help(owed, one))
        yield from _spent(one)
        for autonomy, runs in one.above:
            message = (
                f"{count(runs, 'run')} of '{one.route.id}' at '{autonomy}', above "
                f"'{one.route.autonomy}' of the registry"
            )
            help = "make the runtime read the registry, or pause the route"
            yield Finding("autonomy-exceeded", Level.ERROR, message, file, help=help)
        for reason in one.why:
            yield _unjudged(one, reason, counted, max_age)


def _spent(one: RouteDue) -> Iterator[Finding]:
    spent = [state for state in one.budgets if state.spent]
    # Below these a person makes every change, so a spent budget harms nobody yet.
    level_of = {"act": Level.ERROR, "act-with-approval": Level.WARNING}
    if not (spent and one.route.runs and one.route.autonomy in level_of):
        return
    message = f"the budget of {' and '.join(state.budget for state in spent)} is spent"
    again = max((state.within_again or 0 for state in spent), default=0)
    until = f"; within it again on {day(again)} at the latest" if again else ""
    level = level_of[one.route.autonomy]
    help = f"lower its autonomy or pause it{until}"
    yield Finding("budget-exceeded", level, message, one.route.file, help=help)


def _unjudged(one: RouteDue, reason: str, counted: CountedRuns, max_age: int) -> Finding:
    message = f"'{one.route.id}' cannot be judged: {_REASONS[reason]}"
    help = "name newer runs"
    if reason == "stale" and counted.newest is not None:
        newest = datetime.fromtimestamp(counted.newest, UTC)
        message += f" ({span(max_age)}), its step ended at {newest:%Y-%m-%dT%H:%M:%SZ}"
        help = f"name newer runs, or judge the log at its end: --now {newest:%Y-%m-%dT%H:%M:%SZ}"
    elif reason == "unreadable":
        help = "pmlint check says what is wrong with its slo"
    elif reason == "unknown-outcomes":
        help = "record how its runs end, or raise max_unknown in [tool.pmlint.runs]"
    return Finding("runs-stale", Level.ERROR, message, one.route.file, help=help)


def _owes(owed: OwedReview) -> str:
    episode = owed.episode
    runs = count(episode.runs, "run")
    return f"{episode.trigger} since {day(episode.first)}: {runs}, and no postmortem answers it"


def _answer_help(owed: OwedReview, one: RouteDue) -> str:
    if owed.draft:
        return f"move the draft {owed.draft} to in-review"
    return f"pmlint new TITLE --route {one.route.id} --trigger {owed.episode.trigger}"
