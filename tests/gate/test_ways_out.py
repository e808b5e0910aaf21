"""The way out of a refusal, followed to the letter in a real repository, ends in an allowed change.

A change is refused; the commands of its help are run as they are printed, with REASON, HANDLE and TEXT filled in, or
what it took is restored; then the same gate allows it. `LEFT` lists the codes without a case, and can only shrink.
"""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pmlint.cli import commands
from pmlint.gate.transitions import transitions
from tests.gate.attack_data import Case, Repository

FILLED = {"REASON": "The vendor ships late.", "HANDLE": "@noor"}


class Way(NamedTuple):
    """A change that a code refuses; ``more`` fills capitals of its help; ``restores`` where the help is to restore."""

    code: str
    edits: list[dict[str, Any]]
    more: dict[str, str] = {}  # noqa: RUF012
    restores: bool = False
    before: list[list[dict[str, Any]]] = []  # noqa: RUF012


A3 = {"cut": {"file": "pm", "from": "  - id: A3", "to": "restart:\n"}}
A4 = (
    '  - {id: A4, title: "Name each list", layer: freshness, findings: [F1], owner: "@kim", deadline: 2026-11-10, '
    'done_when: "src/index/filter.py names each list", status: open}\n'
)
OLD = "proof: [{path: src/index/filter.py}]"
WAYS = [
    Way("deadline-moved", [{"pm": {"deadline: 2026-10-30": "deadline: 2026-11-20"}}]),
    Way(
        "owner-changed",
        [
            {
                "pm": {
                    'owner: "@tom"\n    deadline: 2026-10-30': 'owner: "@eva"\n    deadline: 2026-10-30'
                }
            }
        ],
    ),
    Way("facts-changed", [{"pm6": {"trigger: unsafe-action": "trigger: repeated-rescue"}}]),
    Way("author-removed", [{"pm": {'authors: ["@dana", "@max"]': 'authors: ["@dana"]'}}]),
    Way(
        "link-removed",
        [{"pm": {"routes: [mail-desk, night]": "routes: [mail-desk]"}}],
        before=[[{"pm": {"routes: [mail-desk]": "routes: [mail-desk, night]"}}]],
    ),
    Way("status-set-back", [{"pm": {"status: accepted": "status: in-review"}}]),
    Way("finding-unlinked", [{"pm": {"findings: [F1, F2]": "findings: [F1]"}}]),
    Way("action-removed", [A3], restores=True),
    Way(
        "condition-changed",
        [{"pm": {"50 replies in": "40 replies in"}}],
        {"TEXT": "40 replies in act-with-approval with 0 corrected prices"},
    ),
    Way("route-owner-changed", [{"route": {'owner: "@maria"': 'owner: "@eva"'}}]),
    Way("configuration-weakened", [{"conf": {"since = 2026-01-01": "since = 2026-11-01"}}]),
    Way("postmortem-removed", [{"delete": ["pm"]}], restores=True),
    Way("route-removed", [{"delete": ["route"]}], restores=True),
    Way("people-removed", [{"delete": ["people"]}], restores=True),
    Way("evidence-changed", [{"append": {"outcome": "more\n"}}], restores=True),
    Way("history-changed", [{"pm": {"the route is paused": "nobody paused it"}}], restores=True),
    Way("closed-while-open", [{"pm": {"status: accepted": "status: closed"}}], restores=True),
    Way("policy-weakened", [{"delete": ["policy"]}], restores=True),
    Way("workflow-weakened", [{"delete": ["job"]}], restores=True),
    Way(
        "proof-too-old",
        [{"pm": {'each list", status: open': f'each list", status: done, {OLD}, verified_by: "@eva"'}}],
        before=[[{"pm": {"restart:\n  conditions": A4 + "restart:\n  conditions"}}]],
    ),
    Way("proof-too-old", [{"pm": {'in 7 days", met: false': f'in 7 days", met: true, {OLD}'}}]),
    Way("route-held", [{"route": {"restart: false": "restart: true"}}], restores=True),
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.create(tmp_path_factory.mktemp("recorded"), "recorded", Path())


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
def test_way_out(
    way: Way, recorded: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = recorded.copy(tmp_path / "repository")
    repository.prepare(way.before)
    case = Case(way.code, "recorded", {"edits": way.edits}, (way.code,))
    refused = repository.judge(case, Path())[-1]
    assert way.code in refused.codes, refused.text
    help = next(
        item["help"] for item in json.loads(refused.text)["refusals"] if item["code"] == way.code
    )
    if way.restores:
        repository.git("checkout", "-q", "main", "--", ".")
    monkeypatch.chdir(repository.root)
    # the verbs date what they write by the clock, and no decision may be of a later day than the gate's
    monkeypatch.setattr("tests.gate.attack_data.TODAY", date.today().isoformat())
    ran = [] if way.restores and way.code != "action-removed" else list(printed(help, way.more))
    for words in ran:
        assert not commands.main(words, standalone_mode=False), words
    assert ran or way.restores, help
    answer = repository.ask(repository.commit(), {}, "recorded", Path())
    assert answer.verdict == "allowed", (ran, answer.text)


def printed(help: str, more: dict[str, str]) -> list[list[str]]:
    """The commands of a help text, as words, with what is in capitals filled in."""
    found = []
    for text in re.findall(r"pmlint ((?!why|check).+?)(?=;|, or |$)", help):
        words = shlex.split(text)
        found.append([(FILLED | more).get(word, word) for word in words])
    return found


_CATALOGUE = "its twin in attacks.yaml makes the edit that the help names, by hand"
LEFT = {
    **dict.fromkeys(
        (code for code, info in transitions().codes.items() if info.unjudged),
        "not judged, exit code 2: the help is a command of git or of the CI",
    ),
    "cancelled-without-approval": "'cancel' declines where the status says it already: the help fails to the letter",
    "withdrawn-without-approval": "'move' declines where the status says it already: the help fails to the letter",
    **dict.fromkeys(
        (
            *("route-cloned", "duplicate-route", "control-changed", "duplicate-postmortem"),
            *(
                "look-alike-name",
                "accepted-without-approval",
                "severity-lowered",
                "finding-changed",
            ),
            *("risk-accepted-without-approval", "waiver-without-approval", "amendment-removed"),
            *("replay-removed", "unknown-field-changed", "no-longer-passes", "layer-changed"),
            *(
                "end-weakened",
                "control-unlinked",
                "early-restart-without-approval",
            ),
            *("closed-without-proof", "proof-elsewhere", "proof-not-on-base", "proof-changed"),
            *("not-verified", "condition-removed", "unproven-condition", "early-signoff"),
            *("signed-by-another", "signature-invalid", "policies-and-restart", "baseline-grown"),
            *("person-added", "person-changed", "signer-changed", "agent-overreach"),
        ),
        _CATALOGUE,
    ),
}
"""Codes whose help is not followed here yet, each with its reason."""


def test_every_code_has_a_way_out_or_a_reason() -> None:
    followed = {way.code for way in WAYS}
    assert followed & LEFT.keys() == set(), "it has a case: take it out of LEFT"
    assert sorted(followed | LEFT.keys()) == sorted(transitions().codes)
