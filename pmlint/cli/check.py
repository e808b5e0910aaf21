"""``pmlint check``: lints postmortems, routes and people."""

from __future__ import annotations

import errno
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import click

from pmlint.check.demands import known_ids
from pmlint.check.engine import Judged, check_tree
from pmlint.check.levels import clean
from pmlint.check.report import Report, summarize
from pmlint.cli.fixing import filtered, show, with_fixes, written
from pmlint.cli.options import KnownChoice, evaluation_date, organisation_demands, output_file
from pmlint.cli.progress import watched
from pmlint.cli.project import Project, find, page
from pmlint.cli.selection import Selection, name_the_rest, refuse_nothing, selection
from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.model.suggestions import nearest
from pmlint.output import FORMATS, choose, format_of, publish
from pmlint.parsing.escape import terminal
from pmlint.parsing.overlay import Overlay
from pmlint.parsing.tree import WorkTree
from pmlint.project.days import Today, today
from pmlint.project.settings import Settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _rule_ids(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The ids of rules for a shell, which no other run needs to import."""
    from pmlint.cli.completion import rule_ids

    return rule_ids(context, parameter, incomplete)


EXAMPLES = """
\b
Examples:
  pmlint check                                    the whole repository
  pmlint check postmortems/PM-2026-001.md         one postmortem
  pmlint check --select action-owner --statistics
  pmlint check --diff                             what --fix would write
  pmlint check --since origin/main                what this branch changes
  pmlint check - --stdin-filename postmortems/PM-2026-001.md < draft.md
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--select", metavar="IDS", shell_complete=_rule_ids, help="Only these rules, comma-separated."
)
@click.option(
    "--ignore", metavar="IDS", shell_complete=_rule_ids, help="Not these rules, comma-separated."
)
@click.option(
    "--fail-level",
    type=click.Choice(["error", "warning"]),
    help="Lowest level that fails the run (default: error).",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are findings.")
@click.option(
    "--output-format",
    type=KnownChoice(FORMATS),
    help="Output format (default: detected from CI or terminal).",
)
@output_file
@click.option("--stdin-filename", metavar="PATH", help="Path of the file on standard input.")
@click.option("--since", metavar="REV", help="Only documents changed since this revision.")
@click.option("--fix", is_flag=True, help="Apply the fixes that have one right answer.")
@click.option(
    "--sort-fields",
    is_flag=True,
    help="Write the fields of postmortems in the order of the schema.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would write; write nothing.")
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Number of worker processes (0: one per CPU).",
)
@organisation_demands
@click.option("--no-cache", is_flag=True, help="Do not read or write the cache.")
@evaluation_date
@click.option(
    "--statistics", is_flag=True, help="Count the findings by rule instead of listing them."
)
@click.option("--show-settings", is_flag=True, help="Print the settings and their sources.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Use colours (default: auto).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing if all is clean.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Print to standard error what is read and how long it takes.",
)
def command(**options: object) -> None:
    """Check postmortems, routes, people and policies; without PATHS the entire project."""
    start = time.perf_counter()
    project = find()
    project = project._replace(settings=_settings(project, options))
    if options["show_settings"]:
        # It imports what counts runs, which no check needs.
        from pmlint.cli.shown_settings import show_settings

        show_settings(project)
        return
    paths = options["paths"]
    assert isinstance(paths, tuple)
    stdin_name, since = _text(options["stdin_filename"]), _text(options["since"])
    wanted = selection(project, paths, stdin_name, since)
    day = today(_text(options["now"]), project.settings.timezone)
    with watched(project.tree, quiet=bool(options["quiet"])) as read:
        texts = {wanted.instead.file: wanted.instead.text} if wanted.instead is not None else {}
        # The text of the editor in the place of the file, so that links to it are judged as it will
        # be saved.
        tree = Overlay(read, texts) if texts else read
        # Nothing judged is not a pass: a misspelt folder would be green for years.
        refuse_nothing(project, tree)
        judged = check_tree(
            tree,
            project.settings,
            day,
            only=wanted.only,
            cache_of=None if options["no_cache"] else project.root,
            jobs=int(str(options["jobs"])),
            whole=wanted.only is None,
        )
    # On the standard error, because the standard output may be read by a program.
    if judged.note and not options["quiet"]:
        click.echo(terminal(f"note: {judged.note}"), err=True)
    report = _changed(project, judged, wanted, day, options)
    if report is None:
        return
    name_the_rest(wanted.rest)
    _write(project, report, options)
    if options["verbose"]:
        where = f"root {project.root}, configuration {project.settings.file or 'none'}"
        click.echo(f"{where}, {report.summary.where}, {time.perf_counter() - start:.2f}s", err=True)
    if not clean(report.summary, project.settings.fail_level) and not options["exit_zero"]:
        raise click.exceptions.Exit(1)


