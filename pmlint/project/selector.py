"""Paths, flags and conditions of registry sources: ``spec.replicas > 0``, ``tools[*].name``,
``'admin' in roles`` (docs/spec/adopt.md, *Routes in files of a platform*).

A flag answers in three values: up, down, or unclear, which counts as up for what is held. Texts are
compared literally: ``'off'`` is a text like any other, and ``!= 'off'`` is up for ``'Off '``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from pmlint.errors import UsageError
from pmlint.parsing.values import MISSING, Ambiguous, shown
from pmlint.place import Path

State = Literal["up", "down", "unclear"]
LONGEST = 500
"""The most characters of an expression: nobody writes more, and a checkout may."""
NAMES = ("$key", "$file", "$stem", "$folder")
"""What is known of an entry besides its fields: its key below ``each``, and its file's path."""
PRESENT = "$present"
_STEP = re.compile(
    r"(?P<dot>\.)?(?P<name>\$?[A-Za-z0-9_][A-Za-z0-9_-]*|-[A-Za-z0-9_-]+)"
    r"|\[(?P<index>\d{1,9})\]|\[(?P<all>\*)\]|\[(?P<quote>['\"])(?P<text>.*?)(?P=quote)\]"
)
_CONSTANT = re.compile(r"'([^']+)'")
_HANDLE = re.compile(r"@\S+")
_OPERATOR = re.compile(r"\s*(==|!=|>=|<=|>|<|in\b)\s*")
_LITERAL = re.compile(
    r"\s*(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<word>true|false|null)\b"
    r"|(?P<number>-?\d{1,30}(?:\.\d{1,30})?))\s*"
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)


class Wildcard(Enum):
    """The step of a path that means every element of a list, or every value of a map."""

    ALL = "[*]"


ALL: Final = Wildcard.ALL
Step = str | int | Wildcard
Steps = tuple[Step, ...]


class Selected(NamedTuple):
    """A value that a path selects (`MISSING` where it ends before), with its place."""

    value: object
    at: Path


class Subject(NamedTuple):
    """What an expression is asked of: an entry, its place, and the values of `NAMES`."""

    data: object
    at: Path = Path()
    names: Mapping[str, str] = {}

    def select(self, steps: Steps) -> list[Selected]:
        """All that a path selects; one missing value where it ends before its first wildcard."""
        if len(steps) == 1 and steps[0] in self.names:
            return [Selected(self.names[str(steps[0])], self.at)]
        return list(_select(self.data, steps, self.at))

    def value(self, steps: Steps) -> Selected:
        """What a path without a wildcard selects; with one, the list of what is there."""
        found = self.select(steps)
        if ALL not in steps:
            return found[0]
        there = [one for one in found if one.value is not MISSING]
        if not there and not self.has_container(steps):
            return Selected(MISSING, found[0].at if found else self.at)
        at = there[0].at if there else self.at
        return Selected(list(_joined(one.value for one in there)), at)

    def has_container(self, steps: Steps) -> bool:
        """Whether the list or map of the first wildcard is there, empty or not."""
        above = self.select(steps[: steps.index(ALL)])
        return isinstance(above[0].value, dict | list)


class FlagAnswer(NamedTuple):
    """What a flag says of an entry, the value it is about (`MISSING` where there is none), the
    place, and why it is unclear.
    """

    state: State
    value: object
    at: Path
    why: str = ""


class Expression(NamedTuple):
    """A flag or condition as the configuration writes it.

    ``operator`` is empty for a bare field, ``has`` for ``'text' in path``.
    """

    text: str
    steps: Steps
    is_negated: bool = False
    operator: str = ""
    literal: object = None

    @property
    def is_presence(self) -> bool:
        """Whether being in the file is being on."""
        return self.steps == (PRESENT,)

    def judge(self, subject: Subject, absent: str = "") -> FlagAnswer:
        """The state of the flag; ``absent`` is what the configuration says of a missing field."""
        if self.is_presence:
            return FlagAnswer("up", True, subject.at)
        answers = [_judged(self._one(one.value, absent), one) for one in subject.select(self.steps)]
        # With [*] any element decides: one that is up, else one that nobody can judge.
        for state in ("up", "unclear"):
            for answer in answers:
                if answer.state == state:
                    return answer
        return answers[0] if answers else FlagAnswer("down", MISSING, subject.at)

    def holds(self, subject: Subject) -> bool:
        """Whether an entry is one that ``where`` means: absent is out, unclear is in."""
        found = subject.select(self.steps)
        # What is absent is out: a resource without 'kind' is not of that kind.
        if self.operator and all(one.value is MISSING for one in found):
            return False
        return self.judge(subject).state != "down"

    def _one(self, value: object, absent: str) -> tuple[State, str]:
        if value is MISSING or value is None:
            return self._of_absent(absent)
        if not self.operator:
            if not isinstance(value, bool):
                return "unclear", f"{shown(value)} is neither true nor false"
            return ("up" if value != self.is_negated else "down"), ""
        # '!= null' asks only whether the field is there, which an unclear value is.
        if isinstance(value, Ambiguous) and self.literal is not None:
            return "unclear", value.why
        answer = _compare(value, self.operator, self.literal)
        if answer is None:
            # A doubt is told with both values: the reader of the finding has to decide.
            return "unclear", f"{shown(value)} can't be compared with {shown(self.literal)}"
        return ("up" if answer else "down"), ""

    def _of_absent(self, absent: str) -> tuple[State, str]:
        if absent == "up":
            return "up", ""
        if absent == "down":
            return "down", ""
        if not self.operator:
            return ("up" if self.is_negated else "down"), ""
        if self.literal is None:
            return ("up" if self.operator == "==" else "down"), ""
        return "unclear", "the field is not there"


