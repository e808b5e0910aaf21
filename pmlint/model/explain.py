"""What is wrong with the shape of a document, in words: one function a keyword of JSON Schema.

Imported where something is wrong, and not before: jsonschema, the reference, takes longer to import
than most documents to check. A message says the fact, the help the field's own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pmlint.finding import Problem
from pmlint.model.forms import iso_date, money, rfc_moment, without_offset
from pmlint.model.suggestions import nearest
from pmlint.place import Path

EVIDENCE_HELP = (
    'write {missing: "why", action: ID} with the action that captures it from now on, '
    "or its files: [{path: FILE, sha256: DIGEST}]"
)
TIME_HELP = 'write the day or the moment, or {unknown: "why"} where nobody knows it'
"""Never a moment first: whoever is asked for one invents one (docs/spec/format.md, "Clocks")."""
QUOTES = "put it in quotes"
"""The help for a value that is a text to people and something else to YAML."""
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def problems(error: Any) -> Iterator[Problem]:
    """The problems of an error of jsonschema."""
    at = Path(error.absolute_path)
    name = f"'{at[-1]}'" if at and isinstance(at[-1], str) else "this"
    # Before the keyword: below `propertyNames` a closed list is about the keys of a mapping.
    if "propertyNames" in error.absolute_schema_path:
        known = tuple(map(str, error.validator_value))
        yield _not_a_field(str(error.instance), at, name, known)
        return
    explain = _KEYWORDS.get(error.validator)
    if explain is not None:
        yield from explain(error, at, name)
        return
    yield Problem(
        f"{name} is {shown(error.instance)}, against {error.validator} {error.validator_value}",
        at,
        help=_about(error),
    )


def shown(value: object) -> str:
    """A value in a message: a text in quotes, a collection by its kind."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        # As YAML writes them: None and True are not in the reader's file.
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return repr(text) if isinstance(value, str) else text


def _about(error: Any) -> str:
    return str(error.schema.get("description", ""))


def _not_a_field(key: str, at: Path, owner: str, known: tuple[str, ...]) -> Problem:
    help = nearest(key, known) or f"the fields of {owner} are {', '.join(known)}"
    return Problem(
        f"{shown(key)} is not a field of {owner}", (at / key).key, help=help, expected=known
    )


def _additional(error: Any, at: Path, name: str) -> Iterator[Problem]:
    known = tuple(error.schema.get("properties", {}))
    patterns = [re.compile(pattern) for pattern in error.schema.get("patternProperties", {})]
    noun = str(error.schema.get("title", "object")).lower()
    for key in sorted(set(error.instance) - set(known)):
        if not any(pattern.search(key) for pattern in patterns):
            yield _not_a_field(key, at, f"'{noun}'", known)


def _required(error: Any, at: Path, name: str) -> Iterator[Problem]:
    # jsonschema gives one error a missing field, and its name in the message alone.
    missing = error.message.split("'")[1]
    noun = str(error.schema.get("title", "object")).lower()
    about = error.schema.get("properties", {}).get(missing, {}).get("description", "")
    help = f"add '{missing}': {about[:1].lower()}{about[1:]}" if about else f"add '{missing}'"
    yield Problem(f"'{noun}' has no '{missing}'", at / missing, help=help)


def _enum(error: Any, at: Path, name: str) -> Iterator[Problem]:
    values = tuple(map(str, error.validator_value))
    near = nearest(error.instance, values) if isinstance(error.instance, str) else ""
    yield Problem(
        f"{name} is {shown(error.instance)}, not one of the closed list",
        at,
        help=f"{near} it is one of {', '.join(values)}".strip(),
        expected=values,
    )


