"""What people look at: rows, files of rows and the site, each against a check of the same tree."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.corpus import NOW
from bench.measure import Command, interleave, memory, ratio
from bench.measure import run as run_once
from bench.stage import Outcome, Stage, Table

_TIMES = 2
"""Twice the documents asked for: the ratios are those of 5,000, in less than half the time."""
_ONE_FILE = 200
"""Postmortems in one file, which takes no more."""


def suite(stage: Stage) -> Outcome:
    """CPU of an export in each format and of the report, and how large the pages are."""
    if not stage.knows("report", "--history"):
        return Outcome(notes=["tables are not measured: there is no `pmlint report`"])
    documents = stage.documents * _TIMES
    with TemporaryDirectory(dir=stage.folder) as folder:
        out = Path(folder)
        corpus = stage.corpus(documents)
        files = {"SQLite": "rows.sqlite", "JSON lines": "rows.jsonl", "CSV": "rows"}
        commands = {
            "pmlint check": stage.check(corpus),
            **{
                f"pmlint export, {name}": _export(stage, corpus, out / file, name)
                for name, file in files.items()
            },
            "pmlint report": stage.pmlint(
                corpus, "report", str(out / "site"), "--force", f"--now={NOW}"
            ),
        }
        runs = interleave(commands, stage.few)
        title = f"Tables and report, {documents:,} files"
        outcome = Outcome([Table(title, runs, "pmlint check")])
        for figure, name in (("export", "pmlint export, SQLite"), ("report", "pmlint report")):
            outcome.figures[figure] = ratio(runs[name], runs["pmlint check"]).median
        outcome.figures |= _sizes(stage, out)
    outcome.notes += [
        f"the index has {outcome.figures['report-index']:,.0f} kB, and one file of "
        f"{_ONE_FILE} postmortems {outcome.figures['report-one-file']:.1f} MB"
    ]
    return outcome


def growth(stage: Stage) -> Outcome:
    """Peak memory of an export of five times the documents, as SQLite and as CSV."""
    small, large = stage.corpus(stage.documents), stage.corpus(stage.documents * 5)
    outcome = Outcome()
    with TemporaryDirectory(dir=stage.folder) as folder:
        for name, file in (("SQLite", "rows.sqlite"), ("CSV", "rows")):
            commands = {
                f"{documents:,} files": _export(stage, corpus, Path(folder, f"{n}{file}"), name)
                for n, (documents, corpus) in enumerate(
                    ((stage.documents, small), (stage.documents * 5, large))
                )
            }
            # One round: memory differs by less than a percent from run to run.
            runs = interleave(commands, 1)
            outcome.tables.append(Table(f"Export as {name}, growth", runs, next(iter(runs))))
            few, many = (median(map(memory, one)) for one in runs.values())
            outcome.figures[f"export-memory-{name.lower()}"] = many / few
            more = (many - few) / (stage.documents * 4)
            outcome.notes.append(f"{more:,.0f} bytes for each document more, as {name}")
    return outcome


def _export(stage: Stage, corpus: Path, target: Path, name: str) -> Command:
    format = {"JSON lines": "jsonl"}.get(name, name.lower())
    words = ("export", "-o", str(target), f"--output-format={format}", f"--now={NOW}")
    return stage.pmlint(corpus, *words)


def _sizes(stage: Stage, out: Path) -> dict[str, float]:
    """The index in kB, the rest of a postmortem's page beside its body, and one file in MB."""
    corpus, file = stage.corpus(min(_ONE_FILE, stage.documents)), out / "all.html"
    run_once(stage.pmlint(corpus, "report", "-o", str(file), f"--now={NOW}"))
    pages = sorted((out / "site" / "postmortems").glob("PM-*.html"))
    return {
        "report-index": (out / "site" / "index.html").stat().st_size / 1e3,
        "report-page": max(map(_without_body, pages)) / 1e3,
        "report-one-file": file.stat().st_size / 1e6,
    }


def _without_body(page: Path) -> int:
    head, _, body = page.read_text(encoding="utf-8").partition('<div class="body">')
    return len((head + body.partition("</main>")[2]).encode())
