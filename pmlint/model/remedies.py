"""What to write in the place of a value that has the wrong shape, in the author's notation: the
helps of the fields of the format.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from pmlint.model.forms import iso_date, money
from pmlint.model.owners import PERSON_FIELDS
from pmlint.place import Path

EVIDENCE_HELP = (
    'write {missing: "why", action: ID} with the action that captures it from now on, '
    "or its files: [{path: FILE, sha256: DIGEST}]"
)
TIME_HELP = 'write the day or the moment, or {unknown: "why"} where nobody knows it'
"""Never a moment first: whoever is asked for one invents one (docs/spec/format.md, "Clocks")."""
BOUND_HELP = 'say beside the bounds why nobody knows it, unknown: "why"'
AMOUNT_HELP = 'write {amount: NUMBER, currency: CODE}, or {unknown: "why"} where nobody knows it'
"""Without a figure: one in the help would be copied, and be nobody's."""
REASON_HELP = "say why in a few words"
QUOTES = "put it in quotes"
"""The help for a value that is a text to people and something else to YAML."""
AS_LIST = "write it as a list: put '- ' before its first field"
PROOF_HELP = "write [{path: FILE}], [{commit: ID}] or [{uri: ADDRESS, sha256: DIGEST}]"
_MOST_FIELDS = 5
"""So many fields of a mapping are named: the five clocks, the five kinds of evidence."""
FORMS = {
    "commit": "write the id of the commit that made the change: 7 to 64 of 0-9 and a-f",
    "sha256": "write the 64 digits of the SHA-256 alone, each of 0-9 and a-f",
    "currency": "write the three letters of ISO 4217, such as EUR",
}
"""The forms of fields that have one, in words: few authors read patterns."""


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


def asks(error: Any) -> str:
    """The description of a field as what is to be written, behind a colon."""
    return lowered(str(error.schema.get("description", "")))


def fill_in(error: Any) -> str:
    """What belongs in a field, by its description; empty where it has none."""
    about = asks(error)
    return f"write it: {about}" if about else ""


def lowered(about: str) -> str:
    about = about.removesuffix(".")
    # An abbreviation keeps its capitals: 'ISO 4217 code'.
    return about if about[1:2].isupper() else f"{about[:1].lower()}{about[1:]}"


def is_evidence_kind(at: Path) -> bool:
    return at[:1] == ("evidence",) and len(at) == 2


def right_type(error: Any, at: Path, value: object, kinds: list[str]) -> str:
    """What to write in the place of a value of another type; empty where only the field's own
    description can say.
    """
    if at[-1:] == ("cost",):
        return _cost(value)
    if is_evidence_kind(at):
        # A file or an address that was written without its list is not asked for again.
        piece = piece_named(value, commits=False) if isinstance(value, str) else ""
        return f"write [{piece}]" if piece else EVIDENCE_HELP
    if at[-1:] == ("customers",):
        return _customers(value)
    if at[-1:] in (("unknown",), ("missing",)) and not isinstance(value, (bool, int, float)):
        return REASON_HELP
    if at[-1:] == ("proof",) and "array" in kinds and value is not None:
        return _proof(value)
    if isinstance(value, (bool, int, float)) and "string" in kinds:
        return _scalar_as_text(error, at, value)
    if isinstance(value, (bool, int, float)):
        return f"write {_form(error.schema, kinds)}" if {"object", "array"} & set(kinds) else ""
    if value is None:
        return _filled_in(error, kinds)
    if isinstance(value, str):
        return _text_as_other(error, at, value, kinds)
    if kinds == ["boolean"]:
        return "write true or false"
    if isinstance(value, dict) and "array" in kinds:
        return _mapping_as_list(error.schema, value)
    if isinstance(value, dict) and isinstance(value.get("id"), str) and "string" in kinds:
        return f"write {value['id']}"
    if isinstance(value, list) and kinds == ["object"]:
        return f"write fields, not a list: {_fields(error.schema)}"
    if not (isinstance(value, list) and "string" in kinds):
        return ""
    # Two owners are no owner; two reasons are a sentence.
    if at[-1:] and at[-1] in PERSON_FIELDS:
        return 'name one person by handle, such as "@maria", without brackets'
    return f"write one text, not a list: {asks(error)}"


def _mapping_as_list(schema: Any, value: dict[str, Any]) -> str:
    """One record without its list, or records by their ids."""
    fields = schema.get("items", {}).get("properties", {})
    pattern = fields.get("id", {}).get("pattern")
    if pattern and value and all(re.search(pattern, key) for key in value):
        return f"write it as a list, with the id inside: - {{id: {next(iter(value))}, ...}}"
    return AS_LIST


def _filled_in(error: Any, kinds: list[str]) -> str:
    """What belongs in a field that is empty."""
    if error.schema.get("format") == "moment-or-day":
        return TIME_HELP
    if "object" in kinds:
        return f"write {_fields(error.schema)}"
    if "array" in kinds:
        none = "" if error.schema.get("minItems") else ", or []"
        return f"write its entries below it{none}: {asks(error)}"
    if kinds == ["boolean"]:
        return "write true or false"
    return FORMS.get(str(error.absolute_path[-1]), fill_in(error))


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
    piece = piece_named(value) if isinstance(value, str) else ""
    return f"write [{piece}]" if piece else PROOF_HELP


def piece_named(written: str, *, commits: bool = True) -> str:
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
        piece = piece_named(value, commits=in_proof)
        return f"write {piece or _fields(error.schema)}"
    if "array" in kinds and "object" not in kinds:
        return f"write {_as_list(error.schema, at, value)}"
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


def _as_list(schema: Any, at: Path, value: str) -> str:
    """A text as the list that was meant: ``F1, F2`` in brackets, a person by handle; of records the
    form of one.
    """
    if schema.get("items", {}).get("type") != "string":
        return f"a list: begin each entry with '- ', as in '- {_fields(schema.get('items', {}))}'"
    names = re.split(r"\s*[,;]\s*", value.strip())
    if not all(re.fullmatch(r"@?\w[\w./:-]*", name) for name in names):
        return "a list, with one entry for each, as in [..., ...]"
    is_people = at[-1:] == ("authors",)
    handles = [f"@{name.lower()}" if is_people and name[0] != "@" else name for name in names]
    # YAML reads no text that begins with @ outside quotes.
    entries = (f'"{name}"' if name.startswith("@") else name for name in handles)
    return f"[{', '.join(entries)}]" + (", the handle of each author" if handles != names else "")


def _form(schema: Any, kinds: list[str]) -> str:
    """A mapping with its fields, or a list."""
    return _fields(schema) if "object" in kinds else "a list, with one entry for each, as in [...]"


def _fields(schema: Any) -> str:
    """A mapping with the fields that it must have, else with those that it may have."""
    names = schema.get("required") or list(schema.get("properties", {}))[:_MOST_FIELDS]
    return f"{{{', '.join(f'{name}: ...' for name in names)}}}"
