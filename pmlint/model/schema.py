"""Data against the schemas in `schema/`, with messages for people.

`pmlint.model.validator` decides whether there is anything to say; only then is jsonschema, the
reference, imported to say it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal, NamedTuple

from pmlint.finding import Problem
from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.resources import read_json
from pmlint.model.validator import checker, strict
from pmlint.parsing.document import DocumentName
from pmlint.place import Path, Where

SchemaKind = (
    DocumentName | Literal["config", "budgets", "replays", "ledger", "organisation", "signed"]
)
MOST = 1_000
"""The most problems of one document that are listed: nobody reads more, and each takes time."""


class OwnWords(NamedTuple):
    """What a repository's configuration adds to the format of postmortems: a pattern of ids, words
    for severities, keys that the top may have, and the forms of ids as they are written there.
    """

    id_pattern: str = ""
    severities: tuple[str, ...] = ()
    extra_fields: tuple[str, ...] = ()
    id_forms: tuple[str, ...] = ()


FORMAT = OwnWords()
"""The format without own words."""


@cache
def schema(kind: SchemaKind, own: OwnWords = FORMAT) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of document, with a repository's own words."""
    found: dict[str, Any] = read_json(f"{kind}.json")
    if kind != "postmortem" or own == FORMAT:
        return found
    fields = dict(found["properties"])
    if own.id_pattern:
        forms = " or ".join(own.id_forms)
        about = f"Id of the postmortem, {forms} in this repository; never reused."
        fields["id"] = {**fields["id"], "pattern": own.id_pattern, "description": about}
    if own.severities:
        known = [*fields["severity"]["enum"], *own.severities]
        fields["severity"] = {**fields["severity"], "enum": known}
    return {**found, "properties": fields | {key: {} for key in own.extra_fields}}


def check(kind: SchemaKind, data: object, own: OwnWords = FORMAT) -> list[Problem]:
    """What is wrong with the shape of a document, in the order of its paths; empty where nothing
    is.
    """
    return [] if _fits(kind, own)(data) else _explain(kind, data, own)


def is_date(value: object) -> bool:
    """Whether a text is an ISO date; what is not a text has no form to judge."""
    return not isinstance(value, str) or parse_date(value) is not None


def is_moment(value: object) -> bool:
    """Whether a text is an RFC 3339 moment with an offset; what is not a text has no form."""
    return not isinstance(value, str) or parse_moment(value) is not None


def is_moment_or_day(value: object) -> bool:
    """Whether a text is a moment or a day; what is not a text has no form to judge."""
    return is_date(value) or is_moment(value)


FORMATS = {"date": is_date, "date-time": is_moment, "moment-or-day": is_moment_or_day}
"""What the formats of our schemas ask of a text."""


@cache
def _fits(kind: SchemaKind, own: OwnWords) -> Callable[[object], bool]:
    return checker(schema(kind, own), FORMATS)


@cache
def reference(kind: SchemaKind, own: OwnWords = FORMAT) -> Any:
    """The reference validator, with our formats, and with patterns in which ``$`` is the end of the
    text.
    """
    from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

    def pattern(
        validator: object, wanted: str, instance: object, part: object
    ) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not strict(wanted).search(instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    # Without the formats of jsonschema: which it has depends on what else is installed.
    formats = FormatChecker(formats=())
    for name, judge in FORMATS.items():
        formats.checks(name)(judge)
    extend: Any = validators.extend  # it has no types
    extended = extend(Draft202012Validator, {"pattern": pattern})
    return extended(schema(kind, own), format_checker=formats)


@cache
def explainer(kind: SchemaKind, own: OwnWords = FORMAT) -> Any:
    """The reference validator, asked only about those fields of a document that do not fit: it says
    what `reference` says.
    """
    from jsonschema import Draft202012Validator, validators

    known = reference(kind, own)
    root = known.schema
    fields = root.get("properties", {})
    fits = {name: _field_fits(kind, own, name) for name in fields}

    def properties(
        validator: object, parts: dict[str, Any], instance: Any, part: object
    ) -> Iterator[Any]:
        # jsonschema is slow with the fields that fit, too: without them a document with a finding
        # of the schema takes 14% fewer instructions.
        if parts is fields and isinstance(instance, dict):
            parts = {name: parts[name] for name in parts if not fits[name](instance)}
        yield from Draft202012Validator.VALIDATORS["properties"](validator, parts, instance, part)

    extend: Any = validators.extend  # it has no types
    extended = extend(type(known), {"properties": properties})
    return extended(root, format_checker=known.format_checker)


def _field_fits(kind: SchemaKind, own: OwnWords, name: str) -> Callable[[object], bool]:
    """Whether one field of a document fits, where it is there."""
    root = schema(kind, own)
    one = {"$defs": root.get("$defs", {}), "properties": {name: root["properties"][name]}}
    return checker(one, FORMATS)


def _explain(kind: SchemaKind, data: object, own: OwnWords) -> list[Problem]:
    from pmlint.model.explain import problems as explained

    problems = list(
        islice(
            (
                problem
                for error in explainer(kind, own).iter_errors(data)
                for problem in explained(error)
            ),
            MOST,
        )
    )
    if len(problems) == MOST:
        problems.append(
            Problem(
                f"{MOST:,} things are wrong with the shape; the others are not listed",
                help="correct these first",
            )
        )
    problems = _without_misspelt(problems)
    return sorted(problems, key=lambda problem: (str(problem.at), problem.message))


def _without_misspelt(problems: list[Problem]) -> list[Problem]:
    """Not the missing fields that are there under a misspelt name: one slip, one finding."""
    from pmlint.model.suggestions import meant_field

    meant = {
        Path((*problem.at.path[:-1], meant_field(str(problem.at.path[-1]), problem.expected)))
        for problem in problems
        if isinstance(problem.at, Where) and problem.at.path
    }
    return [
        problem
        for problem in problems
        if problem.at not in meant or " has no '" not in problem.message
    ]