def _type(error: Any, at: Path, name: str) -> Iterator[Problem]:
    wanted, value = error.validator_value, error.instance
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    is_scalar = isinstance(value, (bool, int, float))
    help = _about(error)
    if is_scalar and "string" in kinds:
        # Mostly a commit or a version of digits alone (docs/spec/format.md, 'What is read').
        help = QUOTES
        if error.schema.get("format") == "moment-or-day":
            help = TIME_HELP
    elif isinstance(value, str) and at[-1:] == ("cost",):
        found = money(value)
        amount, currency = found or (1000, "USD")
        # With the amount that was typed where it has one meaning, so that the remedy can be copied.
        example = f"{{amount: {amount}, currency: {currency}}}"
        help = f"write {example}" if found else f"write it as {example}"
    elif is_scalar and at[-1:] == ("cost",):
        help = f"write {{amount: {shown(value)}, currency: EUR}} with its currency"
    elif at[:1] == ("evidence",) and len(at) == 2:
        help = EVIDENCE_HELP
    elif at[-1:] == ("customers",):
        help = 'write the number, or {unknown: "why"} where nobody knows it'
    elif isinstance(value, str) and kinds == ["array"]:
        help = f"write [{value}]" if re.fullmatch(r"[\w.-]+", value) else help
    yield Problem(
        f"{name} is {shown(value)}, but must be {' or '.join(_TYPES[kind] for kind in kinds)}",
        at,
        help=help,
    )


def _format(error: Any, at: Path, name: str) -> Iterator[Problem]:
    text = str(error.instance)
    if error.validator_value == "date":
        right = iso_date(text)
        help = f"write {right}" if right else "write the day as in 2026-09-30, year first"
        yield Problem(f"{name} is {shown(text)}, not a date", at, help=help)
        return
    fact = "neither a day nor a moment"
    right = rfc_moment(text) or iso_date(text)
    if right:
        help = f"write {right}"
    elif local := without_offset(text):
        fact = "a moment without an offset"
        help = f"add the offset of its zone, such as {local}+02:00, or write the day"
    else:
        help = TIME_HELP
    if error.validator_value == "date-time" and fact.startswith("neither"):
        fact = "not a moment"
    yield Problem(f"{name} is {shown(text)}, {fact}", at, help=help)


def _empty(error: Any, at: Path, name: str) -> Iterator[Problem]:
    yield Problem(f"{name} is empty", at, help=_about(error))


def _too_many(error: Any, at: Path, name: str) -> Iterator[Problem]:
    yield Problem(
        f"{name} has {len(error.instance):,} entries, more than {error.validator_value}",
        at,
        help=_about(error),
    )


def _pattern(error: Any, at: Path, name: str) -> Iterator[Problem]:
    text = str(error.instance)
    # The description comes first, because few authors read patterns.
    help = f"{_about(error)} (as a pattern: {error.validator_value})"
    if at[-1:] == ("currency",) and text.upper() != text and len(text) == 3:
        help = f"write {text.upper()}"
    yield Problem(f"{name} is {shown(text)}, which does not match its form", at, help=help)


def _bounds(error: Any, at: Path, name: str) -> Iterator[Problem]:
    side = "less" if error.validator == "minimum" else "more"
    yield Problem(
        f"{name} is {shown(error.instance)}, {side} than {error.validator_value}",
        at,
        help=_about(error),
    )


def _none_of(error: Any, at: Path, name: str) -> Iterator[Problem]:
    fields = [part["required"][0] for part in error.validator_value if "required" in part]
    yield Problem(
        f"{name} has neither {' nor '.join(repr(field) for field in fields)}", at, help=TIME_HELP
    )


_KEYWORDS: dict[str, Callable[[Any, Path, str], Iterator[Problem]]] = {
    "additionalProperties": _additional,
    "required": _required,
    "enum": _enum,
    "type": _type,
    "format": _format,
    "minLength": _empty,
    "minItems": _empty,
    "maxItems": _too_many,
    "pattern": _pattern,
    "minimum": _bounds,
    "maximum": _bounds,
    "anyOf": _none_of,
}
