"""The functions of the policy language about two clocks, each as it is written: minutes, or null.

`minutes_between` needs both moments; the other two need one bound of each clock
(docs/spec/tables.md, "Clocks with bounds"). They take any value, since a clock may be a text, a
mapping or null.
"""

from __future__ import annotations

from pmlint.model.dates import Interval, gap, parse_interval, parse_moment


def minutes_between(first: object, second: object) -> float | None:
    """Minutes from a moment to another; None where one is not a moment."""
    one, other = parse_moment(first), parse_moment(second)
    return (other - one).total_seconds() / 60 if one and other else None


def minutes_at_least(first: object, second: object) -> float | None:
    """The fewest minutes that can lie between two clocks, never below 0.

    None where a bound is missing, or where the second is surely before the first.
    """
    return _minutes(gap(_interval(first), _interval(second)).at_least)


def minutes_at_most(first: object, second: object) -> float | None:
    """The most minutes that can lie between two clocks.

    None where a bound is missing, or where the second is surely before the first.
    """
    return _minutes(gap(_interval(first), _interval(second)).at_most)


def _interval(value: object) -> Interval:
    return parse_interval(value) or Interval()


def _minutes(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / 60
