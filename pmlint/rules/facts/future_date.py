"""A day lies in the future.

What has not happened yet cannot be signed, met or done. A typing error in a year makes a decision
look older or newer than it is.

Fix: correct the day.

Bad::
    opened: 2026-10-20
Good::
    opened: 2026-09-14
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.finding import Level, Problem
from pmlint.model import Amendment, Part, Postmortem
from pmlint.model.dates import parse_date
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


class _Day(NamedTuple):
    """A day that must not be ahead: the part and the field that hold it, and whose it is."""

    part: Part
    field: str
    name: str
    subject: str = ""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Days on which something was done. Deadlines lie ahead, clocks and events are judged by
    clock-order.
    """
    days = [_Day(postmortem, "opened", "'opened'")]
    for action in postmortem.actions:
        days.append(_Day(action, "done_on", f"{action.id} 'done_on'", action.id))
        days += _amended(action.amendments, action.id)
    for condition in postmortem.restart.conditions:
        days.append(_Day(condition, "met_on", f"{condition.id} 'met_on'", condition.id))
        days += _amended(condition.amendments, condition.id)
    days += [_Day(signoff, "on", "the sign-off") for signoff in postmortem.restart.signoffs]
    days += _amended(postmortem.amendments, "")
    yield from _ahead(days, context)


def check_routes(index: Index, context: Context) -> Iterator[Problem]:
    """The amendments of routes."""
    for route in index.routes:
        for problem in _ahead(_amended(route.amendments, route.id), context):
            yield problem._replace(file=route.file)


def _amended(amendments: tuple[Amendment, ...], subject: str) -> list[_Day]:
    return [_Day(amendment, "on", "an amendment", subject) for amendment in amendments]


def _ahead(days: list[_Day], context: Context) -> Iterator[Problem]:
    for part, field, name, subject in days:
        day = parse_date(part.data.get(field))
        if day is not None and day > context.today.latest:
            yield Problem(
                f"{name} is {day}, after today",
                part.at / field,
                subject,
                help=f"correct the day; today is {context.today.day}",
            )


RULE = Rule("future-date", Level.ERROR, "postmortem", check, __doc__, "draft")
ROUTES = Rule("future-date", Level.ERROR, "repository", check_routes, __doc__, "draft")
