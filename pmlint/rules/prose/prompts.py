"""Whether a text changes nothing but what a model reads."""

from __future__ import annotations

from pmlint.rules.prose.lexicon import Lexicon, Match
from pmlint.rules.prose.passage import Passage, title_passage
from pmlint.rules.prose.text import END

_CONTENT = frozenset(
    {":", "about", "saying", "stating", "telling", "that", "always", "never", "must", "regarding"}
)
"""Words after which a prompt's own content follows: what it says of tests and gates is as soft as
the rest of it.
"""


def prompt_only(text: str, terms: Lexicon | None = None) -> bool:
    """Whether a text is prompt wording and nothing in it enforces."""
    return prompt_match(title_passage(text, terms)) is not None


def prompt_match(passage: Passage) -> Match | None:
    """The words about a prompt, where no other words of the text name what enforces it, or handle
    the file as data.
    """
    match = passage.said("prompt-wording")
    if match is None or passage.all("handling"):
        return None
    start, end = _content(passage.words.tokens, match.last)
    hard = [
        other
        for other in passage.all("enforcing")
        if not (start <= other.first < end or match.first <= other.first < match.last)
    ]
    return None if hard else match


def _content(tokens: list[str], after: int) -> tuple[int, int]:
    """The tokens of the same sentence that say what the prompt says."""
    start = next(
        (
            index
            for index in range(after, len(tokens))
            if tokens[index] in _CONTENT or _opens(tokens, index)
        ),
        len(tokens),
    )
    return start, next(
        (index for index in range(start, len(tokens)) if tokens[index] in END), len(tokens)
    )


def _opens(tokens: list[str], index: int) -> bool:
    """Whether a sentence ends here, or "to require" begins what the prompt asks for."""
    return tokens[index] in END or (tokens[index] == "require" and tokens[index - 1] == "to")
