"""Findings as people read them: a file's placeholders as one, paths from where they are."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from pmlint.finding import Finding
from pmlint.model.saying import STILL_HERE

_LINES = 10
"""So many lines of a file's placeholders are listed; the first ones are enough to begin with."""


def listed(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by path and row, with the placeholders of a file as one."""
    grouped: dict[tuple[str, int], list[Finding]] = {}
    others = []
    for finding in findings:
        # A reason that says nothing has a message of its own, which a list of rows would lose.
        if finding.code == "placeholder" and finding.message.endswith(STILL_HERE):
            grouped.setdefault((finding.path, finding.level), []).append(finding)
        else:
            others.append(finding)
    found = [*others, *(_together(some) for some in grouped.values())]
    return sorted(found, key=lambda finding: finding.order)


def _together(findings: Sequence[Finding]) -> Finding:
    """The placeholders of a file as one finding at the first of them."""
    if len(findings) == 1:
        return findings[0]
    rows = list(dict.fromkeys(str(finding.span.row) for finding in findings))
    more = ", ..." if len(rows) > _LINES else ""
    lines = f"lines {', '.join(rows[:_LINES])}{more}" if len(rows) > 1 else f"line {rows[0]}"
    message = f"{len(findings)} places to fill: {lines}"
    return findings[0]._replace(message=message, subject="", fix=None)


def shown_path(path: str, here: str) -> str:
    """A path from the repository's root as it is named from a folder of it."""
    # Not `os.path`: a tree names its files with / on Windows as well.
    return posixpath.relpath(path, here) if here and path else path


def wrapped(text: str, width: int, first: int, indent: int) -> list[str]:
    """A text in lines between words: ``first`` columns are taken on the first line, ``indent`` on
    each other. A word that is too long stays whole, so that an address can be copied.
    """
    if first + len(text) <= width:
        return [text]
    from textwrap import wrap  # a clean run has no text to wrap

    lines = wrap(
        text,
        # A long margin on a narrow terminal would leave a word a line.
        max(width, indent + 20),
        initial_indent=" " * first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [lines[0][first:] if lines else "", *lines[1:]]
