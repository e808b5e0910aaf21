"""Which level each rule about words has earned on sentences that its words were not taken from.

Of a part that nobody read each hit counts. Of the parts that were read a hit counts where the same
term speaks rightly in another source, too, so that no source vouches for its own words. What a
level takes is in `docs/spec/language.md`, section 2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from bench.words.crossed import Speaks, bad_cause_by, weak_by
from bench.words.figures import Figure
from bench.words.sentences import BAD_CAUSES, TUNED, WEAK, Sentence

RULE_OF = {"fault": "blame"}
"""The rule that speaks for a list of terms, where its name is another one."""
_ENOUGH = 30
"""How many hits an error needs (`docs/spec/language.md`, 2)."""


class Hit(NamedTuple):
    """One sentence that a rule speaks of: rightly or not, and whether nobody read its part."""

    rule: str
    is_right: bool
    is_unread: bool


def hits(parts: dict[str, list[Sentence]]) -> Iterator[Hit]:
    """The hits that say something of a rule on sentences that were not tuned on."""
    for kind, bad, speaks in (("action", WEAK, weak_by), ("cause", BAD_CAUSES, bad_cause_by)):
        tuned = [one for name in TUNED for one in parts.get(name, ()) if one.kind == kind]
        sources = _right_in(tuned, bad, speaks)
        for name, items in parts.items():
            for one in (one for one in items if one.kind == kind):
                found = speaks(one.text)
                if not found:
                    continue
                is_right, is_unread = one.label in bad, name not in TUNED
                if is_unread or not is_right or sources[found[0]] - {one.source}:
                    rule = found[0].partition(":")[0]
                    yield Hit(RULE_OF.get(rule, rule), is_right, is_unread)


def _right_in(items: list[Sentence], bad: frozenset[str], speaks: Speaks) -> dict[str, set[str]]:
    """By term the sources in which it speaks of a sentence that is bad."""
    sources: dict[str, set[str]] = defaultdict(set)
    for one in items:
        if one.label in bad and (found := speaks(one.text)):
            sources[found[0]].add(one.source)
    return sources


def precisions(found: list[Hit]) -> dict[str, Figure]:
    """The precision of each rule, in the order of their names."""
    names = sorted({hit.rule for hit in found})
    return {name: _precision([hit for hit in found if hit.rule == name]) for name in names}


def _precision(found: list[Hit]) -> Figure:
    return Figure("precision", sum(hit.is_right for hit in found), len(found))


def level_of(figure: Figure) -> str:
    """The level that a precision earns."""
    low = figure.interval[0]
    is_sure = figure.total >= _ENOUGH and low >= 0.85 and (figure.share or 0) >= 0.95
    if is_sure:
        return "error"
    return "warning" if low >= 0.6 else "none yet"
