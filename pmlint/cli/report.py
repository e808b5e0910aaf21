"""``pmlint report``: the site that people look at."""

from __future__ import annotations

import click

from pmlint.cli.project import Project, find
from pmlint.errors import UsageError
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import decode
from pmlint.project.days import today
from pmlint.tables.collect import rows_of, snapshot

EXAMPLES = """
\b
Examples:
  pmlint report site                                       open site/index.html
  pmlint report site --base-url https://acme.example/pm/   with a feed
  pmlint report --check site                               fails when the site would differ
"""


@click.command("report", epilog=EXAMPLES)
@click.argument("folder", metavar="DIR")
@click.option("--title", metavar="TEXT", default="Postmortems", help="Title of the site.")
@click.option("--base-url", metavar="URL", default="", help="Address of the site, for the feed.")
@click.option("--check", is_flag=True, help="Write nothing; fail when the site would differ.")
@click.option("--force", is_flag=True, help="Replace a folder that holds other files.")
@click.option("--now", metavar="DATE", help="Date to evaluate against (default: today).")
def command(
    folder: str, title: str, base_url: str, check: bool, force: bool, now: str | None
) -> None:
    """Write a static site: what runs although it is held, what is late, what comes back.

    Exit codes: 0 written, also with findings; 1 with --check when the site would differ; 2 it could
    not be written.
    """
    # Imported here: no other verb pays for jinja2 and icalendar (997 million instructions).
    try:
        from pmlint.report.figures import data_of
        from pmlint.report.pages import SiteSettings
        from pmlint.report.site import check_target, differences, site_files, write_site
    except ModuleNotFoundError:
        raise UsageError(
            "report needs jinja2, nh3 and icalendar", help="pip install 'pmlint[report]'"
        ) from None
    # The feed and the calendar name it in links that other programs follow.
    if base_url and not base_url.startswith("https://"):
        raise UsageError(f"'{base_url}' is not an https address (--base-url)", help="https://...")
    project = find()
    day = today(now, project.settings.timezone)
    if not check:
        check_target(folder, project.root, force=force)
    facts = snapshot(project.tree, project.settings, day)
    limit = project.settings.slow_containment_minutes * 60
    site = SiteSettings(title, f"{base_url.rstrip('/')}/" if base_url else "", limit)
    data = data_of(rows_of(facts), day.unended)
    files = dict(site_files(data, site, lambda file: _body(project, file)))
    if check:
        changed = differences(folder, files)
        for path in changed:
            click.echo(f"{folder}/{path} would differ")
        raise click.exceptions.Exit(1 if changed else 0)
    write_site(folder, files)
    click.echo(f"wrote {folder}/index.html and {len(files) - 1} other files", err=True)


def _body(project: Project, file: str) -> str:
    """The Markdown of a postmortem that was read before."""
    return read_postmortem(decode(file, project.tree.read(file))).body
