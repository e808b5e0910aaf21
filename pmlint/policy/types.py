"""The types of CEL expressions, found without running them.

cel-expr-python checks types when it compiles, common-expression-language when it runs. This check
stands before both and is at least as strict as the first, so that `1 == "1"` never loads. What
comes from a document has any type: only what an expression itself says is held against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pmlint.policy import patterns
from pmlint.policy.failed import Failed
from pmlint.policy.functions import FUNCTIONS
from pmlint.policy.grammar import SyntaxNode


class CelType(NamedTuple):
    """A type by its name in CEL, ``any`` for what is known when it runs; ``inner`` is that of the
    elements of a list, or of the values of a map, and None for an empty one.
    """

    name: str
    inner: CelType | None = None

    def __str__(self) -> str:
        return _WORDS.get(self.name, self.name)


ANY = CelType("any")
INT, DOUBLE, STRING = CelType("int"), CelType("double"), CelType("string")
BOOL, NULL, TYPE = CelType("bool"), CelType("null"), CelType("type")
TIMESTAMP, DURATION = CelType("timestamp"), CelType("duration")
_WORDS = {
    "int": "a whole number",
    "double": "a number",
    "string": "a text",
    "bool": "true or false",
    "null": "null",
    "list": "a list",
    "map": "a mapping",
    "type": "a type",
    "timestamp": "a moment",
    "duration": "a duration",
    "any": "a value",
}
TYPE_NAMES = ("int", "double", "string", "bool", "list", "map", "null_type")
"""What `type(x)` may be compared with."""
_RESULTS = {"text": STRING, "truth": BOOL, "any": ANY}
_CONVERSIONS = {
    "string": (STRING, ("int", "double", "string", "bool", "timestamp", "duration")),
    "int": (INT, ("int", "double", "string")),
    "double": (DOUBLE, ("int", "double", "string")),
    "bool": (BOOL, ("bool", "string")),
    "timestamp": (TIMESTAMP, ("string",)),
    "duration": (DURATION, ("string",)),
    "size": (INT, ("string", "list", "map")),
    "dyn": (ANY, ()),
}
"""Of each function with one argument the type of its result and those that it takes."""
_ON_TEXT = ("contains", "startsWith", "endsWith", "matches")
_ON_MOMENTS = {
    "getFullYear": ("timestamp",),
    "getMonth": ("timestamp",),
    "getDate": ("timestamp",),
    "getDayOfWeek": ("timestamp",),
    "getHours": ("timestamp", "duration"),
    "getMinutes": ("timestamp", "duration"),
}
_ORDERED = ("int", "double", "string", "bool", "timestamp", "duration")


def type_of(node: SyntaxNode, names: Mapping[str, CelType]) -> CelType:
    """The type of an expression whose variables have the types of ``names``.

    Raises `Failed` at the operator, the function or the name that does not fit.
    """
    return _Checker(names).type_of(node)


class _Checker:
    """A method for each kind of node."""

    def __init__(self, names: Mapping[str, CelType]) -> None:
        self._names = dict(names)

    def type_of(self, node: SyntaxNode) -> CelType:
        """The type of a part that must be a value of data; a type itself is not one."""
        found = self._any(node)
        if found == TYPE:
            raise Failed("a type can only be compared, as in type(it.owner) == string", node.mark)
        return found

    def _any(self, node: SyntaxNode) -> CelType:
        # The kinds are those that our grammar makes, so a kind without a method is our own bug.
        method = getattr(self, f"_{node.kind}")
        found: CelType = method(node)
        return found

    def _bracket(self, node: SyntaxNode) -> CelType:
        return self._any(node.parts[0])

    def _int(self, node: SyntaxNode) -> CelType:
        # CEL's integers have 64 bits: both engines refuse a longer one, each in words of its own.
        if int(node.value, 0 if node.value.startswith("0x") else 10) >= 2**63:
            raise Failed("the number is too large", node.start)
        return INT

    def _double(self, node: SyntaxNode) -> CelType:
        return DOUBLE

    def _string(self, node: SyntaxNode) -> CelType:
        text_of(node)
        return STRING

    def _bool(self, node: SyntaxNode) -> CelType:
        return BOOL

    def _null(self, node: SyntaxNode) -> CelType:
        return NULL

    def _name(self, node: SyntaxNode) -> CelType:
        if node.value in self._names:
            return self._names[node.value]
        if node.value in TYPE_NAMES:
            return TYPE
        raise Failed(f"there is no variable '{node.value}'", node.start)

    def _select(self, node: SyntaxNode) -> CelType:
        target = self.type_of(node.parts[0])
        if target.name == "map":
            return target.inner or ANY
        self._one_of(target, ("any",), node, f"{target} has no fields")
        return ANY

    def _has(self, node: SyntaxNode) -> CelType:
        self._any(node.parts[0])
        return BOOL

    def _index(self, node: SyntaxNode) -> CelType:
        target, index = map(self.type_of, node.parts)
        wanted = {"list": ("int", "any"), "map": ("string", "int", "bool", "any")}
        default = ("string", "int", "any")
        self._one_of(target, ("list", "map", "any"), node, f"{target} has no elements")
        allowed = wanted.get(target.name, default)
        self._one_of(index, allowed, node, f"{index} is not an index of {target}")
        return target.inner or ANY

    def _list(self, node: SyntaxNode) -> CelType:
        return CelType("list", _joined([self.type_of(part) for part in node.parts]))

    def _map(self, node: SyntaxNode) -> CelType:
        for key in node.parts[::2]:
            if key.kind != "string":
                # JSON has no other keys, and the engines disagree about 1 and 1.0.
                raise Failed("a key of a mapping must be a text", key.start)
        keys = [text_of(key) for key in node.parts[::2]]
        if len(set(keys)) < len(keys):
            raise Failed("a key is written twice", node.start)
        return CelType("map", _joined([self.type_of(part) for part in node.parts[1::2]]))

    def _not(self, node: SyntaxNode) -> CelType:
        self._condition(node.parts[0])
        return BOOL

    def _negative(self, node: SyntaxNode) -> CelType:
        found = self.type_of(node.parts[0])
        self._one_of(found, ("int", "double", "any"), node, f"'-' cannot be put before {found}")
        return found

    def _and(self, node: SyntaxNode) -> CelType:
        for part in node.parts:
            self._condition(part)
        return BOOL

    _or = _and

    def _if(self, node: SyntaxNode) -> CelType:
        self._condition(node.parts[0])
        chosen, other = self.type_of(node.parts[1]), self.type_of(node.parts[2])
        if not _fits(chosen, other):
            raise Failed(f"one answer is {chosen}, the other {other}", node.mark)
        return _known(chosen, other)

    def _binary(self, node: SyntaxNode) -> CelType:
        if node.value in ("==", "!="):
            return self._equal(node)
        left, right = map(self.type_of, node.parts)
        wrong = Failed(f"'{node.value}' does not take {left} and {right}", node.mark)
        if node.value == "in":
            # A mapping is asked for its keys, and those of JSON are texts.
            inside = right.inner if right.name == "list" else STRING
            if right.name not in ("list", "map", "any"):
                raise wrong
            if right.name != "any" and not _fits(left, inside or ANY):
                raise wrong
            return BOOL
        if node.value in ("<", "<=", ">", ">="):
            known = [one.name for one in (left, right) if one != ANY]
            if not _fits(left, right) or any(name not in _ORDERED for name in known):
                raise wrong
            return BOOL
        found = _arithmetic(node.value, left, right)
        if found is None:
            raise wrong
        return found

    def _equal(self, node: SyntaxNode) -> CelType:
        left, right = map(self._any, node.parts)
        if TYPE in (left, right) and left != right:
            raise Failed("a type is compared with what is not a type", node.mark)
        if not _fits(left, right):
            raise Failed(f"{left} never equals {right}", node.mark)
        return BOOL

    def _call(self, node: SyntaxNode) -> CelType:
        if node.value == "type" and len(node.parts) == 1:
            self.type_of(node.parts[0])
            return TYPE
        if node.value in FUNCTIONS:
            function = FUNCTIONS[node.value]
            self._count(node, function.arity, len(node.parts))
            for part in node.parts:
                found = self.type_of(part)
                # The functions take plain data, and the engines hand moments over in forms of their
                # own.
                moments = ("timestamp", "duration")
                if found.name in moments:
                    raise Failed(f"'{node.value}' does not take {found}", part.start)
            return _RESULTS[function.result]
        if node.value not in _CONVERSIONS:
            raise Failed(f"there is no function '{node.value}'", node.mark)
        self._count(node, 1, len(node.parts))
        return self._converted(node, self.type_of(node.parts[0]))

    def _method(self, node: SyntaxNode) -> CelType:
        target, *arguments = map(self.type_of, node.parts)
        if node.value == "size":
            self._count(node, 0, len(arguments))
            return self._converted(node, target)
        if node.value in _ON_TEXT:
            self._count(node, 1, len(arguments))
            for found in (target, *arguments):
                self._one_of(found, ("string", "any"), node, f"'{node.value}' needs a text")
            if node.value == "matches":
                self._pattern(node.parts[1])
            return BOOL
        if node.value in _ON_MOMENTS:
            self._count(node, 0, len(arguments))
            allowed = (*_ON_MOMENTS[node.value], "any")
            self._one_of(target, allowed, node, f"'{node.value}' needs a moment")
            return INT
        raise Failed(f"there is no function '{node.value}'", node.mark)

    def _macro(self, node: SyntaxNode) -> CelType:
        target = self.type_of(node.parts[0])
        wrong = f"'{node.value}' needs a list, not {target}"
        self._one_of(target, ("list", "map", "any"), node, wrong)
        element = STRING if target.name == "map" else target.inner or ANY
        # 'type(x) == int' would compare with the element and not with the type.
        if node.variable in TYPE_NAMES:
            raise Failed(f"'{node.variable}' is the name of a type", node.mark)
        inside = _Checker({**self._names, node.variable: element})
        if node.value != "map" or len(node.parts) == 3:
            inside._condition(node.parts[1])
        if node.value == "filter":
            return CelType("list", element)
        if node.value == "map":
            return CelType("list", inside.type_of(node.parts[-1]))
        return BOOL

    def _condition(self, node: SyntaxNode) -> None:
        found = self.type_of(node)
        self._one_of(found, ("bool", "any"), node, f"{found} is not true or false")

    def _converted(self, node: SyntaxNode, found: CelType) -> CelType:
        result, allowed = _CONVERSIONS[node.value]
        wrong = f"'{node.value}' does not take {found}"
        if allowed:
            self._one_of(found, (*allowed, "any"), node, wrong)
        return result

    def _count(self, node: SyntaxNode, wanted: int, given: int) -> None:
        if wanted != given:
            plural = "" if wanted == 1 else "s"
            raise Failed(f"'{node.value}' takes {wanted} argument{plural}, not {given}", node.mark)

    def _one_of(
        self, found: CelType, allowed: tuple[str, ...], node: SyntaxNode, wrong: str
    ) -> None:
        if found.name not in allowed:
            raise Failed(wrong, node.mark)

    def _pattern(self, node: SyntaxNode) -> None:
        if node.kind != "string":
            # A text of the document as a pattern: slow, surprising, and not the same in RE2.
            raise Failed("the pattern of 'matches' must be written in quotes", node.start)
        try:
            patterns.portable(text_of(node))
        except ValueError as error:
            raise Failed(str(error), node.start) from None


def text_of(node: SyntaxNode) -> str:
    """The text of a literal. Raises `Failed` for an escape that CEL has not."""
    raw = node.value[0] in "rR"
    body = node.value[1:] if raw else node.value
    quotes = 3 if body.startswith(('"""', "'''")) else 1
    body = body[quotes:-quotes]
    return body if raw else patterns.unescape(body, node.start)


