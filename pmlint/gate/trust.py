"""What a change gives to a route: flags that rise, a state nearer to running, more autonomy, more
tools, fewer controls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TypeGuard

from pmlint.model import Control, RestartFlag, Route
from pmlint.model.vocabulary import AUTONOMY, STATES, STRENGTH

_GUARDS = ("contain", "detect", "prevent")
_NOTHING = Route(id="", file="", state=STATES[0], autonomy=AUTONOMY[0])
"""A route that is not there."""


def given(before: Route | None, after: Route) -> list[str]:
    """What a route is given beyond what it had, one short text each; all that it has where it is
    new and runs.
    """
    if before is None and not after.runs:
        return []
    old = before or _NOTHING
    return [
        *_raised(old, after),
        *_ranked("state", old.state, after.state, STATES),
        *_ranked("autonomy", old.autonomy, after.autonomy, AUTONOMY),
        *(
            f"tools.read: + {tool}"
            for tool in after.read_tools
            if not covered(tool, (*old.read_tools, *old.write_tools))
        ),
        *(f"tools.write: + {tool}" for tool in gained(before, after)),
        *_controls(old, after),
        *(_widened(old, after) if before else ()),
    ]


def gained(before: Route | None, after: Route) -> list[str]:
    """The tools that a route may write with now and could not before."""
    return [
        tool
        for tool in after.write_tools
        if not covered(tool, before.write_tools if before else ())
    ]


def covered(tool: str, tools: tuple[str, ...]) -> bool:
    """Whether one of the tools, or their patterns, allows a tool."""
    return any(tool == other or ("*" not in tool and fnmatchcase(tool, other)) for other in tools)


def shared(route: Route, other: Route) -> list[str]:
    """The tools by which one route could do the writing of another."""
    return [
        tool
        for tool in route.write_tools
        for own in other.write_tools
        if fnmatchcase(own, tool) or fnmatchcase(tool, own)
    ]


def _raised(before: Route, after: Route) -> Iterator[str]:
    old = {flag.name: flag for flag in before.flags}
    for flag in after.flags:
        was = old.get(flag.name)
        if flag.raised and not (was and was.raised and bool(was.unclear) == bool(flag.unclear)):
            yield f"{flag.name}: {_flag(was)} → {_flag(flag)}"


def _flag(flag: RestartFlag | None) -> str:
    if flag is None:
        return "absent"
    return "unclear" if flag.unclear else "up" if flag.raised else "down"


def _ranked(name: str, before: str, after: str, ranks: tuple[str, ...]) -> Iterator[str]:
    """A field of an ordered list that rises; a value that is not on the list could be anything, so
    it counts as the highest.
    """
    if (
        before != after
        and after
        and (after not in ranks or before not in ranks or ranks.index(after) > ranks.index(before))
    ):
        yield f"{name}: {before or 'absent'} → {after}"
    elif before and not after:
        yield f"{name}: {before} → absent"


def _controls(before: Route, after: Route) -> Iterator[str]:
    now = {control.id: control for control in after.controls}
    for control in before.controls:
        kept = now.get(control.id)
        if kept is None:
            yield f"control {control.id} is gone"
        elif weaker := _weaker(control, kept):
            yield f"control {control.id}: {weaker}"


def _weaker(before: Control, after: Control) -> str:
    if STRENGTH.get(after.layer, -1) < STRENGTH.get(before.layer, -1):
        return f"layer {before.layer} → {after.layer or 'absent'}"
    if before.guards in _GUARDS and (
        after.guards not in _GUARDS or _GUARDS.index(after.guards) < _GUARDS.index(before.guards)
    ):
        return f"guards {before.guards} → {after.guards or 'absent'}"
    numbers = [re.findall(r"\d[\d.,]*", control.description) for control in (before, after)]
    return "its numbers change" if numbers[0] != numbers[1] else ""


def _widened(before: Route, after: Route) -> Iterator[str]:
    """Fields of a mapped route whose widening counts; what can't be compared counts as wider."""
    for name in sorted(before.trust.keys() | after.trust.keys()):
        if name not in after.trust:
            yield f"{name}: {_shown(before.trust[name])} → absent"
        elif name not in before.trust or _wider(before.trust[name], after.trust[name]):
            yield f"{name}: {_shown(before.trust.get(name, 'absent'))} → {_shown(after.trust[name])}"


def _wider(before: object, after: object) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return any(item not in before for item in after)
    if isinstance(before, dict) and isinstance(after, dict):
        return any(
            name not in after or _wider(value, after[name]) for name, value in before.items()
        ) or bool(after.keys() - before.keys())
    if _is_number(before) and _is_number(after):
        return after > before
    return type(before) is not type(after) or (before != after and after is not False)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
