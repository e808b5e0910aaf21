"""Examples as an author writes them say what the rule or policy is tested with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.check.authored import authored_policy, authored_rule
from pmlint.check.pages import pages, rule_examples
from pmlint.model.resources import folder
from pmlint.policy.examples import overlay, valid
from pmlint.rules import RULES

_FILE = re.compile(r"(?:^|\n)# (\S+\.(?:md|toml|yaml))(?: on the base)?\n")

DRILL = """\
route: {controls: [{id: stop, layer: kill-switch, guards: contain, drills: [
  {"on": 2026-09-02, seconds: 140, by: "@tom", proof: [{commit: 4be1f0c}]}]}]}
"""
PLATFORM = """\
platform:
  source: {files: deploy/desk.yaml, id: name, restart_flags: [enabled]}
  file: deploy/desk.yaml
  data: {name: refund-triage, enabled: "off"}
"""


@pytest.mark.parametrize(
    ("example", "written"),
    [
        ("clocks: {containment: null}\n", "# without 'clocks.containment'\n"),
        (
            "clocks: {containment: 2026-09-12T06:05:00Z}\n",
            "clocks:\n  containment: 2026-09-12T06:05:00Z\n",
        ),
        ('title: "order #23: paid"\n', 'title: "order #23: paid"\n'),
        (
            "actions: [{id: A1}, {id: A2, layer: prompt}]\n",
            "actions:\n"
            "  - id: A2\n"
            "    title: Page the route's owner above 3 rescues in 10 minutes\n"
            "    layer: prompt\n"
            "    findings: [F1]\n"
            '    owner: "@tom"\n'
            "    deadline: 2026-10-30\n"
            "    done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes\n"
            "    status: open\n",
        ),
        (
            DRILL,
            "# routes/refund-triage.yaml\n"
            "controls:\n"
            "  - id: stop\n"
            "    layer: kill-switch\n"
            "    guards: contain\n"
            "    drills:\n"
            '      - "on": 2026-09-02\n'
            "        seconds: 140\n"
            '        by: "@tom"\n'
            "        proof:\n"
            "          - {commit: 4be1f0c}\n",
        ),
        (
            PLATFORM,
            "# pmlint.toml\n"
            "[[registry]]\n"
            'files = "deploy/desk.yaml"\n'
            'id = "name"\n'
            'restart_flags = ["enabled"]\n'
            "\n"
            "# deploy/desk.yaml\n"
            "name: refund-triage\n"
            'enabled: "off"\n',
        ),
        (
            "others: [{file: postmortems/PM-2026-001-again.md}]\n",
            "# postmortems/PM-2026-001-again.md\nid: PM-2026-001\n",
        ),
    ],
)
def test_an_example_of_a_rule_as_it_is_written(example: str, written: str) -> None:
    assert authored_rule(example) == written


def test_an_example_of_a_policy_names_its_setting_and_its_base() -> None:
    example = {
        "settings": {"replays": "file"},
        "base": {"status": "accepted"},
        "set": {"status": "closed"},
    }
    assert authored_policy("postmortem", example) == (
        '# pmlint.toml\n[gate]\nreplays = "file"\n'
        "\n# postmortems/PM-2026-001-refunds.md on the base\nstatus: accepted\n"
        "\n# postmortems/PM-2026-001-refunds.md\nstatus: closed\n"
    )


def test_every_page_shows_two_examples_that_differ() -> None:
    for name, page in pages().items():
        written = [example() for example in page.examples.values()]
        assert all(written), name
        assert len(set(written)) == len(written), name


@pytest.mark.parametrize("word", ["bad", "good"])
@pytest.mark.parametrize("rule", {rule.id: rule for rule in RULES}.values(), ids=lambda one: one.id)
def test_an_example_of_a_rule_can_be_read(rule: Any, word: str) -> None:
    for file, text in files(authored_rule(rule_examples(rule)[word])):
        front, _, _ = text.partition("---\n")
        if file.endswith(".toml"):
            assert tomllib.loads(text)
        elif front and rule.id != "cut-by-comment":
            said_of(file, front)


@pytest.mark.parametrize(
    "file", sorted(Path(folder("policies")).glob("*.yaml")), ids=lambda file: file.stem
)
def test_an_example_is_what_the_policy_is_tested_with(file: Path) -> None:
    policy = yaml.safe_load(file.read_text(encoding="utf-8"))
    kind = "route" if policy["applies_to"] == "route" else "postmortem"
    for example in policy["examples"]:
        changes = example.get("set", {})
        written = authored_policy(kind, {"set": changes})
        whole = yaml.load(yaml.safe_dump(overlay(valid(kind), changes)), yaml.BaseLoader)
        for name, value in (yaml.load(written, yaml.BaseLoader) or {}).items():
            parts = value if isinstance(value, list) else [value]
            known = whole[name] if isinstance(whole[name], list) else [whole[name]]
            assert all(any(is_part(part, one) for one in known) for part in parts)


def files(text: str) -> list[tuple[str, str]]:
    """The files of an example: the first text is that of the review where none is named."""
    first, *rest = _FILE.split(text)
    named = list(zip(rest[::2], rest[1::2], strict=True))
    return [("postmortems/x.md", first), *named] if first else named


def said_of(file: str, text: str) -> None:
    """Asserts that a text is YAML, and of a kind that is written in that folder."""
    fields = yaml.load(text, yaml.BaseLoader) or {}
    kind = "route" if file.startswith("routes/") else "postmortem"
    if not file.startswith("deploy/"):
        unknown = fields.keys() - valid(kind).keys() - {"recurrence_of", "slo", "stage"}
        assert not unknown - {"taxonomy", "waivers"}


def is_part(part: object, whole: object) -> bool:
    """Whether a value is the other one, or a mapping with some of its fields."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return part.items() <= whole.items()
    return part == whole
