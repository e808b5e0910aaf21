"""The gate on a git repository with one postmortem changed, beside a cold check of the same tree
and git's own work.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.corpus import NOW
from bench.measure import Command, interleave, ratio
from bench.stage import Outcome, Stage, Table


def suite(stage: Stage) -> Outcome:
    """Twice the documents of the other suites, on 200 routes (with 1,000 documents asked for)."""
    if not stage.knows("gate", "--base"):
        return Outcome(notes=["the gate is not measured: there is no `pmlint gate`"])
    corpus = stage.corpus(stage.documents * 2, routes=max(1, stage.documents // 5))
    _commit(corpus)
    git = ("git", "-c", "core.pager=cat")
    commands = {
        "pmlint gate": stage.pmlint(corpus, "gate", "--base=main", "--head=change", f"--now={NOW}"),
        "pmlint check": stage.check(corpus),
        "git diff": Command((*git, "diff", "--name-only", "main", "change"), corpus),
        "git merge-tree": Command((*git, "merge-tree", "--write-tree", "main", "change"), corpus),
    }
    runs = interleave(commands, stage.rounds)
    title = f"Gate, {stage.documents * 2:,} files, one changed"
    return Outcome(
        [Table(title, runs, "pmlint check")],
        figures={"gate": ratio(runs["pmlint gate"], runs["pmlint check"]).median},
    )


def _commit(corpus: Path) -> None:
    """Make the corpus a repository: `main` as it is, and `change` with a sentence more in the body
    of one postmortem.
    """

    def git(*words: str) -> None:
        subprocess.run(
            ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", *words),
            cwd=corpus,
            check=True,
        )

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "The repository")
    git("switch", "-q", "-c", "change")
    file = min((corpus / "postmortems").iterdir())
    file.write_text(
        file.read_text() + "A second look at the log changed none of the figures above.\n"
    )
    git("commit", "-q", "-a", "-m", "One more sentence")
