"""The sampler of mutants: what it changes, and that the living function is the changed one."""

from __future__ import annotations

import ast
import random

from bench.sampler import changes, exchange, sample
from pmlint.gate import naming

SOURCE = '''\
def first(number: int) -> str:
    """Say 'one' of 1."""
    if number == 1 and not number < 0:
        return "one"
    for _ in range(2):
        continue
    return "" if number else "none"


class Second:
    limit: int = 3

    def each(self):
        yield 1
'''


def test_every_part_is_changed_once_and_no_type_is() -> None:
    found = [(one.name, ast.unparse(one.became)) for one in changes(ast.parse(SOURCE))]
    texts = [text for name, text in found if name == "first"]
    assert "number == 1 or not number < 0" in texts
    assert "number != 1" in texts
    assert "number < 0" in texts  # the 'not' is gone
    assert "number <= 0" in texts
    assert "return None" in texts
    assert "'XXoneXX'" in texts
    assert "break" in texts
    assert "'' if False else 'none'" in texts
    assert "range(3)" not in texts
    assert not any("Say" in text or "int" in text for text in texts)
    assert [text for name, text in found if name == "Second.each"] == ["yield from ()", "2"]


def test_a_mutant_takes_the_place_of_its_function() -> None:
    every = sample("pmlint.gate.naming", 10_000, random.Random(1))
    found = [one for one in every if (one.name, one.became) == ("same_words", "return None")]
    whole = naming.same_words.__code__
    answers = []
    try:
        for mutant in found:
            exchange(mutant)
            answers.append(naming.same_words("one price", "one price"))
    finally:
        naming.same_words.__code__ = whole
    assert None in answers
    assert naming.same_words("one price", "one price") is True
