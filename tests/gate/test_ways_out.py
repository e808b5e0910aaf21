"""The way out of a refusal, followed to the letter in a real repository, ends in an allowed change.

A change is refused; the commands of its help are run as they are printed, with REASON, HANDLE and
TEXT filled in, or what it took is restored; then the same gate allows it. Most are under ``way`` of
their attack in the catalogue; `LEFT` lists the codes without a case, and can only shrink.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from pmlint.cli import commands
from pmlint.gate.transitions import transitions
from tests.gate.attack_data import CATALOGUE, Case, Repository

CAPITALS = {
    "REASON",
    "HANDLE",
    "TEXT",
    "COMMIT",
    "PATH",
    "FILE",
    "FOLDER",
    "LOGIN",
    "SHA256",
    "PLACE",
    "TITLE",
    "SECONDS",
}
"""What whoever follows a help chooses; any other word in capitals is a value that nobody filled in."""
FILLED = {"REASON": "The vendor ships late.", "HANDLE": "@noor"}


class Way(NamedTuple):
    """A change that a code refuses, as edits, and how its help is followed: its commands are run,
    with ``more`` for words in capitals; ``restores`` where it says to restore; ``then`` are the
    edits that it names in words, made before the commands; ``budgets`` the statement that is handed
    over in the end, of the day of the catalogue; ``told`` that the help asks for a statement or an
    option alone, which the last question has.
    """

    code: str
    edits: list[dict[str, Any]]
    more: Mapping[str, str] = MappingProxyType({})
    restores: bool = False
    before: list[list[dict[str, Any]]] = []  # noqa: RUF012
    then: list[dict[str, Any]] = []  # noqa: RUF012
    budgets: Any = ""
    told: bool = False
    entry: Mapping[str, Any] = MappingProxyType({})
    """The attack of the catalogue that the change is."""

    def case(self) -> Case:
        """The change in recorded mode, with what the base has besides."""
        entry = self.entry or {"edits": self.edits, "before": self.before}
        return Case(self.entry.get("name", self.code), "recorded", entry, (self.code,))


def of_attacks() -> Iterator[Way]:
    """The ways out that attacks of the catalogue name, under ``way``."""
    for section in CATALOGUE.values():
        for entry in section if isinstance(section, list) else ():
            if "way" in entry:
                yield Way(**{"code": entry["code"], "edits": [], "entry": entry, **entry["way"]})


A3 = {"cut": {"file": "pm", "from": "  - id: A3", "to": "restart:\n"}}
A4 = (
    '  - {id: A4, title: "Name each list", layer: freshness, findings: [F1], owner: "@kim", deadline: 2026-11-10, '
    'done_when: "src/index/filter.py names each list", status: open}\n'
)
PAYOUT = (
    '  - name: payout\n    owner: "@maria"\n    enabled: false\n    replicas: 0\n'
    "    tools: [bank.read]\n    max_spend: 100\n    reviews: [PM-2026-006]\n"
)
OLD = "proof: [{path: src/index/filter.py}]"
OUTCOME = "6548ec879a7c87d77decb14a630b00dc232433e2b40717c98d52fa06649fddb2"
MORE = "771657e993e105582f5f85ac597bbc74aaadeb9e7a1dcf5c681668977d1888b3"
"""The digests of the evidence before and after a line was appended."""
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
    # a mapped route may go, if somebody agrees
    Way("route-removed", [{"desks": {PAYOUT: ""}}]),
    Way("people-removed", [{"delete": ["people"]}], restores=True),
    Way("evidence-changed", [{"append": {"outcome": "more\n"}}], restores=True),
    Way("history-changed", [{"pm": {"the route is paused": "nobody paused it"}}], restores=True),
    # an element without an id has no place: what was changed by hand is recorded
    Way("history-changed", [{"pm": {"the route is paused": "nobody paused it"}}]),
    Way("history-changed", [{"pm": {"name: price-index": "name: old-index"}}]),
    Way(
        "finding-changed",
        [{"pm": {"{absent: freshness, expected: prevent": "{absent: freshness, expected: detect"}}],
    ),
    Way("policy-weakened", [{"policy": {"level: error": "level: warning"}}]),
    Way(
        "route-owner-changed",
        [{"desks": {'owner: "@maria"': 'owner: "@noor"'}}],
        {"HANDLE": "@kim"},
    ),
    Way(
        "link-removed",
        [{"desks": {", PM-2026-007]": "]"}}],
        before=[[{"desks": {"reviews: [PM-2026-006]": "reviews: [PM-2026-006, PM-2026-007]"}}]],
    ),
    Way(
        "evidence-changed",
        [{"append": {"outcome": "more\n"}}],
        then=[{"pm": {OUTCOME: MORE}}],
        more={"HANDLE": "@noor"},
    ),
    Way("closed-while-open", [{"pm": {"status: accepted": "status: closed"}}], restores=True),
    Way("policy-weakened", [{"delete": ["policy"]}], restores=True),
    Way("workflow-weakened", [{"delete": ["job"]}], restores=True),
    Way(
        "proof-too-old",
        [
            {
                "pm": {
                    'each list", status: open': f'each list", status: done, {OLD}, verified_by: "@eva"'
                }
            }
        ],
        before=[[{"pm": {"restart:\n  conditions": A4 + "restart:\n  conditions"}}]],
    ),
    Way("proof-too-old", [{"pm": {'in 7 days", met: false': f'in 7 days", met: true, {OLD}'}}]),
    Way("route-held", [{"route": {"restart: false": "restart: true"}}], restores=True),
    Way(
        "severity-lowered",
        [{"pm6": {"severity: customer-visible-defect": "severity: internal-impact"}}],
        before=[[{"pm6": {"severity: internal-impact": "severity: customer-visible-defect"}}]],
    ),
    *of_attacks(),
    Way(
        "unreadable-file",
        [{"pm": {"severity: customer": "severity: [customer"}}],
        then=[{"pm": {"severity: [customer": "severity: customer"}}],
    ),
    Way(
        "nothing-judged",
        [{"delete": ["pm", "pm5", "pm6", "draft", "route", "archive", "desks"]}],
        restores=True,
    ),
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Repository:
    return Repository.create(tmp_path_factory.mktemp("recorded"), "recorded", keys)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
def test_way_out(
    way: Way, recorded: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = recorded.copy(tmp_path / "repository")
    case = way.case()
    repository.prepare(case.entry.get("before", []))
    refused = repository.judge(case)[-1]
    assert way.code in refused.codes, refused.text
    help = next(
        item["help"] for item in json.loads(refused.text)["refusals"] if item["code"] == way.code
    )
    assert not set(re.findall(r"(?<![\w./=])[A-Z]{4,}(?![\w./])", help)) - CAPITALS, (
        f"something is not filled in: {help}"
    )
    if way.restores:
        repository.git("checkout", "-q", "main", "--", ".")
    repository.play(way.then)
    monkeypatch.chdir(repository.root)
    # the verbs date what they write by the clock, and no decision may be of a later day than the
    # gate's
    monkeypatch.setattr("tests.gate.attack_data.TODAY", date.today().isoformat())
    by_hand = way.restores or bool(way.then) or way.told
    ran = (
        []
        if by_hand and not way.more and way.code != "action-removed"
        else list(printed(help, way.more))
    )
    for words in ran:
        assert not commands.main(words, standalone_mode=False), words
    assert ran or by_hand, help
    handed = {"budgets": way.budgets, "now": "2026-10-15"} if way.budgets else {}
    answer = repository.ask(repository.commit(), {"author": "lee", **handed}, "recorded")
    assert answer.verdict == "allowed", (ran, answer.text)


def test_a_mapped_list_is_renamed_as_the_help_says(recorded: Repository, tmp_path: Path) -> None:
    repository = recorded.copy(tmp_path / "repository")
    steps = [
        [{"desks": {"desks:": "desks: &desks"}}, {"append": {"desks": "agents: *desks\n"}}],
        [{"conf": {'each = "desks[*]"': 'each = "agents[*]"'}}],
        [{"desks": {"desks: &desks": "agents:", "agents: *desks\n": ""}}],
    ]
    answers = repository.judge(Case("renamed", "recorded", {"steps": steps}, ()))
    assert [answer.verdict for answer in answers] == ["allowed"] * 3


def printed(help: str, more: Mapping[str, str]) -> list[list[str]]:
    """The commands of a help text, as words, with what is in capitals filled in."""
    found = []
    for text in re.findall(r"pmlint ((?!why|check).+?)(?=;|, or |$)", help):
        words = shlex.split(text)
        found.append([{**FILLED, **more}.get(word, word) for word in words])
    return found


_CATALOGUE = "its twin in attacks.yaml makes the edit that the help names, by hand"
LEFT = {
    **dict.fromkeys(
        (
            *(
                "merge-conflict",
                "missing-objects",
                "shallow-history",
                "unknown-revision",
                "git-too-old",
            ),
            *("no-revisions", "over-budget", "unreadable-approvals"),
        ),
        "what stops the gate lies beside the change: test_ways_out_unjudged.py follows it",
    ),
    **dict.fromkeys(
        (code for code in transitions().codes if code.startswith("ledger-")),
        "test_ways_out_ledgers.py follows it, with two repositories and signed ledgers",
    ),
    "internal-error": "nobody can follow it but who mends pmlint",
    **dict.fromkeys(
        ("accepted-without-approval", "person-added", "signature-invalid"),
        "test_ways_out_signed.py follows it, with real keys and where approvals are required",
    ),
    **dict.fromkeys(
        (
            code
            for code in transitions().codes
            if code.startswith("replay-") and code != "replay-removed"
        ),
        "test_replay_ways_out.py follows it, with two runs of pytest",
    ),
    "agent-overreach": "the way out is another author: test_attacks.py plays each such change by a person as its twin",
}
"""Codes whose help is not followed here yet, each with its reason."""


def test_every_code_has_a_way_out_or_a_reason() -> None:
    followed = {way.code for way in WAYS}
    assert followed & LEFT.keys() == set(), "it has a case: take it out of LEFT"
    assert sorted(followed | LEFT.keys()) == sorted(transitions().codes)
