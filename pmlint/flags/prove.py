"""Whether the flag system itself evaluates a text to what was decided.

The caller's default is True, and 'act' for the autonomy: a flag that is missing, disabled or broken
then shows as a route that runs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.flags.flagd import flag_names
from pmlint.flags.registry import FlagSet
from pmlint.model.vocabulary import AUTONOMY

PROVIDER = "openfeature-flagd-core"


Evaluate = Callable[[str, bool | str], object]
"""What a caller asks of a flag system: a flag by name, and a default."""


class EvaluatedFlag(NamedTuple):
    """One flag of a route (``run`` or ``autonomy``): what was decided, and what a caller gets."""

    route: str
    flag: str
    expected: str
    evaluated: str


def provider_version() -> str:
    """The version of the evaluator that proves."""
    return version(PROVIDER)


def prove(text: str, flags: FlagSet) -> list[EvaluatedFlag]:
    """Every flag of every route as the evaluator of flagd answers it, run before autonomy.

    Raises `UsageError` where the evaluator is not installed.
    """
    evaluate = _flagd(text)
    found = []
    for route in flags.routes:
        run, autonomy = flag_names(route.route)
        answer = _shown(evaluate(run, True))
        found.append(EvaluatedFlag(route.route, "run", "on" if route.runs else "off", answer))
        if route.autonomy is not None:
            answer = _shown(evaluate(autonomy, AUTONOMY[-1]))
            found.append(EvaluatedFlag(route.route, "autonomy", route.autonomy, answer))
    return found


def _flagd(text: str) -> Evaluate:
    """The evaluator that providers of flagd run in their own process, with the flags of a text."""
    try:
        from openfeature.contrib.tools.flagd.core import FlagdCore
        from openfeature.exception import OpenFeatureError
    except ImportError:
        raise UsageError(
            "--prove needs the evaluator of flagd", help="pip install 'pmlint[flags]'"
        ) from None
    core = FlagdCore()
    # A provider that cannot read its file has no flags, and each caller gets its own default.
    with suppress(OpenFeatureError, ValueError):
        core.set_flags(text)

    def evaluate(name: str, default: bool | str) -> object:
        try:
            if isinstance(default, bool):
                return core.resolve_boolean_value(name, default).value
            return core.resolve_string_value(name, default).value
        except OpenFeatureError:
            return default

    return evaluate


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
