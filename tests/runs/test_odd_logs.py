"""Odd logs, each with its answer by the contract, alike in JSON lines, CSV and Parquet.

105 were written first and read in 360 ways; 31 were wrong: DuckDB and plain Python took different
times and counts, a head in quotes was of no known format, a field too many was left out.
"""

from __future__ import annotations

import csv
import decimal
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pmlint.runs.reading import TraceRefused
from pmlint.runs.settings import DEFAULT_RUNS
from pmlint.runs.sources import count_files

NOW = int(datetime.fromisoformat("2026-11-28T06:00:00+00:00").timestamp())
END = NOW // 300 + 1
FORMS = ("jsonl", "jsonl in plain Python", "csv", "csv in plain Python", "parquet")
REFUSED = -1
Row = Mapping[str, Any]


def row(number: int = 0, **more: Any) -> Row:
    return {
        "run": f"r{number}",
        "route": "mail-desk",
        "started": "2026-11-27T10:00:00Z",
        "ended": "2026-11-27T11:00:00Z",
        "outcome": "ok",
        "rescues": 0,
        "corrections": 0,
        "approvals": 0,
        **more,
    }


def at(text: str) -> Row:
    return row(started=text, ended=text)


ROWS = [row(0), row(1, rescues=1), row(2, outcome="failed")]
ALIKE: dict[str, tuple[Row, int]] = {
    "an offset of hours and minutes": (at("2026-11-27T15:30:00+05:30"), 1),
    "an offset without a colon": (at("2026-11-27T02:00:00-0800"), 1),
    "an offset of hours alone": (at("2026-11-27T12:00:00+02"), 1),
    "as postgres writes it": (at("2026-11-27 10:00:00.123+00"), 1),
    "a blank for the T": (at("2026-11-27 10:00:00Z"), 1),
    "small letters": (at("2026-11-27t10:00:00z"), 1),
    "no seconds": (at("2026-11-27T10:00Z"), 1),
    "fractions": (at("2026-11-27T10:00:00.123456789Z"), 1),
    "the hour that comes twice": (at("2026-11-01T01:30:00-05:00"), 1),
    "ended before it started": (row(ended="2026-11-27T09:00:00Z"), 1),
    "1970": (at("1970-01-01T00:00:00Z"), 1),
    "after now": (at("2026-11-28T07:00:00Z"), 0),
    "no offset": (at("2026-11-27T10:00:00"), REFUSED),
    "a day alone": (at("2026-11-27"), REFUSED),
    "24 o'clock": (at("2026-11-27T24:00:00Z"), REFUSED),
    "second 61": (at("2026-11-27T10:00:61Z"), REFUSED),
    "a leap second where none can be": (at("2026-11-27T23:59:60Z"), REFUSED),
    "an offset of 25 hours": (at("2026-11-27T10:00:00+25:00"), REFUSED),
    "the 30th of February": (at("2026-02-30T10:00:00Z"), REFUSED),
    "the name of a zone": (at("2026-11-27T10:00:00 UTC"), REFUSED),
    "a zone in brackets": (at("2026-11-27T10:00:00+01:00[Europe/Berlin]"), REFUSED),
    "seconds since 1970": (row(started=1795773600, ended=1795773600), REFUSED),
    "no start": (row(started=None), REFUSED),
    "no end": (row(ended=None), 1),
    "a count of 1.0": (row(rescues=1.0), 1),
    "a large count": (row(rescues=10**17), 1),
    "a count of 0.5": (row(rescues=0.5), REFUSED),
    "a count that is no number": (row(rescues=float("nan")), REFUSED),
    "a negative count": (row(rescues=-1), REFUSED),
    "a truth as a count": (row(rescues=True), REFUSED),
    "a count with a sign": (row(rescues="+1"), REFUSED),
    "a count with blanks": (row(rescues=" 1 "), REFUSED),
    "a count as a power": (row(rescues="1e2"), REFUSED),
    "a count with zeros": (row(rescues="01"), 1),
    "no count": (row(rescues=None), REFUSED),
    "an outcome that nobody knows": (row(outcome="fine"), REFUSED),
    "an outcome in capitals": (row(outcome="OK"), REFUSED),
    "an outcome with a blank": (row(outcome="ok "), REFUSED),
    "no id": (row(run=""), REFUSED),
    "a number as an id": (row(run=0), 1),
    "a column more": ({**row(), "note": 'a, "b"\nc'}, 1),
    "columns in another order": (dict(reversed(row().items())), 1),
}


def written(form: str, rows: Sequence[Row], **options: Any) -> bytes:
    if form == "jsonl":
        return "".join(json.dumps(one) + "\n" for one in rows).encode()
    if form == "csv":
        out = io.StringIO(newline="")
        table = csv.DictWriter(out, [*rows[0]], **options)
        table.writeheader()
        table.writerows(rows)
        return out.getvalue().encode()
    data = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), data)
    return data.getvalue()


