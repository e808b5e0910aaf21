"""Expressions and documents made at random, for both engines: ``python -m tests.policy.expressions
--count 100000``.

An expression is mostly of the right types and now and then not, so that loading, evaluating and
failing are all compared. A document is plain data as strict YAML gives it. What both engines say
must be the same: a value, a refusal, or a failure.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from random import Random
from typing import Any

from pmlint.policy.engines import Engine, load
from pmlint.policy.language import Failed, bind, compile_expression, evaluate

NAMES = ("a", "b", "c", "d", "items", "owner")
TEXTS = (
    "",
    "a",
    "b",
    "@maria",
    "é",
    "€uro",
    "2026-10-15",
    "2026-10-15T06:00:00Z",
    "1h30m",
    "12",
    "-3",
    "1.5",
    "true",
    "x y",
    "a\nb",
    "A1",
)
NUMBERS = (0, 1, -1, 2, 3, 10, 1.0, 1.5, -2.5, 1e20, 2**62, 2**63 - 1, 2**63, -(2**63))
PATTERNS = (
    r"^a",
    r"[0-9]+",
    r"\\d{2}",
    "é",
    "x|y",
    r"(?i)MARIA",
    r"\\w+$",
    "[^a]",
    "a{2,3}",
    r"\\.",
    "a*?b",
    ".",
    r"[\\d-]",
)
METHODS = ("contains", "startsWith", "endsWith")
RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
WRONG = 0.06
"""How often a part is of another type than its place wants."""


def document(random: Random, depth: int = 3) -> Any:
    """A value of a document; at the top a mapping."""
    kind = random.random()
    if depth == 3 or (depth and kind < 0.25):
        return {name: document(random, depth - 1) for name in NAMES if random.random() < 0.8}
    if depth and kind < 0.5:
        alike = random.random() < 0.6
        size = random.choice((0, 1, 2, 3, 5))
        if alike and size:
            first = document(random, depth - 1)
            return [again(random, first) for _ in range(size)]
        return [document(random, depth - 1) for _ in range(size)]
    return random.choice(
        (None, True, False, random.choice(TEXTS), random.choice(TEXTS), random.choice(NUMBERS))
    )


def again(random: Random, value: Any) -> Any:
    """A value of the same shape."""
    if isinstance(value, dict):
        return {name: again(random, one) for name, one in value.items()}
    if isinstance(value, list):
        return [again(random, one) for one in value]
    if isinstance(value, bool) or value is None:
        return random.choice((True, False, value))
    return random.choice(TEXTS) if isinstance(value, str) else random.choice(NUMBERS)


class Writer:
    """Writes expressions, a method for each type."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.known = ["postmortem", "postmortem", "route", "today"]
        self.loops = 0

    def write(self, kind: str, depth: int) -> str:
        if self.random.random() < WRONG:
            kind = self.random.choice(("truth", "number", "text", "list", "value"))
        method = getattr(self, f"_{kind}")
        text: str = method(max(depth, 0))
        return f"({text})" if self.random.random() < 0.2 else text

    def _value(self, depth: int) -> str:
        roll = self.random.random()
        if roll < 0.75 or not depth:
            path = self.random.choice(self.known)
            for _ in range(self.random.choice((0, 1, 1, 1, 2, 2, 3))):
                path += f".{self.random.choice(NAMES)}"
            return path
        if roll < 0.82:
            return f"{self._value(depth - 1)}[{self.random.choice(('0', '1', chr(39) + 'a' + chr(39), self.write('value', 0)))}]"
        if roll < 0.88:
            condition, kind = (
                self.write("truth", depth - 1),
                self.random.choice(("value", "text", "number")),
            )
            return f"{condition} ? {self.write(kind, depth - 1)} : {self.write(kind, depth - 1)}"
        if roll < 0.93:
            return f"dyn({self.write(self.random.choice(('text', 'number', 'truth', 'list')), depth - 1)})"
        if roll < 0.96:
            return f"days_between({self.write('text', depth - 1)}, {self.write('text', depth - 1)})"
        return f"artefacts({self.write('text', depth - 1)})"

    def _truth(self, depth: int) -> str:
        roll = self.random.random()
        if not depth or roll < 0.08:
            return self.random.choice(("true", "false", self._value(0)))
        if roll < 0.35:
            kind = self.random.choice(("value", "number", "text"))
            other = self.random.choice((kind, kind, "value", "value"))
            return f"{self.write(kind, depth - 1)} {self.random.choice(RELATIONS)} {self.write(other, depth - 1)}"
        if roll < 0.42:
            return f"{self._value(depth)} {self.random.choice(('==', '!='))} null"
        if roll < 0.6:
            sign = self.random.choice((" && ", " || "))
            return f"({sign.join(self.write('truth', depth - 1) for _ in range(self.random.choice((2, 2, 3))))})"
        if roll < 0.65:
            return f"!({self.write('truth', depth - 1)})"
        if roll < 0.8 and self.loops < 3:
            return self._loop(self.random.choice(("all", "exists", "exists", "exists_one")), depth)
        if roll < 0.85:
            return f"{self.write('value', depth - 1)} in {self.write(self.random.choice(('list', 'value')), depth - 1)}"
        if roll < 0.88:
            return f"has({self._value(0)}.{self.random.choice(NAMES)})"
        if roll < 0.91:
            return f"{self.write('text', depth - 1)}.matches('{self.random.choice(PATTERNS)}')"
        if roll < 0.94:
            return f"{self.write('text', depth - 1)}.{self.random.choice(METHODS)}({self.write('text', depth - 1)})"
        if roll < 0.97:
            name = self.random.choice(
                ("int", "double", "string", "bool", "list", "map", "null_type")
            )
            return f"type({self.write('value', depth - 1)}) == {name}"
        return f"same_person({self.write('text', depth - 1)}, {self.write('text', depth - 1)})"

    def _number(self, depth: int) -> str:
        roll = self.random.random()
        if not depth or roll < 0.4:
            return self.random.choice(
                ("0", "1", "2", "1.5", "10", "9223372036854775807", "2.0", self._value(0))
            )
        if roll < 0.55:
            return f"size({self.write(self.random.choice(('list', 'text', 'value')), depth - 1)})"
        if roll < 0.62:
            return f"{self.write('value', 0)}.size()"
        if roll < 0.72:
            return f"{self.random.choice(('int', 'double'))}({self.write(self.random.choice(('number', 'text', 'value')), depth - 1)})"
        if roll < 0.76:
            return f"-({self.write('number', depth - 1)})"
        if roll < 0.8:
            moment, part = (
                self.write("text", 0),
                self.random.choice(
                    ("getFullYear", "getMonth", "getDate", "getDayOfWeek", "getHours")
                ),
            )
            return f"timestamp({moment}).{part}()"
        return f"({self.write('number', depth - 1)} {self.random.choice('+-*/%')} {self.write('number', depth - 1)})"

    def _text(self, depth: int) -> str:
        roll = self.random.random()
        if not depth or roll < 0.5:
            return self.random.choice((self._value(0), repr(self.random.choice(TEXTS))))
        if roll < 0.65:
            return f"{self.write('text', depth - 1)} + {self.write('text', depth - 1)}"
        if roll < 0.85:
            return f"string({self.write(self.random.choice(('value', 'number', 'text', 'truth')), depth - 1)})"
        if roll < 0.9:
            return f"string(timestamp({self.write('text', 0)}) + duration('1h30m'))"
        return f"owner_problem({self.write('value', depth - 1)})"

    def _list(self, depth: int) -> str:
        roll = self.random.random()
        if not depth or roll < 0.45:
            return self._value(0)
        if roll < 0.65:
            kind = self.random.choice(("value", "number", "text"))
            return f"[{', '.join(self.write(kind, depth - 1) for _ in range(self.random.choice((0, 1, 2, 3))))}]"
        if roll < 0.75:
            return f"{self.write('list', depth - 1)} + {self.write('list', depth - 1)}"
        return (
            self._loop(self.random.choice(("filter", "map")), depth)
            if self.loops < 3
            else self._value(0)
        )

    def _loop(self, name: str, depth: int) -> str:
        listed, variable = self.write("list", depth - 1), self.random.choice(("x", "y", "a", "it"))
        self.known.append(variable)
        self.loops += 1
        body = self.write(
            self.random.choice(("value", "text", "number")) if name == "map" else "truth", depth - 1
        )
        self.loops -= 1
        self.known.remove(variable)
        return f"{listed}.{name}({variable}, {body})"


