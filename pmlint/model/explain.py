"""What is wrong with the shape of a document, in words: one function a keyword of JSON Schema.

Imported where something is wrong, and not before: jsonschema, the reference, takes longer to import
than most documents to check. A message says the fact, the help the field's own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from pmlint.finding import Problem
from pmlint.model.forms import (
    day_of,
    iso_date,
    money,
    named_zone,
    rfc_moment,
    two_days,
    without_offset,
)
from pmlint.model.owners import PERSON_FIELDS
from pmlint.model.suggestions import did_you_mean, meant_field, nearest
from pmlint.place import Path

EVIDENCE_HELP = (
    'write {missing: "why", action: ID} with the action that captures it from now on, '
    "or its files: [{path: FILE, sha256: DIGEST}]"
)
TIME_HELP = 'write the day or the moment, or {unknown: "why"} where nobody knows it'
"""Never a moment first: whoever is asked for one invents one (docs/spec/format.md, "Clocks")."""
AMOUNT_HELP = 'write {amount: NUMBER, currency: CODE}, or {unknown: "why"} where nobody knows it'
"""Without a figure: one in the help would be copied, and be nobody's."""
REASON_HELP = "say why in a few words"
QUOTES = "put it in quotes"
"""The help for a value that is a text to people and something else to YAML."""
PROOF_HELP = "write [{path: FILE}], [{commit: ID}] or [{uri: ADDRESS, sha256: DIGEST}]"
_MOST_FIELDS = 5
"""So many fields of a mapping are named: the five clocks, the five kinds of evidence."""
_FORMS = {
    "commit": "write the id of the commit that made the change: 7 to 64 of 0-9 and a-f",
    "sha256": "write the 64 digits of the SHA-256 alone, each of 0-9 and a-f",
    "currency": "write the three letters of ISO 4217, such as EUR",
}
"""The forms of fields that have one, in words: few authors read patterns."""
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


def _asks(error: Any) -> str:
    """The description of a field as what is to be written, behind a colon."""
    about = _about(error).removesuffix(".")
    # An abbreviation keeps its capitals: 'ISO 4217 code'.
    return about if about[1:2].isupper() else f"{about[:1].lower()}{about[1:]}"


def _not_a_field(key: str, at: Path, owner: str, known: tuple[str, ...]) -> Problem:
    meant = meant_field(key, known)
    help = did_you_mean(meant) if meant else f"the fields of {owner} are {', '.join(known)}"
    return Problem(
        f"{shown(key)} is not a field of {owner}", (at / key).key, help=help, expected=known
    )


def _is_single_file(error: Any, at: Path) -> bool:
    """Whether a kind of evidence is one file without its list."""
    return _is_kind(at) and bool({"path", "uri"} & error.instance.keys())


def _is_kind(at: Path) -> bool:
    return at[:1] == ("evidence",) and len(at) == 2


def _additional(error: Any, at: Path, name: str) -> Iterator[Problem]:
    if _is_single_file(error, at):
        piece = _piece(str(error.instance.get("path", "")), commits=False)
        help = f"write [{piece or '{path: FILE, sha256: DIGEST}'}]"
        yield Problem(f"{name} is a mapping, but must be a list of files", at, help=help)
        return
    known = tuple(error.schema.get("properties", {}))
    patterns = [re.compile(pattern) for pattern in error.schema.get("patternProperties", {})]
    noun = str(error.schema.get("title", "object")).lower()
    for key in sorted(set(error.instance) - set(known)):
        if not any(pattern.search(key) for pattern in patterns):
            yield _not_a_field(key, at, f"'{noun}'", known)


def _required(error: Any, at: Path, name: str) -> Iterator[Problem]:
    # jsonschema gives one error a missing field, and its name in the message alone.
    missing = error.message.split("'")[1]
    if _is_kind(at):
        if not _is_single_file(error, at):
            yield Problem(f"{name} has neither files nor '{missing}'", at, help=EVIDENCE_HELP)
        return
    noun = str(error.schema.get("title", "object")).lower()
    about = error.schema.get("properties", {}).get(missing, {}).get("description", "")
    help = f"add '{missing}': {about[:1].lower()}{about[1:]}" if about else f"add '{missing}'"
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
    near = nearest(error.instance, values) if isinstance(error.instance, str) else ""
    yield Problem(
        f"{name} is {_written(error.instance)}, not one of the closed list",
        at,
        help=f"{near} it is one of {', '.join(values)}".strip(),
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
        help=_right_type(error, at, value, kinds) or _about(error),
    )


def _written(value: object) -> str:
    """A value as its author sees it: nothing is null to YAML, and an empty field to them."""
    return "empty" if value is None else shown(value)


def _right_type(error: Any, at: Path, value: object, kinds: list[str]) -> str:
    """What to write in the place of a value of another type; empty where only the field's own
    description can say.
    """
    if at[-1:] == ("cost",):
        return _cost(value)
    if at[:1] == ("evidence",) and len(at) == 2:
        return EVIDENCE_HELP
    if at[-1:] == ("customers",):
        return _customers(value)
    if at[-1:] in (("unknown",), ("missing",)) and not isinstance(value, (bool, int, float)):
        return REASON_HELP
    if at[-1:] == ("proof",) and "array" in kinds and value is not None:
        return _proof(value)
    if isinstance(value, (bool, int, float)):
        return _scalar_as_text(error, at, value) if "string" in kinds else ""
    if value is None:
        return _filled_in(error, kinds)
    if isinstance(value, str):
        return _text_as_other(error, at, value, kinds)
    if kinds == ["boolean"]:
        return "write true or false"
    if isinstance(value, dict) and "array" in kinds:
        return "write it as a list: put '- ' before its first field"
    if isinstance(value, list) and kinds == ["object"]:
        return f"write fields, not a list: {_fields(error.schema)}"
    if not (isinstance(value, list) and "string" in kinds):
        return ""
    # Two owners are no owner; two reasons are a sentence.
    return f"write one text, not a list: {_asks(error)}"


