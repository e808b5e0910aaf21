"""Many postmortems, each judged by itself: anew, by what is remembered of it, or in another
process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pmlint.check.demands import Demands
from pmlint.check.gaps import Gap
from pmlint.check.postmortem import judge_postmortem
from pmlint.finding import Finding
from pmlint.model import Postmortem
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Entry
from pmlint.project.index import PostmortemFacts, facts_of, read_entry, unreadable
from pmlint.project.kinds import syntax
from pmlint.rules.rule import Context

if TYPE_CHECKING:
    from pmlint.check.cache import Cache

PART = 125
"""As many documents are worth a process of their own."""

Reader = Callable[[str, Document, Postmortem], None]
"""What is given each postmortem that can be read, by its path, when it was judged: what the rules
asked of it need not be made again.
"""


class Work(NamedTuple):
    """What it takes to judge a postmortem. ``reader`` reads along, in this process alone."""

    demands: Demands
    context: Context
    cache: Cache | None = None
    reader: Reader | None = None


class Batch(NamedTuple):
    """What came of some postmortems, as plain data that can go from process to process."""

    facts: list[PostmortemFacts]
    findings: list[Finding]
    gaps: dict[str, tuple[Gap, ...]]
    remembered: dict[str, Any]


def judge_postmortems(files: list[Entry], work: Work, jobs: int) -> Batch:
    """Judge all postmortems, many of them in several processes."""
    new = files if work.cache is None else work.cache.unknown(files)
    # Of what the cache knows only digests are taken: what is new must be worth a process.
    most = len(new) // PART if jobs != 1 else 1
    judge = partial(judge_part, work=work)
    if most > 1:
        from pmlint.check.parallel import processes, spread

        parts = spread(judge, files, min(jobs or processes(), most))
    else:
        parts = [judge(files)]
    if work.cache is not None:
        for part in parts:
            work.cache.add(part.remembered)
    return Batch(
        [facts for part in parts for facts in part.facts],
        [found for part in parts for found in part.findings],
        {file: gaps for part in parts for file, gaps in part.gaps.items()},
        {},
    )


def judge_part(files: Sequence[Entry], work: Work) -> Batch:
    """Judge some postmortems in this process."""
    part = Batch([], [], {}, {})
    for entry in files:
        facts, findings, gaps = _remembered(entry, work)
        part.facts.append(facts)
        part.findings.extend(findings)
        if gaps:
            part.gaps[entry.path] = gaps
    return part._replace(remembered=work.cache.added if work.cache is not None else {})


_One = tuple[PostmortemFacts, Sequence[Finding], tuple[Gap, ...]]


def _remembered(entry: Entry, work: Work) -> _One:
    """A postmortem from the cache where it was clean before and nothing has changed, else judged
    anew.
    """
    cache, context = work.cache, work.context
    if cache is None or entry.kind != "file":
        return judged(entry, work)
    from pmlint.check.cache import Watched

    try:
        data = context.tree.read(entry.path)
    except Malformed:
        return judged(entry, work)
    facts = cache.facts(entry, data, context.tree)
    if facts is not None:
        return facts, (), ()
    watched = Watched(context.tree)
    keep = partial(cache.keep, data, watched)
    return judged(entry, work._replace(context=context._replace(tree=watched)), keep)


def _read_along(work: Work, file: str, document: Document, postmortem: Postmortem) -> None:
    if work.reader is not None:
        work.reader(file, document, postmortem)


def judged(
    entry: Entry,
    work: Work,
    keep: Callable[[PostmortemFacts, Postmortem], None] = lambda facts, postmortem: None,
) -> _One:
    """A postmortem, read and judged; ``keep`` is given one that has nothing wrong."""
    file, settings = entry.path, work.demands.settings
    try:
        document = read_entry(work.context.tree, entry)
    except Malformed as error:
        return unreadable(file, settings.ids), [syntax(file, error)], ()
    postmortem = Postmortem(settings.as_judged(document.data), file, document.body, document.cuts)
    # Of the others a run over named files needs what they say, and never shows what is wrong: in a
    # repository of 300, without a cache, a run over one file takes 0.28 of the time.
    if not work.demands.filter.covers(file):
        _read_along(work, file, document, postmortem)
        return facts_of(postmortem), (), ()
    judgement = judge_postmortem(document, postmortem, work.demands, work.context)
    _read_along(work, file, document, postmortem)
    facts = facts_of(postmortem)
    # Clean documents alone: a finding is shown with its line, and so the text is read anyway.
    if not judgement.findings:
        keep(facts, postmortem)
    return facts, judgement.findings, judgement.gaps
