"""What the engines answer in different ways, written anew with one meaning: conversions, moments,
indices and the order of mappings.

An engine asks for it while it writes an expression in its own way, so that the text is written
once: to read it again for each engine took 4% of the run over one file.
"""

from __future__ import annotations

from collections.abc import Callable

from pmlint.policy.callables import PREFIX
from pmlint.policy.functions import CONVERSIONS
from pmlint.policy.grammar import SyntaxNode
from pmlint.policy.patterns import portable
from pmlint.policy.types import text_of


def with_one_meaning(part: SyntaxNode, again: Callable[[SyntaxNode], str]) -> str | None:
    """A part of an expression without what the engines answer in different ways; None for one that
    keeps its text. ``again`` writes the parts of it.
    """
    if part.kind == "call" and part.value in CONVERSIONS:
        return f"{PREFIX}{part.value}({again(part.parts[0])})"
    if part.kind == "call" and part.value in ("timestamp", "duration"):
        form = "moment" if part.value == "timestamp" else "length"
        return f"{part.value}({PREFIX}{form}({again(part.parts[0])}))"
    if part.kind == "index" and part.parts[1].kind not in ("int", "string"):
        return f"{again(part.parts[0])}[{PREFIX}element({again(part.parts[1])})]"
    if part.kind == "macro" and part.value in ("map", "filter"):
        source, *asked = part.parts
        listed = again(source)
        if source.kind not in ("macro", "list"):
            # Asked first: a list of a thousand actions would be converted for every element.
            listed = f"(type({listed}) == map ? {PREFIX}keys({listed}) : dyn({listed}))"
        return f"{listed}.{part.value}({', '.join((part.variable, *map(again, asked)))})"
    if part.kind == "method" and part.value == "matches":
        pattern = _quoted(portable(text_of(part.parts[1])))
        return f"{again(part.parts[0])}.matches({pattern})"
    return None


def _quoted(text: str) -> str:
    """A text as a literal of CEL."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    # A text in simple quotes ends at a line end.
    return '"' + plain.replace("\n", "\\n").replace("\r", "\\r") + '"'