def _filled_in(error: Any, kinds: list[str]) -> str:
    """What belongs in a field that is empty."""
    if error.schema.get("format") == "moment-or-day":
        return TIME_HELP
    if "object" in kinds:
        return f"write {_fields(error.schema)}"
    if "array" in kinds:
        none = "" if error.schema.get("minItems") else ", or []"
        return f"write its entries below it{none}: {_asks(error)}"
    if kinds == ["boolean"]:
        return "write true or false"
    return _FORMS.get(str(error.absolute_path[-1]), f"write it: {_asks(error)}")


def _cost(value: object) -> str:
    """With the amount that was typed where it has one meaning, so that the remedy can be copied."""
    if isinstance(value, str) and (found := money(value)):
        return f"write {{amount: {found[0]}, currency: {found[1]}}}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"write {{amount: {shown(value)}, currency: EUR}} with its currency"
    return AMOUNT_HELP


def _customers(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d+", value):
        return f"write {value} without quotes"
    return 'write the number, or {unknown: "why"} where nobody knows it'


def _scalar_as_text(error: Any, at: Path, value: bool | float) -> str:
    """Mostly a commit or a version of digits alone (docs/spec/format.md, 'What is read')."""
    if error.schema.get("format") == "moment-or-day":
        return TIME_HELP
    right = iso_date(str(value)) if error.schema.get("format") == "date" else None
    if right:
        return f"write {right}"
    if at[-1:] and at[-1] in PERSON_FIELDS:
        return "name one person by handle"
    pattern = error.schema.get("pattern")
    # Quotes don't help a number where a letter is asked for: the id 2 of an action.
    return "" if pattern and not re.search(pattern, str(value)) else QUOTES


def _proof(value: object) -> str:
    """The one entry that was written without its list, where it is clear which kind it is."""
    if isinstance(value, dict):
        return "put brackets around it: [{...}]"
    piece = _piece(value) if isinstance(value, str) else ""
    return f"write [{piece}]" if piece else PROOF_HELP


def _piece(written: str, *, commits: bool = True) -> str:
    """A path, an address or a commit as the entry of a list that names it; empty where it may be
    any of them.
    """
    if re.match(r"https?://\S+$", written):
        return f'{{uri: "{written}", sha256: DIGEST}}'
    if commits and re.fullmatch(r"[0-9a-f]{7,64}", written):
        return f'{{commit: "{written}"}}'
    if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+|[\w-]+\.\w{1,5}", written):
        return f"{{path: {written}}}" if commits else f"{{path: {written}, sha256: DIGEST}}"
    return ""


def _text_as_other(error: Any, at: Path, value: str, kinds: list[str]) -> str:
    # An entry of the evidence, or of a proof: the text says itself what it names.
    in_proof, in_evidence = at[-2:-1] == ("proof",), at[:1] == ("evidence",)
    if "object" in kinds and (in_proof or in_evidence):
        piece = _piece(value, commits=in_proof)
        return f"write {piece or _fields(error.schema)}"
    if "array" in kinds and "object" not in kinds:
        if re.fullmatch(r"[\w.-]+", value):
            return f"write [{value}]"
        # YAML reads no text that begins with @ outside quotes.
        is_handle = re.fullmatch(r"@[\w.-]+", value)
        return f'write ["{value}"]' if is_handle else f"write a list: {_entry(error.schema)}"
    if "object" in kinds:
        return f"write {_fields(error.schema)}"
    if kinds == ["boolean"]:
        return "write true or false, without quotes"
    if {"number", "integer"} & set(kinds):
        return _number(value)
    return ""


def _number(value: str) -> str:
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return f"write {value} without quotes"
    if share := re.fullmatch(r"(\d{1,2}(?:\.\d+)?|100) ?%", value):
        # As decimals: 99.9 / 100 is 0.9990000000000001.
        return f"write {Decimal(share[1]) / 100}"
    return "write a plain number, such as 0.5 or 12"


def _entry(schema: Any) -> str:
    """How an entry of a list begins in the file."""
    items = schema.get("items", {})
    return f"begin each entry with '- ', as in '- {_fields(items)}'" if items else "[...]"


def _fields(schema: Any) -> str:
    """A mapping with the fields that it must have, else with those that it may have."""
    names = schema.get("required") or list(schema.get("properties", {}))[:_MOST_FIELDS]
    return f"{{{', '.join(f'{name}: ...' for name in names)}}}"


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
    yield Problem(f"{name} is empty", at, help=_about(error))


def _too_many(error: Any, at: Path, name: str) -> Iterator[Problem]:
    yield Problem(
        f"{name} has {len(error.instance):,} entries, more than {error.validator_value}",
        at,
        help=_about(error),
    )


def _pattern(error: Any, at: Path, name: str) -> Iterator[Problem]:
    text = str(error.instance)
    # The description and not the pattern, which few authors read.
    help = f"write it in this form: {_asks(error)}"
    help = _FORMS.get(str(at[-1:][0]) if at else "", help)
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
    forms = [part["required"] for part in error.validator_value if "required" in part]
    help = AMOUNT_HELP if at[-1:] == ("cost",) else TIME_HELP
    # A form that was begun is the one that was meant: an amount lacks its currency alone.
    begun = [form for form in forms if form[0] in error.instance]
    if begun:
        missing = next(field for field in begun[0] if field not in error.instance)
        yield Problem(f"{name} has no '{missing}'", at / missing, help=help)
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
