"""``pmlint waivers``: the waivers of the whole repository."""

from __future__ import annotations

from datetime import date

import click

from pmlint.check.engine import check_tree
from pmlint.cli.project import find
from pmlint.cli.table import Heading, Listing, answer, asks, by_number
from pmlint.output.json import VERSION
from pmlint.project.days import is_within, today
from pmlint.project.index import PostmortemFacts
from pmlint.project.waivers import WaiverFacts

EXAMPLES = """
\b
Examples:
  pmlint waivers
  pmlint waivers --expiring-in 30
"""
COLUMNS = (
    Heading("until"),
    Heading("postmortem"),
    Heading("rule"),
    Heading("approved by"),
    Heading("reason", cut=True),
)


@click.command("waivers", epilog=EXAMPLES)
@click.option(
    "--expiring-in",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Only those that end within so many days, or have ended.",
)
@asks
def command(expiring_in: int | None, output_format: str, now: str | None) -> None:
    """List the waivers, the first to expire first."""
    project = find()
    clock = today(now, project.settings.timezone)
    day = clock.unended
    index = check_tree(project.tree, project.settings, clock).repository_index
    found = [
        (facts, waiver)
        for facts in index.postmortems
        for waiver in facts.waivers
        # One without a last day never counts (`invalid-waiver`), so it does not expire.
        if expiring_in is None or is_within(expiring_in, day, waiver.until)
    ]
    found.sort(key=lambda pair: (pair[1].until or date.max, by_number(pair[0].id), pair[1].rule))
    table = Listing(COLUMNS, [_row(*pair) for pair in found])
    data = {"version": VERSION, "waivers": [_facts(*pair) for pair in found]}
    answer(output_format, table, data, "no waivers")


def _row(facts: PostmortemFacts, waiver: WaiverFacts) -> tuple[str, ...]:
    until = waiver.until.isoformat() if waiver.until else "-"
    said = waiver.invalid or waiver.reason
    return (until, facts.id, waiver.rule, waiver.approved_by, said)


def _facts(facts: PostmortemFacts, waiver: WaiverFacts) -> dict[str, object]:
    return {
        "postmortem": facts.id,
        "rule": waiver.rule,
        "approved_by": waiver.approved_by,
        "reason": waiver.reason,
        "until": waiver.until.isoformat() if waiver.until else None,
        "invalid": waiver.invalid or None,
        "path": facts.file,
    }
