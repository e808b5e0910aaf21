"""A set of policies against documents. All policies of a kind are one compiled expression, so that a document is converted once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from pmlint.finding import Problem
from pmlint.model import Route
from pmlint.moment import parse_date
from pmlint.place import Path
from pmlint.policy.complete import complete
from pmlint.policy.file import Kind, Policy
from pmlint.policy.language import Failed, compile_expression, evaluate, surroundings
from pmlint.policy.names import fields_of, used
from pmlint.settings import Settings

Found = tuple[Policy, Problem]
MOST = 50
"""The most elements of one list that a policy is asked about one by one: each time the whole document is converted."""
_PLAIN = r"(postmortem|route|base|head)((?:\.\w+)+)"


class PolicySet:
    """Policies by id, and what they say of documents. ``shipped`` are the ids of all that ship, also of those that are off.

    ``asked`` says of an id whether the policy is asked about documents; of changes, every one is.
    """

    def __init__(
        self,
        policies: Iterable[Policy],
        settings: Settings,
        today: date,
        shipped: Iterable[str] = (),
        asked: Callable[[str], bool] = lambda name: True,
    ) -> None:
        self.policies = tuple(policies)
        self._asked = asked
        self.shipped = frozenset(shipped)
        self._around = surroundings(today, settings.horizon, settings.slow_containment_minutes)
        self._joined: dict[Kind, tuple[list[Policy], Any]] = {}

    @cached_property
    def uses_routes(self) -> bool:
        """Whether any policy of postmortems reads ``routes``."""
        return any("routes" in text and "routes" in used(text) for policy in self.policies for text in policy.expressions)

    @cached_property
    def _fields(self) -> frozenset[str] | None:
        """The fields of a postmortem that the policies read; None for all."""
        found = fields_of(
            "postmortem", (text for policy in self.policies if policy.applies_to == "postmortem" for text in policy.expressions)
        )
        return None if found is None else found | {"opened"}

    def postmortem(self, data: object, routes: Callable[[], Iterable[Route]] = tuple) -> Iterator[Found]:
        """What is wrong with a postmortem; ``routes`` are those it names, asked for only where a policy reads them."""
        linked = [route_data(route) for route in routes()] if self.uses_routes else []
        read = {"postmortem": complete("postmortem", data, self._fields), "routes": linked}
        return self._check("postmortem", read, lambda: {**read, "postmortem": complete("postmortem", data)})

    def route(self, route: Route) -> Iterator[Found]:
        """What is wrong with a route."""
        read = {"route": route_data(route)}
        for policy, problem in self._check("route", read, lambda: read):
            assert isinstance(problem.at, Path)
            yield policy, problem._replace(at=Path((*route.at, *problem.at)))

    def change(self, base: object, head: object) -> Iterator[Found]:
        """What is wrong with the change of a postmortem from ``base`` to ``head``; None where it does not exist on a side."""
        sides = {name: None if data is None else complete("postmortem", data) for name, data in (("base", base), ("head", head))}
        return self._check("change", sides, lambda: sides)

    def _check(self, kind: Kind, documents: Mapping[str, Any], whole: Callable[[], Mapping[str, Any]]) -> Iterator[Found]:
        """Ask all policies at once of what they read of the documents; only where one objects, it is asked about the whole of them."""
        policies, compiled = self._of(kind)
        if not policies:
            return
        try:
            clean = [all(answer is True for answer in answers) for answers in evaluate(compiled, {**self._around, **documents})]
        except Failed:
            clean = [False] * len(policies)  # one of them can't be evaluated: ask each by itself
        if all(clean):
            return
        variables = {**self._around, **whole()}
        opened = parse_date((documents.get("postmortem") or documents.get("head") or {}).get("opened"))
        for policy, passes in zip(policies, clean, strict=True):
            if not passes and not (policy.since and opened and opened < policy.since):
                for problem in _problems(policy, variables):
                    yield policy, problem

    def _of(self, kind: Kind) -> tuple[list[Policy], Any]:
        if kind not in self._joined:
            policies = [policy for policy in self.policies if policy.applies_to == kind and (kind == "change" or self._asked(policy.id))]
            compiled = compile_expression(f"[{', '.join(map(_question, policies))}]") if policies else None
            self._joined[kind] = policies, compiled
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


def _question(policy: Policy) -> str:
    """A policy as a list of answers, one for each element."""
    answer = f"({policy.when}) ? ({policy.require}) : true" if policy.when else f"({policy.require})"
    return f"({policy.each}).map(it, {answer})" if policy.each else f"[{answer}]"


def _problems(policy: Policy, variables: Mapping[str, Any]) -> Iterator[Problem]:
    """What one policy says; an expression without an answer is a finding, never a pass."""
    try:
        elements = _elements(policy, variables)
    except Failed as failed:
        yield Problem(f"'each' could not be evaluated: {failed.reason}", help=f"correct the policy {policy.file}")
        return
    root, steps = policy.at
    for number, (element, place) in enumerate(elements):
        if number == MOST:
            rest = len(elements) - MOST
            yield Problem(f"{rest} more of these are not looked at", place, help="correct those before them first")
            return
        bound = {**variables, "it": element}
        at = Path((*(place if root == "it" else ()), *steps))
        subject = element["id"] if isinstance(element, dict) and isinstance(element.get("id"), str) else ""
        try:
            needed = not policy.when or _truth(policy.when, bound)
            if needed and not _truth(policy.require, bound):
                yield Problem(_said(policy, bound), at, subject, policy.fix)
        except Failed as failed:
            yield Problem(
                f"this could not be evaluated: {failed.reason}", at, subject, f"correct the document, or the policy {policy.file}"
            )


def _truth(text: str, variables: Mapping[str, Any]) -> bool:
    value = evaluate(compile_expression(text), variables)
    if not isinstance(value, bool):
        raise Failed(f"'{text}' is neither true nor false")
    return value


def _elements(policy: Policy, variables: Mapping[str, Any]) -> list[tuple[Any, Path]]:
    """The elements that a policy judges, each with the place where it stands in the document."""
    if not policy.each:
        return [(None, Path())]
    elements = evaluate(compile_expression(policy.each), variables)
    if not isinstance(elements, list):
        raise Failed("it is no list")
    plain = re.fullmatch(_PLAIN, policy.each)
    if plain:
        return [(element, Path((*plain[2].split(".")[1:], number))) for number, element in enumerate(elements)]
    places = list(
        _mappings(variables["route" if policy.applies_to == "route" else "head" if policy.applies_to == "change" else "postmortem"])
    )
    found = []
    for element in elements:
        place = next((place for place in places if place[1] == element), (Path(), None))
        if place in places:
            places.remove(place)  # two equal elements stand in two places
        found.append((element, place[0]))
    return found


def _mappings(value: Any, at: Path = Path()) -> Iterator[tuple[Path, Any]]:
    """Every mapping below a value with its place, in the order of the document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        if isinstance(item, dict):
            yield at / step, item
        yield from _mappings(item, at / step)


def _said(policy: Policy, variables: Mapping[str, Any]) -> str:
    parts = [str(evaluate(compile_expression(part), variables)) if number % 2 else part for number, part in enumerate(policy.message)]
    return "".join(parts)
