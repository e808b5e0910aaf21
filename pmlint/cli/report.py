"""``pmlint report``: the site that people look at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pmlint.cli.head import HandedFacts, landed_holds, require_proofs
from pmlint.cli.ledgers import held_by_ledgers, left_out
from pmlint.cli.options import evaluation_date, statements
from pmlint.cli.project import Project, below, find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.parsing.document import read_body
from pmlint.parsing.source import decode
from pmlint.parsing.writing import naming, outgoing
from pmlint.project.days import today
from pmlint.tables.collect import TableSource, encodable, rows_of
from pmlint.tables.judged import snapshot

if TYPE_CHECKING:
    from pmlint.model.people import Person
    from pmlint.report.figures import ReportData
    from pmlint.report.history import HistoryDay
    from pmlint.report.options import SiteOptions
    from pmlint.report.pages import Contents

EXAMPLES = """
\b
Examples:
  pmlint report site                                       open site/index.html
  pmlint report site --base-url https://acme.example/pm/   with a feed
  pmlint report site --ledger ledger.signed.json           with what other repositories hold
  pmlint report -o postmortems.html                        the same as one file
  pmlint report --check site                               fails when the site would differ
"""


@click.command("report", epilog=EXAMPLES)
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("-o", "--output-file", metavar="FILE", help="Write one file instead of a folder.")
@click.option("--title", metavar="TEXT", help="Title of the site.")
@click.option("--base-url", metavar="URL", help="Address of the site, for the feed.")
@click.option("--history", "with_history", is_flag=True, help="Add charts from git's history.")
@click.option("--proofs", is_flag=True, help="Look proofs up on HEAD, as 'pmlint why' does.")
@statements
@click.option("--check", is_flag=True, help="Write nothing; fail when the site would differ.")
@click.option("--force", is_flag=True, help="Replace a folder that holds other files.")
@evaluation_date
def command(
    folder: str | None,
    output_file: str | None,
    title: str | None,
    base_url: str | None,
    with_history: bool,
    proofs: bool,
    budgets: str | None,
    replays: str | None,
    ledgers: tuple[str, ...],
    check: bool,
    force: bool,
    now: str | None,
) -> None:
    """Write a static site: what runs although it is held, what is late, what comes back.

    Exit codes: 0 written, also with findings; 1 with --check when the site would differ; 2 it could
    not be written.
    """
    # Imported here: no other verb pays for jinja2 and icalendar (997 million instructions).
    try:
        from pmlint.report import site
        from pmlint.report.options import site_options
    except ModuleNotFoundError:
        raise UsageError(
            "report needs jinja2, nh3 and icalendar", help="pip install 'pmlint[report]'"
        ) from None
    target = _target(folder, output_file, check=check)
    handed = HandedFacts(budgets, replays, now)
    require_proofs(proofs, handed)
    project = find()
    options = site_options(project.tree, project.settings, title, base_url)
    options = options._replace(is_one_file=output_file is not None)
    if folder is not None and not check:
        site.check_target(folder, project.root, force=force)
    facts = _facts(project, now, handed if proofs else None)
    contents = _with_ledgers(project, options, facts, ledgers, now)
    if folder is not None and not check:
        site.check_sources(folder, project.root, contents.data)
    if with_history:
        contents = contents._replace(history=_history(project))
    if output_file is not None:
        _write_one_file(output_file, site.one_file(contents))
        return
    if check:
        _compare(target, site.differences(target, dict(site.site_files(contents))))
    else:
        _write_site(target, contents)


def _target(folder: str | None, file: str | None, *, check: bool) -> str:
    """The one place that was named. Raises `UsageError` for none, for two, and for a file that is
    to be compared.
    """
    if folder is not None and file is not None:
        raise UsageError("DIR and -o name two places", help="keep one of them")
    if folder is None and file is None:
        raise UsageError("there is no place to write to", help="pmlint report site")
    if check and folder is None:
        raise UsageError("--check compares a folder", help="pmlint report --check site")
    return folder or file or ""


def _write_one_file(file: str, page: bytes) -> None:
    if file == "-":
        sys.stdout.buffer.write(page)
        return
    with naming(file), outgoing(file) as stream:
        stream.write(page)
    click.echo(f"wrote {file}", err=True)


def _write_site(folder: str, contents: Contents) -> None:
    from pmlint.report import site

    with naming(folder):
        number = site.write_site(folder, site.site_files(contents))
    click.echo(f"wrote {folder}/index.html and {number - 1} other files", err=True)


def _compare(folder: str, changed: list[str]) -> None:
    """Name the files that differ from those that would be written; exit 1 where there is one."""
    for path in changed:
        click.echo(f"{folder}/{path} would differ")
    if changed:
        raise click.exceptions.Exit(1)


def _facts(project: Project, now: str | None, handed: HandedFacts | None) -> TableSource:
    """The judged tree; with the facts that were handed over as git's history has it."""
    day = today(now, project.settings.timezone)
    facts = snapshot(project.tree, project.settings, day)
    return facts if handed is None else facts._replace(landed=landed_holds(project, day, handed))


