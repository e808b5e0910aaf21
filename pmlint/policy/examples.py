"""The examples that every policy carries: each failing one makes exactly its policy speak, each
passing one none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pmlint.model import native_route
from pmlint.model.resources import read_text
from pmlint.model.schema import check
from pmlint.parsing.document import read_postmortem, read_yaml
from pmlint.parsing.source import Source
from pmlint.place import Path
from pmlint.policy.complete import CompletedKind
from pmlint.policy.judge import Found, PolicySet
from pmlint.policy.policy import Policy
from pmlint.project.settings import GateSettings, Settings

TODAY = date(2026, 10, 15)
"""What day it is in every example."""


class Outcome(NamedTuple):
    """How one example came out: the policy, its number (from 1), and what is wrong, None where it
    is as stated.
    """

    policy: Policy
    number: int
    wrong: str | None


def run_examples(policies: PolicySet, only: frozenset[str] = frozenset()) -> Iterator[Outcome]:
    """Run the examples of all policies, or of those with an id of ``only``, each against the whole
    set.
    """
    # Under default settings, so that an example comes out alike in every repository; one may name
    # a setting that its policy asks for.
    judge = PolicySet(policies.policies, Settings(), TODAY)
    for policy in policies.policies:
        if not only or policy.id in only:
            for number, example in enumerate(policy.examples, 1):
                own = judge
                if "settings" in example:
                    gate = GateSettings(**example["settings"])
                    own = PolicySet(policies.policies, Settings(gate=gate), TODAY)
                yield Outcome(policy, number, _run(policy, example, own))


def overlay(base: Any, changes: Any) -> Any:
    """A document with fields replaced, or taken out by null (RFC 7396).

    An element of a list keeps the other fields of the element with its id.
    """
    if isinstance(changes, dict) and isinstance(base, dict):
        merged = {
            **base,
            **{name: overlay(base.get(name), value) for name, value in changes.items()},
        }
        return {name: value for name, value in merged.items() if value is not None}
    if isinstance(changes, list) and isinstance(base, list):
        known = {item["id"]: item for item in base if isinstance(item, dict) and "id" in item}
        return [
            overlay(known.get(item.get("id")), item) if isinstance(item, dict) else item
            for item in changes
        ]
    return changes


@cache
def valid(kind: str) -> Any:
    """The complete valid document of a kind, on which examples are laid."""
    if kind == "route":
        return read_yaml(Source("route.yaml", read_text("examples/route.yaml")), "route").data
    return read_postmortem(Source("postmortem.md", read_text("examples/postmortem.md"))).data


def _run(policy: Policy, example: dict[str, Any], judge: PolicySet) -> str | None:
    kind: CompletedKind = "route" if policy.applies_to == "route" else "postmortem"
    document = overlay(valid(kind), example.get("set", {}))
    for problem in check(kind, document):
        return f"the example is not a valid {kind}: {problem.message}"
    found = _judged(policy, example, document, judge)
    # An example that breaks two policies shows neither of them.
    others = sorted({other.id for other, _ in found} - {policy.id})
    if others:
        return f"it also breaks {', '.join(others)}"
    if len(found) != example["fails"]:
        said = "; ".join(problem.message for _, problem in found) or "nothing"
        return f"expected {example['fails']}, found {len(found)}: {said}"
    places = [_dotted(problem.at) for _, problem in found if isinstance(problem.at, Path)]
    if "at" in example and example["at"] not in places:
        return f"it points at {', '.join(places) or 'nothing'}, not at {example['at']}"
    return None


def _judged(
    policy: Policy, example: dict[str, Any], document: Any, judge: PolicySet
) -> list[Found]:
    if policy.applies_to == "route":
        return list(judge.route(native_route(document, "route.yaml")))
    if policy.applies_to == "change":
        return list(judge.change(overlay(valid("postmortem"), example.get("base", {})), document))
    return list(judge.postmortem(document, lambda: [native_route(valid("route"), "route.yaml")]))


def _dotted(at: Path) -> str:
    """A place as people write it: ``actions[0].owner``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).lstrip(".")
