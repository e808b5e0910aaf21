"""Waivers: one rule, not applied to one postmortem, for a reason, by somebody else, until a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from pmlint.finding import Finding
from pmlint.model import Postmortem, Waiver
from pmlint.place import Path
from pmlint.project.days import Today
from pmlint.project.holds import same

# docs/spec/policies.md, 'Ids, levels, waivers': a waiver that outlives a quarter has become a
# policy.
LONGEST = timedelta(days=90)
UNWAIVABLE = frozenset(
    (
        "syntax",
        "schema",
        "configuration-names-nothing",
        "not-a-regular-file",
        "nested-project",
        "restart-with-open-actions",
        "invalid-waiver",
        "unused-waiver",
    )
)
"""What nobody can waive: what makes a document one, what the gate itself checks, and what is said
of waivers.
"""


class WaiverFacts(NamedTuple):
    """A waiver, its place, and why it does not count; None where it does as far as its postmortem
    shows.
    """

    rule: str
    approved_by: str
    reason: str
    until: date | None
    at: Path
    invalid: str | None

    def counts(self, today: Today) -> bool:
        """Whether it may waive anything on a day."""
        return self.invalid is None and out_of_time(self.until, today) is None


def facts_of_waiver(waiver: Waiver, postmortem: Postmortem) -> WaiverFacts:
    """A waiver as other parts need it."""
    return WaiverFacts(
        waiver.rule,
        waiver.approved_by,
        waiver.reason,
        waiver.until,
        waiver.at,
        _invalid(waiver, postmortem),
    )


def _invalid(waiver: Waiver, postmortem: Postmortem) -> str | None:
    """Why a waiver counts on no day; None where it may count."""
    if not (
        waiver.rule.strip()
        and waiver.reason.strip()
        and waiver.approved_by.strip()
        and waiver.until
    ):
        return "it needs a rule, a reason, an approver and a last day"
    if waiver.rule in UNWAIVABLE:
        return f"'{waiver.rule}' can't be waived"
    # Who owns what the finding is about is known only where it is found: `waive` asks that.
    if any(same(waiver.approved_by, author) for author in postmortem.authors):
        return f"its approver {waiver.approved_by} is an author"
    return None


def out_of_time(until: date | None, today: Today) -> str | None:
    """Why a waiver does not count on a day; None where it does."""
    if until is not None and until < today.unended:
        return f"it expired on {until.isoformat()}"
    if until is not None and until > today.latest + LONGEST:
        return f"it is for more than {LONGEST.days} days"
    return None


def waive(
    findings: Iterable[Finding],
    waivers: dict[str, tuple[WaiverFacts, ...]],
    owners: dict[str, str],
    today: Today,
) -> tuple[list[Finding], set[tuple[str, Path]]]:
    """Mark the findings that somebody waived; and which waivers were of use (their file and place).

    ``waivers`` are those of each file, ``owners`` of each action by subject (``PM-2026-001#A2``):
    nobody waives what they own.
    """
    marked: list[Finding] = []
    used: set[tuple[str, Path]] = set()
    counting = _counting(waivers, today)
    for finding in findings:
        for waiver in counting.get((finding.path, finding.code), ()):
            if not same(waiver.approved_by, owners.get(finding.subject, "")):
                used.add((finding.path, waiver.at))
                finding = finding._replace(
                    waived=f"{waiver.approved_by} until {waiver.until}: {waiver.reason}"
                )
                break
        marked.append(finding)
    return marked, used


def _counting(
    waivers: dict[str, tuple[WaiverFacts, ...]], today: Today
) -> dict[tuple[str, str], list[WaiverFacts]]:
    """The waivers that count on a day, by file and rule: two approvers are enough, since one
    finding has one owner.
    """
    found: dict[tuple[str, str], list[WaiverFacts]] = {}
    for file, listed in waivers.items():
        for waiver in listed:
            known = found.setdefault((file, waiver.rule), [])
            # A document may hold thousands of waivers of one rule (docs/hostile-input.md), so no
            # finding is compared with more than two.
            new = len(known) < 2 and not any(
                same(waiver.approved_by, other.approved_by) for other in known
            )
            if new and waiver.counts(today):
                known.append(waiver)
    return found