def _with_ledgers(
    project: Project,
    site: SiteOptions,
    facts: TableSource,
    ledgers: tuple[str, ...],
    now: str | None,
) -> Contents:
    """What the pages are made from, with what other repositories hold."""
    elsewhere = held_by_ledgers(project.settings, ledgers, facts.documents.route_by_id, now)
    for line in left_out(elsewhere.not_given, "report"):
        click.echo(line, err=True)
    held = facts._replace(held_elsewhere=elsewhere.holds)
    return _contents(project, site, held, elsewhere.not_given)


def _contents(
    project: Project, site: SiteOptions, facts: TableSource, not_given: tuple[str, ...]
) -> Contents:
    from pmlint.report.bodies import body_html
    from pmlint.report.figures import data_of
    from pmlint.report.names import names_of
    from pmlint.report.options import without_people
    from pmlint.report.pages import Contents
    from pmlint.report.people import hide_people

    data = data_of(rows_of(facts), facts.today.unended)
    files = _files(data, facts)

    def html_of(id: str) -> str:
        # A byte order mark and soft hyphens are findings, and the text is read all the same.
        source = decode(files[id], project.tree.read(files[id]), keeps_marks=True)
        return body_html(read_body(source))

    if not site.hides_people:
        return Contents(site, data, names_of(data), html_of, not_given=not_given)
    data, people = hide_people(data, _people(project))
    # An id may name somebody, and the file keeps its name.
    shown = (review["postmortem"] for review in data.rows["postmortems"])
    originals = dict(zip(shown, files, strict=True))
    site = without_people(site, people.hide)
    names = names_of(data, hides_people=True)
    return Contents(
        site,
        data,
        names,
        lambda id: people.hide_html(html_of(originals[id])),
        not_given=tuple(map(people.hide, not_given)),
    )


def _files(data: ReportData, facts: TableSource) -> dict[str, str]:
    """The file of each postmortem, by its id in the rows."""
    # A row has the name of a file written out where it is not UTF-8.
    real = {encodable(one.file): one.file for one in facts.documents.postmortems}
    return {row["postmortem"]: real[row["file"]] for row in data.rows["postmortems"]}


def _people(project: Project) -> tuple[Person, ...]:
    """The entries of the people file, else of CODEOWNERS."""
    from pmlint.project.people import read_people_file

    people = read_people_file(project.tree, project.settings).people
    return people.all if people is not None else ()


def _history(project: Project) -> tuple[HistoryDay, ...]:
    from pmlint.git import Repository
    from pmlint.report.history import history

    with Repository(project.root, below(project.root)) as repository:
        days, unread = history(repository, repository.resolve("HEAD"))
    if unread:
        days_of = count(unread, "day")
        click.echo(f"note: the configuration of {days_of} could not be read", err=True)
    return days
