"""JUnit XML, which nearly every CI shows: a suite a file, a test case a finding, and one that
passes where there is none.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings
from pmlint.parsing.escape import xml


class JUnitFormat(Format):
    """What makes the run fail is a failure, what somebody waived is skipped, and other findings
    pass with their text as output.
    """

    description = "JUnit XML, for systems that show test results"

    def render(self, report: Report, page: Page) -> str:
        waived = [finding for finding in report.findings if finding.waived]
        findings = sorted([*all_findings(report), *waived], key=lambda finding: finding.order)
        root = ElementTree.Element("testsuites", name="pmlint")
        for path, group in groupby(findings, key=lambda finding: finding.path):
            _suite(root, path or "pmlint", list(group), report)
        # Jenkins fails a build whose reports hold no test, so a clean run is one that passes.
        if not findings:
            ElementTree.SubElement(
                _element(root, "testsuite", name="pmlint"),
                "testcase",
                name=str(report.summary),
                classname="pmlint",
            )
        for suite in root:
            suite.set("tests", str(len(suite)))
            for name, kind in (
                ("failures", "failure"),
                ("skipped", "skipped"),
                ("errors", "error"),
            ):
                suite.set(name, str(len(suite.findall(f"testcase/{kind}"))))
        for name in ("tests", "failures", "errors"):
            root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
        ElementTree.indent(root)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            + ElementTree.tostring(root, encoding="unicode")
            + "\n"
        )


def _element(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        parent, tag, {name: xml(value) for name, value in attributes.items()}
    )


def _suite(root: ElementTree.Element, path: str, findings: list[Finding], report: Report) -> None:
    suite = _element(root, "testsuite", name=path)
    for finding in findings:
        place = f"{path}:{finding.span.row}:{finding.span.column}"
        case = _element(
            suite,
            "testcase",
            name=f"{finding.code} at {place}",
            classname=path,
            file=path,
            line=str(finding.span.row),
        )
        text = "\n".join(
            part
            for part in (
                f"{place}: {finding.level} {finding.code}: {finding.message}",
                finding.help,
            )
            if part
        )
        if finding.waived:
            _element(case, "skipped", message=f"waived: {finding.waived}")
        elif finding.level >= report.fail_level:
            _element(case, "failure", message=finding.message, type=finding.code).text = xml(text)
        else:
            _element(case, "system-out").text = xml(text)


FORMAT = JUnitFormat()
