"""The sampler of mutants: what it changes, and that the living function is the changed one."""

from __future__ import annotations

import ast
import json
import random

from bench.mutants import ROOT, Mutant, changes, exchange, file_of, functions, sample, shares
from bench.sampler import CASES, IN_MEMORY, REASONS, chosen, report
from pmlint.gate import naming, transitions

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


def test_what_the_whole_function_worked_out_is_forgotten() -> None:
    every = sample("pmlint.gate.transitions", 10_000, random.Random(1))
    mutant = next(one for one in every if one.name == "steps_of")
    whole = transitions.steps_of.__code__
    before = transitions.transitions()
    try:
        exchange(mutant)
        assert transitions.transitions.cache_info().currsize == 0
    finally:
        transitions.steps_of.__code__ = whole
    assert transitions.transitions() is not before


def test_a_sample_has_a_few_of_each_module_and_most_of_the_large_ones() -> None:
    found = shares(["pmlint.gate.moved", "pmlint.gate.settled", "pmlint.gate.grounds"], 60, 3)
    assert found["pmlint.gate.moved"] == 3
    assert found["pmlint.gate.settled"] > 50
    assert "pmlint.gate.grounds" not in found  # it has nothing to change


def mutant_of(was: str, became: str) -> Mutant:
    return Mutant("pmlint.gate.stops", "stops", 21, was, became, mutant_of.__code__)


def test_a_survivor_is_explained_by_its_file_function_and_words_alone() -> None:
    lives, dies = mutant_of("return 1", "return 2"), mutant_of("return 2", "return 3")
    why = {"pmlint/gate/stops.py": {"stops": {"return 1 -> return 2": "either is true"}}}
    text = "\n".join(report([(lives, "survived"), (dies, "killed")], why))
    assert "| pmlint.gate.stops | 2 | 1 | 1 | 0 |" in text
    assert "`return 1` | `return 2` | either is true |" in text
    another = {"pmlint/gate/stops.py": {"foreign_stops": {"return 1 -> return 2": "no"}}}
    text = "\n".join(report([(lives, "survived"), (dies, "unreached")], another))
    assert "| together | 2 | 0 | 0 | 2 |" in text
    assert text.count("**no reason known**") == 2


def test_a_reason_is_given_for_a_change_that_can_be_made() -> None:
    reasons = json.loads(REASONS.read_text("utf-8"))
    for file, own in reasons.items():
        module = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        assert (ROOT / file) == file_of(module)
        known = {
            (one.name, f"{one.was} -> {one.became}")
            for one in sample(module, 10_000, random.Random(0))
        }
        stale = [
            (name, text)
            for name, texts in own.items()
            for text in texts
            if (name, text) not in known
        ]
        assert stale == [], file


def test_the_tests_in_memory_are_there() -> None:
    there = {path.stem.removeprefix("test_") for path in (ROOT / "tests/gate").glob("test_*.py")}
    assert set(IN_MEMORY) <= there
    assert CASES > 2


def test_of_many_tests_some_slow_ones_are_tried_too() -> None:
    names = [str(number) for number in range(1000)]
    found = chosen(names)  # type: ignore[arg-type]
    assert found[:60] == names[:60]
    assert len(found) == 80
    assert int(found[-1]) > 900
    assert chosen(names[:7]) == names[:7]  # type: ignore[arg-type]


def test_a_function_is_found_where_it_is() -> None:
    assert [name for name, _ in functions(ast.parse(SOURCE))] == ["first", "Second.each"]
