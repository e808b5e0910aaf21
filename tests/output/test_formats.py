"""Every format, byte for byte: `expected/` holds what it says of the reports of `sample`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

import pmlint.output
from pmlint.check.report import Report, summarize
from pmlint.finding import Finding, Level
from pmlint.output import FORMATS, choose, format_of, publish, render, statistics
from pmlint.output.interface import Format, Page
from pmlint.output.text import columns
from pmlint.place import Span
from tests.output.sample import (
    EXPECTED,
    FINDINGS,
    HOSTILE,
    REPORTS,
    SOURCE,
    check_report,
    expected,
    gate_report,
)


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", FORMATS)
def test_exact_output(name: str, report: str, update: bool) -> None:
    if update:
        expected(name, report).write_bytes(render(name, REPORTS[report]()).encode())
    assert render(name, REPORTS[report]()) == expected(name, report).read_bytes().decode()


def test_expected_files_are_all_used() -> None:
    assert set(EXPECTED.iterdir()) == {
        expected(name, report) for name in FORMATS for report in REPORTS
    }


def test_colours_change_nothing_but_colours() -> None:
    import re

    for name in ("text", "concise"):
        painted = render(name, gate_report(), Page(color=True))
        assert "\x1b[" in painted
        assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(name, gate_report())
        assert not re.search(r"\x1b\[(?:\d+;)*(?:2|33|37|90|93|97)m", painted), (
            "faint, yellow, white and grey can't be read on every background"
        )


@pytest.mark.parametrize(
    ("environ", "terminal", "name"),
    [
        ({"GITHUB_ACTIONS": "true"}, False, "github"),
        ({"GITHUB_ACTIONS": "false"}, False, "concise"),
        ({"GITLAB_CI": "true"}, True, "concise"),
        ({"TF_BUILD": "True"}, False, "azure"),
        ({"CI": "true"}, True, "text"),
        ({}, False, "concise"),
    ],
)
def test_choice(environ: dict[str, str], terminal: bool, name: str) -> None:
    assert choose(environ, terminal) == name


def test_gitlab_shows_a_file() -> None:
    assert choose({"GITLAB_CI": "true"}, False, to_file=True) == "gitlab"


def test_a_column_of_each_unit() -> None:
    """``ops-team`` stands behind two ideographs, an é and a 𐐀: 36 code points, 37 of UTF-16, 44
    bytes.
    """
    found = check_report(FINDINGS[:1])
    assert "refunds.md:5:37: " in render("concise", found)
    assert "refunds.md:5:37\n" in render("text", found)
    assert json.loads(render("json", found))["findings"][0]["location"] == {"row": 5, "column": 37}
    assert json.loads(render("jsonl", found))["location"] == {"row": 5, "column": 37}
    assert ",col=38,endColumn=45::" in render("github", found)
    assert json.loads(render("gitlab", found))[0]["location"]["positions"]["begin"] == {
        "line": 5,
        "column": 37,
    }
    assert json.loads(render("rdjsonl", found))["location"]["range"]["start"] == {
        "line": 5,
        "column": 45,
    }
    region = json.loads(render("sarif", found))["runs"][0]["results"][0]["locations"][0][
        "physicalLocation"
    ]["region"]
    assert region == {"startLine": 5, "startColumn": 38, "endLine": 5, "endColumn": 46}
    assert ElementTree.fromstring(render("junit", found))[0][0].attrib["name"].endswith(":5:37")
    line = SOURCE.text.split("\n")[4]
    assert line[36:44] == "ops-team"
    assert line.encode("utf-16-le")[74:90].decode("utf-16-le") == "ops-team"
    assert line.encode()[44:52] == b"ops-team"


def test_carets_stand_under_the_finding_in_columns_of_the_screen() -> None:
    shown = render("text", check_report(FINDINGS[:1])).splitlines()
    assert shown[3] == '5 |   - {id: A2, title: "漢字 é𐐀", owner: ops-team}'
    assert (
        shown[4] == "  |" + " " * (1 + 36 + 2) + "^^^^^^^^"
    )  # two ideographs take two columns more than they have characters


def _finding_in(text: str, start: int, end: int) -> Report:
    from pmlint.parsing.source import Source

    source = Source("a.md", text)
    finding = Finding("x", Level.ERROR, "m", "a.md", source.span(start, end))
    return Report((finding,), summarize((finding,), 1, 0), {"a.md": source}.get)


def test_a_long_line_is_cut_around_the_finding() -> None:
    shown = render("text", _finding_in("a" * 5000 + "WRONG" + "b" * 5000, 5000, 5005)).splitlines()
    assert shown[3] == f"1 | … {'a' * 24}WRONG{'b' * 43} …"
    assert len(shown[3]) == 80
    assert shown[4].index("^") == shown[3].index("WRONG")
    assert shown[4].count("^") == 5


@pytest.mark.parametrize("position", [0, 1, 60, 119, 120, 121, 200, 239, 240, 241, 280, 299])
def test_carets_meet_their_text_anywhere_in_a_long_line(position: int) -> None:
    text = (
        "".join(chr(ord("a") + number % 26) for number in range(position))
        + "@"
        + "z" * (299 - position)
    )
    shown = render("text", _finding_in(text, position, position + 1)).splitlines()
    assert shown[3][shown[4].index("^")] == "@"
    assert len(shown[3]) <= 130


def test_a_place_past_the_end_is_no_crash() -> None:
    finding = Finding("x", Level.ERROR, "m", SOURCE.file, Span(99, 1, 99, 5))
    past = Finding("x", Level.ERROR, "m", SOURCE.file, Span(2, 500, 2, 501))
    both = Report((finding, past), summarize((finding, past), 1, 0), {SOURCE.file: SOURCE}.get)
    for name in FORMATS:
        assert render(name, both)


def test_statistics() -> None:
    report = check_report((*FINDINGS, FINDINGS[2]))
    assert statistics.render("text", report) == (
        "2  warning  unquantified-impact\n"
        "1  error    action-owner         Every action has one owner (1 with `--fix`)\n"
        "1  error    syntax\n"
        "1  warning  two-lines\n"
        "Found 2 errors and 3 warnings in 10 postmortems and 9 routes (1 waived, 5 in the baseline)\n"
    )
    data = json.loads(statistics.render("json", report))
    assert data[1] == {"code": "action-owner", "level": "error", "count": 1, "fixable": 1}


def test_fail_level_decides_what_junit_calls_a_failure() -> None:
    strict = ElementTree.fromstring(
        render("junit", check_report()._replace(fail_level=Level.WARNING))
    )
    assert (strict.attrib["failures"], len(strict.findall(".//system-out"))) == ("4", 0)
    assert ElementTree.fromstring(render("junit", check_report())).attrib["failures"] == "2"


# What GitHub shows is limited ---------------------------------------------------------------------


def many(level: Level, number: int, path: str = SOURCE.file) -> tuple[Finding, ...]:
    return tuple(
        Finding(f"rule-{row:05}", level, "a message", path, Span(row, 1, row, 2))
        for row in range(1, number + 1)
    )


def test_github_gets_the_worst_first() -> None:
    findings = (*many(Level.WARNING, 12, "a.md"), *many(Level.ERROR, 3, "b.md"))
    lines = render("github", check_report(findings)).splitlines()
    assert [line.split(" ")[0] for line in lines[:15]] == ["::error"] * 3 + ["::warning"] * 12


def test_the_step_summary_is_appended_where_github_names_its_file(tmp_path: Path) -> None:
    page = tmp_path / "summary"
    page.write_text("before\n")
    publish("github", check_report(), {"GITHUB_STEP_SUMMARY": str(page)})
    publish("text", check_report(), {"GITHUB_STEP_SUMMARY": str(page)})
    publish("github", check_report(), {})
    assert page.read_text() == "before\n" + render("markdown", check_report()).removeprefix(
        "<!-- pmlint -->\n"
    )


def test_a_comment_is_cut_and_says_so() -> None:
    text = render("markdown", check_report(many(Level.ERROR, 5000)))
    assert len(text) < 65_536
    assert text.endswith(
        " lines cut: this place takes 60,000 bytes. `pmlint check` prints all of it.\n"
    )
    shown = sum(line.startswith("- ") for line in text.splitlines())
    assert f"\n{5000 - shown:,} lines cut" in text


def test_sarif_is_cut_warnings_first_and_says_so() -> None:
    findings = (*many(Level.WARNING, 4000, "a.md"), *many(Level.ERROR, 2000, "b.md"))
    run: dict[str, Any] = json.loads(render("sarif", check_report(findings)))["runs"][0]
    assert sum(result["level"] == "error" for result in run["results"]) == 2000
    assert len(run["results"]) == 5000
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert (
        notes[0]["message"]["text"] == "1,000 results cut, warnings before errors: 5,000 are kept"
    )


# What users wrote is text, everywhere -------------------------------------------------------------


def test_no_format_lets_an_invisible_character_through() -> None:
    from pmlint.parsing.source import INVISIBLE

    for name in FORMATS:
        text = render(name, check_report())
        assert "evil" in text
        assert re.search(INVISIBLE, text) is None, name


def test_only_our_own_workflow_commands_are_commands() -> None:
    for line in render("github", check_report()).splitlines():
        assert line.startswith(("::error title=pmlint ", "::warning title=pmlint ", "Found "))
        assert "##[" not in line
        assert line.count("::error") + line.count("::warning") <= 3


def test_markdown_has_user_text_in_code_spans_only() -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(
        render("markdown", check_report())
    )
    inline = [child for token in tokens for child in token.children or []]
    outside = "".join(child.content for child in inline if child.type != "code_inline")
    assert "@" not in outside
    assert "#1" not in outside
    assert not [child for child in inline if child.type in ("html_inline", "image")]
    assert [child.attrs["href"] for child in inline if child.type == "link_open"] == [
        "https://example.org/rules/action-owner"
    ]
    assert sum("evil" in child.content for child in inline if child.type == "code_inline") == 2
    assert not [
        token
        for token in tokens
        if token.type == "html_block" and token.content.strip() != "<!-- pmlint -->"
    ]


@pytest.mark.parametrize("text", ["`", "``", "a`b", "`a`", "```\nx\n```", " ", "", "\\`", HOSTILE])
def test_a_code_span_holds_any_text(text: str) -> None:
    from markdown_it import MarkdownIt

    from pmlint.parsing.escape import markdown, terminal

    inline = MarkdownIt("commonmark").parseInline(f"a {markdown(text)} b")[0].children or []
    assert [child.type for child in inline] == ["text", "code_inline", "text"]
    assert inline[1].content.strip() == terminal(text).strip()


def test_a_link_that_is_no_plain_https_is_no_link() -> None:
    for url in (
        "javascript:alert(1)",
        "http://example.org",
        "https://e.org/)[x](https://evil",
        "https://e.org/ a",
        "https://é.org",
    ):
        report = check_report((FINDINGS[0]._replace(url=url),))
        assert "](" not in render("markdown", report)


@pytest.mark.parametrize("report", REPORTS)
def test_the_schema_describes_what_json_says(report: str) -> None:
    schema = json.loads((Path(__file__).parents[2] / "schema" / "finding.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(render("json", REPORTS[report]())))


def placeholders(count: int, path: str = "postmortems/a.md") -> list[Finding]:
    return [
        Finding(
            "placeholder",
            Level.ERROR,
            "the placeholder 'TODO' is still here",
            path,
            Span(row, 3, row, 7),
        )
        for row in range(4, 4 + count)
    ]


def test_the_placeholders_of_a_file_are_one_for_people_and_each_for_programs() -> None:
    report = check_report((*placeholders(26), *placeholders(1, "postmortems/b.md")))
    assert render("concise", report).splitlines() == [
        "postmortems/a.md:4:3: error placeholder: 26 places to fill: lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, ...",
        "postmortems/b.md:4:3: error placeholder: the placeholder 'TODO' is still here",
        "Found 27 errors in 10 postmortems and 9 routes (5 in the baseline)",
    ]
    assert render("text", report).count("placeholder") == 3
    assert len(json.loads(render("json", report))["findings"]) == 27
    assert len(render("jsonl", report).splitlines()) == 27
    assert render("github", report).count("::error ") == 27


def test_above_20_findings_a_line_says_how_to_count_them() -> None:
    line = "`pmlint check --statistics` counts them by rule\n"
    few = check_report(
        tuple(Finding("a", Level.ERROR, "m", "a.md", Span(row)) for row in range(1, 21))
    )
    many = check_report((*few.findings, Finding("a", Level.ERROR, "m", "b.md")))
    assert line not in render("text", few)
    assert render("text", many).endswith(line)


def test_help_is_wrapped_under_its_own_start() -> None:
    words = " ".join(["write the day or the moment"] * 5)
    text = render(
        "text", check_report((Finding("a", Level.ERROR, "m", "a.md", help=words),)), Page(width=60)
    )
    assert text.splitlines()[2:5] == [
        "  = help: write the day or the moment write the day or the",
        "          moment write the day or the moment write the day",
        "          or the moment write the day or the moment",
    ]
    assert words in render(
        "concise",
        check_report((Finding("a", Level.ERROR, "m", "a.md", help=words),)),
        Page(width=60),
    )


@pytest.mark.parametrize("width", [50, 60, 80, 200])
def test_text_fits_the_width(width: int) -> None:
    finding = _finding_in("a " * 300 + "漢字WRONG" + "\u200b" * 9 + " b" * 300, 600, 607)
    for line in render("text", finding, Page(width=width)).splitlines():
        assert columns(line) <= width


def test_errors_come_before_warnings() -> None:
    report = check_report(
        (Finding("a", Level.WARNING, "m", "a.md"), Finding("b", Level.ERROR, "m", "b.md"))
    )
    assert [line for line in render("text", report).splitlines() if line[-1:] == "m"] == [
        "error b: m",
        "warning a: m",
    ]


@pytest.mark.parametrize("here", ["postmortems", "routes", "a/b"])
def test_people_see_paths_from_where_they_are_and_programs_from_the_root(here: str) -> None:
    report = check_report(FINDINGS[:1])
    shown = {
        "postmortems": "PM-2026-001-refunds.md",
        "routes": f"../{SOURCE.file}",
        "a/b": f"../../{SOURCE.file}",
    }[here]
    page = Page(here=here)
    assert f"\n --> {shown}:5:37\n" in render("text", report, page)
    assert render("concise", report, page).startswith(f"{shown}:5:37: ")
    for name in set(FORMATS) - {"text", "concise"}:
        assert render(name, report, page) == render(name, report)


def test_a_refusal_is_printed_with_its_place_and_once() -> None:
    text = render("text", REPORTS["refusal"]())
    assert text.count("route-held") == 1
    assert " --> routes/refund-triage.yaml:5:10\n" in text
    assert "  = see: A2 is open (postmortems/PM-2026-001-refunds.md:5:10)\n" in text


def test_azure_gets_one_command_a_finding_whatever_the_text() -> None:
    lines = render("azure", check_report()).splitlines()
    assert [line.partition(" ")[0] for line in lines[:-1]] == ["##vso[task.logissue"] * 4
    assert all(line.count("##") == 1 for line in lines[:-1])
    path = "sourcepath=postmortems/a%0A::error::b [ä%5D,é.md;"
    assert any(path in line for line in lines)


def test_every_format_answers_what_the_interface_asks() -> None:
    for name in FORMATS:
        form = format_of(name)
        assert isinstance(form, Format)
        assert form.description
        assert form.for_people == (name in ("text", "concise"))
    there = {
        file.stem
        for file in Path(pmlint.output.__file__).parent.glob("*.py")
        if "FORMAT = " in file.read_text()
    }
    assert there == set(FORMATS)
