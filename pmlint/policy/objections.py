"""What one policy objects to: the elements that it is asked about, each with its place, and the
answer for each. An expression without an answer is a finding, never a pass.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.finding import Problem
from pmlint.place import Path
from pmlint.policy.engines import Engine
from pmlint.policy.language import Bound, Failed, bind, compile_expression, evaluate
from pmlint.policy.policy import ELEMENT, Policy

MOST = 50
"""The most elements of one list that a policy that objects is asked about: nobody reads more."""
ALONE = 10
"""The most of them that it is asked about one by one, where all together give no answer."""
_PLAIN = r"(?:postmortem|route|base|head)(?:\.\w+)+"


class JudgedElements(NamedTuple):
    """The elements that policies judge, where each stands, and the variables with ``it`` as the
    list of the first `MOST` elements.

    The variables are converted once for all questions about these elements, which therefore name an
    element by its number. What a policy computes stays with them, so that one of the team, which
    may compute anything, has them converted for each question.
    """

    elements: list[Any]
    places: list[Path]
    variables: Mapping[str, Any]
    bound: Bound

    def value(self, policy: Policy, text: str) -> Any:
        """The value of a question of a policy. Raises `Failed`."""
        compiled = compile_expression(text, self.bound.engine)
        return evaluate(compiled, self.bound if policy.shipped else self.variables)


class DocumentElements:
    """What the policies are asked about in one document; those with the same ``each`` share it."""

    def __init__(self, variables: Mapping[str, Any], engine: Engine) -> None:
        self._variables = variables
        self._engine = engine
        self._known: dict[str, JudgedElements] = {}

    def of(self, policy: Policy) -> JudgedElements:
        """What a policy is to be asked about; one without ``each`` about nothing in particular.

        Raises `Failed`.
        """
        if policy.each not in self._known:
            elements, places = [None], [Path()]
            if policy.each:
                elements, places = _elements(policy, self._variables, self._engine)
            first = {**self._variables, "it": elements[:MOST]}
            bound = bind(first, self._engine)
            self._known[policy.each] = JudgedElements(elements, places, first, bound)
        return self._known[policy.each]


def objections(policy: Policy, document: DocumentElements) -> Iterator[Problem]:
    """What one policy says; an expression without an answer is a finding, never a pass."""
    try:
        asked = document.of(policy)
    except Failed as failed:
        yield Problem(
            f"'each' could not be evaluated: {failed.reason}",
            help=f"correct the policy {policy.file}",
        )
        return
    root, steps = policy.at
    answers = _answers(policy, asked)
    for element, place, answer in zip(asked.elements, asked.places, answers, strict=False):
        named = str(element) if steps[-1:] == (ELEMENT,) else ""
        below = (*steps[:-1], named) if named else steps
        at = Path((*(place if root == "it" else ()), *below))
        subject = (
            element["id"]
            if isinstance(element, dict) and isinstance(element.get("id"), str)
            else ""
        )
        if isinstance(answer, Failed):
            yield unanswered(policy, answer.reason, at, subject)
        elif answer is not None:
            yield Problem(answer.message, at, subject, answer.help)
    rest = len(asked.elements) - len(answers)
    if rest > 0:
        yield Problem(
            f"{rest} more of these are not checked",
            asked.places[len(answers)],
            help="correct those before them first",
        )


def unanswered(policy: Policy, reason: str, at: Path = Path(), subject: str = "") -> Problem:
    return Problem(
        f"this could not be evaluated: {reason}",
        at,
        subject,
        f"correct the document, or the policy {policy.file}",
    )


class Objection(NamedTuple):
    """What a policy says of an element that fails."""

    message: str
    help: str


def _answers(policy: Policy, asked: JudgedElements) -> list[Objection | Failed | None]:
    """What a policy says of each of the first elements: nothing where it passes, its message, or
    why there is no answer.
    """
    parts = ", ".join(f"({part}\n)" for part in policy.reported)
    # 'dyn', because CEL wants one type of both answers.
    answer = f"({policy.require}\n) ? dyn(true) : dyn([{parts}])"
    whole = f"({policy.when}\n) ? ({answer}) : dyn(true)" if policy.when else answer
    try:
        found = asked.value(policy, f"it.map(it, {whole})")
    except Failed:  # one of them has no answer, or all are too much
        return [_answer(policy, number, asked) for number in range(min(len(asked.elements), ALONE))]
    return [None if values is True else _said(policy, values) for values in found]


def _answer(policy: Policy, number: int, asked: JudgedElements) -> Objection | Failed | None:
    """What a policy says of one element."""
    try:
        if policy.when and not _truth(policy.when, policy, number, asked):
            return None
        if _truth(policy.require, policy, number, asked):
            return None
        return _said(policy, [_value(part, policy, number, asked) for part in policy.reported])
    except Failed as failed:
        return failed


def _value(text: str, policy: Policy, number: int, asked: JudgedElements) -> Any:
    return asked.value(policy, f"[it[{number}]].map(it, {text}\n)")[0]


def _truth(text: str, policy: Policy, number: int, asked: JudgedElements) -> bool:
    value = _value(text, policy, number, asked)
    if not isinstance(value, bool):
        raise Failed(f"'{text}' is neither true nor false")
    return value


def _said(policy: Policy, values: list[Any]) -> Objection:
    number = len(policy.message) // 2
    return Objection(
        _filled(policy.message, values[:number]), _filled(policy.help, values[number:])
    )


def _filled(parts: tuple[str, ...], values: list[Any]) -> str:
    """Plain texts, with values in the place of the expressions between them."""
    filled = list(parts)
    filled[1::2] = map(str, values)
    return "".join(filled)


def _elements(
    policy: Policy, variables: Mapping[str, Any], engine: Engine
) -> tuple[list[Any], list[Path]]:
    """The elements of ``each``, and the place of each in the document."""
    if re.fullmatch(_PLAIN, policy.each):
        root, *steps = policy.each.split(".")
        value = variables[root]
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list):
            return value, [Path((*steps, number)) for number in range(len(value))]
    # A list that is computed has no places, so each element is sought by its value.
    elements = evaluate(compile_expression(policy.each, engine), variables)
    if not isinstance(elements, list):
        raise Failed("it is not a list")
    places: dict[str, deque[Path]] = defaultdict(deque)
    root = "head" if policy.applies_to == "change" else policy.applies_to
    for place, value in _mappings(variables[root]):
        places[_key(value)].append(place)
    found = (places[_key(element)] for element in elements)
    # Two equal elements are in two places, each of which is taken once.
    return elements, [equal.popleft() if equal else Path() for equal in found]


def _key(value: Any) -> str:
    """What is the same for equal values, in any order of their fields."""
    return json.dumps(value, sort_keys=True, default=str)


def _mappings(value: Any, at: Path = Path()) -> Iterator[tuple[Path, Any]]:
    """Every mapping below a value with its place, in the order of the document."""
    items: Iterable[tuple[Any, Any]] = enumerate(value) if isinstance(value, list) else ()
    items = value.items() if isinstance(value, dict) else items
    for step, item in items:
        if isinstance(item, dict):
            yield at / step, item
        yield from _mappings(item, at / step)
