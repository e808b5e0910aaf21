"""What the statement of budgets says of the routes of a change (docs/spec/trust.md, *Budgets*).

1. The statement must count for this base: made in time, of a commit of its first-parent history, by
   its settings. Else every route that is restored is unjudged.
2. A route of the base with ``slo`` must be answered for, by what it promises on the base. One
   without is asked only whether it owes a review.
3. What is spent, pages, or is owed beyond grace holds the route. Details decide, and not the one
   word of the answer alone: an answer 'within' beside a spent budget is no pass.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from pmlint.gate.grounds import FactLack, Grounds
from pmlint.gate.signing import StatementKind
from pmlint.gate.statements import (
    HandedStatement,
    UnusableStatement,
    UsableStatement,
    moment_in,
    usable_statement,
)
from pmlint.model import Route
from pmlint.model.counting import count
from pmlint.model.dates import parse_date
from pmlint.parsing.source import Malformed
from pmlint.project.amounts import STEP, duration
from pmlint.project.promise import RoutePromise, promise_in, route_promise
from pmlint.project.run_tables import digest, runs_in_force
from pmlint.project.settings import StatementMode

_KIND: StatementKind = "budgets"
_WAIT = "wait until the statement says that it is within"


class BudgetAnswers:
    """Answers for the routes of the base; the statement is read when the first is asked for."""

    def __init__(
        self, grounds: Grounds, handed: HandedStatement | None, *, is_asked: bool = False
    ) -> None:
        """``handed`` is what a workflow handed over; ``is_asked`` says that it counts also where
        the base asks for none.
        """
        self._grounds = grounds
        self._handed = handed
        self._settings = grounds.base.settings
        self._mode: StatementMode = self._settings.gate.budgets
        if is_asked and self._mode == "off":
            self._mode = "file"

    @property
    def is_off(self) -> bool:
        """Whether the base asks for no budgets."""
        return self._mode == "off"

    @property
    def unusable(self) -> FactLack | None:
        """Why no statement counts for any route; None where one does."""
        return self._read if isinstance(self._read, FactLack) else None

    # Lazily: a change that restores nothing reads no statement and asks ssh-keygen nothing (28 ms).
    @cached_property
    def _read(self) -> UsableStatement | FactLack:
        base, people = self._grounds.base.tree, self._grounds.people
        try:
            found = usable_statement(_KIND, self._mode, self._handed, base, people)
        except UnusableStatement as error:
            return FactLack(f"budgets-{error.reason}", error.message)
        return next(self._objections(found), found)

    @cached_property
    def _routes(self) -> Mapping[str, Mapping[str, Any]]:
        read = self._read
        listed = read.data["routes"] if isinstance(read, UsableStatement) else ()
        return {entry["route"]: entry for entry in listed}

    def _objections(self, found: UsableStatement) -> Iterator[FactLack]:
        """Why a statement that was read does not count for this base."""
        data, file = found.data, found.file
        counted = Counter(entry["route"] for entry in data["routes"])
        twice = next((name for name, times in counted.items() if times > 1), None)
        if twice is not None:
            yield FactLack("budgets-unreadable", f"'{file}': two entries of '{twice}'")
        made, now = moment_in(data["as_of"]), self._grounds.clock.moment
        max_age = runs_in_force(self._settings)["max_age"]
        # an age, and no moment so long ago: the calendar begins with the year 1
        if made > now or now - made > timedelta(seconds=duration(max_age) * STEP):
            when = "later than now" if made > now else f"older than {max_age}"
            yield FactLack("budgets-stale", f"the statement of {data['as_of']} is {when}")
        commit = data["commit"]
        if commit is None or not self._grounds.history.is_on_line(commit):
            about = "no commit" if commit is None else f"commit {commit[:12]}"
            yield FactLack(
                "budgets-foreign",
                f"the statement is about {about}, which is not in the history of the base",
            )
        if data["settings"] != digest(self._settings):
            yield FactLack(
                "budgets-other-limits",
                "the statement was made by other settings of 'runs' and 'due' than the base has",
            )

    def lacks(self, name: str) -> Iterator[FactLack]:
        """Everything by which the statement holds a route, or cannot answer for it, where budgets
        are asked for.
        """
        if isinstance(self._read, FactLack):
            yield self._read
            return
        unanswered = list(self._unanswered(name))
        yield from unanswered
        if not unanswered and name in self._routes:
            yield from _spent(self._routes[name])
            yield from self._owed(self._routes[name])

    @property
    def as_of(self) -> str:
        """The moment of a usable statement; empty where there is none."""
        return str(self._read.data["as_of"]) if isinstance(self._read, UsableStatement) else ""

    def entry(self, name: str) -> Mapping[str, Any]:
        """What a usable statement says of a route; nothing where it does not name it."""
        return self._routes.get(name, {})

    def _unanswered(self, name: str) -> Iterator[FactLack]:
        """Why the statement cannot answer for a route."""
        assert isinstance(self._read, UsableStatement)
        if not self._read.data["history"]:
            yield FactLack("budgets-no-answer", "the statement left the history out")
        places = self._grounds.base.routes.get(name, ())
        promising = [place for place in places if place.slo]
        entry = self._routes.get(name)
        # without a promise there is no budget; what it owes is asked all the same
        if not promising:
            return
        if entry is None:
            yield FactLack("budgets-no-answer", f"the statement does not name '{name}'")
        elif entry["answer"] == "unjudged":
            why = f": {', '.join(entry['why'])}" if entry.get("why") else ""
            yield FactLack("budgets-no-answer", f"the statement did not judge '{name}'{why}")
        elif not any(self._is_judged_by(place, entry) for place in promising):
            yield FactLack(
                "budgets-other-limits",
                f"the statement judged '{name}' by another slo than the base has",
            )

    def _is_judged_by(self, place: Route, entry: Mapping[str, Any]) -> bool:
        stated = entry["slo"]
        promised = self.promise(place)
        if promised is None:
            return False
        if stated is None:
            return promised.is_empty
        return promise_in(stated) == promised

    def promise(self, place: Route) -> RoutePromise | None:
        """What a place of the base promises; None where it cannot be read."""
        try:
            return route_promise(place, self._grounds.base.tree)
        except (Malformed, ValueError):
            return None

    def _owed(self, entry: Mapping[str, Any]) -> Iterator[FactLack]:
        # by the judge's own day: grace that ends while the change is open is over
        today = self._grounds.clock.day
        for episode in entry["episodes"]:
            ends = parse_date(episode["grace_until"])
            if episode["answered_by"] is None and (ends is None or ends < today):
                name, trigger = entry["route"], episode["trigger"]
                yield FactLack(
                    "postmortem-owed",
                    f"a review of '{trigger}' since {episode['from'][:10]} is owed, and its grace "
                    f"ended on {episode['grace_until']}",
                    f"pmlint new --route {name} --trigger {trigger}",
                )


def _spent(entry: Mapping[str, Any]) -> Iterator[FactLack]:
    """What is spent or pages; an answer 'over' that says neither is over all the same."""
    found = [
        *(_budget_spent(entry, budget) for budget in entry["budgets"] if _is_spent(budget)),
        *(_pages(pair) for pair in entry["firing"] if pair["severity"] == "page"),
    ]
    if not found and entry["answer"] == "over":
        found.append(FactLack("budget-spent", "the statement says that it is over", _WAIT))
    yield from found


def _is_spent(budget: Mapping[str, Any]) -> bool:
    # by its own counts as well: a statement that contradicts itself is no pass
    return bool(budget["spent"]) or budget["count"] > budget["allowed"]


def _budget_spent(entry: Mapping[str, Any], budget: Mapping[str, Any]) -> FactLack:
    runs = f" of {entry['runs']:,}" if "runs" in entry else ""
    window = f" in {_words_of((entry['slo'] or {}).get('window', ''))}" if entry["slo"] else ""
    what = "were rescued" if budget["budget"] == "rescues" else "failed"
    again = budget.get("within_again")
    return FactLack(
        "budget-spent",
        f"{budget['count']:,}{runs} runs {what}{window}, {budget['allowed']:,} are allowed",
        f"wait until {again}" if again else _WAIT,
    )


def _pages(pair: Mapping[str, Any]) -> FactLack:
    long = pair["long"]
    return FactLack(
        "budget-page",
        f"{long['count']:,} of {long['runs']:,} runs in {long['window']} spend the budget of "
        f"{pair['budget']} so fast that it pages",
    )


def _words_of(window: str) -> str:
    """``30d`` as words: 30 days."""
    if re.fullmatch("[0-9]+d", window):
        return count(int(window[:-1]), "day")
    return window or "its window"
