"""For people on a terminal: each finding with its line, carets under it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.check.report import Report
from pmlint.finding import Finding, Level
from pmlint.output.style import Style
from pmlint.output.verdict import lines as verdict_lines
from pmlint.parsing.escape import terminal
from pmlint.place import Span

WIDTH = 120
"""The most columns of a source line that are shown; of a longer one, the part around the finding."""


def render(report: Report, color: bool = False) -> str:
    """All findings with their source, the gate's verdict where there is one, and the summary."""
    style = Style(color)
    blocks = ["\n".join(_block(finding, report, style)) for finding in report.counted]
    if report.verdict is not None:
        blocks.append("\n".join(verdict_lines(report.verdict, style)))
    return "\n\n".join([*blocks, f"{_summary(report, style)}\n"])


def _summary(report: Report, style: Style) -> str:
    failed = report.summary.errors or (
        report.summary.warnings and report.fail_level is Level.WARNING
    )
    return style.bad(report.closing) if failed else style.bold(report.closing)


def _block(finding: Finding, report: Report, style: Style) -> Iterator[str]:
    span = finding.span
    source = report.source(finding.path)
    line = source.line(span.row) if source is not None else ""
    margin = " " * len(str(span.row)) if line else " "
    edge = style.faint(f"{margin} |")
    yield f"{style.level(finding.level)} {style.bold(terminal(finding.code))}: {terminal(finding.message)}"
    yield f"{margin}{style.faint('-->')} {terminal(finding.path)}:{span.row}:{span.column}"
    if line:
        shown, before, under = _cut(line, span)
        yield edge
        yield f"{style.faint(f'{span.row} |')} {shown}"
        caret = style.bad if finding.level is Level.ERROR else style.doubtful
        yield f"{edge} {' ' * before}{caret('^' * under)}"
    if finding.help:
        yield f"{margin} {style.faint('=')} {style.bold('help')}: {terminal(finding.help)}"
    if finding.fix is not None:
        yield f"{margin} {style.faint('=')} {style.bold('fix')}: {terminal(finding.fix.title)} (`--fix` does it)"


def _cut(line: str, span: Span) -> tuple[str, int, int]:
    """What is shown of a line, the columns of the screen before the carets, and how many carets
    there are.
    """
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_row == span.row else len(line)
    first = 0 if len(line) <= WIDTH else max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    last = min(len(line), first + WIDTH)
    head, tail = "… " * (first > 0), " …" * (last < len(line))
    before = head + _visible(line[first:start])
    under = _visible(line[start : max(start, min(end, last))])
    return (
        before + under + _visible(line[max(start, min(end, last)) : last]) + tail,
        columns(before),
        max(1, columns(under)),
    )


def _visible(text: str) -> str:
    return terminal(text.replace("\t", "    "))


def columns(text: str) -> int:
    """How many columns of a terminal a text takes, which is less or more than its characters
    outside ASCII.
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 2 if east_asian_width(char) in "WF" else 1
        for char in text
    )
