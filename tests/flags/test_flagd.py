"""The text of a flagd file: the same bytes for the same registry, and what evaluators make of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmlint.flags.decide import RouteFlags, unread
from pmlint.flags.drift import differences
from pmlint.flags.prove import EvaluatedFlag, prove
from pmlint.flags.registry import FlagSet
from pmlint.flags.systems.flagd import SYSTEM
from pmlint.flags.systems.interface import UnreadableFlags
from pmlint.project.holds import Hold
from tests.flags.evaluators import javascript_answers, python_core

HOLD = Hold("PM-2026-001", "action", "A2", "@tom", None, "open", "")
FLAGS = FlagSet(
    "4f6c03a0f1ea5006556756fa22a43d828d13203f",
    (
        RouteFlags("desk", True, "act"),
        RouteFlags("mail", True, None),
        RouteFlags("refund-triage", False, "observe", (HOLD,)),
        RouteFlags("slow", True, "suggest", limited="over its budgets"),
        unread("torn", "routes/torn.yaml: not YAML"),
    ),
)
AUTONOMY = '{"observe": "observe", "suggest": "suggest", "act-with-approval": "act-with-approval", "act": "act"}'
TEXT = f"""{{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "metadata": {{"flagSetId": "pmlint-routes", "registry": "4f6c03a0f1ea5006556756fa22a43d828d13203f"}},
  "flags": {{
    "route.desk.autonomy": {{"state": "ENABLED", "variants": {AUTONOMY}, "defaultVariant": "act"}},
    "route.desk.run": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "on"}},
    "route.mail.run": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "on"}},
    "route.refund-triage.autonomy": {{"state": "ENABLED", "variants": {AUTONOMY}, "defaultVariant": "observe", "metadata": {{"heldBy": "PM-2026-001#A2"}}}},
    "route.refund-triage.run": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "off", "metadata": {{"heldBy": "PM-2026-001#A2"}}}},
    "route.slow.autonomy": {{"state": "ENABLED", "variants": {AUTONOMY}, "defaultVariant": "suggest", "metadata": {{"limitedBy": "over its budgets"}}}},
    "route.slow.run": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "on", "metadata": {{"limitedBy": "over its budgets"}}}},
    "route.torn.autonomy": {{"state": "ENABLED", "variants": {AUTONOMY}, "defaultVariant": "observe", "metadata": {{"unread": "routes/torn.yaml: not YAML"}}}},
    "route.torn.run": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "off", "metadata": {{"unread": "routes/torn.yaml: not YAML"}}}}
  }}
}}
"""
DEFAULTS: dict[str, bool | str] = {
    name: True if name.endswith(".run") else "act" for name in json.loads(TEXT)["flags"]
}
VALUES = {
    "route.desk.autonomy": "act",
    "route.desk.run": True,
    "route.mail.run": True,
    "route.refund-triage.autonomy": "observe",
    "route.refund-triage.run": False,
    "route.slow.autonomy": "suggest",
    "route.slow.run": True,
    "route.torn.autonomy": "observe",
    "route.torn.run": False,
}


def test_the_text() -> None:
    assert SYSTEM.render(FLAGS) == TEXT


def test_no_route_is_a_file_without_flags() -> None:
    assert json.loads(SYSTEM.render(FlagSet("4b825dc6", ())))["flags"] == {}


def test_both_cores_answer_as_it_was_decided() -> None:
    assert {name: python_core(TEXT, name, default) for name, default in DEFAULTS.items()} == VALUES
    assert javascript_answers("flagd", [(TEXT, DEFAULTS)]) == [VALUES]


def test_the_provider_of_flagd_reads_the_file(tmp_path: Path) -> None:
    flagd = pytest.importorskip("openfeature.contrib.provider.flagd")
    from openfeature import api
    from openfeature.contrib.provider.flagd.config import ResolverType

    file = tmp_path / "routes.flagd.json"
    file.write_text(TEXT, encoding="utf-8")
    api.set_provider_and_wait(
        flagd.FlagdProvider(resolver_type=ResolverType.FILE, offline_flag_source_path=str(file))
    )
    try:
        client = api.get_client()
        found = {
            name: client.get_boolean_value(name, True)
            if isinstance(default, bool)
            else client.get_string_value(name, default)
            for name, default in DEFAULTS.items()
        }
        # 'ask with default False': what is not in the file is off
        assert (found, client.get_boolean_value("route.nobody.run", False)) == (VALUES, False)
    finally:
        api.shutdown()


BROKEN = {
    "is missing": ('"route.refund-triage.run"', '"route.refund-triage.ran"'),
    "is disabled": (
        '"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"',
        '"state": "DISABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"',
    ),
    "has no such variant": ('"defaultVariant": "off"', '"defaultVariant": "of"'),
    "stands in a text that is cut off": ("}\n", ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_flag_that_is_broken_gives_callers_their_own_default(name: str) -> None:
    """Why a held route is written and enabled: with a default of True it would run, and nothing
    would be raised.
    """
    text = TEXT.replace(*BROKEN[name])
    run = "route.refund-triage.run"
    assert (python_core(text, run), javascript_answers("flagd", [(text, {run: True})])) == (
        True,
        [{run: True}],
    )
    assert EvaluatedFlag("refund-triage", "run", "off", "on") in prove(SYSTEM, text, FLAGS)


def test_what_was_decided_is_proven() -> None:
    found = prove(SYSTEM, TEXT, FLAGS)
    assert found[:3] == [
        EvaluatedFlag("desk", "run", "on", "on"),
        EvaluatedFlag("desk", "autonomy", "act", "act"),
        EvaluatedFlag("mail", "run", "on", "on"),
    ]
    assert [one for one in found if one.expected != one.evaluated] == []


def changed() -> Iterator[tuple[str, str, str, list[tuple[str, str, str]]]]:
    run = "route.refund-triage.run"
    off = '"defaultVariant": "off", "metadata": {"heldBy"'
    yield "nothing", "", "", []
    yield "on", off, off.replace("off", "on"), [(run, "on", "off")]
    yield "a rule", off, f'"targeting": {{}}, {off}', [(run, "unclear", "off")]
    yield "an unknown variant", off, off.replace("off", "of"), [(run, "unclear", "off")]
    yield (
        "a variant that is a number",
        '"off": false}, ' + off,
        '"off": 0}, ' + off,
        [(run, "unclear", "off")],
    )
    yield (
        "no variants",
        '{"on": true, "off": false}, ' + off,
        "[], " + off,
        [(run, "unclear", "off")],
    )
    yield (
        "another reason",
        '"off", "metadata": {"heldBy": "PM-2026-001#A2"}',
        '"off", "metadata": {"heldBy": "PM-2026-001#A1"}',
        [(run, "off", "off")],
    )
    yield (
        "another name",
        f'"{run}"',
        '"route.x.run"',
        [(run, "", "off"), ("route.x.run", "off", "")],
    )
    yield (
        "a flag that is a text",
        '"route.mail.run": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "on"}',
        '"route.mail.run": "on"',
        [("route.mail.run", "unclear", "on")],
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [case[1:] for case in changed()],
    ids=[case[0] for case in changed()],
)
def test_drift(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    before = TEXT.replace(old, new, 1)
    found = list(differences(SYSTEM, before, TEXT, FLAGS))
    assert [tuple(one[:3]) for one in found] == expected
    assert all((one.route is None) == (one.name == "route.x.run") for one in found)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"flags": []}', "[" * 100_000], ids=repr)
def test_a_file_without_flags(text: str) -> None:
    with pytest.raises(UnreadableFlags):
        SYSTEM.read(text)
