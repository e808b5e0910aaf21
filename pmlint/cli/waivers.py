"""``pmlint waivers``: the waivers of the whole repository."""

from __future__ import annotations

from datetime import timedelta

import click

from pmlint.check.engine import check_tree
from pmlint.cli.project import find, judged_day
from pmlint.cli.table import show

EXAMPLES = """
\b
Examples:
  pmlint waivers
  pmlint waivers --expiring-in 30
"""


@click.command("waivers", epilog=EXAMPLES)
@click.option(
    "--expiring-in",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Only those whose last day is that near, or past.",
)
@click.option("--now", metavar="DATE", help="What day it is.")
def command(expiring_in: int | None, now: str | None) -> None:
    """List the waivers, the first to expire first."""
    project = find()
    day = judged_day(now, project.settings.timezone)
    rows = []
    for facts in check_tree(project.tree, project.settings, day).index.postmortems:
        for waiver in facts.waivers:
            if expiring_in is None or (
                waiver.until and waiver.until <= day + timedelta(days=expiring_in)
            ):
                until = waiver.until.isoformat() if waiver.until else "-"
                rows.append(
                    (
                        until,
                        facts.id,
                        waiver.rule,
                        waiver.approved_by,
                        waiver.invalid or waiver.reason,
                    )
                )
    rows.sort()
    if rows:
        show(("until", "postmortem", "rule", "approved by", "reason"), rows, {})
    else:
        click.echo("No waivers")
