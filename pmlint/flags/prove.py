"""Whether a flag system itself evaluates a text to what was decided.

The caller's default is True, and 'act' for the autonomy: a flag that is missing, disabled or broken
then shows as a route that runs.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.flags.registry import FlagSet
from pmlint.flags.systems.interface import Evaluate, FlagSystem, flag_names
from pmlint.model.vocabulary import AUTONOMY


class EvaluatedFlag(NamedTuple):
    """One flag of a route (``run`` or ``autonomy``): what was decided, and what a caller gets."""

    route: str
    flag: str
    expected: str
    evaluated: str


def provider_version(system: FlagSystem) -> str:
    """The version of the evaluator that proves."""
    return version(system.provider)


def prove(system: FlagSystem, text: str, flags: FlagSet) -> list[EvaluatedFlag]:
    """Every flag of every route as the evaluator of a system answers it, run before autonomy.

    Raises `UsageError` where the evaluator is not installed.
    """
    evaluate = _evaluator(system, text)
    found = []
    for route in flags.routes:
        run, autonomy = flag_names(route.route)
        answer = _shown(evaluate(run, True))
        found.append(EvaluatedFlag(route.route, "run", "on" if route.runs else "off", answer))
        if route.autonomy is not None:
            answer = _shown(evaluate(autonomy, AUTONOMY[-1]))
            found.append(EvaluatedFlag(route.route, "autonomy", route.autonomy, answer))
    return found


def _evaluator(system: FlagSystem, text: str) -> Evaluate:
    try:
        return system.evaluator(text)
    except ImportError:
        raise UsageError(
            f"--prove needs the evaluator of {system.title}",
            help=f"pip install 'pmlint[{system.extra}]'",
        ) from None


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
