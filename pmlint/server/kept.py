"""What was wrong with a document before it could not be read: half of a bracket must not make an
author lose sight of everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from pmlint.finding import Finding


def kept(findings: Iterable[Finding], before: str, now: str) -> Iterator[Finding]:
    """The findings of a text at the rows that they have in another one, without those of the lines
    that differ.

    Their fixes are left out, since an edit counts characters of the text that was.
    """
    old, new = before.split("\n"), now.split("\n")
    same = _alike(old, new)
    # The end must not reach into what the beginning has already.
    rest = _alike(old[same:][::-1], new[same:][::-1])
    first, last, more = same + 1, len(old) - rest, len(new) - len(old)
    for finding in findings:
        span = finding.span
        row = span.row + (more if span.row > last else 0)
        # A collection may begin above the line that is typed and end below it.
        end_row = span.end_row + (more if span.end_row > last else 0)
        if not first <= span.row <= last:
            yield finding._replace(span=span._replace(row=row, end_row=end_row), fix=None)


def _alike(old: list[str], new: list[str]) -> int:
    """How many lines are the same from the beginning on."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))))
