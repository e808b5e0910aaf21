"""CEL, the language of policies: its variables, and compiling and evaluating expressions.

What a policy means does not depend on the engine that evaluates it. An expression goes through
our own grammar, types, patterns and bound of steps; then one of `pmlint.policy.engines` takes it,
which writes it anew with one meaning (`pmlint.policy.meaning`). `pmlint.policy.functions` is where
functions are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from pmlint.model.vocabulary import CLASSES, LAYERS, STRUCTURAL
from pmlint.policy.callables import BUDGET
from pmlint.policy.callables import READ as READ
from pmlint.policy.engines import Engine, chosen
from pmlint.policy.failed import Failed as Failed
from pmlint.policy.functions import FUNCTIONS as FUNCTIONS
from pmlint.policy.grammar import parse
from pmlint.policy.steps import StepPlan, check_steps, plan
from pmlint.policy.types import ANY, type_of

VARIABLES = {
    "postmortem": ("postmortem",),
    "route": ("route",),
    "routes": ("postmortem",),
    "base": ("change",),
    "head": ("change",),
    "today": ("postmortem", "route", "change"),
    "layers": ("postmortem", "route", "change"),
    "classes": ("postmortem", "route", "change"),
    "settings": ("postmortem", "route", "change"),
    "it": ("postmortem", "route", "change"),
}
"""The variables, and which kinds of policy know them."""
METHODS = (
    "all exists exists_one filter map size contains startsWith endsWith matches "
    "getFullYear getMonth getDate getDayOfWeek getHours getMinutes"
).split()


class Compiled(NamedTuple):
    """An expression as an engine holds it, with what its steps are bounded by."""

    engine: Engine
    program: Any
    plan: StepPlan


class Bound(NamedTuple):
    """Variables for any number of expressions.

    What these compute stays in memory as long as the variables do.
    """

    engine: Engine
    held: Any
    variables: Mapping[str, object]


@lru_cache(maxsize=256)
def compile_expression(text: str, engine: Engine | None = None) -> Compiled:
    """Compile an expression, for the engine of this process or another one.

    Raises `Failed` with the reason and the character.
    """
    node = parse(text)
    # Our own checks first, in one order, so that both engines refuse at the same character.
    steps = plan(node)
    type_of(node, dict.fromkeys(VARIABLES, ANY))
    engine = engine or chosen()
    return Compiled(engine, engine.compile(text, node), steps)


def bind(variables: Mapping[str, object], engine: Engine | None = None) -> Bound:
    """Variables for any number of expressions of one engine."""
    engine = engine or chosen()
    return Bound(engine, engine.bind(variables), variables)


def evaluate(compiled: Compiled, variables: Mapping[str, object] | Bound) -> Any:
    """The value of a compiled expression as plain data. Raises `Failed` where it has none."""
    bound = variables if isinstance(variables, Bound) else bind(variables, compiled.engine)
    check_steps(compiled.plan, bound.variables)
    BUDGET.renew()
    return compiled.engine.evaluate(compiled.program, bound.held)


def surroundings(
    today: date,
    horizon: Mapping[str, int],
    slow_containment_minutes: int,
    budgets: str = "off",
    replays: str = "off",
) -> dict[str, object]:
    """The variables that are the same for every document."""
    structural = sorted(STRUCTURAL)
    return {
        # Every variable has a value, since an engine takes one that is missing for an error.
        **dict.fromkeys(VARIABLES),
        "routes": [],
        "today": today.isoformat(),
        "layers": {
            **{strength: list(names) for strength, names in LAYERS.items()},
            "structural": structural,
        },
        "classes": {name: _answers(said, structural) for name, said in CLASSES.items()},
        "settings": {
            "horizon": dict(horizon),
            "slow_containment_minutes": slow_containment_minutes,
            "budgets": budgets,
            "replays": replays,
        },
    }


def _answers(said: Mapping[str, Any], structural: Sequence[str]) -> dict[str, object]:
    """The layers that answer a class of failure: lists of which one has to be there whole, and the
    same in words.
    """
    accepted = said["accepted"]
    if accepted == "structural":
        accepted = [[layer] for layer in structural]
    words = [" with ".join(together) for together in accepted]
    *first, last = words
    in_words = f"{', '.join(first)} or {last}" if first else last
    return {"weak": said["weak"], "accepted": accepted, "answers": in_words}
