"""A log of runs for `pmlint due`: ``python -m bench.runs FOLDER --rows 10000000 --measure``.

Two hundred routes over thirty days, by a seed: each promises something, a few break it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Command, interleave, ratio, run
from bench.stage import Outcome, Stage, Table

_QUERY = """\
import duckdb
duckdb.sql(\"""select route, epoch(ended::timestamptz)::bigint // 300 as step, count(*), count_if(outcome = 'failed')
from '{file}' group by all\""").fetchall()
"""
_DECODED = """\
import json
print(sum(json.loads(line)["outcome"] == "ok" for line in open("runs/november.jsonl", "rb")))
"""
ROUTES = 200
DAYS = 30
NOW = "2026-11-28T06:00:00Z"
"""The moment to judge at; the last run ends before it."""
_ROUTE = """\
id: {id}
title: {id}
state: running
restart: false
owner: "@maria"
autonomy: act-with-approval
tools: {{read: [ledger], write: []}}
slo: {{objective: 0.98, window: 30d, rescues: 0.05}}
"""
# hash() and not random(): the rows are the same whatever order they are made in.
_ROWS = f"""
with drawn as (
  select i, hash(i, $seed, 1) % {ROUTES} as number, hash(i, $seed, 2) % 10000 as luck,
    hash(i, $seed, 3) % 1000 as rescue,
    timestamptz '{NOW}' - to_seconds({DAYS * 86_400} - i * {DAYS * 86_400} // $rows) as ended
  from range($rows) as numbers(i)
)
select printf('run-%08d', i) as run, printf('route-%03d', number) as route,
  ended - to_seconds(hash(i, $seed, 4) % 240) as started, ended,
  case when luck < 100 + number // 2 then 'failed' when luck < 201 + number // 2 then 'unknown'
    when luck = 9999 and number % 50 = 0 then 'near-miss' else 'ok' end as outcome,
  (rescue < 20)::int as rescues, (rescue between 15 and 30)::int as corrections,
  0 as approvals, 'act-with-approval' as autonomy
from drawn
"""
_COPIES = {
    ".parquet": "(format parquet, compression zstd)",
    ".jsonl": "(format json, timestampformat '%Y-%m-%dT%H:%M:%SZ')",
    ".csv": "(format csv, timestampformat '%Y-%m-%dT%H:%M:%SZ')",
}


def write(folder: Path, rows: int, suffix: str, seed: int = 7) -> Path:
    """Write the routes and one file of runs into an empty folder; the path of that file."""
    write_routes(folder)
    (folder / "runs").mkdir(exist_ok=True)
    file = folder / "runs" / f"november{suffix}"
    # Here, because the other suites run without the extra `runs`.
    import duckdb

    with duckdb.connect() as base:
        base.execute("set TimeZone = 'UTC'")
        query = f"copy ({_ROWS}) to '{file}' {_COPIES[suffix]}"
        base.execute(query, {"rows": rows, "seed": seed})
    return file


def write_routes(folder: Path) -> None:
    """Write the routes that the runs belong to."""
    (folder / "routes").mkdir(parents=True, exist_ok=True)
    for number in range(ROUTES):
        name = f"route-{number:03}"
        (folder / "routes" / f"{name}.yaml").write_text(_ROUTE.format(id=name))


def suite(stage: Stage) -> Outcome:
    """A thousand rows for each document asked for, in each way in which they are counted, against
    the bare work: one query of DuckDB, and the decoding of the same lines.
    """
    rows = stage.documents * 1_000
    work = (
        ("with history", ".parquet", ()),
        ("--no-history", ".parquet", ("--no-history",)),
        ("JSON lines", ".jsonl", ("--no-history",)),
    )
    commands = {}
    for name, suffix, words in work:
        folder = stage.folder / f"runs{suffix}"
        if not folder.exists():
            write(folder, rows, suffix)
        # 1: most of these routes owe a review.
        command = stage.pmlint(folder, "due", f"--now={NOW}", *words, codes=(0, 1))
        commands[f"pmlint due, {name}"] = command
    lines = commands["pmlint due, JSON lines"]
    commands["pmlint due, JSON lines, without DuckDB"] = without_duckdb(lines)
    for suffix in (".parquet", ".jsonl"):
        commands[f"DuckDB, {suffix}"] = stage.python(
            stage.folder / f"runs{suffix}", _QUERY.format(file=f"runs/november{suffix}")
        )
    commands["json.loads, .jsonl"] = stage.python(lines.folder, _DECODED)
    runs = interleave(commands, stage.few)
    figures = {
        figure: ratio(runs[f"pmlint due, {name}"], runs[peer]).median
        for figure, name, peer in (
            ("due-history", "with history", "DuckDB, .parquet"),
            ("due-now", "--no-history", "DuckDB, .parquet"),
            ("due-jsonl", "JSON lines", "DuckDB, .jsonl"),
            ("due-plain", "JSON lines, without DuckDB", "json.loads, .jsonl"),
        )
    }
    title = f"Due, {rows:,} rows of {ROUTES} routes over {DAYS} days"
    return Outcome([Table(title, runs, "DuckDB, .parquet")], figures=figures)


def without_duckdb(command: Command) -> Command:
    """A command in an interpreter that finds no DuckDB, as without the extra."""
    script = "import sys, runpy; sys.modules['duckdb'] = None; sys.argv = sys.argv[1:]; runpy.run_module('pmlint', run_name='__main__')"
    after = command.words.index("due")
    return command._replace(
        words=(command.words[0], "-c", script, "pmlint", *command.words[after:])
    )


def measured(file: Path) -> Iterator[str]:
    """What `pmlint due` takes for one file, with history and without, beside one query of DuckDB:
    a figure a line.
    """
    folder = file.parent.parent
    query = _QUERY.format(file=f"runs/{file.name}")
    due = (sys.executable, "-m", "pmlint", "due", f"--now={NOW}", f"runs/{file.name}")
    commands = {
        "due": Command(due, folder, (0, 1)),
        "due --no-history": Command((*due, "--no-history"), folder, (0, 1)),
        "one query of DuckDB": Command((sys.executable, "-c", query), folder),
    }
    for name, command in commands.items():
        taken = run(command)
        yield f"{name}: {taken.cpu:.2f} s of CPU, {taken.memory / 1e6:.0f} MB"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.runs", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--suffix", choices=sorted(_COPIES), default=".parquet")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--measure", action="store_true", help="and print what due takes for it")
    options = parser.parse_args()
    file = write(options.folder.resolve(), options.rows, options.suffix, options.seed)
    print(file)
    for line in measured(file) if options.measure else ():
        print(line, flush=True)


if __name__ == "__main__":
    main()
