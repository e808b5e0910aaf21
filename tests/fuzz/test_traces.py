"""Rows of each format of traces, changed at random: what comes out is a refusal or fits."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from fuzz.traces import KNOWN, TRACE_TARGETS, mutated, rows_of
from pmlint.runs.readers import READERS

PROGRAMS = 80


def ids(target: Callable[[bytes], None]) -> str:
    return target.__name__


@pytest.mark.parametrize("target", TRACE_TARGETS, ids=ids)
def test_changed_rows_are_read_or_refused(target: Callable[[bytes], None]) -> None:
    chosen = random.Random(target.__name__)
    for _ in range(PROGRAMS):
        target(b"\x01" + chosen.randbytes(4 * chosen.choice((1, 1, 2, 4, 8))))


def test_every_reader_of_text_has_rows_that_it_reads() -> None:
    assert {reader.name for reader in READERS} - KNOWN == {"otlp-protobuf"}
    assert mutated(rows_of("mcp"), b"") == rows_of("mcp")
    assert mutated(rows_of("mcp"), b"\0\1\2\0") != rows_of("mcp")


def test_a_fault_of_a_reader_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from pmlint.runs.readers import mcp

    monkeypatch.setattr(mcp, "map_of", lambda value: value)
    (target,) = (target for target in TRACE_TARGETS if target.__name__ == "trace-mcp")
    texts = b"".join(bytes((0, number, 0, 9)) for number in range(0, 200, 3))
    with pytest.raises(AttributeError):
        target(b"\x01" + texts)
