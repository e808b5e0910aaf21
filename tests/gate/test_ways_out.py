"""The way out of a refusal, followed to the letter in a real repository, ends in an allowed change.

A change is refused; the commands of its help are run as they are printed, with REASON, HANDLE and TEXT filled in, or
what it took is restored; then the same gate allows it. `LEFT` lists the codes without a case, and can only shrink.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pmlint.cli import commands
from pmlint.gate.transitions import transitions
from tests.gate.attack_data import CATALOGUE, Case, Repository

CAPITALS = {"REASON", "HANDLE", "TEXT", "COMMIT", "PATH", "FILE", "SHA256", "PLACE", "TITLE", "SECONDS"}
"""What whoever follows a help chooses; any other word in capitals is a value that nobody filled in."""
FILLED = {"REASON": "The vendor ships late.", "HANDLE": "@noor"}


class Way(NamedTuple):
    """A change that a code refuses, of `attacks.yaml` by its name or as edits, and how its help is followed: its commands
    are run, with ``more`` for words in capitals; ``restores`` where it says to restore; ``then`` are the edits that it
    names in words, made before the commands; ``budgets`` the statement that is handed over in the end, of the day of
    the catalogue.
    """

    code: str
    edits: list[dict[str, Any]] = []  # noqa: RUF012
    more: dict[str, str] = {}  # noqa: RUF012
    restores: bool = False
    before: list[list[dict[str, Any]]] = []  # noqa: RUF012
    attack: str = ""
    then: list[dict[str, Any]] = []  # noqa: RUF012
    approvals: tuple[str, ...] = ()
    budgets: str = ""

    def case(self) -> Case:
        """The change in recorded mode, with what the base has besides."""
        if not self.attack:
            return Case(self.code, "recorded", {"edits": self.edits, "before": self.before}, (self.code,))
        every = (case for section in CATALOGUE.values() if isinstance(section, list) for case in named(section))
        return next(case for case in every if case.name == self.attack and case.mode == "recorded" and case.codes)


def named(section: list[dict[str, Any]]) -> Iterator[Case]:
    for entry in section:
        codes = entry.get("code", ())
        yield Case(entry.get("name", ""), "recorded", entry, (codes,) if isinstance(codes, str) else tuple(codes))


A3 = {"cut": {"file": "pm", "from": "  - id: A3", "to": "restart:\n"}}
A4 = (
    '  - {id: A4, title: "Name each list", layer: freshness, findings: [F1], owner: "@kim", deadline: 2026-11-10, '
    'done_when: "src/index/filter.py names each list", status: open}\n'
)
REHEARSAL = "evidence/PM-2026-007/rehearsal.md"
WRITTEN = {"write": {REHEARSAL: "50 replies in act-with-approval, of which 0 were corrected; 0 alerts in 7 days.\n"}}
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
    # by a command
    Way("cancelled-without-approval", attack="an author of the review cancels an action"),
    Way("withdrawn-without-approval", attack="the review of a mapped route is withdrawn on nobody's word"),
    Way(
        "severity-lowered",
        [{"pm6": {"severity: customer-visible-defect": "severity: internal-impact"}}],
        before=[[{"pm6": {"severity: internal-impact": "severity: customer-visible-defect"}}]],
    ),
    Way("finding-changed", attack="a finding becomes another class"),
    Way("layer-changed", attack="an action moves to an easier layer"),
    Way("control-unlinked", attack="an action repairs another control"),
    Way("end-weakened", attack="an end asks for a tenth"),
    Way("end-weakened", attack="the title of an action asks for nine days"),
    Way("end-weakened", attack="a place is named that is there already"),
    Way("condition-removed", attack="a condition is taken out"),
    Way("control-changed", attack="a control approves above 500 EUR", more={"TEXT": "approval above 500 EUR"}),
    Way("proof-changed", attack="the test of a fix becomes another"),
    Way("baseline-grown", attack="two entries more are known"),
    Way("person-changed", attack="two handles are two persons again"),
    Way("signer-changed", attack="the key of the owner changes"),
    Way(
        "closed-without-proof",
        attack="an empty file closes an action",
        then=[{"do": "A2 fixed"}],
        more={"COMMIT|PATH|URI": "tests/test_run_record.py", "HANDLE": "@eva"},
    ),
    Way("unproven-condition", attack="a condition is met on a word", then=[WRITTEN], more={"COMMIT|PATH|URI": REHEARSAL}),
    Way("signed-by-another", attack="somebody else signs", then=[{"pm": {'restart:\n  signoff: {by: "@eva", on: 2026-10-15}': "restart:"}}]),
    # as the help says in words
    Way("duplicate-postmortem", attack="a draft takes the id of the review", then=[{"draft": {"id: PM-2026-007": "id: PM-2026-008"}}]),
    Way(
        "look-alike-name",
        attack="a file of the same name but for case",
        then=[{"move": {"postmortems/PM-2026-007-Mail-Desk.md": "postmortems/PM-2026-077-desk.md"}}],
    ),
    Way("duplicate-route", attack="a second file declares the route, with another owner",
        then=[{"delete": ["route"]}, {"routes/mail-desk-2.yaml": {'owner: "@kim"': 'owner: "@maria"'}}]),
    Way("risk-accepted-without-approval", attack="an author accepts the risk", then=[{"pm": {'by hand.", approved_by: "@dana"': 'by hand.", approved_by: "@eva"'}}]),
    Way("waiver-without-approval", attack="a waiver is extended", then=[{"pm6": {"until: 2027-10-30}": "until: 2026-11-30}", 'approved_by: "@dana"': 'approved_by: "@eva"'}}]),
    Way("early-restart-without-approval", attack="the owner of an action lets it follow the restart", then=[{"pm": {'wait.", approved_by: "@kim"': 'wait.", approved_by: "@eva"'}}]),
    Way("not-verified", attack="the owner verifies under another handle", then=[{"pm": {'verified_by: "@thomas"': 'verified_by: "@eva"'}}]),
    Way("proof-elsewhere", attack="the changelog closes an action", then=[{"do": "A2 fixed"}, {"pm": {"path: CHANGELOG.md": "path: tests/test_run_record.py"}}]),
    Way("proof-not-on-base", attack="the branch's own commit closes an action", then=[
        {"cut": {"file": "pm", "from": "    proof: [{commit", "to": '    verified_by: "@eva"\n'}},
        {"pm": {'status: done\n    verified_by: "@eva"': 'status: done\n    proof: [{path: tests/test_run_record.py}]\n    verified_by: "@eva"'}},
    ]),
    Way("unknown-field-changed", attack="a key that nobody knows comes", then=[{"pm": {"holds: false\n": "x-holds: false\n"}}]),
    Way("no-longer-passes", attack="a key that nobody knows comes into the route", then=[{"route": {"\nreallyPaused: false": ""}}]),
    Way("route-cloned", attack="a second desk with the same tools", then=[{"routes/mail-desk-eu.yaml": {"state: running": "state: paused", "restart: true": "restart: false", "autonomy: act": "autonomy: suggest", "postmortems: []": "postmortems: [PM-2026-007]"}}]),
    Way("amendment-removed", attack="who approved a later deadline is exchanged", restores=True),
    Way("replay-removed", attack="the replay is taken out", restores=True),
    Way("early-signoff", attack="signed while an action is open", then=[{"pm": {'restart:\n  signoff: {by: "@maria", on: 2026-10-15}': "restart:"}}]),
    # facts
    Way("budget-spent", attack="a route that has spent its budget starts again", budgets="over",
        then=[{"archive": {"state: running": "state: limited", "autonomy: act": "autonomy: suggest"}}]),
    Way("budget-page", attack="a route starts again while a page fires", budgets="page",
        then=[{"archive": {"state: running": "state: limited", "autonomy: act": "autonomy: suggest"}}]),
    Way("postmortem-owed", attack="a route that owes a review starts again", budgets="owed", more={"EXTRA": ""},
        then=[{"archive": {"state: running": "state: paused", "restart: true": "restart: false", "autonomy: act": "autonomy: observe"}}]),
    Way("slo-loosened", attack="an objective of nearly nothing beside the restart", budgets="within", then=[{"archive": {"objective: 0.5": "objective: 0.99"}}]),
    Way("stage-skipped", attack="a stage is skipped", budgets="within", then=[
        {"archive": {"state: running": "state: limited", "autonomy: act": "autonomy: suggest\nstage: {postmortem: PM-2026-005, id: S1, since: 2026-10-15}"}},
    ]),
    Way("stage-not-earned", attack="the second stage after too few runs", budgets="few runs", restores=True),
    Way("stage-since", attack="a stage is dated back", budgets="within", then=[{"archive": {"since: 2026-10-02": "since: 2026-10-15"}}]),
    Way("stage-removed", attack="the stage is taken out before the last one", budgets="within", restores=True),
    Way("stage-loosened", attack="the next stage asks less", budgets="within", then=[{"pm5": {"at_least: {days: 1}": "at_least: {days: 14}"}}]),
    Way("drill-overdue", attack="the drill of a restored route was long ago", budgets="within", then=[{"archive": {
        "proof: [{path: docs/runbook.md}]}]": 'proof: [{path: docs/runbook.md}]}, {"on": 2026-10-15, seconds: 120, by: "@tom", proof: [{path: docs/runbook.md}]}]',
    }}]),
    Way("drill-removed", attack="a drill gets a faster time", restores=True),
    Way("policies-and-restart", attack="a policy comes with the restart", then=[{"delete": ["policies/customers.yaml"]}]),
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.create(tmp_path_factory.mktemp("recorded"), "recorded", Path())


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.code)
def test_way_out(
    way: Way, recorded: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = recorded.copy(tmp_path / "repository")
    case = way.case()
    repository.prepare(case.entry.get("before", []))
    refused = repository.judge(case)[-1]
    assert way.code in refused.codes, refused.text
    help = next(item["help"] for item in json.loads(refused.text)["refusals"] if item["code"] == way.code)
    assert not set(re.findall(r"(?<![\w./=])[A-Z]{4,}(?![\w./])", help)) - CAPITALS, f"something is not filled in: {help}"
    if way.restores:
        repository.git("checkout", "-q", "main", "--", ".")
    repository.play(way.then)
    monkeypatch.chdir(repository.root)
    # the verbs date what they write by the clock, and no decision may be of a later day than the gate's
    monkeypatch.setattr("tests.gate.attack_data.TODAY", date.today().isoformat())
    by_hand = way.restores or bool(way.then)
    ran = [] if by_hand and not way.more and way.code != "action-removed" else list(printed(help, way.more))
    for words in ran:
        assert not commands.main(words, standalone_mode=False), words
    assert ran or by_hand, help
    handed = {"budgets": way.budgets, "now": "2026-10-15"} if way.budgets else {}
    answer = repository.ask(repository.commit(), {"author": "lee", **handed}, "recorded")
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
    **dict.fromkeys(
        ("accepted-without-approval", "person-added", "signature-invalid"),
        "it is given only where approvals are required, and the way is one that test_approvals.py follows",
    ),
    **dict.fromkeys(
        (code for code in transitions().codes if code.startswith("replay-") and code != "replay-removed"),
        "test_replay_ways_out.py follows it, with two runs of pytest",
    ),
    "agent-overreach": "the way out is another author: test_attacks.py plays each such change by a person as its twin",
}
"""Codes whose help is not followed here yet, each with its reason."""


def test_every_code_has_a_way_out_or_a_reason() -> None:
    followed = {way.code for way in WAYS}
    assert followed & LEFT.keys() == set(), "it has a case: take it out of LEFT"
    assert sorted(followed | LEFT.keys()) == sorted(transitions().codes)
