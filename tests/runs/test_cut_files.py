"""Files that a writer left half written, compressed or not: what is whole counts."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from pmlint.runs.collect import collect
from pmlint.runs.reading import TraceRefused
from pmlint.runs.settings import DEFAULT_RUNS
from pmlint.runs.sources import count_files
from tests.runs.test_reading import NOON, SECOND, line, span


def compressed(form: str, data: bytes) -> bytes:
    if form == "plain":
        return data
    if form == "gzip":
        return gzip.compress(data)
    zstd = pytest.importorskip("backports.zstd", reason="the extra 'traces' is not installed")
    found: bytes = zstd.compress(data)
    return found


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_compressed_bytes_that_are_broken_are_refused(form: str, tmp_path: Path) -> None:
    data = compressed(form, line(span("1")).encode())
    path = tmp_path / "t.jsonl"
    path.write_bytes(data[:20] + bytes(20) + data[40:])
    with pytest.raises(TraceRefused, match="trace-unreadable: the file cannot be decompressed: "):
        collect([str(path)], [], now=NOON)


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd"])
@pytest.mark.parametrize("kind", ["traces", "rows", "csv"])
def test_of_a_file_that_was_cut_off_the_whole_lines_count(
    kind: str, form: str, tmp_path: Path
) -> None:
    row = "r{},mail-desk,2026-10-02T11:00:00Z,ok,0,0,12,x"
    head = "run,route,started,outcome,rescues,corrections,approvals,note"
    names = head.split(",")
    # Ends in digits that compress badly: zstd has whole blocks only.
    noise = random.Random(0)
    texts = {
        "traces": lambda n: line(
            {**span("1", attributes={"x": noise.random()}), "traceId": f"{n:032x}"}
        ),
        "rows": lambda n: json.dumps(
            {**dict(zip(names, row.format(n).split(","), strict=True)), "note": {"x": [n]}}
        ),
        "csv": lambda n: f"{row.format(n)}{noise.random()}",
    }
    whole = [texts[kind](number) for number in range(6_000)]
    data = "\n".join([head, *whole] if kind == "csv" else whole).encode()
    path = tmp_path / "cut"
    for part in (0.7, 0.99):
        packed = compressed(form, data)
        cut = packed[: int(len(packed) * part)]
        # The end of a field is not known to be one: a table of text is cut within a row.
        path.write_bytes(cut.rpartition(b",")[0] if form == "plain" else cut)
        found = collect([str(path)], ["mail-desk"], now=NOON)
        assert [one.code for one in found.findings] == ["trace-truncated"]
        assert len(whole) * (part - 0.3) < len(found.runs) < len(whole) * (part + 0.05)
        if kind == "traces":
            continue
        counted = count_files([str(path)], ["mail-desk"], NOON // SECOND, DEFAULT_RUNS)
        assert [one.code for one in counted.findings] == ["trace-truncated"]
        assert [one.rows for one in counted.files] == [len(found.runs)]


@pytest.mark.parametrize("last", ["{", '{"a": {"b": 1}', "[", '{"a'])
def test_a_last_line_is_cut_off_where_it_begins_an_object(last: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f"{line(span('1'))}\n{last}")
    found = collect([str(path)], ["mail-desk"], now=NOON + 60 * SECOND)
    assert [one.code for one in found.findings] == ["trace-truncated"]


@pytest.mark.parametrize("last", ["Killed", '{"a": 1}}\n', '"text"'])
def test_a_last_line_that_is_something_else_cannot_be_read(last: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f"{line(span('1'))}\n{line(span('1'))}\n{last}")
    found = collect([str(path)], ["mail-desk"], now=NOON + 60 * SECOND)
    assert [one.code for one in found.findings] == ["trace-unreadable"]
