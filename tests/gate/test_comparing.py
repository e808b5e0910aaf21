"""What a route is given: each comparison by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pmlint.gate.trust import covered, gained, given, shared
from pmlint.model import Control, RestartFlag, Route
from pmlint.place import Path

OLD = Route(id="r", file="r.yaml", state="paused", autonomy="suggest")


def flag(raised: bool, unclear: str = "") -> RestartFlag:
    return RestartFlag("on", raised, Path(), unclear)


@pytest.mark.parametrize(
    ("before", "after", "flags"),
    [
        ((), (flag(True),), ["on: absent → up"]),
        ((), (flag(False),), []),
        ((flag(False),), (flag(True),), ["on: down → up"]),
        ((flag(True),), (flag(True),), []),
        ((flag(True),), (flag(False),), []),
        ((flag(True),), (), []),
        ((flag(False),), (flag(True, "?"),), ["on: down → unclear"]),
        ((flag(True),), (flag(True, "?"),), ["on: up → unclear"]),
        ((flag(True, "?"),), (flag(True),), ["on: unclear → up"]),
        ((flag(True, "?"),), (flag(True, "!"),), []),
    ],
)
def test_flags(before: tuple[RestartFlag, ...], after: tuple[RestartFlag, ...], flags: list[str]) -> None:
    assert given(OLD._replace(flags=before), OLD._replace(flags=after)) == flags


@pytest.mark.parametrize(
    ("fields", "after", "flags"),
    [
        ({}, {"state": "limited"}, ["state: paused → limited"]),
        ({}, {"state": "retired"}, []),
        ({}, {"state": "weird"}, ["state: paused → weird"]),
        ({}, {"state": ""}, ["state: paused → absent"]),
        ({"state": ""}, {"state": "retired"}, ["state: absent → retired"]),
        ({"state": ""}, {"state": ""}, []),
        ({"state": "weird"}, {"state": "paused"}, ["state: weird → paused"]),
        ({"state": "weird"}, {"state": "weird"}, []),
        ({}, {"autonomy": "act"}, ["autonomy: suggest → act"]),
        ({}, {"autonomy": "observe"}, []),
        ({}, {"read_tools": ("a", "b")}, ["tools.read: + a", "tools.read: + b"]),
        ({"read_tools": ("a",), "write_tools": ("b",)}, {"read_tools": ("a", "b", "c")}, ["tools.read: + c"]),
        ({"read_tools": ("a",)}, {"write_tools": ("a",)}, ["tools.write: + a"]),
        ({"write_tools": ("a.*",)}, {"write_tools": ("a.b", "a.*")}, []),
        ({"write_tools": ("a.b",)}, {"write_tools": ("a.*",)}, ["tools.write: + a.*"]),
    ],
)
def test_states_and_tools(fields: dict[str, Any], after: dict[str, Any], flags: list[str]) -> None:
    before = OLD._replace(**fields)
    assert given(before, before._replace(**after)) == flags


def test_a_new_route_is_given_all_that_it_has_once_it_runs() -> None:
    new = Route(
        id="r",
        file="r.yaml",
        state="paused",
        autonomy="act",
        read_tools=("a",),
        write_tools=("b",),
        controls=(Control({"id": "c"}),),
        trust={"limit": 1},
    )
    assert given(None, new) == []
    assert given(None, new._replace(state="limited")) == [
        "state: retired → limited",
        "autonomy: observe → act",
        "tools.read: + a",
        "tools.write: + b",
    ]
    assert given(None, new._replace(flags=(flag(True),)))[0] == "on: absent → up"
    assert given(None, Route(id="r", file="r.yaml", flags=(flag(True),), mapped=True)) == [
        "on: absent → up",
        "state: retired → absent",
        "autonomy: observe → absent",
    ]


def test_tools() -> None:
    assert gained(None, OLD._replace(write_tools=("a", "b"))) == ["a", "b"]
    assert covered("a.b", ("a.*",))
    assert covered("a.*", ("x", "a.*"))
    assert not covered("a.*", ("a.**", "*"))
    assert not covered("a", ())
    one, other = OLD._replace(write_tools=("a.b", "c", "d.*")), OLD._replace(write_tools=("a.*", "d.e", "x"))
    assert shared(one, other) == ["a.b", "d.*"]
    assert shared(other, one) == ["a.*", "d.e"]


PREVENT = {"id": "c", "layer": "limits", "guards": "prevent", "description": "at most 50 EUR, 3 times"}


@pytest.mark.parametrize(
    ("before", "after", "flags"),
    [
        (PREVENT, None, ["control c is gone"]),
        (PREVENT, PREVENT, []),
        (PREVENT, {**PREVENT, "description": "never more than 50 EUR and 3 times"}, []),
        (PREVENT, {**PREVENT, "description": "at most 51 EUR, 3 times"}, ["control c: its numbers change"]),
        ({**PREVENT, "description": "0.5"}, {**PREVENT, "description": "0,5"}, ["control c: its numbers change"]),
        (PREVENT, {**PREVENT, "layer": "alert"}, ["control c: layer limits → alert"]),
        (PREVENT, {**PREVENT, "layer": ""}, ["control c: layer limits → absent"]),
        ({**PREVENT, "layer": "alert"}, {**PREVENT, "layer": "unknown"}, ["control c: layer alert → unknown"]),
        ({**PREVENT, "layer": "unknown"}, {**PREVENT, "layer": "strange"}, []),
        ({**PREVENT, "layer": "alert"}, PREVENT, []),
        (PREVENT, {**PREVENT, "guards": "detect"}, ["control c: guards prevent → detect"]),
        (PREVENT, {**PREVENT, "guards": "unknown"}, ["control c: guards prevent → unknown"]),
        (PREVENT, {**PREVENT, "guards": ""}, ["control c: guards prevent → absent"]),
        ({**PREVENT, "guards": "detect"}, {**PREVENT, "guards": "contain"}, ["control c: guards detect → contain"]),
        ({**PREVENT, "guards": "contain"}, {**PREVENT, "guards": "detect"}, []),
        ({**PREVENT, "guards": "unknown"}, PREVENT, []),
        ({**PREVENT, "guards": "contain"}, {**PREVENT, "guards": "unknown"}, ["control c: guards contain → unknown"]),
    ],
)
def test_controls(before: dict[str, str], after: dict[str, str] | None, flags: list[str]) -> None:
    new = (Control({"id": "new"}),) if after is None else (Control({"id": "new"}), Control(after))
    assert given(OLD._replace(controls=(Control(before),)), OLD._replace(controls=new)) == flags


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (1, 2, "1 → 2"),
        (2, 1, ""),
        (1, 1.5, "1 → 1.5"),
        (1.5, 1, ""),
        (1, 1.0, ""),
        (1, True, "1 → True"),
        (True, 1, "True → 1"),
        (True, 0, "True → 0"),
        (0, "no", "0 → no"),
        (0, None, "0 → None"),
        (False, True, "False → True"),
        (True, False, ""),
        ("a", "b", "a → b"),
        ("a", "a", ""),
        (None, None, ""),
        (None, 1, "None → 1"),
        (["a", "b"], ["b"], ""),
        (["a"], ["a", "b"], "['a'] → ['a', 'b']"),
        (["n", "o"], "no", "['n', 'o'] → no"),
        ("no", ["n"], "no → ['n']"),
        ({"a": 1}, ["a"], "{'a': 1} → ['a']"),
        ([], {}, "[] → {}"),
        ({"a": 1, "b": 2}, {"a": 1, "b": 1}, ""),
        ({"a": 1}, {"a": 2}, "{'a': 1} → {'a': 2}"),
        ({"a": 1, "b": 2}, {"a": 1}, "{'a': 1, 'b': 2} → {'a': 1}"),
        ({"a": 1}, {"a": 1, "b": 1}, "{'a': 1} → {'a': 1, 'b': 1}"),
        ("x" * 40, "y" * 41, f"{'x' * 40} → {'y' * 37}..."),
    ],
)
def test_fields_of_other_platforms(before: object, after: object, shown: str) -> None:
    found = given(OLD._replace(trust={"limit": before}), OLD._replace(trust={"limit": after}))
    assert found == ([f"limit: {shown}"] if shown else [])


def test_fields_that_come_and_go() -> None:
    one: Mapping[str, object] = {"a": 1, "b": 2}
    assert given(OLD._replace(trust=one), OLD._replace(trust={"b": 2, "c": 3})) == ["a: 1 → absent", "c: absent → 3"]
