"""Whatever users write, each format stays well formed and says it only in the places for it."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from pmlint.check.report import Report, RuleInfo, summarize
from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Finding, Level
from pmlint.output import FORMATS, render, statistics
from pmlint.parsing.source import INVISIBLE, Source
from pmlint.place import Span
from pmlint.project.holds import Hold

NASTY = st.sampled_from(
    [
        "\x1b[2J",
        "\r\n::error::",
        "##[group]",
        "]]>",
        "<!--",
        "-->",
        "`",
        "%0A",
        "[a](b)",
        "\\",
        "@maria",
        "\udcff",
        "\ud800",
    ]
)
TEXTS = st.lists(st.one_of(NASTY, st.text(max_size=8)), min_size=1, max_size=5).map("".join)
SOURCE = Source("a.md", "x: é𐐀 y\r\nz\n")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report in which every text that can come from a user does."""
    finding = Finding(
        draw(TEXTS),
        draw(st.sampled_from(Level)),
        draw(TEXTS),
        draw(st.one_of(TEXTS, st.just("a.md"))),
        Span(*(draw(st.integers(1, 4)) for _ in range(4))),
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        draw(TEXTS),
        waived=draw(st.one_of(st.just(""), TEXTS)),
    )
    hold = Hold(draw(TEXTS), "action", draw(TEXTS), draw(TEXTS), None, draw(TEXTS), draw(TEXTS))
    refused = Verdict(
        "refused",
        (RouteVerdict(draw(TEXTS), "refused", (draw(TEXTS),), (hold,), draw(TEXTS)),),
        (draw(TEXTS),),
    )
    rule = RuleInfo(draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS))
    source = {"a.md": SOURCE}.get
    return Report(
        (finding,),
        summarize((finding,), 1, 1),
        source,
        lambda code: rule,
        draw(st.sampled_from([None, refused])),
    )


@settings(max_examples=60, deadline=None)
@given(reports())
def test_no_format_falls_over_or_lets_a_control_through(report: Report) -> None:
    for text in (*(render(name, report) for name in FORMATS), statistics.render("text", report)):
        assert re.search(INVISIBLE, text.replace("\n", "")) is None
        assert text.encode().decode() == text, "a lone surrogate could not be written"
        assert text == "" or text.endswith("\n")


@settings(max_examples=60, deadline=None)
@given(reports())
def test_a_line_is_a_finding(report: Report) -> None:
    findings = len(report.counted) + 2 * (report.verdict is not None)
    assert len(render("rdjsonl", report).splitlines()) == findings
    assert len(render("jsonl", report).splitlines()) == findings
    commands = render("github", report).split("\n")
    assert sum(line.startswith("::") for line in commands) == findings
    assert len(commands) == findings + 2 + (report.verdict is not None)
    assert not any("##[" in line for line in commands)
    assert len(render("concise", report).split("\n")) == len(report.counted) + 2 + 5 * (
        report.verdict is not None
    )


@settings(max_examples=60, deadline=None)
@given(reports())
def test_what_programs_read_can_be_read(report: Report) -> None:
    root = ElementTree.fromstring(render("junit", report))
    assert root.attrib["tests"] == str(len(root.findall("*/testcase")))
    for name in ("json", "gitlab", "sarif"):
        assert isinstance(json.loads(render(name, report)), (dict, list))
    for result in json.loads(render("sarif", report))["runs"][0]["results"]:
        address = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert address.isascii()
        assert not set(address) & set(' :?#[]@"<>\\')
        assert all(
            char in "\\[]"
            or result["message"]["text"].count(f"\\{char}") == result["message"]["text"].count(char)
            for char in "[]"
        )


@settings(max_examples=60, deadline=None)
@given(reports())
def test_markdown_shows_user_text_as_code(report: Report) -> None:
    from markdown_it import MarkdownIt

    plain = Report(report.findings, report.summary, verdict=report.verdict)
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(
        render("markdown", plain)
    )
    inline = [child for token in tokens for child in token.children or []]
    outside = " ".join(
        child.content for child in inline if child.type not in ("code_inline", "softbreak")
    )
    assert "@" not in outside
    assert "maria" not in outside
    assert {child.type for child in inline} <= {
        "text",
        "code_inline",
        "strong_open",
        "strong_close",
        "link_open",
        "link_close",
    }
