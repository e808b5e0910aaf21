"""The files of Unleash and GO Feature Flag: their text, what their own evaluators make of it, and
what pmlint reads.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

import pmlint.flags.systems
from pmlint.flags.drift import differences
from pmlint.flags.prove import EvaluatedFlag, prove
from pmlint.flags.registry import FlagSet
from pmlint.flags.systems import SYSTEMS
from pmlint.flags.systems.interface import UnreadableFlags
from tests.cli.desk import Desk
from tests.flags.evaluators import JAVASCRIPT, javascript_answers, python_answers
from tests.flags.test_flagd import DEFAULTS, FLAGS, VALUES

LEVELS = '{"observe": "observe", "suggest": "suggest", "act-with-approval": "act-with-approval", "act": "act"}'
EVERYBODY = '"strategies": [{"name": "default", "parameters": {}}]'
RUN = "route.refund-triage.run"
LINES = {
    "flagd": (
        f'"{RUN}": {{"state": "ENABLED", "variants": {{"on": true, "off": false}}, "defaultVariant": "off", "metadata": {{"heldBy": "PM-2026-001#A2"}}}}',
        f'"route.slow.autonomy": {{"state": "ENABLED", "variants": {LEVELS}, "defaultVariant": "suggest", "metadata": {{"limitedBy": "over its budgets"}}}}',
    ),
    "unleash": (
        f'{{"name": "{RUN}", "type": "kill-switch", "description": "heldBy: PM-2026-001#A2", "enabled": false, {EVERYBODY}, "variants": []}}',
        f'{{"name": "route.slow.autonomy", "type": "operational", "description": "limitedBy: over its budgets", "enabled": true, {EVERYBODY}, "variants": [{{"name": "suggest", "weight": 1000, "weightType": "variable", "stickiness": "default", "payload": {{"type": "string", "value": "suggest"}}}}]}}',
    ),
    "goff": (
        f'"{RUN}": {{"variations": {{"on": true, "off": false}}, "defaultRule": {{"variation": "off"}}, "metadata": {{"heldBy": "PM-2026-001#A2"}}}}',
        f'"route.slow.autonomy": {{"variations": {LEVELS}, "defaultRule": {{"variation": "suggest"}}, "metadata": {{"limitedBy": "over its budgets"}}}}',
    ),
}
TEXTS = {name: system.render(FLAGS) for name, system in SYSTEMS.items()}


def test_every_module_is_registered() -> None:
    folder = Path(pmlint.flags.systems.__file__).parent
    assert {file.stem for file in folder.glob("*.py")} - {"__init__", "interface"} == set(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_text_has_a_line_for_each_flag(system: str) -> None:
    lines = [line.strip().rstrip(",") for line in TEXTS[system].splitlines()]
    assert set(LINES[system]) <= set(lines)
    assert sum("route." in line for line in lines) == len(VALUES)
    assert SYSTEMS[system].read(SYSTEMS[system].render(FlagSet("4b825dc6", ()))) == {}


@pytest.mark.parametrize("system", SYSTEMS)
def test_evaluators_answer_as_it_was_decided(system: str) -> None:
    questions = [(TEXTS[system], DEFAULTS)]
    assert python_answers(system, questions) == [VALUES]
    found = prove(SYSTEMS[system], TEXTS[system], FLAGS)
    assert [one for one in found if one.expected != one.evaluated] == []
    if system in JAVASCRIPT:
        assert javascript_answers(system, questions) == [VALUES]


ON = {
    "unleash": ('"enabled": false', '"enabled": true'),
    "goff": ('"variation": "off"', '"variation": "on"'),
}
BY_THE_CALLER = {
    "unleash, the toggle is missing": ("unleash", f'"name": "{RUN}"', '"name": "route.x.run"'),
    "unleash, the text is cut off": ("unleash", '"segments": []\n}', ""),
    "goff, the flag is missing": ("goff", f'"{RUN}"', '"route.x.run"'),
    "goff, the flag is disabled": (
        "goff",
        '"defaultRule": {"variation": "off"}',
        '"disable": true, "defaultRule": {"variation": "off"}',
    ),
    "goff, there is no such variation": ("goff", '"variation": "off"', '"variation": "of"'),
    "goff, the text is cut off": ("goff", "}\n}", "}"),
}


@pytest.mark.parametrize("name", BY_THE_CALLER)
def test_a_flag_that_is_broken_gives_callers_their_own_default(name: str) -> None:
    """Why a held route is written, and a flag of GO Feature Flag never disabled: with True it would
    run.
    """
    system, old, new = BY_THE_CALLER[name]
    text = TEXTS[system].replace(old, new, 1)
    assert text != TEXTS[system]
    assert python_answers(system, [(text, {RUN: True})]) == [{RUN: True}]
    assert EvaluatedFlag("refund-triage", "run", "off", "on") in prove(SYSTEMS[system], text, FLAGS)


UNCLEAR = {
    "unleash": {
        "a rollout": (LINES["unleash"][1], LINES["unleash"][1].replace('"default", "parameters": {}', '"flexibleRollout", "parameters": {"rollout": "10"}')),
        "another toggle": (LINES["unleash"][1], LINES["unleash"][1].replace('"enabled"', '"dependencies": [{"feature": "x"}], "enabled"')),
        "two variants": (LINES["unleash"][1], LINES["unleash"][1].replace('"variants": [', '"variants": [{"name": "act", "weight": 500}, ')),
        "a variant of no payload": (LINES["unleash"][1], LINES["unleash"][1].replace('"payload"', '"load"')),
        "a variant that is a text": (LINES["unleash"][1], LINES["unleash"][1].replace('"variants": [{', '"variants": ["act", {')),
        "disabled": (LINES["unleash"][1], LINES["unleash"][1].replace('"enabled": true', '"enabled": false')),
        "enabled by a text": (LINES["unleash"][1], LINES["unleash"][1].replace('"enabled": true', '"enabled": "yes"')),
        "a second toggle": (LINES["unleash"][1], f'{LINES["unleash"][1]}, {LINES["unleash"][1]}'),
    },
    "goff": {
        "a rule": (LINES["goff"][1], LINES["goff"][1].replace('"defaultRule"', '"targeting": [], "defaultRule"')),
        "disabled": (LINES["goff"][1], LINES["goff"][1].replace('"defaultRule"', '"disable": true, "defaultRule"')),
        "a share": (LINES["goff"][1], LINES["goff"][1].replace('{"variation": "suggest"}', '{"percentage": {"act": 10, "observe": 90}}')),
        "an unknown variation": (LINES["goff"][1], LINES["goff"][1].replace('{"variation": "suggest"}', '{"variation": "all"}')),
        "a variation that is a number": (LINES["goff"][1], LINES["goff"][1].replace('{"variation": "suggest"}', '{"variation": 1}')),
        "no variations": (LINES["goff"][1], LINES["goff"][1].replace(f'"variations": {LEVELS}', '"variations": []')),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("system", "name"), [(system, name) for system, cases in UNCLEAR.items() for name in cases]
)
def test_what_leaves_it_to_the_caller_is_unclear(system: str, name: str) -> None:
    old, new = UNCLEAR[system][name]
    before = TEXTS[system].replace(old, new, 1)
    assert before != TEXTS[system]
    found = list(differences(SYSTEMS[system], before, TEXTS[system], FLAGS))
    assert [tuple(one[:3]) for one in found] == [("route.slow.autonomy", "unclear", "suggest")]


@pytest.mark.parametrize("system", ON)
def test_a_flag_that_was_flipped_is_drift(system: str) -> None:
    line = LINES[system][0]
    before = TEXTS[system].replace(line, line.replace(*ON[system]))
    found = list(differences(SYSTEMS[system], before, TEXTS[system], FLAGS))
    assert [tuple(one[:3]) for one in found] == [(RUN, "on", "off")]
    assert python_answers(system, [(before, {RUN: False})]) == [{RUN: True}]


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 100_000, '{"features": {}}'], ids=lambda text: text[:20] or "empty"
)
def test_a_file_without_flags(text: str) -> None:
    with pytest.raises(UnreadableFlags):
        SYSTEMS["unleash"].read(text)


@pytest.mark.parametrize(
    ("system", "file"), [("unleash", "deploy/unleash.json"), ("goff", "deploy/flags.goff.yaml")]
)
def test_the_command(system: str, file: str, desk: Desk) -> None:
    pytest.importorskip(
        {"unleash": "yggdrasil_engine", "goff": "gofeatureflag_python_provider"}[system]
    )
    evaluator = SYSTEMS[system].provider
    words = ("flags", "--output-format", system, "-o", file)
    ran = desk.run(*words, "--prove")
    assert (ran.code, ran.output.splitlines()[1].split()) == (
        0,
        ["refund-triage", "run", "off", "off", evaluator, version(evaluator)],
    )
    assert desk.run(*words, "--check").code == 0
    desk.edit(*ON[system], file)
    ran = desk.run(*words, "--check")
    assert (ran.code, ran.output.splitlines()[1].partition(",")[0]) == (
        1,
        "  refund-triage run: on -> off",
    )
