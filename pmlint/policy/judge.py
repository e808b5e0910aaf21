"""A set of policies against documents.

All policies of a kind are one compiled expression, so that a document is converted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from pmlint.finding import Problem
from pmlint.model import Route
from pmlint.model.dates import parse_date
from pmlint.place import Path
from pmlint.policy.complete import complete
from pmlint.policy.engines import MANY, Engine, chosen
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
from pmlint.policy.objections import DocumentElements, objections, unanswered
from pmlint.policy.policy import Policy, PolicyKind
from pmlint.project.settings import Settings

Found = tuple[Policy, Problem]
LONGEST_LIST = 1_000
LONGEST_TEXT = 10_000
"""The most elements of a list, and characters of a text, of a document about which a team's own
policies are asked.

What an expression costs is bounded by the engine only as a number of steps, each of which may copy
a list or a text.
"""


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
        self._around = surroundings(
            today,
            settings.horizon,
            settings.slow_containment_minutes,
            settings.gate.budgets,
            settings.gate.replays,
        )
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
        document = DocumentElements(variables, self._engine)
        for policies, compiled in self._of(kind):
            # What ships is measured on hostile documents (docs/hostile-input.md), and a team's own
            # is not.
            much = None if policies[0].shipped else _too_much(documents)
            if only is not None:
                clean = [policy.id != only for policy in policies]
            elif much is not None:
                clean = [False] * len(policies)
            else:
                clean = _answered(policies, compiled, variables)
            for policy, passes in zip(policies, clean, strict=True):
                # 'is not True', because an engine may give an error as a value that counts as true
                # (docs/spec/policies.md, 'A wrong policy never passes').
                if passes is not True and not (policy.since and opened and opened < policy.since):
                    for problem in (
                        [unanswered(policy, much)]
                        if much is not None
                        else objections(policy, document)
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


def _too_much(value: object) -> str | None:
    """Why a document is too much for a team's own policies; None where it is not."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            return None
        return f"a text of {len(value):,} characters, of {LONGEST_TEXT:,} at most"
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        return f"a list of {len(value):,} elements, of {LONGEST_LIST:,} at most"
    items: Iterable[object] = value if isinstance(value, list) else ()
    items = value.values() if isinstance(value, dict) else items
    return next(filter(None, map(_too_much, items)), None)
