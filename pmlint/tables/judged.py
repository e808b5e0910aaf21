"""A tree that is judged before it becomes rows, so that its problems are rows as well.

Apart from `pmlint.tables.collect`, because verbs that print what documents say do not import the
check: it takes 0.2 s to start.
"""

from __future__ import annotations

from datetime import date

from pmlint.check.engine import check_tree
from pmlint.check.organisation import judge_demands
from pmlint.model import Postmortem
from pmlint.parsing.document import Document
from pmlint.parsing.tree import Tree
from pmlint.project.baseline import read_baseline
from pmlint.project.days import Today, exactly
from pmlint.project.organisation import Organisation
from pmlint.project.settings import Settings
from pmlint.tables.collect import TableSource, document_rows
from pmlint.tables.kept import KeptRows


def snapshot(
    tree: Tree,
    settings: Settings,
    today: date | Today,
    organisation: Organisation | None = None,
) -> TableSource:
    """Judge a tree once, and once more for an organisation. Raises `UsageError` where the
    configuration is wrong.

    The baseline is asked here and not by the check: what it has is a row, with its column set.
    """
    day, kept = exactly(today), KeptRows()

    def read_along(file: str, document: Document, judged: Postmortem) -> None:
        # An own severity is judged as the one that it means, and printed as it is written.
        review = None if settings.severities else judged
        kept.keep(file, document_rows(document, file, settings, day, review=review))

    judged = check_tree(tree, settings._replace(baseline=""), day, reader=read_along)
    entries = read_baseline(tree, settings.baseline)
    found = judged.report.findings
    demanded = None
    if organisation is not None:
        demanded = judge_demands(tree, settings, day, organisation, judged)
        found = demanded.report.findings
    source = TableSource(tree, judged.repository_index, found, entries, settings, day)
    return source._replace(demanded=demanded, kept=kept)
