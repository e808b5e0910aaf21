"""``pmlint check``: lints postmortems, routes and people."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from pmlint.cli.project import Project, find, today, wants_color
from pmlint.engine import check_tree, clean
from pmlint.finding import Level
from pmlint.report import FORMATS, Report, choose, publish, render
from pmlint.settings import Settings, UsageError
from pmlint.source import Malformed, Source, decode

EXAMPLES = """
\b
Examples:
  pmlint check                                    the whole repository
  pmlint check postmortems/PM-2026-001.md         one postmortem
  pmlint check --select action-owner --statistics
  pmlint check - --stdin-filename postmortems/PM-2026-001.md < draft.md
"""


@click.command("check", epilog=EXAMPLES)
@click.argument("paths", nargs=-1)
@click.option("--select", metavar="IDS", help="Only these rules, by comma.")
@click.option("--ignore", metavar="IDS", help="Not these rules, by comma.")
@click.option("--fail-level", type=click.Choice(["error", "warning"]), help="The level from which the run fails.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even where there are findings.")
@click.option("--output-format", type=click.Choice(FORMATS), help="The format; found by itself from the CI and the terminal.")
@click.option("-o", "--output-file", metavar="FILE", help="Write there instead of to the standard output.")
@click.option("--stdin-filename", metavar="PATH", help="The file that '-' stands for.")
@click.option("--now", metavar="DATE", help="What day it is.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@click.option("--show-settings", is_flag=True, help="Print the settings and where they come from.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Whether to use colours.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where all is clean.")
def command(**options: object) -> None:
    """Check postmortems, routes and people; without PATHS the whole repository."""
    project = find()
    settings = _settings(project.settings, options)
    if options["show_settings"]:
        _show(project, settings)
        return
    paths = options["paths"]
    assert isinstance(paths, tuple)
    only, instead = _wanted(project, paths, options["stdin_filename"])
    judged = check_tree(project.tree, settings, today(_text(options["now"])), only=only, instead=instead)
    report = judged.report
    name = _text(options["output_format"]) or choose(os.environ, sys.stdout.isatty())
    _write(report, name, options)
    if not clean(report.summary, settings.fail_level) and not options["exit_zero"]:
        raise click.exceptions.Exit(1)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ids(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(value).split(",") if part.strip())


def _settings(settings: Settings, options: dict[str, object]) -> Settings:
    """The settings with what the options say."""
    if select := _ids(options["select"]):
        settings = replace(settings, select=select)
    if ignore := _ids(options["ignore"]):
        settings = replace(settings, ignore=ignore)
    level = _text(options["fail_level"])
    return replace(settings, fail_level=Level[level.upper()]) if level else settings


def _wanted(project: Project, paths: tuple[str, ...], stdin_name: object) -> tuple[frozenset[str] | None, Source | None]:
    """The files that the arguments name, and the text of the standard input."""
    if not paths:
        return None, None
    if "-" in paths:
        if len(paths) > 1 or not isinstance(stdin_name, str):
            raise UsageError("'-' stands alone and needs a name", help="add --stdin-filename postmortems/PM-2026-001.md")
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
        raise UsageError(f"'{path}' lies outside the repository {project.root}", help="run pmlint in the repository of the file")
    return "" if file == "." else file


def _write(report: Report, name: str, options: dict[str, object]) -> None:
    target = _text(options["output_file"])
    if options["statistics"]:
        from pmlint.report import statistics

        text = statistics.render(name, report)
    else:
        text = render(name, report, color=not target and wants_color(_text(options["color"])))
    if options["quiet"] and not report.findings and name in ("text", "concise"):
        text = ""
    if target:
        from pmlint.atomic import write

        write(target, text.encode())
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
        publish(name, report, os.environ)


def _show(project: Project, settings: Settings) -> None:
    from dataclasses import fields

    from pmlint.policy.folder import load_policies

    click.echo(f"root: {project.root}")
    click.echo(f"configuration: {settings.file or 'none, these are the defaults'}")
    for field in fields(settings):
        if field.name != "file":
            value = getattr(settings, field.name)
            click.echo(f"{field.name}: {dict(value) if hasattr(value, 'items') else value}")
    policies = load_policies(project.tree, settings, today(None)).policies
    for origin in sorted({policy.origin for policy in policies}):
        click.echo(f"policies, {origin}: {', '.join(policy.id for policy in policies if policy.origin == origin)}")
