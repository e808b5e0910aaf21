"""The seed corpus through every target, without atheris, and what fuzzing has found so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from fuzz.__main__ import seeds, words
from fuzz.targets import TARGETS
from fuzz.tree import Files, inside
from pmlint.edit import Change, changed_at_once
from pmlint.edit.fixes import attach, fixed
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model.schema import check
from pmlint.parsing.document import Document
from pmlint.parsing.source import Source
from pmlint.place import Span
from pmlint.project.configuration import load
from pmlint.project.patterns import matches
from pmlint.project.registry import read_routes
from pmlint.project.settings import RegistrySource, Settings


@pytest.mark.parametrize("name", TARGETS)
def test_the_seed_corpus(name: str) -> None:
    files = seeds(name)
    assert 10 <= len(files) <= 40
    for file in files:
        TARGETS[name](file.read_bytes())


@pytest.mark.parametrize(
    "span",
    [
        Span(0, 1, 1, 1),
        Span(1, 1, 4, 1),
        Span(1, 3, 1, 2),
        Span(2, 2, 2, 2),
        Span(1, 1, 1, 5),
        Span(1, 4, 2, 1),
    ],
)
def test_a_place_outside_the_text_is_seen(span: Span) -> None:
    inside("ab\n\ncd", Span(1, 3, 1, 4))
    with pytest.raises(AssertionError):
        inside("ab\n\ncd", span)


def test_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import pmlint.output.concise
    from fuzz.formats import formats

    monkeypatch.setattr(pmlint.output.concise, "terminal", lambda text: text)
    with pytest.raises(AssertionError, match="concise lets an invisible character through"):
        formats(b"a.md\x1ftext\x1f\x1f\x1f\x1fcode\x1f\x1b[2J")


def test_the_dictionary_knows_our_fields() -> None:
    assert all(word.isascii() and word.isprintable() for word in words())
    assert "done_when" in words()


def configured(text: str) -> Settings:
    return load(Files({"pmlint.toml": text.encode()}))


def test_a_date_of_toml() -> None:
    assert configured("since = 2026-01-01").since == date(2026, 1, 1)
    with pytest.raises(UsageError, match="'since' is '10:00:00', not a date"):
        configured("since = 10:00:00")


def test_5000_digits_in_toml() -> None:
    with pytest.raises(UsageError, match="this is not TOML: exceeds the limit"):
        configured("max_files = " + "9" * 5000)
    source = RegistrySource(("agents/*",), "name")
    (finding,) = read_routes(
        Files({"agents/a.toml": b"name = " + b"9" * 5000}), Settings(registry=(source,))
    ).findings
    assert finding.message.startswith("this is not TOML: exceeds the limit")


def test_a_condition_of_blanks() -> None:
    from fuzz.targets import expression
    from pmlint.policy.file import read_policy

    text = (Path("policies") / "no-structural-action.yaml").read_text(encoding="utf-8")
    start, end = text.index("require:"), text.index("message:")
    with pytest.raises(UsageError, match="this is not CEL: syntax error"):
        read_policy(Source("a.yaml", f'{text[:start]}require: " "\n{text[end:]}'))
    expression(b"\r\r")


@pytest.mark.parametrize("impossible", range(0, 50, 7))
def test_one_impossible_fix_does_not_hinder_the_others(
    impossible: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(document: Document, changes: Sequence[Change]) -> Document:
        if any(change.at[1] == impossible for change in changes):
            raise UsageError("it can't be written here")
        return changed_at_once(document, changes)

    monkeypatch.setattr("pmlint.edit.fixes.changed_at_once", at_once)
    actions = "".join(f"  - {{id: A{number}, deadline: 2026/10/30}}\n" for number in range(50))
    source = Source("a.md", f"---\nid: a\nactions:\n{actions}---\n")
    pointers = [f"/actions/{number}/deadline" for number in range(50)]
    findings = [
        Finding("schema", Level.ERROR, "'2026/10/30' is no date", "a.md", pointer=pointer)
        for pointer in pointers
    ]
    known = attach(findings, {"a.md": source}.get)
    assert [number for number, finding in enumerate(known) if finding.fix is None] == [impossible]
    assert fixed(source, known) == source.text.replace("2026/10/30", "2026-10-30").replace(
        f"A{impossible}, deadline: 2026-", f"A{impossible}, deadline: 2026/"
    ).replace("2026/10-30", "2026/10/30")


def test_no_more_problems_than_anybody_reads() -> None:
    problems = check("postmortem", {"actions": [{}] * 18_000})
    assert len(problems) == 1_001
    assert "1,000 things are wrong with the shape; the others are not listed" in {
        problem.message for problem in problems
    }


@pytest.mark.parametrize(
    "path",
    [
        "agents/a.yaml",
        "agents/eu/a.yaml",
        "agents/eu/west/b.yaml",
        "agents",
        "x/agents/a.yaml",
        "agents/a\nb.yaml",
    ],
)
@pytest.mark.parametrize(
    "pattern",
    [
        "agents/*",
        "agents/**/*.yaml",
        "**/a.yaml",
        "**/agents/**/a*",
        "*/?.yaml",
        "agents/*a*.y*l",
        "agents/**",
        "**/*",
        "agents/a[.]yaml",
        "*",
    ],
)
def test_a_pattern_matches_what_its_expression_would(pattern: str, path: str) -> None:
    known = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    expression = "".join(
        known.get(part) or re.escape(part) for part in re.split(r"(\*\*/|\*|\?)", pattern)
    )
    assert matches(pattern, path) == bool(re.fullmatch(expression, path, re.DOTALL))
