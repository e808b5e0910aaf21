"""A set of policies against documents.

All policies of a kind are one compiled expression, so that a document is converted once.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from pmlint.finding import Problem
from pmlint.model import Route
from pmlint.model.dates import parse_date
from pmlint.place import Path
from pmlint.policy.complete import complete
from pmlint.policy.engines import MANY, Engine, chosen
from pmlint.policy.file import ELEMENT, Policy, PolicyKind
from pmlint.policy.language import (
    Bound,
    Compiled,
    Failed,
    bind,
    compile_expression,
    evaluate,
    surroundings,
)
from pmlint.policy.names import fields_of, used
from pmlint.project.settings import Settings

Found = tuple[Policy, Problem]
MOST = 50
"""The most elements of one list that a policy that objects is asked about: nobody reads more."""
ALONE = 10
"""The most of them that it is asked about one by one, where all together give no answer."""
LONGEST_LIST = 1_000
LONGEST_TEXT = 10_000
"""The most elements of a list, and characters of a text, of a document about which a team's own
policies are asked.

What an expression costs is bounded by the engine only as a number of steps, each of which may copy
a list or a text.
"""
_PLAIN = r"(?:postmortem|route|base|head)(?:\.\w+)+"


class PolicySet:
    """Policies by id, and what they say of documents. ``shipped`` are the ids of all that ship,
    also of those that are off.

    ``asked`` says of an id whether the policy is asked about documents; of changes, every one is.
    ``documents`` is how many will be judged, as far as that is known.
    """

    def __init__(
        self,
        policies: Iterable[Policy],
        settings: Settings,
        today: date,
        shipped: Iterable[str] = (),
        asked: Callable[[str], bool] = lambda name: True,
        documents: int = 0,
    ) -> None:
        self.policies = tuple(policies)
        self._asked = asked
        self._documents = documents
        self.shipped = frozenset(shipped)
        self._around = surroundings(today, settings.horizon, settings.slow_containment_minutes)
        self._joined: dict[PolicyKind, list[tuple[list[Policy], Compiled]]] = {}

    @cached_property
    def _engine(self) -> Engine:
        """The engine for all of them, loaded when a document is judged."""
        return chosen(for_many=self._documents >= MANY)

    @cached_property
    def uses_routes(self) -> bool:
        """Whether any policy of postmortems reads ``routes``."""
        return any(
            "routes" in text and "routes" in used(text)
            for policy in self.policies
            for text in policy.expressions
        )

    @cached_property
    def _fields(self) -> frozenset[str] | None:
        """The fields of a postmortem that the policies read; None for all."""
        found = fields_of(
            "postmortem",
            (
                text
                for policy in self.policies
                if policy.applies_to == "postmortem"
                for text in policy.expressions
            ),
        )
        # 'since' compares it, whether a policy names it or not.
        return None if found is None else found | {"opened"}

    def postmortem(
        self,
        data: object,
        routes: Callable[[], Iterable[Route]] = tuple,
        only: str | None = None,
    ) -> Iterator[Found]:
        """What is wrong with a postmortem; ``routes`` are those it names, asked for only where a
        policy reads them. ``only`` asks a single policy, by its id.
        """
        linked = [route_data(route) for route in routes()] if self.uses_routes else []
        read = {"postmortem": complete("postmortem", data, self._fields), "routes": linked}
        return self._check("postmortem", read, only)

    def route(self, route: Route) -> Iterator[Found]:
        """What is wrong with a route."""
        read = {"route": route_data(route)}
        for policy, problem in self._check("route", read):
            assert isinstance(problem.at, Path)
            yield policy, problem._replace(at=Path((*route.at, *problem.at)))

    def change(self, base: object, head: object) -> Iterator[Found]:
        """What is wrong with the change of a postmortem from ``base`` to ``head``; None where it
        does not exist on a side.
        """
        sides = {
            name: None if data is None else complete("postmortem", data)
            for name, data in (("base", base), ("head", head))
        }
        return self._check("change", sides)

    def _check(
        self, kind: PolicyKind, documents: Mapping[str, Any], only: str | None = None
    ) -> Iterator[Found]:
        """Ask all policies at once; only where one objects, it is asked about each element."""
        variables = {**self._around, **documents}
        opened = parse_date(
            (documents.get("postmortem") or documents.get("head") or {}).get("opened")
        )
        asked: dict[str, _Asked] = {}
        for policies, compiled in self._of(kind):
            # What ships is measured on hostile documents (docs/hostile-input.md), and a team's own
            # is not.
            much = "" if policies[0].shipped else _too_much(documents)
            if only is not None:
                clean = [policy.id != only for policy in policies]
            elif much:
                clean = [False] * len(policies)
            else:
                clean = _answered(policies, compiled, variables)
            for policy, passes in zip(policies, clean, strict=True):
                # 'is not True', because an engine may give an error as a value that counts as true
                # (docs/spec/policies.md, 'A wrong policy never passes').
                if passes is not True and not (policy.since and opened and opened < policy.since):
                    for problem in (
                        [_unanswered(policy, much)]
                        if much
                        else _problems(policy, variables, asked, self._engine)
                    ):
                        yield policy, problem

    def _of(self, kind: PolicyKind) -> list[tuple[list[Policy], Compiled]]:
        """The policies of a kind with their joined question: those that ship, which is compiled
        beforehand, and the team's own.
        """
        if kind not in self._joined:
            policies = [
                policy
                for policy in self.policies
                if policy.applies_to == kind and (kind == "change" or self._asked(policy.id))
            ]
            # Apart, so that a team's policy that fails does not take the shipped ones with it.
            groups = (
                [policy for policy in policies if policy.shipped == shipped]
                for shipped in (True, False)
            )
            self._joined[kind] = [
                (group, compile_expression(question(group), self._engine))
                for group in groups
                if group
            ]
        return self._joined[kind]


def route_data(route: Route) -> Any:
    """A route as policies see it, whether its file is ours or another platform's."""
    return complete(
        "route",
        {
            **route.data,
            "id": route.id,
            "title": route.title,
            "owner": route.owner,
            "state": route.state,
            "restart": bool(route.raised),
            "autonomy": route.autonomy,
            "tools": {"read": list(route.read_tools), "write": list(route.write_tools)},
            "controls": [dict(control.data) for control in route.controls],
            "postmortems": list(route.postmortems),
        },
    )


