"""What is weakened of what the next change is judged by: each comparison by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pmlint.finding import Level
from pmlint.gate.side import Memory, Side
from pmlint.gate.weakening import (
    baseline_grown,
    judged_by,
    policies_weaker,
    settings_weaker,
    signers_changed,
    weakened,
)
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.settings import GateSettings, RegistrySource, RuleSettings, Settings
from tests.gate.catalogue import FILTER
from tests.gate.memory import Objects

TODAY = date(2026, 10, 15)
BASE = Settings(
    since=date(2026, 1, 2),
    select=("a", "b"),
    ignore=("x",),
    rules={"a": RuleSettings(Level.ERROR), "b": RuleSettings(Level.WARNING), "c": RuleSettings(off=True)},
    horizon={"near-miss": 90, "control-breach": 30},
    words={"remove": {"blame": ["x"]}},
    registry=(RegistrySource(("a.yaml",), "id"), RegistrySource(("b.yaml",), "id")),
    gate=GateSettings("forge", True, ("r", "s")),
)


@pytest.mark.parametrize(
    ("before", "after", "cases"),
    [
        ({}, {}, []),
        ({}, {"postmortems": ("p",)}, ["'postmortems' moves from postmortems to p"]),
        ({}, {"routes": ("p",)}, ["'routes' moves from routes to p"]),
        ({}, {"policies": "p"}, ["'policies' moves from policies to p"]),
        ({}, {"people": "p"}, ["'people' moves from people.yaml to p"]),
        ({}, {"baseline": "p"}, ["'baseline' moves from pmlint-baseline.json to p"]),
        ({}, {"since": date(2026, 1, 3)}, ["'since' moves to 2026-01-03"]),
        ({}, {"since": date(2026, 1, 1)}, []),
        ({}, {"since": None}, []),
        ({"since": None}, {"since": date(2026, 1, 1)}, ["'since' moves to 2026-01-01"]),
        ({}, {"select": ("b", "a")}, []),
        ({}, {"select": ("a",)}, ["'select' leaves rules out"]),
        ({}, {"select": ()}, []),
        ({}, {"ignore": ()}, []),
        ({}, {"ignore": ("z", "y", "x")}, ["'y' is ignored", "'z' is ignored"]),
        ({}, {"horizon": {"near-miss": 90, "control-breach": 31}}, ["the horizon of 'control-breach' grows to 31 days"]),
        ({}, {"horizon": {"near-miss": 1}}, []),
        ({}, {"slow_containment_minutes": 61}, ["'slow_containment_minutes' grows to 61"]),
        ({}, {"slow_containment_minutes": 59}, []),
        ({}, {"words": {"remove": {"blame": ["y"]}}}, ["words are removed"]),
        ({}, {"words": {"remove": {"blame": ["x"]}, "add": {}}}, []),
        ({}, {"words": {}}, ["words are removed"]),
        ({"words": {}}, {"words": {"add": {}}}, []),
        ({}, {"registry": BASE.registry[1:]}, ["the registry source 'a.yaml' is gone or maps otherwise"]),
        ({}, {"registry": (*BASE.registry, RegistrySource(("c",), "id"))}, []),
        ({}, {"gate": GateSettings("recorded", True, ("r", "s"))}, ["approvals need only be written down"]),
        ({}, {"gate": GateSettings("signature", True, ("r", "s", "t"))}, []),
        ({"gate": GateSettings()}, {"gate": GateSettings()}, []),
        ({}, {"gate": GateSettings("forge", False, ("r", "s"))}, ["'two_phase' is taken away"]),
        ({}, {"gate": GateSettings("forge", True, ())}, ["'r' need no longer be signed", "'s' need no longer be signed"]),
    ],
)
def test_settings(before: dict[str, Any], after: dict[str, Any], cases: list[str]) -> None:
    old = BASE._replace(**before)
    assert list(settings_weaker(old, old._replace(**after))) == [f"configuration-weakened: {case}" for case in cases]


@pytest.mark.parametrize(
    ("name", "after", "case"),
    [
        ("a", RuleSettings(Level.ERROR), ""),
        ("a", RuleSettings(Level.WARNING), "'a' becomes a warning"),
        ("a", RuleSettings(off=True), "'a' becomes off"),
        ("a", RuleSettings(), "'a' is no longer raised to an error"),
        ("a", RuleSettings(reason="x"), "'a' is no longer raised to an error"),
        ("b", RuleSettings(), ""),
        ("b", RuleSettings(Level.WARNING, True), "'b' becomes off"),
        ("c", RuleSettings(), ""),
        ("b", RuleSettings(Level.WARNING), ""),
        ("b", RuleSettings(Level.ERROR), ""),
        ("b", None, ""),
        ("c", RuleSettings(off=True), ""),
        ("c", RuleSettings(Level.ERROR), ""),
        ("c", RuleSettings(Level.WARNING), ""),
        ("new", RuleSettings(Level.WARNING), "'new' becomes a warning"),
        ("new", RuleSettings(Level.ERROR), ""),
        ("new", RuleSettings(off=True), "'new' becomes off"),
        ("a", None, "'a' is no longer raised to an error"),
        ("c", None, ""),
    ],
)
def test_rules(name: str, after: RuleSettings | None, case: str) -> None:
    rules = {other: told for other, told in BASE.rules.items() if other != name} | ({} if after is None else {name: after})
    assert list(settings_weaker(BASE, BASE._replace(rules=rules))) == ([f"configuration-weakened: {case}"] if case else [])


POLICY = FILTER.replace("named-route", "named")
SETTINGS = Settings()


def side(files: dict[str, str], settings: Settings = SETTINGS) -> Side:
    objects = Objects()
    return Side(objects.tree(objects.add({path: text.encode() for path, text in files.items()})), settings, Memory({}, {}))


def policies(*texts: str) -> PolicySet:
    return load_policies(side({f"policies/{number}.yaml": text for number, text in enumerate(texts)}).tree, SETTINGS, TODAY)


def policy(**fields: str) -> PolicySet:
    """One policy with other fields than those of `POLICY`."""
    lines = dict(line.split(": ", 1) for line in POLICY.partition("examples")[0].splitlines()) | fields
    return policies("".join(f"{name}: {value}\n" for name, value in lines.items()) + "examples" + POLICY.partition("examples")[2])


@pytest.mark.parametrize(
    ("before", "after", "case"),
    [
        ({}, {}, ""),
        ({}, {"title": "Another", "why": "Because.", "fix": "Do it.", "message": "none"}, ""),
        ({"level": "warning"}, {"level": "error"}, ""),
        ({}, {"level": "warning"}, "binds less"),
        ({}, {"since": "2026-01-01"}, "leaves older postmortems out"),
        ({"since": "2026-01-01"}, {"since": "2025-01-01"}, "leaves older postmortems out"),
        ({"since": "2026-01-01"}, {"since": "2026-01-01"}, ""),
        ({"since": "2026-01-01"}, {}, ""),
        ({}, {"require": "size(postmortem.routes) > 0 && true"}, "demands something else"),
        ({}, {"when": "postmortem.id != 'x'"}, "demands something else"),
        ({"from": "draft"}, {"from": "accepted"}, "binds less"),
        ({"from": "accepted"}, {"from": "draft"}, ""),
        ({"from": "accepted"}, {"from": "accepted"}, ""),
    ],
)
def test_policies(before: dict[str, str], after: dict[str, str], case: str) -> None:
    cases = list(policies_weaker(policy(**before), policy(**after)))
    assert cases == ([f"policy-weakened: 'named' {case}"] if case else [])


def test_policies_that_go_and_come() -> None:
    other = POLICY.replace("id: named", "id: other")
    assert list(policies_weaker(policies(POLICY, other), policies(other))) == ["policy-weakened: 'named' is gone or off"]
    assert list(policies_weaker(policies(), policies(POLICY))) == []


def test_a_baseline_may_only_shrink() -> None:
    entry = '{"postmortem": "%s", "rule": "placeholder", "subject": "%s"}'
    one, two, three = entry % ("PM-2", ""), entry % ("PM-1", "A1"), entry % ("PM-3", "")
    files = [{"pmlint-baseline.json": f'{{"version": 1, "known": [{known}]}}'} for known in (one, ", ".join((one, two, three)), two)]
    sides = [side(file) for file in files]
    assert list(baseline_grown(sides[0], sides[1])) == ["baseline-grown: PM-1 placeholder A1", "baseline-grown: PM-3 placeholder"]
    assert list(baseline_grown(sides[1], sides[2])) == []
    assert list(baseline_grown(side({}), sides[2])) == ["baseline-grown: PM-1 placeholder A1"]


def people(**keys: str) -> Side:
    lines = [f'- {{handle: "@{name}", name: X{f", allowed_signer: {key!r}" if key else ""}}}\n' for name, key in keys.items()]
    return side({"people.yaml": "".join(lines)})


def test_signers() -> None:
    before = people(tom="ssh 1", maria="")
    assert list(signers_changed(before, before)) == []
    assert list(signers_changed(before, people(tom="ssh 2", maria=""))) == ["signer-changed: @tom would sign with another key"]
    assert list(signers_changed(before, people(tom="", maria="ssh 1"))) == ["signer-changed: @tom would sign with another key"]
    assert list(signers_changed(before, people(maria=""))) == []
    gone = ["people-removed: nobody would be on the roster of people.yaml any more"]
    assert list(signers_changed(before, side({}))) == gone
    assert list(signers_changed(before, side({"people.yaml": "[]\n"}))) == gone
    assert list(signers_changed(side({}), before)) == []
    assert list(signers_changed(side({}), side({}))) == []



def test_what_later_changes_are_judged_by() -> None:
    before = side({"pmlint.toml": "a", "people.yaml": "a", "policies/a.yaml": "a", "policies/b.yaml": "a", "x": "a"})
    after = side({"pmlint.toml": "b", "people.yaml": "a", "policies/a.yaml": "b", "policies/c.yaml": "a", "x": "b"})
    assert judged_by(before, after) == ["pmlint.toml", "policies/a.yaml", "policies/b.yaml", "policies/c.yaml"]
    moved = side({"p.yaml": "a", "pyproject.toml": "a"}, SETTINGS._replace(people="p.yaml", baseline="b.json", policies="pol"))
    assert judged_by(moved, side({"b.json": "a", "pol/x": "a"})) == ["pyproject.toml", "p.yaml", "b.json", "pol/x"]


@pytest.mark.parametrize(
    ("before", "after", "restarts", "cases"),
    [
        ({}, {}, True, []),
        ({}, {"policies/a.yaml": POLICY}, False, []),
        ({}, {"policies/a.yaml": POLICY}, True, ["policies-and-restart: policies change and a route is given trust; make it two changes"]),
        ({"policies/a.yaml": POLICY}, {"policies/b.yaml": POLICY.replace("level", "level")}, False, []),
        ({"policies/a.yaml": POLICY}, {}, True, ["policy-weakened: 'named' is gone or off"]),
        ({"policies/a.yaml": POLICY}, {"policies/a.yaml": "# why\n" + POLICY}, True, []),
        (
            {"policies/a.yaml": POLICY},
            {"p/a.yaml": POLICY.replace("error", "warning"), "pmlint.toml": 'policies = "p"'},
            True,
            ["configuration-weakened: 'policies' moves from policies to p", "policy-weakened: 'named' binds less"],
        ),
    ],
)
def test_all_of_it(before: dict[str, str], after: dict[str, str], restarts: bool, cases: list[str]) -> None:
    target, result = side(before), side(after)
    assert weakened(target, result, load_policies(target.tree, SETTINGS, TODAY), TODAY, restarts=restarts) == cases
