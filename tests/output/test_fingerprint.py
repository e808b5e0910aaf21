"""The keys by which other tools know a finding again."""

from __future__ import annotations

import json

import pytest

from pmlint.output import render
from pmlint.output.fingerprint import line_hashes, stable
from pmlint.parsing.source import Source
from tests.output.sample import FINDINGS, SOURCE, TEXT, check_report

LINES = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", LINES),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", LINES),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", LINES),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", LINES),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                *(
                    "a7f2ff1481e87703:1",
                    "a9cf91f7bbf1862b:1",
                    "55ec222b86bcae53:1",
                    "cc97dc7b1d7d8f7b:1",
                    "c129715d7a2bc9a3:1",
                ),
            ],
        ),
    ],
)
def test_line_hashes_are_those_of_github(text: str, hashes: list[str]) -> None:
    """The values that the tests of `github/codeql-action` expect of its own implementation."""
    assert line_hashes(text) == hashes


def test_a_character_outside_the_first_plane_counts_as_two() -> None:
    value = 0
    for unit in (0xD801, 0xDC00, 0xFFFF, *[0] * 97):
        value = (value * 37 + unit) % 2**64
    assert line_hashes("𐐀") == [f"{value:x}:1"]


def _moved(text: str) -> list[str]:
    source = Source(SOURCE.file, text)
    start = text.index("ops-team")
    finding = FINDINGS[0]._replace(span=source.span(start, start + 8), message="other words")
    report = check_report((finding,))._replace(source={source.file: source}.get)
    prints = json.loads(render("sarif", report))["runs"][0]["results"][0]["partialFingerprints"]
    return [prints["pmlint/v1"], prints["primaryLocationLineHash"]]


def test_a_finding_stays_the_same_when_lines_come_before_it() -> None:
    assert _moved(TEXT) == _moved(TEXT.replace("actions:", "# one\n# two\nactions:"))
    ours, githubs = _moved(TEXT.replace("A2, title", "A2, about"))
    assert ours == _moved(TEXT)[0]
    assert githubs != _moved(TEXT)[1]


def test_keys_are_by_subject_and_rule_and_differ_for_twins() -> None:
    one = FINDINGS[0]
    renamed = one._replace(path="postmortems/PM-2026-001-other.md")
    assert stable([one]) == stable([renamed])
    assert (
        len(
            set(
                stable(
                    [
                        one,
                        one,
                        one._replace(code="x"),
                        one._replace(subject="PM-2026-001#A3"),
                        one._replace(subject=""),
                    ]
                )
            )
        )
        == 5
    )
