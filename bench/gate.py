"""The gate on git repositories with one postmortem changed: beside a cold check of the same tree
and git's own work, among many other files, and after many commits; and `why` of one route.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.corpus import NOW
from bench.measure import Command, Run, cpu, interleave, ratio
from bench.stage import Outcome, Stage, Table

_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")
_OTHERS, _COMMITS = 200, 100
"""Other files, and commits of history, for each document: 200,000 and 100,000 at 1,000."""
_SENTENCE = "A second look at the log changed none of the figures above.\n"


def suite(stage: Stage) -> Outcome:
    """Twice the documents of the other suites, on 200 routes (with 1,000 documents asked for)."""
    if not stage.knows("gate", "--base"):
        return Outcome(notes=["the gate is not measured: there is no `pmlint gate`"])
    corpus = _repository(stage, "gate", stage.documents * 2)
    _change(corpus)
    git = ("git", "-c", "core.pager=cat")
    commands = {
        "pmlint gate": _gate(stage, corpus),
        "pmlint check": stage.check(corpus),
        "git diff": Command((*git, "diff", "--name-only", "main", "change"), corpus),
        "git merge-tree": Command((*git, "merge-tree", "--write-tree", "main", "change"), corpus),
    }
    runs = interleave(commands, stage.few)
    title = f"Gate, {stage.documents * 2:,} files, one changed"
    return Outcome(
        [Table(title, runs, "pmlint check")],
        figures={"gate": ratio(runs["pmlint gate"], runs["pmlint check"]).median},
    )


def monorepo(stage: Stage) -> Outcome:
    """The same postmortems alone, and among 200 times as many other files."""
    number = stage.documents * _OTHERS
    alone = _repository(stage, "alone", stage.documents)
    among = _repository(stage, "among", stage.documents)
    _import(among, _files(number))
    for corpus in (alone, among):
        _change(corpus)
    return _against_alone(
        stage, "gate-monorepo", f"among {number:,} other files", _gate(stage, among), alone
    )


def history(stage: Stage) -> Outcome:
    """The same postmortems after few commits and after 100 for each. The deadline of one moves, so
    that the gate asks what is open there, and its proofs are the very first commit.
    """
    number = stage.documents * _COMMITS
    alone = _repository(stage, "few", stage.documents)
    long = _repository(stage, "long", stage.documents)
    for corpus in (alone, long):
        _prove_by_commit(corpus)
    _import(long, _commits(number))
    for corpus in (alone, long):
        _change(corpus, moves_deadline=True)
    return _against_alone(
        stage, "gate-history", f"after {number:,} commits", _gate(stage, long), alone
    )


def why(stage: Stage) -> Outcome:
    """What holds one route, against a cold check of the same tree."""
    corpus = _repository(stage, "why", stage.documents)
    route = min((corpus / "routes").iterdir()).stem
    commands = {
        "pmlint why": stage.pmlint(corpus, "why", route, f"--now={NOW}"),
        "pmlint routes": stage.pmlint(corpus, "routes", f"--now={NOW}"),
        "pmlint actions": stage.pmlint(corpus, "actions", f"--now={NOW}"),
        "pmlint check": stage.check(corpus),
    }
    runs = interleave(commands, stage.few)
    return Outcome(
        [Table(f"What holds a route, {stage.documents:,} files", runs, "pmlint check")],
        figures={"why": ratio(runs["pmlint why"], runs["pmlint check"]).median},
    )


def audit(stage: Stage) -> Outcome:
    """What it costs to ask of each commit of a branch whether the gate would have let it in."""
    corpus = _repository(stage, "audit", max(1, stage.documents // 10))
    number = stage.documents // 2
    _import(corpus, _commits(number))
    commands = {
        f"pmlint audit, {last:,} commits": stage.pmlint(
            corpus, "audit", "--branch=main", f"--last={last}", f"--now={NOW}", codes=(0, 1)
        )
        for last in (1, number)
    }
    runs = interleave(commands, stage.few)
    few, many = runs.values()
    each = 1000 * median(
        (cpu(one) - cpu(other)) / (number - 1) for one, other in zip(many, few, strict=True)
    )
    table = Table(f"Audit, {stage.documents // 10:,} files", runs, next(iter(runs)))
    notes = [f"{each:.1f} ms of CPU for each commit more"]
    return Outcome([table], figures={"audit": each}, notes=notes)


def _against_alone(stage: Stage, figure: str, name: str, command: Command, alone: Path) -> Outcome:
    runs: dict[str, list[Run]] = interleave(
        {"alone": _gate(stage, alone), name: command}, stage.rounds
    )
    return Outcome(
        [Table(f"Gate, {stage.documents:,} files, {name}", runs, "alone")],
        figures={figure: ratio(runs[name], runs["alone"]).median},
    )


def _gate(stage: Stage, corpus: Path) -> Command:
    return stage.pmlint(corpus, "gate", "--base=main", "--head=change", f"--now={NOW}")


def _repository(stage: Stage, name: str, documents: int) -> Path:
    """A corpus of its own as a repository, its files on `main`."""
    corpus = stage.corpus(documents, routes=max(1, documents // 5), own=name)
    _git(corpus, "init", "-q", "-b", "main")
    _git(corpus, "add", ".")
    _git(corpus, "commit", "-q", "-m", "The repository")
    return corpus


def _change(corpus: Path, *, moves_deadline: bool = False) -> None:
    """On the branch `change` one postmortem has a sentence more in its body, or a later deadline.

    Without a checkout, which would write what `_import` left to git alone.
    """
    file = _first(corpus)
    text = file.read_text() + _SENTENCE
    if moves_deadline:
        text = text.replace("deadline: 2026-", "deadline: 2027-", 1)
    blob = _git(corpus, "hash-object", "-w", "--stdin", said=text)
    _git(corpus, "read-tree", "main")
    path = file.relative_to(corpus).as_posix()
    _git(corpus, "update-index", "--cacheinfo", f"100644,{blob},{path}")
    tree = _git(corpus, "write-tree")
    _git(corpus, "branch", "change", _git(corpus, "commit-tree", "-p", "main", "-m", "x", tree))
    _git(corpus, "read-tree", "main")


def _prove_by_commit(corpus: Path) -> None:
    """Commit proofs that name the first commit in the place of the files of one postmortem."""
    file, first = _first(corpus), _git(corpus, "rev-parse", "main")
    lines = [
        f"    proof: [{{commit: {first}}}]" if line.startswith("    proof: ") else line
        for line in file.read_text().split("\n")
    ]
    file.write_text("\n".join(lines))
    _git(corpus, "commit", "-q", "-a", "-m", "Proofs by commit")


def _first(corpus: Path) -> Path:
    return min((corpus / "postmortems").iterdir())


def _files(number: int) -> Iterator[str]:
    """One commit that adds files to a tree of folders, 100 in each."""
    yield _head("Other files", 0)
    for one in range(number):
        yield f"M 100644 inline src/p{one // 5_000}/m{one // 100}/f{one}.py\n{_data(str(one))}"


def _commits(number: int) -> Iterator[str]:
    """Commits of one file, one after the other."""
    for one in range(number):
        yield f"{_head(str(one), one)}M 100644 inline log.txt\n{_data(str(one))}"


def _head(message: str, second: int) -> str:
    start = "" if second else "from refs/heads/main^0\n"
    who = f"committer bench <bench@example.org> {1_760_000_000 + second} +0000"
    return f"commit refs/heads/main\n{who}\n{_data(message)}{start}"


def _data(text: str) -> str:
    return f"data {len(text)}\n{text}\n"


def _import(corpus: Path, stream: Iterator[str]) -> None:
    _git(corpus, "fast-import", "--quiet", said="".join(stream))


def _git(corpus: Path, *words: str, said: str = "") -> str:
    return subprocess.run(
        (*_GIT, *words), cwd=corpus, check=True, input=said, capture_output=True, text=True
    ).stdout.strip()
