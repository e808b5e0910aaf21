"""Markdown for a comment on a pull request: the verdict, the held routes, and the findings by
document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.model.counting import count
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import headline, hold
from pmlint.parsing.escape import markdown

MARK = "<!-- pmlint -->"
GATE_MARK = "<!-- pmlint-gate -->"
"""The first line, by which a job finds its own comment again: of findings, and of a verdict."""
COMMENT = 60_000
"""The most bytes of a comment: GitHub takes 65,536 characters."""
STEP_SUMMARY = 1_000_000
"""The most bytes of a step summary: GitHub takes 1 MiB of a step."""

_URL = re.compile(r"https://[\w./#%?=&+~-]+", re.ASCII)


class MarkdownFormat(Format):
    """The report as a comment."""

    description = "a comment for a pull request"

    def render(self, report: Report, page: Page) -> str:
        return _fit([GATE_MARK if report.verdict else MARK, *_lines(report)], COMMENT)


def step_summary(report: Report) -> str:
    """The report for the summary page of a GitHub step."""
    return _fit(list(_lines(report)), STEP_SUMMARY)


def _lines(report: Report) -> Iterator[str]:
    yield "### pmlint"
    yield ""
    if report.verdict is not None:
        yield from _verdict(report)
    yield f"{report.closing}."
    worst_first = sorted(
        report.counted, key=lambda finding: (finding.path, -finding.level, finding.order)
    )
    for path, findings in groupby(worst_first, key=lambda finding: finding.path):
        yield ""
        yield f"#### {markdown(path)}"
        yield ""
        for finding in findings:
            yield from _finding(finding)


def _verdict(report: Report) -> Iterator[str]:
    verdict = report.verdict
    assert verdict is not None
    word, _, rest = headline(verdict).partition(":")
    yield f"**{word.capitalize()}**:{rest}."
    yield ""
    for route in verdict.routes:
        flags = "".join(f", {markdown(flag)}" for flag in route.flags)
        yield f"- {route.verdict}: route {markdown(route.route)}{flags}"
        for one in route.held_by:
            yield f"  - held by {markdown(hold(one))}; to release: {markdown(one.release)}"
    # What blocks a route is above, with what releases it.
    refusals = [one for one in verdict.refusals if one.code != "route-held" or not verdict.routes]
    if not verdict.refusals:
        for case in verdict.cases:
            yield f"- {verdict.verdict}: {markdown(case)}"
    if refusals:
        yield from _folded(verdict.verdict, refusals)
    if verdict.routes or verdict.cases or refusals:
        yield ""


def _folded(word: str, refusals: list[Finding]) -> Iterator[str]:
    """The refusals, in a part that the reader opens."""
    yield ""
    yield f"<details><summary>{word}: {count(len(refusals), 'refusal')}</summary>"
    yield ""
    for one in refusals:
        place = f" {markdown(one.path)}, line {one.span.row}:" if one.path else ""
        code = markdown(one.code)
        # An address with other signs could end the link early and begin mark-up of its own.
        linked = f"[{code}]({one.url})" if _URL.fullmatch(one.url) else code
        yield f"- {linked}{place} {markdown(one.message)}"
        if one.help:
            yield f"  - to release: {markdown(one.help)}"
    yield ""
    yield "</details>"


def _finding(finding: Finding) -> Iterator[str]:
    code = markdown(finding.code)
    if _URL.fullmatch(finding.url):
        code = f"[{code}]({finding.url})"
    yield f"- **{finding.level}** {code}, line {finding.span.row}: {markdown(finding.message)}"
    if finding.help:
        yield f"  - help: {markdown(finding.help)}"


def _fit(lines: list[str], limit: int) -> str:
    """The lines, or as many as there is room for and how many were cut."""
    # What was cut is said in a line of less than 200 bytes.
    room = limit - 200
    for at, line in enumerate(lines):
        room -= len(line.encode("utf-8", "surrogatepass")) + 1
        if room < 0:
            cut = (
                f"{count(len(lines) - at, 'line')} cut: this place takes {limit:,} bytes."
                " `pmlint check` prints all of it."
            )
            return "\n".join([*lines[:at], "", cut, ""])
    return "\n".join([*lines, ""])


FORMAT = MarkdownFormat()
