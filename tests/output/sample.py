"""Reports that the tests render. ``python -m tests.output.sample`` writes `expected/` anew; read
the difference before you commit it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pmlint.check.report import Report, RuleInfo, summarize
from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Edit, Finding, Fix, Level, Related
from pmlint.output import FORMATS, render
from pmlint.parsing.source import Source
from pmlint.place import Span
from pmlint.project.holds import Hold

EXPECTED = Path(__file__).parent / "expected"

TEXT = """\
---
id: PM-2026-001
title: "é𐐀 refunds"
actions:
  - {id: A2, title: "漢字 é𐐀", owner: ops-team}
\tnote: indented by a tab
---
Some users were affected.
"""
SOURCE = Source("postmortems/PM-2026-001-refunds.md", TEXT)
HOSTILE = "\x1b[31m\x9b\u202eevil\u200b %0A::error::x\r\n##[error]y, a:b @maria #1 [l](u) `tick` <b>&amp;</b> | ]]>"
ROUTE = "routes/refund-triage.yaml"


def at(text: str, end: str = "") -> Span:
    """Where a text stands in `TEXT`, up to the end of another."""
    start = TEXT.index(text)
    return SOURCE.span(start, TEXT.index(end or text, start) + len(end or text))


owner = TEXT.index("ops-team")
FINDINGS = (
    Finding(
        "action-owner",
        Level.ERROR,
        "A2 is owned by the group 'ops-team'",
        SOURCE.file,
        at("ops-team"),
        "/actions/0/owner",
        "PM-2026-001#A2",
        "name one person",
        "https://example.org/rules/action-owner",
        Fix(
            "Write the owner's handle", (Edit(owner, owner, '"@'), Edit(owner + 8, owner + 8, '"'))
        ),
    ),
    Finding(
        "waived-rule",
        Level.ERROR,
        "this one is waived",
        SOURCE.file,
        at("actions:"),
        "/actions",
        "PM-2026-001",
        waived="@maria: on leave",
    ),
    Finding(
        "unquantified-impact",
        Level.WARNING,
        "'Some users' is no number",
        SOURCE.file,
        at("Some users", "affected"),
        None,
        "PM-2026-001",
    ),
    Finding(
        "two-lines", Level.WARNING, "the note is indented by a tab", SOURCE.file, at("note:", "---")
    ),
    Finding(
        "syntax",
        Level.ERROR,
        f"'{HOSTILE}' can't be read",
        "postmortems/a\n::error::b [ä],é.md",
        help=f"remove {HOSTILE}",
    ),
)
RULES = {
    "action-owner": RuleInfo(
        "action-owner",
        "Every action has one owner",
        "A group forgets [always].",
        "Name a person.",
        "https://example.org/rules/action-owner",
    )
}


def check_report(findings: tuple[Finding, ...] = FINDINGS) -> Report:
    """What `pmlint check` says."""
    ordered = tuple(sorted(findings, key=lambda finding: finding.order))
    return Report(
        ordered,
        summarize(ordered, 10, 9, baseline=5 * bool(findings)),
        {SOURCE.file: SOURCE}.get,
        RULES.get,
    )


VERDICT = Verdict(
    "refused",
    (
        RouteVerdict("route-that-may", "allowed", ("autonomy: observe → suggest",)),
        RouteVerdict(
            "refund-triage",
            "refused",
            ("restart: false → true", "state: paused → running"),
            (
                Hold(
                    "PM-2026-001",
                    "action",
                    "A2",
                    "@maria",
                    date(2026, 9, 30),
                    "open",
                    "land it, then record the proof",
                ),
                Hold(
                    "PM-2026-002",
                    "review",
                    "",
                    "",
                    None,
                    "its status is 'draft'",
                    "have the review accepted",
                ),
            ),
            ROUTE,
        ),
    ),
    ("the postmortem 'PM-2026-003' was deleted while its action 'A1' is open \x1b[0m",),
    {"target": "1" * 40, "head": "2" * 40},
)


def gate_report() -> Report:
    """What `pmlint gate` says of a change that it refuses."""
    return check_report(FINDINGS[:1])._replace(verdict=VERDICT)


def unjudged_report() -> Report:
    """What `pmlint gate` says where it can't tell."""
    return check_report(())._replace(
        verdict=Verdict("unjudged", cases=("the clone is shallow: run `git fetch --unshallow`",))
    )


def refusal_report() -> Report:
    """Findings with all that a refusal, a closed list and a place for people add."""
    blocks = Related(
        "A2 is open",
        SOURCE.file,
        at("A2"),
        "PM-2026-001#A2",
        "open",
        "@maria",
        date(2026, 9, 30),
        "pmlint close PM-2026-001 A2",
    )
    refused = Finding(
        "route-held",
        Level.ERROR,
        "route 'refund-triage' is held: restart goes from false to true",
        ROUTE,
        Span(5, 10, 5, 14),
        "/restart",
        "refund-triage",
        "pmlint why refund-triage",
        field="restart",
        before=False,
        after=True,
        related=(blocks, Related("the route is linked here", SOURCE.file)),
    )
    closed = Finding(
        "schema",
        Level.ERROR,
        "'hihg' is not allowed",
        SOURCE.file,
        pointer="/severity",
        expected=("low", "high"),
    )
    person = Finding(
        "action-owner",
        Level.ERROR,
        "A2 has no owner",
        SOURCE.file,
        pointer="/actions/0",
        by="person",
    )
    removed = Finding(
        "postmortem-removed",
        Level.ERROR,
        "PM-2026-003 was removed while it blocks a route",
        "postmortems/PM-2026-003.md",
        field="opened",
        before=date(2026, 9, 1),
        side="base",
    )
    verdict = VERDICT._replace(cases=(), refusals=(refused, removed))
    return check_report((closed, person))._replace(verdict=verdict)


REPORTS = {
    "check": check_report,
    "clean": lambda: check_report(()),
    "gate": gate_report,
    "unjudged": unjudged_report,
    "refusal": refusal_report,
}


def expected(name: str, report: str) -> Path:
    """The file with the exact output of a format for one of `REPORTS`."""
    return EXPECTED / f"{name}.txt" if report == "check" else EXPECTED / f"{name}-{report}.txt"


if __name__ == "__main__":
    for name in FORMATS:
        for report, make in REPORTS.items():
            expected(name, report).write_bytes(render(name, make()).encode())
