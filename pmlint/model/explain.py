"""What is wrong with the shape of a document, in words: one function a keyword of JSON Schema.

Imported where something is wrong, and not before: jsonschema, the reference, takes longer to import
than most documents to check. A message says the fact, the help the field's own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from pmlint.finding import Problem
from pmlint.model.forms import (
    day_of,
    iso_date,
    named_zone,
    rfc_moment,
    two_days,
    without_offset,
)
from pmlint.model.remedies import (
    AMOUNT_HELP,
    BOUND_HELP,
    EVIDENCE_HELP,
    FORMS,
    TIME_HELP,
    asks,
    fill_in,
    is_evidence_kind,
    lowered,
    piece_named,
    right_type,
    shown,
)
from pmlint.model.suggestions import did_you_mean, meant_field, meant_value, named_values
from pmlint.place import Path

_TEXTS = ("text", "statement", "title", "event", "why")
"""The fields of records that say what the record is about."""
_SEVERITY = Path() / "severity"
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
    if "dependentSchemas" in error.absolute_schema_path:
        yield from _status_of(error, at)
        return
    explain = _KEYWORDS.get(error.validator)
    if explain is not None:
        yield from explain(error, at, name)
        return
    yield Problem(
        f"{name} is {shown(error.instance)}, against {error.validator} {error.validator_value}",
        at,
        help=asks(error),
    )


def _noun(error: Any, at: Path) -> str:
    """What a mapping is called: by its schema, else by the field that holds it."""
    title = str(error.schema.get("title", "")).lower()
    return title or next((step for step in reversed(at) if isinstance(step, str)), "object")


def _not_a_field(key: str, at: Path, owner: str, known: tuple[str, ...]) -> Problem:
    meant = meant_field(key, known)
    help = did_you_mean(meant) if meant else f"the fields of {owner} are {', '.join(known)}"
    return Problem(
        f"{shown(key)} is not a field of {owner}", (at / key).key, help=help, expected=known
    )


def _is_single_file(error: Any, at: Path) -> bool:
    """Whether a kind of evidence is one file without its list."""
    return is_evidence_kind(at) and bool({"path", "uri"} & error.instance.keys())


def _has_neither(error: Any) -> bool:
    """Whether a mapping has none of the forms that it may have: a clock of ``day`` and ``time``."""
    forms = [form["required"] for form in error.schema.get("anyOf", ()) if "required" in form]
    return bool(forms) and not any(name in error.instance for form in forms for name in form)


def _by_key(error: Any) -> tuple[str, str, str] | None:
    """Of a record that was written as ``R1: works`` or ``2026-09-19: it failed``: the field whose
    value the key is, the key, and the field of its text. None for another.

    The fields are not missing then: one slip, one finding.
    """
    fields = error.schema.get("properties", {})
    text = next((name for name in _TEXTS if name in fields), None)
    unknown = [key for key in error.instance if key not in fields]
    if text is None or not unknown:
        return None
    key, pattern = unknown[0], fields.get("id", {}).get("pattern")
    if pattern and "id" not in error.instance and re.search(pattern, key):
        return "id", key, text
    if len(error.instance) > 1:
        return None
    # A moment in any of its spellings begins with digits, and no misspelt field does.
    if "at" in fields and key[:1].isdigit():
        return "at", key, text
    is_name = "control" in fields and not meant_field(key, fields)
    return ("control", key, text) if is_name else None


def _additional(error: Any, at: Path, name: str) -> Iterator[Problem]:
    if _is_single_file(error, at):
        piece = piece_named(str(error.instance.get("path", "")), commits=False)
        help = f"write [{piece or '{path: FILE, sha256: DIGEST}'}]"
        yield Problem(f"{name} is a mapping, but must be a list of files", at, help=help)
        return
    if _has_neither(error):
        return  # it is said once, as the clock that is none
    if entry := _by_key(error):
        name, key, text = entry
        # At the record, so that nothing speaks of what the record has under its key.
        yield Problem(
            f"'{key}' is a key, but must be the value of '{name}'",
            at,
            help=f"write {{{name}: {key}, {text}: ...}}",
        )
        return
    known = tuple(error.schema.get("properties", {}))
    patterns = [re.compile(pattern) for pattern in error.schema.get("patternProperties", {})]
    noun = _noun(error, at)
    for key in sorted(set(error.instance) - set(known)):
        if not any(pattern.search(key) for pattern in patterns):
            yield _not_a_field(key, at, f"'{noun}'", known)


def _required(error: Any, at: Path, name: str) -> Iterator[Problem]:
    if _by_key(error):
        return
    # jsonschema gives one error a missing field, and its name in the message alone.
    missing = error.message.split("'")[1]
    if is_evidence_kind(at):
        if not _is_single_file(error, at):
            yield Problem(f"{name} has neither files nor '{missing}'", at, help=EVIDENCE_HELP)
        return
    noun = _noun(error, at)
    about = error.schema.get("properties", {}).get(missing, {}).get("description", "")
    help = f"add '{missing}': {lowered(about)}" if about else f"add '{missing}'"
    yield Problem(f"'{noun}' has no '{missing}'", at / missing, help=help)


def _status_of(error: Any, at: Path) -> Iterator[Problem]:
    """A field of one status in an action that has another: nobody knows which of the two counts."""
    schema_path = list(error.absolute_schema_path)
    field = schema_path[schema_path.index("dependentSchemas") + 1]
    if error.validator == "enum":
        # A word that is not a status is a finding of its own.
        if error.instance not in ("open", "in-progress", "done", "cancelled"):
            return
        at, status, wanted = Path(at[:-1]), error.instance, error.validator_value[0]
    else:
        status, wanted = "open", error.schema["properties"]["status"]["enum"][0]
    yield Problem(
        f"the status is '{status}', but '{field}' is there",
        (at / field).key,
        help=f"write 'status: {wanted}', or remove '{field}'",
    )


def _enum(error: Any, at: Path, name: str) -> Iterator[Problem]:
    values = tuple(map(str, error.validator_value))
    if isinstance(error.instance, list):
        written = [one for one in error.instance if one in values]
        help = f"choose one: {', '.join(written if len(written) > 1 else values)}"
        yield Problem(f"{name} is a list, but must be one value", at, help=help, expected=values)
        return
    near = meant_value(error.instance, values) if isinstance(error.instance, str) else ""
    several = named_values(error.instance, values) if isinstance(error.instance, str) else []
    if len(several) > 1:
        near = f"choose one: {' or '.join(several)};"
    # A team that counts in SEV1 to SEV4 need not give its words up (docs/spec/format.md).
    own = "; 'severities' in the configuration maps your own words" if at == _SEVERITY else ""
    yield Problem(
        f"{name} is {_written(error.instance)}, not one of the closed list",
        at,
        help=f"{near} it is one of {', '.join(values)}{own}".strip(),
        expected=values,
    )


def _type(error: Any, at: Path, name: str) -> Iterator[Problem]:
    wanted, value = error.validator_value, error.instance
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    # Where null is allowed the field may be left out, and nobody meant to write it.
    named = [_TYPES[kind] for kind in kinds if kind != "null"] or [_TYPES["null"]]
    yield Problem(
        f"{name} is {_written(value)}, but must be {' or '.join(named)}",
        at,
        help=right_type(error, at, value, kinds) or fill_in(error),
    )


def _written(value: object) -> str:
    """A value as its author sees it: nothing is null to YAML, and an empty field to them."""
    return "empty" if value is None else shown(value)


def _format(error: Any, at: Path, name: str) -> Iterator[Problem]:
    text = str(error.instance)
    if error.validator_value == "date":
        right = day_of(text)
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
    elif local := named_zone(text):
        fact = "a moment without an offset"
        help = f"write the offset of its zone, such as {local}+02:00, or the day"
    elif days := two_days(text):
        help = f'write {{unknown: "why", not_before: {days[0]}, not_after: {days[1]}}}'
    else:
        help = TIME_HELP
    if error.validator_value == "date-time" and fact.startswith("neither"):
        fact = "not a moment"
    yield Problem(f"{name} is {shown(text)}, {fact}", at, help=help)


def _empty(error: Any, at: Path, name: str) -> Iterator[Problem]:
    yield Problem(f"{name} is empty", at, help=fill_in(error))


def _too_many(error: Any, at: Path, name: str) -> Iterator[Problem]:
    yield Problem(
        f"{name} has {len(error.instance):,} entries, more than {error.validator_value}",
        at,
        help=asks(error),
    )


def _pattern(error: Any, at: Path, name: str) -> Iterator[Problem]:
    text = str(error.instance)
    # The description and not the pattern, which few authors read.
    help = f"write it in this form: {asks(error)}"
    help = FORMS.get(str(at[-1:][0]) if at else "", help)
    if (id := _padded(text)) and re.search(error.validator_value, id):
        help = f"write {id}"
    if at[-1:] == ("currency",) and text.upper() != text and len(text) == 3:
        help = f"write {text.upper()}"
    yield Problem(f"{name} is {shown(text)}, which does not match its form", at, help=help)


def _padded(text: str) -> str:
    """An id with capitals and three digits (``pm-2026-7``); empty for what has not its parts."""
    match = re.fullmatch(r"([A-Za-z]+)[-_ ]?(\d{4})[-_ ](\d{1,9})", text)
    return f"{match[1].upper()}-{match[2]}-{match[3]:0>3}" if match else ""


def _bounds(error: Any, at: Path, name: str) -> Iterator[Problem]:
    side = "less" if error.validator == "minimum" else "more"
    yield Problem(
        f"{name} is {shown(error.instance)}, {side} than {error.validator_value}",
        at,
        help=asks(error),
    )


def _none_of(error: Any, at: Path, name: str) -> Iterator[Problem]:
    forms = [part["required"] for part in error.validator_value if "required" in part]
    help = AMOUNT_HELP if at[-1:] == ("cost",) else TIME_HELP
    # A form that was begun is the one that was meant: an amount lacks its currency alone.
    begun = [form for form in forms if form[0] in error.instance]
    if begun:
        missing = next(field for field in begun[0] if field not in error.instance)
        yield Problem(f"{name} has no '{missing}'", at / missing, help=help)
        return
    if {"not_before", "not_after"} & error.instance.keys():
        yield Problem(f"{name} has no 'unknown'", at / "unknown", help=BOUND_HELP)
        return
    neither = " nor ".join(repr(form[0]) for form in forms)
    yield Problem(f"{name} has neither {neither}", at, help=help)


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