def _judged(answer: tuple[State, str], one: Selected) -> FlagAnswer:
    return FlagAnswer(answer[0], one.value, one.at, answer[1])


@lru_cache(maxsize=1024)
def compile_path(text: str) -> Steps:
    """The steps of a path. Raises `SelectorError` for what is not one."""
    steps, end = _path(text, 0)
    if not steps or end != len(text):
        raise SelectorError(text, end, "a path", "such as metadata.labels.owner or agents[*].name")
    return steps


def compile_single(text: str) -> Steps:
    """The steps of a path that names one value. Raises `SelectorError`, also for a wildcard."""
    steps = compile_path(text)
    if ALL in steps and text.find("[*]") < len(text) - 3:
        raise SelectorError(text, text.find("[*]"), "a path of one value", "without [*]")
    return steps


@lru_cache(maxsize=1024)
def compile_expression(text: str) -> Expression:
    """A flag or condition. Raises `SelectorError` for what is not one."""
    # The patterns below are linear; the bound keeps messages and caches small.
    if len(text) > LONGEST:
        raise SelectorError(text, LONGEST, "a flag", f"of at most {LONGEST} characters")
    at = len(text) - len(text.lstrip())
    literal = _LITERAL.match(text, at)
    if literal is not None and literal["number"] is None:
        operator = _OPERATOR.match(text, literal.end())
        if operator is not None and operator[1] == "in":
            steps, end = _path(text, operator.end())
            _require_end(text, end, steps)
            return Expression(text, steps, operator="has", literal=_value(literal))
    is_negated = text.startswith("!", at)
    steps, end = _path(text, at + is_negated)
    if not steps:
        raise SelectorError(text, end, "a flag", "such as enabled, !paused or replicas > 0")
    operator = _OPERATOR.match(text, end)
    if operator is None:
        _require_end(text, end, steps)
        return Expression(text, steps, is_negated)
    if is_negated:
        raise SelectorError(text, at, "a flag", "with either '!' or a comparison")
    value, end = _operand(text, operator)
    _require_end(text, end, steps)
    return Expression(text, steps, False, operator[1], value)


def constant(text: str) -> str | None:
    """The text of ``'...'`` or of a handle, where a path may be written; None for one."""
    quoted = _CONSTANT.fullmatch(text)
    if quoted is not None:
        return quoted[1]
    return text if _HANDLE.fullmatch(text) else None


class SelectorError(UsageError):
    """A path or an expression that can't be parsed, with the column (from 0) of what is wrong."""

    def __init__(self, text: str, column: int, wanted: str, example: str) -> None:
        shown_text = text if len(text) <= LONGEST else text[:LONGEST] + "..."
        super().__init__(
            f"'{shown_text}' is not {wanted}: column {column + 1}", help=f"write {wanted} {example}"
        )
        self.column = column


def _path(text: str, start: int) -> tuple[Steps, int]:
    """The steps from an offset on, and where they end."""
    steps: list[Step] = []
    at = start
    while match := _STEP.match(text, at):
        # A dot stands between names, and never before the first: '.a' and 'a..b' are typing errors.
        if match["name"] is not None and bool(match["dot"]) != bool(steps):
            break
        if match["all"]:
            steps.append(ALL)
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            steps.append(_known(text, match) if match["name"] is not None else match["text"])
        at = match.end()
    return tuple(steps), at


