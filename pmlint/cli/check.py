"""``pmlint check``: lints postmortems, routes and people."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import click

from pmlint.check.engine import check_tree
from pmlint.check.levels import clean
from pmlint.check.report import Report
from pmlint.cli.fixing import filtered, show, with_fixes, written
from pmlint.cli.progress import watched
from pmlint.cli.project import Project, below, find, judged_day, today, wants_color
from pmlint.finding import Level
from pmlint.output import FORMATS, choose, publish, render
from pmlint.parsing.overlay import Overlay
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree, WorkTree
from pmlint.project.settings import Settings, UsageError

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
@click.argument("paths", nargs=-1)
@click.option(
    "--select", metavar="IDS", shell_complete=_rule_ids, help="Only these rules, by comma."
)
@click.option(
    "--ignore", metavar="IDS", shell_complete=_rule_ids, help="Not these rules, by comma."
)
@click.option(
    "--fail-level",
    type=click.Choice(["error", "warning"]),
    help="The level from which the run fails.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even where there are findings.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    help="The format; found by itself from the CI and the terminal.",
)
@click.option(
    "-o", "--output-file", metavar="FILE", help="Write there instead of to the standard output."
)
@click.option("--stdin-filename", metavar="PATH", help="The file that '-' stands for.")
@click.option("--since", metavar="REV", help="Only files that differ from this revision.")
@click.option("--fix", is_flag=True, help="Write the fixes that have one right answer.")
@click.option(
    "--sort-fields",
    is_flag=True,
    help="Write the fields of postmortems in the order of their schema.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="In how many processes; 0 finds out by itself.",
)
@click.option("--no-cache", is_flag=True, help="Read every document, and remember none.")
@click.option("--now", metavar="DATE", help="What day it is.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@click.option("--show-settings", is_flag=True, help="Print the settings and where they come from.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Whether to use colours.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is clean.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Say on the standard error what is read and how long it took.",
)
def command(**options: object) -> None:
    """Check postmortems, routes, people and policies; without PATHS the whole repository."""
    start = time.perf_counter()
    project = find()
    settings = _settings(project.settings, options)
    if options["show_settings"]:
        _show(project, settings)
        return
    paths = options["paths"]
    assert isinstance(paths, tuple)
    only, instead = _wanted(project, paths, options["stdin_filename"])
    if since := _text(options["since"]):
        changed = _changed_since(project, since)
        only = changed if only is None else only & changed
    day = judged_day(_text(options["now"]), settings.timezone)
    jobs = options["jobs"]
    assert isinstance(jobs, int)
    with watched(project.tree, quiet=bool(options["quiet"])) as read:
        tree = Overlay(read, {instead.file: instead.text}) if instead is not None else read
        cache_of = None if options["no_cache"] else project.root
        judged = check_tree(
            tree, settings, day, only=only, cache_of=cache_of, jobs=jobs, whole=only is None
        )
    report = with_fixes(judged)
    if options["diff"] or options["fix"] or options["sort_fields"]:
        sort = (
            [facts.file for facts in judged.index.postmortems if only is None or facts.file in only]
            if options["sort_fields"]
            else []
        )
        if options["diff"]:
            raise click.exceptions.Exit(1 if show(report, sort) else 0)
        if instead is not None:
            sys.stdout.write(filtered(report, instead, sort))
            return
        again = partial(check_tree, WorkTree(project.root), settings, day, only=only)
        report = written(
            project, report, sort, lambda: with_fixes(again()), fix=bool(options["fix"])
        )
    name = _text(options["output_format"]) or choose(os.environ, sys.stdout.isatty())
    _write(report, name, options)
    if options["verbose"]:
        where = f"root {project.root}, configuration {settings.file or 'none'}"
        click.echo(f"{where}, {report.summary.where}, {time.perf_counter() - start:.2f}s", err=True)
    if not clean(report.summary, settings.fail_level) and not options["exit_zero"]:
        raise click.exceptions.Exit(1)


def _changed_since(project: Project, revision: str) -> frozenset[str]:
    """The files that differ from a revision. Raises `UsageError` where git can't tell."""
    from pmlint.git import Repository

    with Repository(project.root, below(project.root)) as repository:
        before = repository.tree(repository.resolve(revision))
        return frozenset(
            entry.path for entry in project.tree.walk("") if not _same(project, before, entry.path)
        )


def _same(project: Project, before: Tree, path: str) -> bool:
    try:
        return before.entry(path) is not None and before.read(path, 1 << 30) == project.tree.read(
            path, 1 << 30
        )
    except Malformed:
        return False


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ids(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())


def _settings(settings: Settings, options: dict[str, object]) -> Settings:
    """The settings with what the options say."""
    if select := _ids(options["select"]):
        settings = settings._replace(select=select)
    if ignore := _ids(options["ignore"]):
        settings = settings._replace(ignore=ignore)
    level = _text(options["fail_level"])
    return settings._replace(fail_level=Level[level.upper()]) if level else settings


def _wanted(
    project: Project, paths: tuple[str, ...], stdin_name: object
) -> tuple[frozenset[str] | None, Source | None]:
    """The files that the arguments name, and the text of the standard input."""
    if not paths:
        return None, None
    if "-" in paths:
        if len(paths) > 1 or not isinstance(stdin_name, str):
            raise UsageError(
                "'-' stands alone and needs a name",
                help="add --stdin-filename postmortems/PM-2026-001.md",
            )
        file = _relative(project, stdin_name)
        try:
            return frozenset((file,)), decode(file, sys.stdin.buffer.read())
        except Malformed as error:
            raise UsageError(error.message, file=file, span=error.span, help=error.help) from None
    found: set[str] = set()
    for path in paths:
        file = _relative(project, path)
        entry = project.tree.entry(file) if file else None
        if not file or (entry and entry.kind == "folder"):
            found.update(one.path for one in project.tree.walk(file))
        elif entry is None:
            raise UsageError(f"there is no file '{path}'", help="check the path")
        else:
            found.add(file)
    return frozenset(found), None


def _relative(project: Project, path: str) -> str:
    file = os.path.relpath(os.path.abspath(path), project.root).replace(os.sep, "/")
    if file == ".." or file.startswith("../"):
        raise UsageError(
            f"'{path}' lies outside the repository {project.root}",
            help="run pmlint in the repository of the file",
        )
    return "" if file == "." else file


def _write(report: Report, name: str, options: dict[str, object]) -> None:
    target = _text(options["output_file"])
    if options["statistics"]:
        from pmlint.output import statistics

        text = statistics.render(name, report)
    else:
        text = render(name, report, color=not target and wants_color(_text(options["color"])))
    if options["quiet"] and not report.findings and name in ("text", "concise"):
        text = ""
    if target:
        from pmlint.parsing.writing import output

        output(target, text)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
        publish(name, report, os.environ)


def _show(project: Project, settings: Settings) -> None:
    from pmlint.policy.folder import load_policies

    click.echo(f"root: {project.root}")
    click.echo(f"configuration: {settings.file or 'none, these are the defaults'}")
    for name, value in settings._asdict().items():
        if name != "file":
            click.echo(f"{name}: {dict(value) if hasattr(value, 'items') else value}")
    policies = load_policies(project.tree, settings, today(None)).policies
    for origin in sorted({policy.origin for policy in policies}):
        click.echo(
            f"policies, {origin}: {', '.join(policy.id for policy in policies if policy.origin == origin)}"
        )
