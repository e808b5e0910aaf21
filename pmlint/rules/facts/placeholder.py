"""Text of the template is still there, or a reason says nothing.

A review that says TODO has not been written, and "unknown: ?" answers nobody. Both look complete in
a list, and nobody comes back to them.

Fix: write what belongs there; where nobody knows it, say why.

Bad::
    summary: "TODO: what happened"
Good::
    summary: The refund route paid 23 customers twice, because no control looked at the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import placeholders, says_something
from pmlint.place import Path, in_body
from pmlint.rules.rule import Context, Rule

REASONS = ("unknown", "missing", "why", "reason")
"""The fields that hold a reason, wherever they are."""
# Words that a reason may have around the name of its field without saying why.
_FILLERS = frozenset(("a", "the", "is", "was", "not", "it", "this", "that", "of", "for"))
_WORD = re.compile(r"[^\W_]+")


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Texts of the front matter, the reasons among them, and the body outside of code."""
    for path, text in _texts(postmortem.data):
        found = list(placeholders(text))
        for start, end in found:
            yield Problem(
                f"the placeholder '{text[start:end]}' is still here",
                path.chars(start, end),
                help="write what belongs here",
            )
        # One finding for one value: the placeholder is the plainer one.
        if not found and path[-1] in REASONS and not _is_reason(text, path):
            yield Problem(
                f"'{text.strip()}' is not a reason",
                path,
                help="say why in a few words",
            )
    if next(placeholders(postmortem.body), None):
        # pyromark takes longer to import than most documents to check
        from pmlint.parsing.markdown import prose

        text = prose(postmortem.body)
        for start, end in placeholders(text):
            yield Problem(
                f"the placeholder '{text[start:end]}' is still here",
                in_body(start, end),
                help="write what belongs here",
            )


def _is_reason(text: str, path: Path) -> bool:
    """Whether a reason says more than the names of its fields (``containment: {unknown:
    "containment unknown"}``).
    """
    names = {part for step in path for part in str(step).split("_")}
    words = {word.casefold() for word in _WORD.findall(text)}
    return says_something(text) and not words <= names | _FILLERS


def _texts(data: object) -> Iterator[tuple[Path, str]]:
    """Every text with its path, in the order of the document; fields of one's own are left out."""
    # A list of what is left instead of a call for each level: the reader lets 64 levels in, and the
    # generator of each would be asked for every text below it.
    left: list[tuple[Path, object]] = [(Path(), data)]
    while left:
        at, value = left.pop()
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, dict):
            inner = [(at / key, item) for key, item in value.items() if key[:2] != "x-"]
            left.extend(reversed(inner))
        elif isinstance(value, list):
            left.extend((at / number, value[number]) for number in reversed(range(len(value))))


RULE = Rule("placeholder", Level.ERROR, "postmortem", check, __doc__, "draft")
