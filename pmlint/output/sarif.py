"""SARIF 2.1.0, for code scanning and for every viewer that reads the OASIS standard."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

from pmlint import __version__
from pmlint.check.report import Report, RuleInfo
from pmlint.finding import Finding, Fix, Related
from pmlint.model.counting import count
from pmlint.output.columns import convert, utf16
from pmlint.output.fingerprint import line_hashes, stable
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings
from pmlint.parsing.escape import sarif, terminal, uri
from pmlint.parsing.source import Source
from pmlint.place import Span

HOME = "https://pypi.org/project/pmlint/"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RESULTS = 5_000
"""The most results: GitHub shows 5,000 of a run.

Warnings are cut before errors, and a notification says how many.
"""
TEXT = 1_000
"""The most characters of a text: GitHub takes 1,024."""


class SarifFormat(Format):
    """The report as one run. Findings that somebody waived are in it, as suppressed results."""

    description = "SARIF 2.1.0, for code scanning"

    def render(self, report: Report, page: Page) -> str:
        waived = [finding for finding in report.findings if finding.waived]
        everything = sorted([*all_findings(report), *waived], key=lambda finding: finding.order)
        keyed = list(zip(everything, stable(everything), strict=True))
        kept = sorted(
            sorted(keyed, key=lambda pair: -pair[0].level)[:RESULTS],
            key=lambda pair: pair[0].order,
        )
        codes = sorted({finding.code for finding, _ in kept})
        index = {code: number for number, code in enumerate(codes)}
        hashes = cache(lambda path: _hashes(report.source(path)))
        rules = [_rule(report.rule(code) or RuleInfo(code)) for code in index]
        run = {
            "tool": {
                "driver": {
                    "name": "pmlint",
                    "version": __version__,
                    "informationUri": HOME,
                    "rules": rules,
                }
            },
            "columnKind": "utf16CodeUnits",
            "invocations": [_invocation(report, len(everything) - len(kept))],
            "results": [
                _result(finding, key, index[finding.code], report, hashes) for finding, key in kept
            ],
        }
        return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _hashes(source: Source | None) -> list[str]:
    return line_hashes(source.text) if source is not None else []


def _text(text: str) -> dict[str, str]:
    """A text as a SARIF message, cut to what GitHub takes."""
    shown = sarif(terminal(text))
    if len(shown) > TEXT:
        # A backslash at the cut would escape what follows, and not the bracket that it stood for.
        shown = f"{shown[:TEXT].rstrip(chr(92))}… ({len(shown) - TEXT:,} characters cut)"
    return {"text": shown}


def _rule(rule: RuleInfo) -> dict[str, object]:
    title = rule.title or rule.id
    advice = "\n\n".join(part for part in (rule.why, rule.fix) if part) or title
    data: dict[str, object] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": _text(title),
        "fullDescription": _text(rule.why or title),
        "help": {"text": sarif(advice)},
        "defaultConfiguration": {"level": str(rule.level)},
        "properties": {"tags": ["postmortem"], "problem.severity": str(rule.level)},
    }
    # Viewers make a link of it, and another scheme could run something.
    if rule.url.startswith("https://"):
        data["helpUri"] = rule.url
    return data


def _invocation(report: Report, cut: int) -> dict[str, object]:
    data: dict[str, object] = {
        # About the run and not its findings (SARIF 2.1.0, 3.20.14): only what was not judged
        # failed.
        "executionSuccessful": report.verdict is None or report.verdict.verdict != "unjudged"
    }
    if cut:
        text = f"{count(cut, 'result')} cut, warnings before errors: {RESULTS:,} are kept"
        data["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return data


def _result(
    finding: Finding, key: str, rule: int, report: Report, hashes: Callable[[str], list[str]]
) -> dict[str, object]:
    source = report.source(finding.path)
    # GitHub shows one alert twice where an upload has no hash of its line and rows have moved.
    fingerprints = {"pmlint/v1": key}
    lines = hashes(finding.path)
    if finding.span.row <= len(lines):
        fingerprints["primaryLocationLineHash"] = lines[finding.span.row - 1]
    where = {"artifactLocation": _artifact(finding.path), "region": _region(finding.span, source)}
    data: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": str(finding.level),
        "message": _text(f"{finding.message}: {finding.help}" if finding.help else finding.message),
        "locations": [{"physicalLocation": where}],
        "partialFingerprints": fingerprints,
    }
    if finding.subject:
        data["locations"] = [
            {
                "physicalLocation": where,
                "logicalLocations": [{"fullyQualifiedName": finding.subject}],
            }
        ]
    if finding.related:
        data["relatedLocations"] = [
            _related(number, one, report.source(one.path))
            for number, one in enumerate(finding.related, 1)
        ]
    if finding.fix is not None and source is not None:
        data["fixes"] = [_fix(finding.path, finding.fix, source)]
    if finding.waived:
        data["suppressions"] = [
            {"kind": "inSource", "status": "accepted", "justification": finding.waived}
        ]
    return data


def _related(number: int, one: Related, source: Source | None) -> dict[str, object]:
    """A place that a result depends on; viewers list them below it by their ``id`` (3.28.2)."""
    data: dict[str, object] = {
        "id": number,
        "physicalLocation": {
            "artifactLocation": _artifact(one.path),
            "region": _region(one.span, source),
        },
        "message": _text(f"{one.message}: {one.release}" if one.release else one.message),
    }
    if one.subject:
        data["logicalLocations"] = [{"fullyQualifiedName": one.subject}]
    return data


def _artifact(path: str) -> dict[str, str]:
    return {"uri": uri(path) or "."}


def _region(span: Span, source: Source | None) -> dict[str, int]:
    at = convert(span, source, utf16)
    return {
        "startLine": at.row,
        "startColumn": at.column,
        "endLine": at.end_row,
        "endColumn": at.end_column,
    }


def _fix(path: str, fix: Fix, source: Source) -> dict[str, object]:
    replacements = [
        {
            "deletedRegion": _region(source.span(edit.start, edit.end), source),
            "insertedContent": {"text": edit.text},
        }
        for edit in fix.edits
    ]
    return {
        "description": _text(fix.title),
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": replacements}],
    }


FORMAT = SarifFormat()