def read(path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, int]:
    """How many runs count, were rescued, and failed; `REFUSED` for each of a file that is not."""
    monkeypatch.setattr("pmlint.runs.sources.has_engine", lambda: "plain" not in form)
    try:
        found = count_files([str(path)], ["mail-desk"], NOW, DEFAULT_RUNS)
    except TraceRefused as error:
        # In words of ours: DuckDB names its own functions.
        return (REFUSED,) * 3 if "Error" not in error.message else (-2, -2, -2)
    series = found.table.series("mail-desk", ("rescues", "corrections"), END)
    counts = series.window(0, END)
    return counts.runs, counts.rescued, counts.bad


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ALIKE)
def test_a_row_means_the_same_in_every_form(
    name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, expected = ALIKE[name]
    path = tmp_path / "runs"
    path.write_bytes(written(form.partition(" ")[0], [odd]))
    assert read(path, form, monkeypatch)[0] == expected


CSV = written("csv", ROWS)
HEAD = CSV.partition(b"\r\n")[0]
TEXTS: dict[str, tuple[bytes, int]] = {
    "line ends of Unix": (CSV.replace(b"\r\n", b"\n"), 3),
    "line ends of old": (CSV.replace(b"\r\n", b"\r"), 3),
    "no last line end": (CSV.rstrip(), 3),
    "blank lines": (CSV.replace(b"\r\n", b"\r\n\r\n"), 3),
    "a byte order mark": (b"\xef\xbb\xbf" + CSV, 3),
    "all in quotes": (written("csv", ROWS, quoting=csv.QUOTE_ALL), 3),
    "a head alone": (HEAD + b"\n", 0),
    "UTF-16": (CSV.decode().encode("utf-16"), REFUSED),
    "semicolons": (written("csv", ROWS, delimiter=";"), REFUSED),
    "a name in capitals": (CSV.replace(b"outcome", b"OUTCOME"), REFUSED),
    "a name twice": (CSV.replace(b"approvals", b"rescues"), REFUSED),
    "a field too many": (CSV + b"r,mail-desk,2026-11-27T10:00:00Z,,ok,0,0,0,9\r\n", REFUSED),
    "a field too few": (CSV + b"r,mail-desk\r\n" + CSV.partition(b"\r\n")[2], REFUSED),
}


@pytest.mark.parametrize("form", FORMS[2:4])
@pytest.mark.parametrize("name", TEXTS)
def test_a_table_is_read_or_refused(
    name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, expected = TEXTS[name]
    path = tmp_path / "runs"
    path.write_bytes(data)
    found = read(path, form, monkeypatch)
    assert found == ((expected, 1, 1) if expected > 0 else (expected,) * 3)


COUNTS, TIMES = ("rescues", "corrections", "approvals"), ("started", "ended")
TYPES: dict[str, tuple[Sequence[str], Any, int]] = {
    **{
        str(kind): (COUNTS, kind, 3)
        for kind in (pa.int8(), pa.int32(), pa.uint16(), pa.float32(), pa.float64())
    },
    "a decimal": (COUNTS, pa.decimal128(25, 2), 3),
    "truths": (COUNTS, pa.bool_(), REFUSED),
    **{
        str(kind): (TIMES, kind, 3)
        for kind in (
            *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
            *(pa.timestamp("us", zone) for zone in ("UTC", "Europe/Berlin")),
        )
    },
    "days": (TIMES, pa.date32(), REFUSED),
    "numbers of any unit": (TIMES, pa.int64(), REFUSED),
    "a dictionary": (("run", "route", "outcome"), pa.dictionary(pa.int32(), pa.string()), 3),
    "long texts": (("run", "route", "outcome"), pa.large_string(), 3),
    "bytes": (("route", "outcome"), pa.binary(), 3),
}


@pytest.mark.parametrize("name", TYPES)
def test_the_physical_types_of_parquet(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, kind, expected = TYPES[name]
    made = pa.Table.from_pylist(ROWS)
    for column in columns:
        number = made.schema.get_field_index(column)
        values = made.column(column)
        if columns is TIMES:
            moments = [datetime.fromisoformat(one.as_py()) for one in values]
            values = pa.chunked_array([pa.array(moments, pa.timestamp("us", "UTC"))])
        made = made.set_column(number, column, values.cast(kind))
    pq.write_table(made, tmp_path / "runs")
    found = read(tmp_path / "runs", "parquet", monkeypatch)
    assert found == ((3, 1, 1) if expected > 0 else (REFUSED,) * 3)


def test_a_decimal_that_is_not_whole_is_no_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(rescues=decimal.Decimal("0.50"))]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "runs")
    assert read(tmp_path / "runs", "parquet", monkeypatch)[0] == REFUSED