def _known(text: str, match: re.Match[str]) -> str:
    """The name of a step. A misspelt ``$kee`` would select nothing, and every route with it."""
    name = match["name"]
    if name.startswith("$") and match.start() == match.pos and name not in (*NAMES, PRESENT):
        example = f"of {', '.join(NAMES)} or {PRESENT}; a field of that name is ['{name}']"
        raise SelectorError(text, match.start(), "a path", example)
    return name


def _operand(text: str, operator: re.Match[str]) -> tuple[object, int]:
    at = operator.end()
    if operator[1] != "in":
        match = _LITERAL.match(text, at)
        if match is None:
            raise SelectorError(text, at, "a flag", "with 'text', a number, true, false or null")
        value = _value(match)
        if operator[1] in (">", "<", ">=", "<=") and not isinstance(value, int | Decimal):
            raise SelectorError(text, at, "a flag", f"with a number behind '{operator[1]}'")
        return value, match.end()
    if not text.startswith("[", at):
        raise SelectorError(text, at, "a flag", "with a list behind 'in', such as ['a', 'b']")
    values: list[object] = []
    at += 1
    while match := _LITERAL.match(text, at):
        values.append(_value(match))
        at = match.end()
        if not text.startswith(",", at):
            break
        at += 1
    if not values or not text.startswith("]", at):
        raise SelectorError(text, at, "a flag", "with a list behind 'in', such as ['a', 'b']")
    return tuple(values), at + 1


def _value(match: re.Match[str]) -> object:
    if match["word"]:
        return {"true": True, "false": False, "null": None}[match["word"]]
    if match["number"]:
        return number_of(match["number"])
    return match["single"] if match["single"] is not None else match["double"]


def _require_end(text: str, end: int, steps: Steps) -> None:
    rest = text[end:].lstrip()
    if rest or not steps:
        column = len(text) - len(rest)
        raise SelectorError(text, column, "a flag", "such as enabled, !paused or replicas > 0")


def _select(data: object, steps: Steps, at: Path) -> Iterator[Selected]:
    for number, step in enumerate(steps):
        if step is ALL:
            yield from _elements(data, steps[number + 1 :], at)
            return
        # Keys are the texts that are written, so ports[80] and ports['80'] are one.
        if isinstance(data, dict) and str(step) in data:
            name = str(step)
            data, at = data[name], at / name
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data, at = data[step], at / step
        else:
            yield Selected(MISSING, at / (step if isinstance(step, int) else str(step)))
            return
    yield Selected(data, at)


def _elements(data: object, rest: Steps, at: Path) -> Iterator[Selected]:
    if isinstance(data, dict):
        for name, item in data.items():
            yield from _select(item, rest, at / name)
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from _select(item, rest, at / number)
    else:
        yield Selected(MISSING, at)


def _joined(values: Iterator[object]) -> Iterator[object]:
    """The elements of lists below a wildcard as one list."""
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _compare(value: object, operator: str, literal: object) -> bool | None:
    """Whether a comparison holds; None where it can't be known."""
    if operator == "has":
        if isinstance(value, dict):
            value = list(value)
        return _any_equal(value, literal) if isinstance(value, list) else None
    if operator == "in":
        return _any_equal(list(literal), value) if isinstance(literal, tuple) else None
    if operator in ("==", "!="):
        answer = _equal(value, literal)
        return None if answer is None else answer == (operator == "==")
    found, wanted = number_of(value), number_of(literal)
    if found is None or wanted is None:
        return None
    if operator in (">", ">="):
        return found > wanted or (operator == ">=" and found == wanted)
    return found < wanted or (operator == "<=" and found == wanted)


def _any_equal(values: list[object], wanted: object) -> bool | None:
    answers = [_equal(value, wanted) for value in values]
    if True in answers:
        return True
    return None if None in answers else False


def _equal(value: object, literal: object) -> bool | None:
    """Whether a value is a literal; None where readers could disagree, or the types don't meet."""
    if literal is None or value is None:
        return value is literal
    if isinstance(value, Ambiguous | dict | list) or isinstance(literal, Ambiguous | dict | list):
        return None
    # Python says True == 1; a platform's reader does not.
    if isinstance(value, bool) or isinstance(literal, bool):
        return value is literal if isinstance(value, bool) and isinstance(literal, bool) else None
    if isinstance(value, str) and isinstance(literal, str):
        if value == literal:
            return True
        # 'Off' and 'off' are two texts here, and one to a platform that folds case.
        return None if value.casefold() == literal.casefold() else False
    one, other = number_of(value), number_of(literal)
    return None if one is None or other is None else one == other


def number_of(value: object) -> Decimal | None:
    """The number that a value is, or that a text reads as; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        try:
            return Decimal(value.strip())
        except InvalidOperation:
            return None
    return None