def _fits(one: CelType, other: CelType) -> bool:
    """Whether a value may have both types; a list of any fits every list."""
    if ANY in (one, other):
        return True
    if one.name != other.name:
        return False
    return _fits(one.inner or ANY, other.inner or ANY)


def _joined(types: list[CelType]) -> CelType | None:
    """The one type of all; any where they have several, None where there are none."""
    if not types:
        return None
    return types[0] if all(one == types[0] for one in types) else ANY


def _known(one: CelType, other: CelType) -> CelType:
    """Of two types that fit, the one that says more: what cel-expr-python goes on with."""
    if one == ANY or (one.inner in (None, ANY) and other != ANY):
        return other
    return one


def _arithmetic(sign: str, left: CelType, right: CelType) -> CelType | None:
    """The type of a sum, difference, product, quotient or remainder; None where there is none."""
    plain = {
        "+": ("int", "double", "string", "list"),
        "-": ("int", "double"),
        "*": ("int", "double"),
        "/": ("int", "double"),
        "%": ("int",),
    }[sign]
    names = {left.name, right.name}
    # What comes from a document is known when it runs, but only whole numbers have a remainder.
    if names == {"any"}:
        return INT if sign == "%" else ANY
    known = names - {"any"}
    if len(known) == 1 and known <= set(plain):
        if not _fits(left, right):
            return None
        return _known(left, right)
    if "timestamp" in known or "duration" in known:
        return _of_moments(sign, left, right)
    return None


def _of_moments(sign: str, left: CelType, right: CelType) -> CelType | None:
    """The type of a sum or difference of moments and durations."""
    if sign not in ("+", "-"):
        return None
    if ANY in (left, right):
        return ANY
    pair = (left.name, right.name)
    if pair == ("duration", "duration"):
        return DURATION
    if pair == ("timestamp", "duration") or (sign == "+" and pair == ("duration", "timestamp")):
        return TIMESTAMP
    return DURATION if sign == "-" and pair == ("timestamp", "timestamp") else None
