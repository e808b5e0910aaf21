"""Text of the template is still there.

A review that says TODO has not been written. It looks complete in a list, and nobody comes back to
it.

Fix: write what belongs there; where nobody knows it, say so by ``{unknown: "why"}``.

Bad::
    summary: "TODO: what happened"
Good::
    summary: The refund route paid 23 customers twice, because no control looked at the amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path, Where, in_body
from pmlint.rules.rule import Context, Rule

WORDS = ("TODO", "FIXME", "TBD", "XXX", "Lorem ipsum", "lorem ipsum")
_PARTS = ("TODO", "FIXME", "TBD", "XXX", "orem ipsum")


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Texts of the front matter, and the body outside of code."""
    if _suspected("\n".join(_said(postmortem.data))):
        for path, text in _texts(postmortem.data, Path()):
            for start, end in _found(text):
                yield _problem(text[start:end], path.chars(start, end))
    if _suspected(postmortem.body):
        from pmlint.parsing.markdown import prose

        text = prose(postmortem.body)
        for start, end in _found(text):
            yield _problem(text[start:end], in_body(start, end))


def _suspected(text: str) -> bool:
    """Whether a word may be there: asked of all texts at once, since it hardly ever is."""
    return any(word in text for word in _PARTS)


def _said(data: object) -> list[str]:
    """All texts of a front matter, in any order."""
    texts: list[str] = []
    left = [data]
    while left:
        value = left.pop()
        if type(value) is str:
            texts.append(value)
        elif type(value) is dict:
            left.extend(value.values())
        elif type(value) is list:
            left.extend(value)
    return texts


def _problem(word: str, at: Where) -> Problem:
    return Problem(
        f"the placeholder '{word}' is still here",
        at,
        help="write what belongs here, or say why it is not known",
    )


def _texts(value: object, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, at / name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, at / number)


def _found(text: str) -> Iterator[tuple[int, int]]:
    for word in WORDS:
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            around = text[max(start - 1, 0) : start] + text[end : end + 1]
            if not any(char.isalnum() or (char in "_-/." and word == "XXX") for char in around):
                yield start, end
            start = text.find(word, end)


RULE = Rule("placeholder", Level.ERROR, "postmortem", check, __doc__, "draft")
