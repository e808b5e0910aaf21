"""One document judged again, by what a run knows of all others: for an editor, keystroke by
keystroke.

A run over 1,000 postmortems takes seconds, one document milliseconds.
"""

from __future__ import annotations

from typing import NamedTuple

from pmlint.check.crossing import Crossing
from pmlint.check.engine import Conclusion, TreeRun, conclude, judged
from pmlint.finding import Finding
from pmlint.parsing.tree import Tree
from pmlint.project.index import Index


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
