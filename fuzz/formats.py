"""Every output format: a report in which each text that can come from a user is a part of the
input.
"""

from __future__ import annotations

import json
import re
from datetime import date
from xml.etree import ElementTree

from pmlint.check.report import Report, RuleInfo, summarize
from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Edit, Finding, Fix, Level
from pmlint.output import FORMATS, render, statistics
from pmlint.output.interface import Page
from pmlint.parsing.source import INVISIBLE, Source
from pmlint.project.holds import Hold

PARTS = 24
"""How many texts a report takes; they are separated by U+001F, and the last ones may be missing."""


def report(data: bytes) -> Report:
    """A report from bytes: a file name, its text, and everything that is said of it."""
    texts = data.decode("utf-8", "surrogateescape").split("\x1f")[:PARTS]
    texts += [""] * (PARTS - len(texts))
    name, text, *rest = texts
    source = Source(name, text)
    numbers = [sum(map(ord, part)) % (len(text) + 1) for part in rest[:4]]
    start, end = sorted(numbers[:2])
    fix = Fix(rest[0], (Edit(start, end, rest[1]),)) if rest[2] else None
    (
        code,
        message,
        pointer,
        subject,
        help,
        url,
        waived,
        route,
        flag,
        owner,
        reason,
        release,
        case,
    ) = rest[3:16]
    one = Finding(
        code, Level.ERROR, message, name, source.span(start, end), pointer, subject, help, url, fix
    )
    two = Finding(rest[16], Level.WARNING, rest[17], rest[18], waived=waived)
    findings = tuple(sorted((one, two), key=lambda finding: finding.order))
    hold = Hold(rest[19], "action", rest[20], owner, date(2026, 1, 2), reason, release)
    verdict = Verdict(
        "refused",
        (RouteVerdict(route, "refused", (flag,), (hold,), name),),
        (case,),
        {"target": rest[21]},
    )
    rule = RuleInfo(code, rest[16], rest[17], help, url)
    return Report(
        findings,
        summarize(findings, 1, 1),
        {name: source}.get,
        lambda wanted: rule,
        verdict if route else None,
    )


def formats(data: bytes) -> None:
    """Each format keeps its shape: programs can read it, a line stays a line, and no control
    reaches a terminal.
    """
    one = report(data)
    said = {name: render(name, one) for name in FORMATS} | {
        "statistics": statistics.render("text", one)
    }
    for name, text in said.items():
        assert re.search(INVISIBLE, text.replace("\n", "")) is None, (
            f"{name} lets an invisible character through"
        )
        text.encode()
        assert not text or text.endswith("\n")
    for name in ("text", "concise"):
        render(name, one, Page(color=True)).encode()
    for name in ("json", "gitlab", "sarif"):
        json.loads(said[name])
    root = ElementTree.fromstring(said["junit"])
    assert root.attrib["tests"] == str(len(root.findall("*/testcase")))
    counted = len(one.counted) + 2 * (one.verdict is not None)
    for name in ("jsonl", "rdjsonl"):
        assert [type(json.loads(line)) for line in said[name].split("\n")[:-1]] == [dict] * counted
    commands = said["github"].split("\n")
    assert sum(line.startswith("::") for line in commands) == counted
    assert len(commands) == counted + 2 + (one.verdict is not None)
    assert "##[" not in said["github"]
    issues = said["azure"].split("\n")
    assert sum(line.startswith("##vso[task.logissue ") for line in issues) == counted
    assert said["azure"].count("##") == counted
    assert len(said["concise"].split("\n")) == len(one.counted) + 2 + 6 * (one.verdict is not None)
    for result in json.loads(said["sarif"])["runs"][0]["results"]:
        address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert address.isascii()
        assert not set(address) & set(' :?#[]@"<>\\')