def said(engine: Engine, text: str, variables: dict[str, Any]) -> str:
    """What an engine says of an expression: its value with types, a refusal, or that it failed."""
    try:
        compiled = compile_expression.__wrapped__(text, engine)
    except Failed as failed:
        return f"refused: {failed.reason}"
    try:
        return shown(evaluate(compiled, bind(variables, engine)))
    except Failed:
        return "failed"


def shown(value: Any) -> str:
    """A value in one spelling; NaN is NaN."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {shown(one)}' for name, one in sorted(value.items()))}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return f"{type(value).__name__} {value!r}"


def differences(seed: int, count: int) -> tuple[list[str], Counter[str]]:
    """Where the engines differ, and how often each kind of answer came."""
    random = Random(seed)
    cpp, rust = load("cpp"), load("rust")
    found: list[str] = []
    kinds: Counter[str] = Counter()
    for _ in range(count):
        text = Writer(random).write("truth" if random.random() < 0.6 else "value", 4)
        variables = {
            "postmortem": document(random),
            "route": document(random),
            "today": "2026-10-15",
        }
        one, other = said(cpp, text, variables), said(rust, text, variables)
        kinds[one.partition(":")[0].partition(" ")[0]] += 1
        if one != other:
            found.append(f"{text}\n    of {variables}\n    cpp: {one}\n    rust: {other}")
    return found, kinds


def main() -> int:
    """Compare both engines; exit 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=10)
    given = parser.parse_args()
    start = time.monotonic()
    found, kinds = differences(given.seed, given.count)
    print("\n".join(found[: given.show]))
    print(
        f"{len(found)} differences in {given.count:,} expressions, {time.monotonic() - start:.0f} s; answers: {dict(kinds)}"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
