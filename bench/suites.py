"""What is measured: each suite runs its commands in turn and says what came out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench import facts, fleet, gate, keystrokes, policies, runs, spans, tables
from bench.corpus import FINDINGS
from bench.measure import Command, Run, cpu, instructions, interleave, memory, ratio, wall
from bench.stage import Outcome, Stage, Table

FORMATS = (
    "concise",
    "text",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "junit",
    "sarif",
    "rdjsonl",
    "markdown",
)


def start_up(stage: Stage) -> Outcome:
    """What it costs to begin: the version, the help, and one clean file against the imports that
    can't be avoided.
    """
    one = stage.corpus(1, cut=True)
    floor = {
        "python -c pass": stage.python(one, "pass"),
        "import click": stage.python(one, "import click"),
        "import click, yaml": stage.python(one, "import click, yaml"),
    }
    own = {
        "pmlint --version": stage.pmlint(one, "--version"),
        "pmlint --help": stage.pmlint(one, "--help"),
        "pmlint check, one file": stage.check(one),
    }
    interleave({**floor, **own}, 1)  # so that every module has been compiled
    return Outcome(
        [
            Table(
                "Start-up", interleave({**floor, **own}, max(5, stage.rounds)), "import click, yaml"
            )
        ]
    )


def one_file(stage: Stage) -> Outcome:
    """One clean file, against the peers."""
    one = stage.corpus(1, cut=True)
    commands = {
        "pmlint check": stage.check(one),
        **stage.peers.commands(one, ("check-jsonschema", "yamllint", "script", "ryl", "ajv-cli")),
    }
    interleave(commands, 1)
    return _against(
        stage,
        "One file",
        interleave(commands, max(5, stage.rounds)),
        {"check-jsonschema": "one-cpu"},
    )


def counted(stage: Stage) -> Outcome:
    """Instructions executed, the same on any load."""
    one, three = stage.corpus(1, cut=True), stage.corpus(3)
    work = {
        "python -c pass": stage.python(one, "pass"),
        "import click": stage.python(one, "import click"),
        "import click, yaml": stage.python(one, "import click, yaml"),
        "pmlint --version": stage.pmlint(one, "--version"),
        "pmlint --help": stage.pmlint(one, "--help"),
        "pmlint check, one file": stage.check(one),
        "pmlint check, three files": stage.check(three),
    }
    if shutil.which("valgrind") is None:
        return Outcome(
            notes=[
                "instructions are not counted: valgrind is not installed (`apt install valgrind`)"
            ]
        )
    counts = {name: instructions(command) or 0 for name, command in work.items()}
    pairs = {
        "one-instructions": ("pmlint check, one file", "import click, yaml"),
        "three-instructions": ("pmlint check, three files", "pmlint check, one file"),
        "version-instructions": ("pmlint --version", "import click"),
        "help-instructions": ("pmlint --help", "import click"),
    }
    return Outcome(
        counts=counts,
        figures={figure: counts[own] / counts[other] for figure, (own, other) in pairs.items()},
    )


def many_files(stage: Stage) -> Outcome:
    """Many clean files in one process without a cache, against the peers."""
    many = stage.corpus(stage.documents, cut=True)
    commands = {
        "pmlint check": stage.check(many),
        **stage.peers.commands(many, ("check-jsonschema", "yamllint", "script", "ryl", "ajv-cli")),
        "python -c pass": stage.python(many, "pass"),
    }
    figures = {"check-jsonschema": "many-check-jsonschema", "ryl": "many-ryl"}
    return _against(stage, f"{stage.documents:,} files", interleave(commands, stage.few), figures)


def findings(stage: Stage) -> Outcome:
    """Every document with one finding against all clean, for a rule, the schema and a rule about
    the repository.
    """
    commands = {"all clean": stage.check(stage.corpus(stage.documents))}
    for kind in FINDINGS:
        commands[f"a finding of the kind '{kind}' in each"] = stage.check(
            stage.corpus(stage.documents, finding=kind), codes=(1,)
        )
    runs = interleave(commands, stage.few)
    worst = max(ratio(runs[name], runs["all clean"]).median for name in commands)
    return Outcome(
        [Table(f"Findings, {stage.documents:,} files", runs, "all clean")],
        figures={"findings": worst},
    )


_ONE, _TWO = "pmlint check", "pmlint check, two processes"
_LARGE = 50
"""The largest corpus against the first; ``--documents 2000`` makes it 100,000 documents."""


def growth(stage: Stage) -> Outcome:
    """CPU and memory for each document as their number grows, in one process and in two, and the
    fastest peers at 10,000. The largest corpus is judged by two processes alone.
    """
    outcome = Outcome()
    times = (1, 10, _LARGE) if stage.large else (1, 10)
    sizes = [stage.documents * each for each in times]
    found: dict[int, dict[str, list[Run]]] = {}
    for size, each in zip(sizes, times, strict=True):
        runs = interleave(_growing(stage, size, each), stage.rounds if each == 1 else stage.few)
        outcome.tables.append(Table(f"Growth, {size:,} files", runs, next(iter(runs))))
        found[size] = runs
    for name in (_ONE, _TWO):
        own = {size: runs[name] for size, runs in found.items() if name in runs}
        outcome.notes += [f"{name}, {_slope(*pair, own)}" for pair in pairwise(own)]
    first, tenfold, last = sizes[0], sizes[1], sizes[-1]
    many = found[tenfold]
    more = _each(found[first][_ONE], many[_ONE], tenfold - first)
    outcome.figures["growth-each"] = more / 1e3
    outcome.figures["jobs-wall"] = ratio(many[_TWO], many[_ONE], wall).median
    if "ajv-cli" in many:
        outcome.figures["ten-ajv-cli"] = ratio(many[_ONE], many["ajv-cli"]).median
    if stage.large:
        few, most = (found[size][_TWO] for size in (first, last))
        outcome.figures["growth-memory"] = _median(most, memory) / _median(few, memory)
        outcome.figures["growth-cpu"] = (_median(most, cpu) / last) / (_median(few, cpu) / first)
    else:
        outcome.notes.append("growth to 50 times the documents is measured with --large")
    return outcome


def _growing(stage: Stage, size: int, times: int) -> dict[str, Command]:
    """What is measured on a corpus that is so many times as large as the first."""
    corpus = stage.corpus(size, cut=times != _LARGE)
    two = stage.check(corpus, "--jobs=2")
    if times == _LARGE:  # in one process it takes minutes
        return {_TWO: two}
    peers = stage.peers.commands(corpus, ("ryl", "ajv-cli"))
    return {_ONE: stage.check(corpus), _TWO: two, **peers}


def _slope(smaller: int, larger: int, own: dict[int, list[Run]]) -> str:
    more = larger - smaller
    time = (_median(own[larger], cpu) - _median(own[smaller], cpu)) / more
    space = _each(own[smaller], own[larger], more)
    return f"from {smaller:,} to {larger:,} documents: {time * 1e6:,.0f} µs of CPU and {space:,.0f} bytes of memory for each document more"


def _each(smaller: list[Run], larger: list[Run], more: int) -> float:
    """Bytes of memory for each document more."""
    return (_median(larger, memory) - _median(smaller, memory)) / more


def warm(stage: Stage) -> Outcome:
    """A second run over unchanged files: by stat, and by content where the times of the files are
    new.
    """
    if not stage.knows("check", "--no-cache"):
        return Outcome(notes=["a warm run is not measured: `check` has no cache"])
    corpus = stage.corpus(stage.documents * 5, cut=True)
    cached: Command = stage.pmlint(corpus, "check", "--now=2026-10-15")
    runs: dict[str, list[Run]] = {"cold": [], "warm, by stat": [], "warm, by hash": []}
    interleave({"first": cached}, 1)
    for _ in range(stage.few):
        runs["cold"] += interleave({"": stage.check(corpus)}, 1)[""]
        interleave({"": cached}, 1)
        runs["warm, by stat"] += interleave({"": cached}, 1)[""]
        _touch(corpus / "postmortems")
        runs["warm, by hash"] += interleave({"": cached}, 1)[""]
    figures = {
        f"warm-{how}": ratio(runs[f"warm, by {how}"], runs["cold"]).median
        for how in ("stat", "hash")
    }
    return Outcome([Table(f"Warm, {stage.documents * 5:,} files", runs, "cold")], figures=figures)


def _touch(folder: Path) -> None:
    for file in folder.iterdir():
        os.utime(file)


def formats(stage: Stage) -> Outcome:
    """Each output format, with a finding in every document."""
    corpus = stage.corpus(stage.documents, finding="rule")
    commands = {
        name: stage.check(corpus, f"--output-format={name}", codes=(1,)) for name in FORMATS
    }
    return Outcome(
        [
            Table(
                f"Formats, {stage.documents:,} findings",
                interleave(commands, stage.few),
                "concise",
            )
        ]
    )


def _against(
    stage: Stage, title: str, runs: dict[str, list[Run]], figures: dict[str, str]
) -> Outcome:
    outcome = Outcome(
        [Table(title, runs, "check-jsonschema" if "check-jsonschema" in runs else "pmlint check")]
    )
    for peer, figure in figures.items():
        if peer in runs:
            outcome.figures[figure] = ratio(runs["pmlint check"], runs[peer]).median
    outcome.notes += [f"{name} is not measured: {why}" for name, why in stage.peers.missing.items()]
    return outcome


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return median(of(one) for one in runs)


SUITES: dict[str, Callable[[Stage], Outcome]] = {
    "start-up": start_up,
    "one": one_file,
    "instructions": counted,
    "many": many_files,
    "findings": findings,
    "warm": warm,
    "gate": gate.suite,
    "monorepo": gate.monorepo,
    "history": gate.history,
    "audit": gate.audit,
    "why": gate.why,
    "facts": facts.suite,
    "runs": spans.suite,
    "due": runs.suite,
    "tables": tables.suite,
    "tables-growth": tables.growth,
    "fleet": fleet.suite,
    "policies": policies.policies,
    "engines": policies.engines,
    "words": policies.words,
    "formats": formats,
    "keystrokes": keystrokes.suite,
    # Last, since whoever ends a run early keeps what came before.
    "growth": growth,
}
