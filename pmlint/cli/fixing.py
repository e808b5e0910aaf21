"""What ``check --fix``, ``--diff`` and ``--sort-fields`` do: fixes shown as a patch, or written
file by file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

import click

from pmlint.check.engine import Judged
from pmlint.check.report import Report
from pmlint.cli.project import Project
from pmlint.model.counting import count
from pmlint.parsing.source import Malformed, Source

ROUNDS = 5
"""How often --fix looks again: what one fix uncovers may have one, too."""


def with_fixes(judged: Judged) -> Report:
    """The report with the pages of its rules and with the fixes that its findings have."""
    report = judged.report
    # Loading the pages of all rules is not worth it for a clean run.
    if not report.findings:
        return report
    from pmlint.check.pages import pages
    from pmlint.edit.fixes import attach

    known = pages(judged.policies)
    findings = tuple(
        finding._replace(url=known[finding.code].info.url) if finding.code in known else finding
        for finding in attach(report.findings, report.source)
    )
    return report._replace(
        findings=findings, rule=lambda code: known[code].info if code in known else None
    )


def show(report: Report, sort: Sequence[str]) -> bool:
    """Print what would be written as a patch; whether there is anything."""
    from pmlint.edit import unified

    found = list(_planned(report, sort))
    for source, text, _ in found:
        sys.stdout.write(unified(source.file, source.text, text))
    return bool(found)


def filtered(report: Report, instead: Source, sort: Sequence[str]) -> str:
    """The text of the standard input with its fixes."""
    return next(
        (text for source, text, _ in _planned(report, sort) if source.file == instead.file),
        instead.text,
    )


def written(
    project: Project, report: Report, sort: Sequence[str], again: Callable[[], Report], *, fix: bool
) -> Report:
    """The report after everything is written, each file at once; without ``fix`` only the order of
    fields.
    """
    from pmlint.parsing.writing import replace

    total = files = 0
    # Bounded, in case two fixes undo each other.
    for _ in range(ROUNDS):
        planned = list(_planned(report, sort, fix=fix))
        for source, text, answered in planned:
            replace(project.root, source.file, source.text, text)
            total += answered
        files += len(planned)
        if not planned:
            break
        report = again()
    if total:
        click.echo(f"Fixed {count(total, 'finding')}", err=True)
    elif files:
        click.echo(f"Sorted the fields of {count(files, 'file')}", err=True)
    return report


def _planned(
    report: Report, sort: Sequence[str], *, fix: bool = True
) -> Iterator[tuple[Source, str, int]]:
    """Every file that would change: its text, its new text, and how many findings that answers."""
    from pmlint.edit.fixes import fixed

    answered = [finding for finding in report.counted if finding.fix] if fix else []
    for file in dict.fromkeys((*(finding.path for finding in answered), *sort)):
        source = report.source(file)
        if source is None:
            continue
        text = fixed(source, answered)
        text = _sorted(file, text) if file in sort else text
        if text != source.text:
            yield source, text, sum(1 for finding in answered if finding.path == file)


def _sorted(file: str, text: str) -> str:
    """A postmortem with its fields in the order of the schema; as it is where it can't be read."""
    from pmlint.edit import ordered
    from pmlint.parsing.document import read_postmortem

    try:
        return ordered(read_postmortem(Source(file, text)))
    except Malformed:
        return text
