"""For people on a terminal: each finding with its line, carets under it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.check.report import Report
from pmlint.finding import Finding, Level
from pmlint.output.interface import Format, Page
from pmlint.output.listing import listed, shown_path, wrapped
from pmlint.output.style import Style
from pmlint.output.verdict import lines as verdict_lines
from pmlint.output.verdict import refusals
from pmlint.parsing.escape import terminal
from pmlint.place import Span

MANY = 20
"""With more findings a line says how to count them."""
NARROW = 40
"""The fewest columns that text is laid out for; below them nothing can be read anyway."""


class TextFormat(Format):
    """All findings with their source, the gate's verdict where there is one, and the summary."""

    description = "for people: the line of the file with a mark under it; the default on a terminal"
    for_people = True

    def render(self, report: Report, page: Page) -> str:
        style = Style(page.color)
        page = page._replace(width=max(page.width, NARROW))
        worst_first = sorted(listed(report.counted), key=lambda finding: -finding.level)
        found = [*worst_first, *refusals(report)]
        blocks = ["\n".join(_block(finding, report, page)) for finding in found]
        if report.verdict is not None:
            blocks.append("\n".join(verdict_lines(report.verdict, style)))
        closing = _summary(report, style)
        if report.verdict is None and len(report.counted) > MANY:
            closing += "\n`pmlint check --statistics` counts them by rule"
        return "\n\n".join([*blocks, f"{closing}\n"])


def _summary(report: Report, style: Style) -> str:
    failed = report.summary.errors or (
        report.summary.warnings and report.fail_level is Level.WARNING
    )
    return style.bad(report.closing) if failed else style.bold(report.closing)


def _block(finding: Finding, report: Report, page: Page) -> Iterator[str]:
    style, span = Style(page.color), finding.span
    # a place on the base has no line in the files that are shown
    source = report.source(finding.path) if not finding.side else None
    line = source.line(span.row) if source is not None else ""
    margin = " " * len(str(span.row)) if line else " "
    code = terminal(finding.code)
    first = len(f"{finding.level} {code}: ")
    head, *rest = wrapped(terminal(finding.message), page.width, first, 4)
    yield f"{style.level(finding.level)} {style.bold(code)}: {head}"
    yield from rest
    if finding.path:
        path = terminal(shown_path(finding.path, page.here))
        yield f"{margin}{style.faint('-->')} {path}:{span.row}:{span.column}"
    if line:
        yield from _shown(line, finding, page)
    if finding.help:
        yield from _note("help", terminal(finding.help), margin, page)
    for one in finding.related:
        place = f"{terminal(shown_path(one.path, page.here))}:{one.span.row}:{one.span.column}"
        yield from _note("see", f"{terminal(one.message)} ({place})", margin, page)
    if finding.fix is not None:
        yield from _note("fix", f"{terminal(finding.fix.title)} (`--fix` does it)", margin, page)


def _note(word: str, text: str, margin: str, page: Page) -> Iterator[str]:
    """A line below the source: its text is wrapped under its own start."""
    style = Style(page.color)
    start = len(f"{margin} = {word}: ")
    head, *rest = wrapped(text, page.width, start, start)
    yield f"{margin} {style.faint('=')} {style.bold(word)}: {head}"
    yield from rest


def _shown(line: str, finding: Finding, page: Page) -> Iterator[str]:
    """The line of the source with carets under the finding."""
    style, row = Style(page.color), str(finding.span.row)
    edge = style.faint(f"{' ' * len(row)} |")
    excerpt = _cut(line, finding.span, page.width - len(row) - 3)
    yield edge
    yield f"{style.faint(f'{row} |')} {excerpt.text}"
    caret = style.bad if finding.level is Level.ERROR else style.doubtful
    yield f"{edge} {' ' * excerpt.before}{caret('^' * excerpt.under)}"


class Excerpt(NamedTuple):
    """What is shown of a line, the columns before the carets, and how many carets there are."""

    text: str
    before: int
    under: int


def _cut(line: str, span: Span, room: int) -> Excerpt:
    """A line, or what fits of it around the finding, with ``…`` where something is cut."""
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_row == span.row else len(line)
    end = max(start, end)
    if len(line) <= room and columns(_visible(line)) <= room:
        first, last = 0, len(line)
    else:
        room -= 4  # an ellipsis and a blank at either side
        # each character may take several columns when it is escaped: only what may fit is looked at
        first = start - _fitting(line[max(0, start - room) : start][::-1], room // 3)
        taken = columns(_visible(line[first:start]))
        last = start + _fitting(line[start : start + room], room - taken)
        if last == len(line):  # the end of the line leaves room in front
            left = room - columns(_visible(line[start:last]))
            first = start - _fitting(line[max(0, start - left) : start][::-1], left)
    end = min(end, last)
    head, tail = "… " if first > 0 else "", " …" if last < len(line) else ""
    before = head + _visible(line[first:start])
    under = _visible(line[start:end])
    text = before + under + _visible(line[end:last]) + tail
    return Excerpt(text, columns(before), max(1, columns(under)))


def _fitting(text: str, room: int) -> int:
    """How many characters of a text fit, from its start."""
    taken = 0
    for number, char in enumerate(text):
        taken += columns(_visible(char))
        if taken > room:
            return number
    return len(text)


def _visible(text: str) -> str:
    return terminal(text.replace("\t", "    "))


def columns(text: str) -> int:
    """How many columns of a terminal a text takes, which is less or more than its characters
    outside ASCII.
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    combining = sum(category(char) in ("Mn", "Me", "Cf") for char in text)
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return len(text) - combining + wide


FORMAT = TextFormat()
