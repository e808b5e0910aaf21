"""The seed corpus through every target, without atheris, and what fuzzing has found so far."""

from __future__ import annotations

from datetime import date

import pytest

from fuzz.__main__ import seeds, words
from fuzz.targets import TARGETS
from fuzz.tree import Files, inside
from pmlint.place import Span
from pmlint.registry import read_routes
from pmlint.settings import RegistrySource, Settings, UsageError, load


@pytest.mark.parametrize("name", TARGETS)
def test_the_seed_corpus(name: str) -> None:
    files = seeds(name)
    assert 10 <= len(files) <= 40
    for file in files:
        TARGETS[name](file.read_bytes())


@pytest.mark.parametrize(
    "span", [Span(0, 1, 1, 1), Span(1, 1, 4, 1), Span(1, 3, 1, 2), Span(2, 2, 2, 2), Span(1, 1, 1, 5), Span(1, 4, 2, 1)]
)
def test_a_place_outside_the_text_is_seen(span: Span) -> None:
    inside("ab\n\ncd", Span(1, 3, 1, 4))
    with pytest.raises(AssertionError):
        inside("ab\n\ncd", span)


def test_a_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import pmlint.report.concise
    from fuzz.formats import formats

    monkeypatch.setattr(pmlint.report.concise, "terminal", lambda text: text)
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
    source = RegistrySource("agents/*", "name")
    (finding,) = read_routes(Files({"agents/a.toml": b"name = " + b"9" * 5000}), Settings(registry=(source,))).findings
    assert finding.message.startswith("this is not TOML: Exceeds the limit")
