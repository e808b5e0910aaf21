"""One document judged alone, by what a run knows of all others: for an editor, keystroke by
keystroke, and before anything is known of the others.

A run over 1,000 postmortems takes seconds, one document milliseconds.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from pmlint.check.batch import Work, judge_postmortems, judged
from pmlint.check.crossing import Crossing
from pmlint.check.demands import demands_of
from pmlint.check.engine import (
    Conclusion,
    Judged,
    TreeRun,
    conclude,
    context_of,
    judge_routes,
    judged_run,
    read_surroundings,
)
from pmlint.finding import Finding
from pmlint.parsing.tree import Tree
from pmlint.project.days import Today
from pmlint.project.files import postmortem_files
from pmlint.project.index import Index
from pmlint.project.kinds import misshapen
from pmlint.project.settings import Settings


def begin(tree: Tree, settings: Settings, today: Today, only: Container[str]) -> Judged:
    """Judge the postmortems whose files are in ``only``, and the routes: what an editor shows until
    a run over everything has ended. Raises `UsageError` where the configuration is wrong.
    """
    files = [entry for entry in postmortem_files(tree, settings) if entry.path in only]
    demands = demands_of(tree, settings, today.unended, documents=len(files))
    around = read_surroundings(tree, settings)
    work = Work(demands, context_of(tree, settings, today, around, demands))
    part = judge_postmortems(files, work, jobs=1)
    others = (
        *around.findings,
        *misshapen(tree, settings),
        *judge_routes(around.registry, demands, tree),
    )
    run = TreeRun({one.path: one for one in files}, work, around, part, others, is_whole=False)
    return judged_run(run)


class Retyped(NamedTuple):
    """The run with a document's new text in it, what is wrong with that document, and the index."""

    run: TreeRun
    findings: tuple[Finding, ...]
    repository_index: Index


def retype(run: TreeRun, crossing: tuple[Crossing, ...], tree: Tree, file: str) -> Retyped:
    """Judge one of the postmortems of a run again, as it is in ``tree``.

    What other documents ask of it is taken from ``crossing``, which the last run found, at the
    places that they have now; `settle` asks anew. Raises `KeyError` for a file that the run did
    not judge.
    """
    context = run.work.context._replace(tree=tree)
    work = run.work._replace(context=context)
    facts, found, gaps = judged(run.files[file], work)
    part = run.part._replace(
        facts=[*(one for one in run.part.facts if one.file != file), facts],
        findings=[*(one for one in run.part.findings if one.path != file), *found],
        gaps={name: one for name, one in run.part.gaps.items() if name != file}
        | ({file: gaps} if gaps else {}),
    )
    run = run._replace(work=work, part=part)
    # Alone: to place what is said of 1,000 other files, each of them would be read.
    alone = run._replace(part=part._replace(findings=list(found)), others=())
    own = tuple(one for one in crossing if one.file == file)
    conclusion = conclude(alone, own)
    findings = tuple(one for one in conclusion.report.findings if one.path == file)
    return Retyped(run, findings, conclusion.repository_index)


def settle(run: TreeRun) -> Conclusion:
    """Ask the questions that need all documents, once the document that changed is at rest."""
    return conclude(run)
