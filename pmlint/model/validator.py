"""Whether data has the shape that a schema describes: the keywords of JSON Schema (2020-12) that
our schemas use, as functions.

It answers yes or no and is built in a millisecond; a validator that knows the whole language takes
longer to import than a document to check. What it does not know in a schema is refused when it is
built, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any], Any]
"""Whether a value of a known type is right, by the truth value of the answer."""
Tests = Mapping[type, Check | None]
"""The types that a value may have, each with what else is asked of it."""

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_ANYTHING: Tests = dict.fromkeys(type for types in _TYPES.values() for type in types)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SILENT = frozenset(
    ("$schema", "$id", "$defs", "$comment", "title", "description", "examples", "default")
)
_KNOWN = _SILENT | frozenset(
    "type enum anyOf properties patternProperties required additionalProperties propertyNames "
    "items minItems maxItems pattern minLength format minimum maximum dependentSchemas".split()
)


def checker(schema: Any, formats: Mapping[str, Check]) -> Callable[[object], bool]:
    """A function that says whether data fits a schema.

    Raises `ValueError` for a schema that it does not know all of.
    """
    if isinstance(schema, dict) and schema.get("$schema", _DIALECT) != _DIALECT:
        raise ValueError(f"a schema is written in '{schema['$schema']}', which is not known here")
    tests = _tests(schema, schema, formats)

    def fits(data: object) -> bool:
        check = tests.get(data.__class__, _never)
        return check is None or bool(check(data))

    return fits


def resolved(part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a schema, or the definition of ``root`` that its ``$ref`` names.

    A reference never leaves its schema (docs/spec/security.md, budgets). A description beside it is
    about this use of the definition, and replaces that of the definition.
    """
    if "$ref" not in part:
        return part
    # Anything but a definition of this schema is a KeyError: both known validators would fetch an
    # address or open a file.
    found: Mapping[str, Any] = root["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return {**found, "description": part["description"]} if "description" in part else found


def strict(pattern: str) -> re.Pattern[str]:
    """A pattern of a schema as it is meant: ``$`` is the end of the text, not the line feed before
    it, and digits are ASCII.
    """
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern), re.ASCII)


def _never(value: object) -> bool:
    return False


def _tests(part: Any, root: Mapping[str, Any], formats: Mapping[str, Check]) -> Tests:
    """What a value must be. A keyword says nothing of a value of a type that it is not about."""
    if isinstance(part, bool):
        return _ANYTHING if part else {}
    known = _SILENT | {"$ref"} if "$ref" in part else _KNOWN
    # A keyword that is passed over accepts what the schema forbids, and no test would see it.
    if unknown := sorted(part.keys() - known):
        raise ValueError(f"a schema says '{unknown[0]}', which is not known here")
    if "$ref" in part:
        return _tests(resolved(part, root), root, formats)
    kinds = part.get("type", list(_TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    of: dict[type, Iterator[Check]] = {
        dict: _mapping(part, root, formats),
        list: _sequence(part, root, formats),
        str: _text(part, formats),
        int: _number(part, int, kinds),
        float: _number(part, float, kinds),
    }
    alternatives = [_tests(other, root, formats) for other in part.get("anyOf", ())]
    return {
        type: _all([*_enum(part, type), *of.get(type, ()), *_any_of(alternatives, type)])
        # each once, although number and integer have the same types: what `of` yields is used up
        for type in dict.fromkeys(type for kind in kinds for type in _TYPES[kind])
    }


def _any_of(alternatives: list[Tests], type: type) -> Iterator[Check]:
    """Whether a value of a type fits one of several schemas."""
    checks = [tests.get(type, _never) for tests in alternatives]
    # None takes any value, so with one of these there is nothing to ask.
    if checks and None not in checks:
        yield lambda value: any(check(value) for check in checks if check is not None)


def _all(checks: list[Check]) -> Check | None:
    if not checks:
        return None
    first, rest = checks[0], _all(checks[1:])
    return first if rest is None else lambda value: first(value) and rest(value)


def _enum(part: Mapping[str, Any], type: type) -> Iterator[Check]:
    if "enum" in part:
        if not all(value is None or isinstance(value, str) for value in part["enum"]):
            raise ValueError("a closed list has something else than texts, which is not known here")
        values = frozenset(value for value in part["enum"] if value.__class__ is type)
        yield values.__contains__ if values else _never


def _text(part: Mapping[str, Any], formats: Mapping[str, Check]) -> Iterator[Check]:
    least = part.get("minLength", 0)
    if least:
        yield len if least == 1 else lambda text: len(text) >= least
    if "pattern" in part:
        yield _Pattern(part["pattern"]).search
    if "format" in part:
        yield formats[part["format"]]


class _Pattern:
    """A pattern that is compiled when it is first needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: Callable[[str], object] | None = None

    def search(self, text: str) -> object:
        if self.found is None:
            self.found = strict(self.text).search
        return self.found(text)


def _number(part: Mapping[str, Any], type: type, kinds: list[str]) -> Iterator[Check]:
    if type is float and "number" not in kinds:
        # 1.0 is an integer to JSON Schema (draft 2020-12, 4.2.3), and a float to Python.
        yield float.is_integer
    if "minimum" in part:
        yield lambda value: value >= part["minimum"]
    if "maximum" in part:
        yield lambda value: value <= part["maximum"]


def _sequence(
    part: Mapping[str, Any], root: Mapping[str, Any], formats: Mapping[str, Check]
) -> Iterator[Check]:
    least = part.get("minItems", 0)
    if least:
        yield lambda items: len(items) >= least
    if "maxItems" in part:
        yield lambda items: len(items) <= part["maxItems"]
    if "items" in part:
        tests = _tests(part["items"], root, formats)

        def each(items: list[object]) -> bool:
            for item in items:
                check = tests.get(item.__class__, _never)
                if check is not None and not check(item):
                    return False
            return True

        yield each


def _dependent(name: str, tests: Tests) -> Check:
    """Whether a mapping fits a schema that counts where it has a field."""
    check = tests.get(dict, _never)
    return lambda fields: name not in fields or check is None or check(fields)


def _mapping(
    part: Mapping[str, Any], root: Mapping[str, Any], formats: Mapping[str, Check]
) -> Iterator[Check]:
    required = frozenset(part.get("required", ()))
    if required:
        yield lambda fields: required <= fields.keys()
    for name, other in part.get("dependentSchemas", {}).items():
        yield _dependent(name, _tests(other, root, formats))
    if "propertyNames" in part:
        names = _tests(part["propertyNames"], root, formats).get(str, _never)
        if names is not None:
            yield lambda fields: all(map(names, fields))
    known = {
        name: _tests(field, root, formats) for name, field in part.get("properties", {}).items()
    }
    rest = _tests(part.get("additionalProperties", True), root, formats)
    patterns = [
        (strict(pattern), _tests(field, root, formats))
        for pattern, field in part.get("patternProperties", {}).items()
    ]

    def tests_of(name: str) -> tuple[Tests, ...]:
        found = [known[name]] if name in known else []
        found += [tests for pattern, tests in patterns if pattern.search(name)]
        return tuple(found) or (rest,)

    if known or patterns or rest is not _ANYTHING:
        of_known = {name: tests_of(name) for name in known}  # no pattern is searched twice for them

        def each(fields: dict[str, object]) -> bool:
            for name, value in fields.items():
                for tests in of_known.get(name) or tests_of(name):
                    check = tests.get(value.__class__, _never)
                    if check is not None and not check(value):
                        return False
            return True

        yield each
