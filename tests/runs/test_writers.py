"""Runs as files: written as they come, whole or not at all, and readable whatever a trace says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.parsing.writing import replacing
from pmlint.runs.collect import collect
from pmlint.runs.event import TraceEvent, TraceRun
from pmlint.runs.writers import RUN_WRITERS, write_csv, write_json_lines
from tests.runs.neighbours import AGENT, event, lines, nano, span, spans

RUN = TraceRun("case-1", "refund-triage", int(nano(0)), int(nano(1)), "ok", traces=("a", "b"))


@pytest.mark.parametrize("write", [write_json_lines, write_csv])
def test_a_run_is_written_before_the_next_one_is_made(write: object) -> None:
    stream = io.BytesIO()

    def made() -> Iterator[TraceRun]:
        for number in range(3_000):
            yield RUN._replace(run=f"case-{number}")
        # CSV is written by blocks of text, so most of it is there.
        assert len(stream.getvalue()) > 200_000

    write(made(), stream)  # type: ignore[operator]
    assert stream.getvalue().count(b"\n") in (3_000, 3_001)


@pytest.mark.parametrize("suffix", RUN_WRITERS)
def test_a_file_that_could_not_be_finished_is_as_it_was(suffix: str, tmp_path: Path) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="the extra 'parquet' is not installed")
    path = tmp_path / f"runs{suffix}"
    path.write_bytes(b"before")

    def broken() -> Iterator[TraceRun]:
        yield RUN
        raise ConnectionError

    with pytest.raises(ConnectionError), replacing(str(path)) as stream:
        RUN_WRITERS[suffix](broken(), stream)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("without_orjson", [False, True])
def test_half_of_an_emoji_is_written_as_a_replacement(
    without_orjson: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if without_orjson:
        monkeypatch.setattr("pmlint.runs.decoding.orjson", None)
    monkeypatch.chdir(tmp_path)
    case = {**AGENT, "gen_ai.conversation.id": "cut \ud83d", "\udc00": {"\ud800": ["\ud800"]}}
    Path("escaped.jsonl").write_bytes(lines(spans(span(1, case))))
    # As bytes of its own, which no UTF-8 has, and beside a whole emoji as an escape.
    raw = lines(spans(span(1, {**case, "note": "\U0001f600"}))).replace(
        b'\\ud83d"', b'\xed\xa0\xbd"'
    )
    Path("raw.jsonl").write_bytes(raw)
    for name in ("escaped.jsonl", "raw.jsonl"):
        for output in ("runs.jsonl", "runs.csv"):
            done = CliRunner().invoke(
                commands, ["runs", name, "--route", "desk", "--now", "2026-10-03", "-o", output]
            )
            assert (done.exit_code, done.exception) == (0, None), done.output
            assert "cut \ufffd" in Path(output).read_text(encoding="utf-8")


def test_a_score_that_is_not_a_number_is_no_value(tmp_path: Path) -> None:
    """NaN is in the world, and a pack with it would be no JSON for anybody else."""
    told = {"gen_ai.evaluation.name": "grounded", "gen_ai.evaluation.score.value": float("nan")}
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        lines(spans({**span(1, AGENT), "events": [event("gen_ai.evaluation.result", told)]}))
    )
    events: list[TraceEvent] = []
    collect([str(path)], ("refund-triage",), now=int(nano(90)), sink=events.append)
    assert [one.value for one in events if one.kind == "evaluation"] == [None]