def question(policies: Iterable[Policy]) -> str:
    """Whether a document passes each of some policies, as one expression."""
    return f"[{', '.join(map(_question, policies))}]"


def _question(policy: Policy) -> str:
    """Whether a document passes a policy. Lines are ended, since a policy may end in a comment."""
    answer = (
        f"({policy.when}\n) ? ({policy.require}\n) : true"
        if policy.when
        else f"({policy.require}\n)"
    )
    return f"({policy.each}\n).all(it, {answer})" if policy.each else f"({answer})"


def _answered(
    policies: list[Policy], compiled: Compiled, variables: Mapping[str, Any]
) -> list[bool]:
    """Whether a document passes each of some policies."""
    try:
        clean: list[bool] = evaluate(compiled, variables)
    except Failed:
        # One of them can't be evaluated, or all together are too much: each is asked alone.
        bound = bind(variables, compiled.engine)
        clean = [_passes(policy, bound) for policy in policies]
    return clean


def _passes(policy: Policy, bound: Bound) -> bool:
    try:
        return evaluate(compile_expression(_question(policy), bound.engine), bound) is True
    except Failed:
        return False


class _Asked(NamedTuple):
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


def _asked(policy: Policy, variables: Mapping[str, Any], engine: Engine) -> _Asked:
    """What a policy is to be asked about; a policy without ``each`` about nothing in particular.

    Raises `Failed`.
    """
    elements, places = _elements(policy, variables, engine) if policy.each else ([None], [Path()])
    first = {**variables, "it": elements[:MOST]}
    return _Asked(elements, places, first, bind(first, engine))


def _problems(
    policy: Policy, variables: Mapping[str, Any], known: dict[str, _Asked], engine: Engine
) -> Iterator[Problem]:
    """What one policy says; an expression without an answer is a finding, never a pass.

    ``known`` is by ``each``.
    """
    try:
        asked = (
            known[policy.each]
            if policy.each in known
            else known.setdefault(policy.each, _asked(policy, variables, engine))
        )
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
            yield _unanswered(policy, answer.reason, at, subject)
        elif answer is not None:
            yield Problem(answer, at, subject, policy.fix)
    rest = len(asked.elements) - len(answers)
    if rest > 0:
        yield Problem(
            f"{rest} more of these are not checked",
            asked.places[len(answers)],
            help="correct those before them first",
        )


def _unanswered(policy: Policy, reason: str, at: Path = Path(), subject: str = "") -> Problem:
    return Problem(
        f"this could not be evaluated: {reason}",
        at,
        subject,
        f"correct the document, or the policy {policy.file}",
    )


def _too_much(value: object) -> str:
    """Why a document is too much for a team's own policies; empty where it is not."""
    if isinstance(value, str):
        return (
            f"a text of {len(value):,} characters, of {LONGEST_TEXT:,} at most"
            if len(value) > LONGEST_TEXT
            else ""
        )
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        return f"a list of {len(value):,} elements, of {LONGEST_LIST:,} at most"
    items: Iterable[object] = value if isinstance(value, list) else ()
    items = value.values() if isinstance(value, dict) else items
    return next(filter(None, map(_too_much, items)), "")


def _answers(policy: Policy, asked: _Asked) -> list[str | Failed | None]:
    """What a policy says of each of the first elements: nothing where it passes, its message, or
    why there is no answer.
    """
    parts = ", ".join(f"({part}\n)" for part in policy.message[1::2])
    # 'dyn', because CEL wants one type of both answers.
    answer = f"({policy.require}\n) ? dyn(true) : dyn([{parts}])"
    whole = f"({policy.when}\n) ? ({answer}) : dyn(true)" if policy.when else answer
    try:
        found = asked.value(policy, f"it.map(it, {whole})")
    except Failed:  # one of them has no answer, or all are too much
        return [_answer(policy, number, asked) for number in range(min(len(asked.elements), ALONE))]
    return [None if values is True else _said(policy, values) for values in found]


def _answer(policy: Policy, number: int, asked: _Asked) -> str | Failed | None:
    """What a policy says of one element."""
    try:
        if policy.when and not _truth(policy.when, policy, number, asked):
            return None
        if _truth(policy.require, policy, number, asked):
            return None
        return _said(policy, [_value(part, policy, number, asked) for part in policy.message[1::2]])
    except Failed as failed:
        return failed


def _value(text: str, policy: Policy, number: int, asked: _Asked) -> Any:
    return asked.value(policy, f"[it[{number}]].map(it, {text}\n)")[0]


def _truth(text: str, policy: Policy, number: int, asked: _Asked) -> bool:
    value = _value(text, policy, number, asked)
    if not isinstance(value, bool):
        raise Failed(f"'{text}' is neither true nor false")
    return value


def _said(policy: Policy, values: list[Any]) -> str:
    parts = list(policy.message)
    parts[1::2] = map(str, values)
    return "".join(parts)


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
        raise Failed("it is no list")
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