def _changed(
    project: Project, judged: Judged, wanted: Selection, day: Today, options: dict[str, object]
) -> Report | None:
    """The report after what ``--fix`` and ``--sort-fields`` write; None where a patch or a text was
    printed in its place.
    """
    report, only = with_fixes(judged), wanted.only
    report = _demanded(project, judged, report, wanted, day, options)
    if not (options["diff"] or options["fix"] or options["sort_fields"]):
        return report
    files = [facts.file for facts in judged.repository_index.postmortems]
    sort = [file for file in files if only is None or file in only]
    sort = sort if options["sort_fields"] else []
    if options["diff"]:
        raise click.exceptions.Exit(1 if show(report, sort) else 0)
    if wanted.instead is not None:
        sys.stdout.write(filtered(report, wanted.instead, sort))
        return None
    # without the progress of the first run, and from what is on disk now
    again = partial(check_tree, WorkTree(project.root), project.settings, day, only=only)
    return written(project, report, sort, lambda: with_fixes(again()), fix=bool(options["fix"]))


def _demanded(
    project: Project,
    judged: Judged,
    report: Report,
    wanted: Selection,
    day: Today,
    options: dict[str, object],
) -> Report:
    """The report with what ``--policies DIR`` demands besides."""
    folder = _text(options["policies"])
    if not folder:
        return report
    from pmlint.check.organisation import judge_demands
    from pmlint.project.organisation import files_of, read_organisation

    organisation = read_organisation(files_of(folder))
    known = judged._replace(report=report)
    tree = WorkTree(project.root)
    found = judge_demands(tree, project.settings, day, organisation, known)
    if wanted.only is None:
        return found.report
    only = tuple(one for one in found.report.findings if one.path in wanted.only)
    summary = summarize(only, report.summary.postmortems, report.summary.routes)
    return found.report._replace(findings=only, summary=summary)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ids(project: Project, options: dict[str, object], option: str) -> tuple[str, ...]:
    """The rules that an option names.

    Raises `UsageError` for one that does not exist, with the nearest.
    """
    names = tuple(part.strip() for part in _text(options[option]).split(",") if part.strip())
    known = known_ids(project.tree, project.settings, today(None).day) if names else frozenset()
    for name in names:
        if name not in known:
            help = nearest(name, sorted(known)) or "'pmlint rules' lists them"
            raise UsageError(f"there is no rule '{name}' (--{option})", help=help)
    return names


def _settings(project: Project, options: dict[str, object]) -> Settings:
    """The settings with what the options say."""
    settings = project.settings
    if select := _ids(project, options, "select"):
        settings = settings._replace(select=select)
    if ignore := _ids(project, options, "ignore"):
        settings = settings._replace(ignore=ignore)
    level = _text(options["fail_level"])
    return settings._replace(fail_level=Level[level.upper()]) if level else settings


def _write(project: Project, report: Report, options: dict[str, object]) -> None:
    target = _text(options["output_file"])
    chosen = choose(os.environ, sys.stdout.isatty(), to_file=bool(target))
    name = _text(options["output_format"]) or chosen
    form = format_of(name)
    if options["statistics"]:
        from pmlint.output import statistics

        text = statistics.render(name, report)
    else:
        color = "never" if target else _text(options["color"])
        text = form.render(report, page(project.root, color))
    if options["quiet"] and not report.findings and form.for_people:
        text = ""
    if target:
        from pmlint.parsing.writing import output

        try:
            os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
        except FileExistsError:
            # A file on the way: the user named ``target``, and not the absolute path of that file.
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), target) from None
        output(target, text)
        return
    sys.stdout.write(text)
    sys.stdout.flush()
    publish(name, report, os.environ)
