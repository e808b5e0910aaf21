"""``pmlint amend``: a value changes, and the decision is recorded under ``amendments``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import click

from pmlint.cli.names import require_word
from pmlint.cli.writing import Desk, Edited, at_desk, edited, land, writes
from pmlint.edit import changed
from pmlint.edit.amendment import (
    Amended,
    Decision,
    adding_to,
    changes_of,
    removing_of,
    setting_to,
    value_of,
    with_base,
)
from pmlint.edit.approver import one_line, require_other
from pmlint.edit.configuration import Moved, amended_configuration
from pmlint.edit.judged_files import people_data
from pmlint.edit.links import Links
from pmlint.edit.record import find_review, find_route, handle, known_people
from pmlint.errors import UsageError
from pmlint.model import Action, Route
from pmlint.model.dates import parse_date
from pmlint.model.suggestions import nearest
from pmlint.model.vocabulary import STRENGTH
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.place import Path
from pmlint.project.configuration import load
from pmlint.project.plain import plain
from pmlint.project.registry import read_routes
from pmlint.project.settings import Settings

CONFIGURATION = "configuration"
PEOPLE = "people."
EXAMPLES = """
\b
Examples:
  pmlint amend PM-2026-001 A2 --deadline 2026-11-15 --reason "it is late" --approved-by @dana
  pmlint amend PM-2026-001 R1 --text "50 runs with 0 rescues" --reason ... --approved-by @dana
  pmlint amend PM-2026-001 --add recurrence_of=PM-2025-009
  pmlint amend mail-desk --owner @tom --reason "Maria has left" --approved-by @dana
  pmlint amend configuration --set gate.two_phase=false --reason ... --approved-by @dana
"""
FIELDS = ("deadline", "owner", "layer", "done_when", "title", "text", "severity")
"""The options that set the field of the same name."""


class Request(NamedTuple):
    """What the command line asks for: fields to set, remove and add to, and the decision."""

    fields: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    added: tuple[tuple[str, str], ...]
    decision: Decision | None


class Record(NamedTuple):
    """What is amended: its document, where it is in there, who has a part in it, and its name."""

    document: Document
    at: Path
    parties: tuple[tuple[str, str], ...]
    subject: str


def _pair(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> object:
    """``FIELD=VALUE`` as a pair."""
    pairs = [value.partition("=") for value in values]
    # Only the first "=" parts: a text may hold others.
    if wrong := [value for value, (_, sign, _) in zip(values, pairs, strict=True) if not sign]:
        raise click.BadParameter(f"'{wrong[0]}' has no '='", context, parameter)
    return tuple((name, value) for name, _, value in pairs)


@click.command("amend", epilog=EXAMPLES)
@click.argument("record", metavar="RECORD")
@click.argument("subject", metavar="[ACTION|CONDITION]", default="")
@click.option("--deadline", metavar="DATE", help="The new deadline of an action.")
@click.option("--owner", metavar="HANDLE", help="The new owner of an action or a route.")
@click.option("--layer", metavar="LAYER", help="The new layer of an action or a control.")
@click.option("--done-when", metavar="TEXT", help="The new end of an action.")
@click.option("--title", metavar="TEXT", help="The new title.")
@click.option("--text", metavar="TEXT", help="The new text of a condition.")
@click.option("--severity", metavar="SEVERITY", help="The new severity.")
@click.option("--control", metavar="ID", default="", help="The control of a route to change.")
@click.option("--description", metavar="TEXT", help="The new description of that control.")
@click.option(
    "--set",
    "sets",
    metavar="FIELD=VALUE",
    multiple=True,
    callback=_pair,
    help="Set any other field, by its path with ids: restart.conditions.R1.text.",
)
@click.option("--remove", metavar="FIELD", multiple=True, help="Remove a field or an entry.")
@click.option(
    "--add",
    metavar="LIST=VALUE",
    multiple=True,
    callback=_pair,
    help="Add to a list of links; needs no approver.",
)
@click.option("--reason", metavar="TEXT", default="", help="Why it changes, in a sentence.")
@click.option(
    "--approved-by",
    metavar="HANDLE",
    default="",
    help="Who approved it; neither an author nor its old or new owner.",
)
@writes
def command(
    record: str,
    subject: str,
    control: str,
    description: str | None,
    sets: tuple[tuple[str, str], ...],
    remove: tuple[str, ...],
    add: tuple[tuple[str, str], ...],
    reason: str,
    approved_by: str,
    diff: bool,
    now: str | None,
    **fields: str | None,
) -> None:
    """Change a postmortem, an action, a condition, a route or the configuration.

    With --reason and --approved-by the decision is recorded under 'amendments'; what tightens, and
    a link that is added, needs neither. What is in a list without ids, such as an event, is changed
    by hand first, and then recorded by the command that the gate prints. RECORD is the id of a
    postmortem or a route, or 'configuration'. For people alone: the gate refuses it in an agent's
    change.
    """
    # One without the other is an entry that the gate does not take (docs/spec/gate.md, 4).
    if bool(reason) != bool(approved_by):
        raise UsageError(
            "--reason and --approved-by belong together",
            help='--reason "the vendor ships in November" --approved-by @dana',
        )
    asked = [(name, value) for name in FIELDS if (value := fields[name]) is not None]
    if description is not None:
        asked.append(("description", description))
    if control:
        # --control says whose fields the other options name.
        asked = [(f"controls.{control}.{name}", value) for name, value in asked]

    def work(desk: Desk) -> None:
        decision = _decision(desk, reason, approved_by)
        request = Request((*asked, *sets), remove, add, decision)
        if not (request.fields or remove or add):
            raise UsageError(
                "nothing changes", help="name a field: --deadline DATE, --set FIELD=VALUE"
            )
        if record == CONFIGURATION:
            edits = [_configured(desk, request)]
        else:
            edits = [_amended(desk, _record(desk, record, subject), request)]
        land(desk, edits, next_step="merge it", diff=diff)

    at_desk(now, work)


def _configured(desk: Desk, request: Request) -> Edited:
    """The configuration file after the settings that are asked for."""
    # TOML is edited a line at a time, and a list of settings is one value.
    if request.removed or request.added:
        raise UsageError(
            "a setting is changed with --set", help="pmlint amend configuration --set FIELD=VALUE"
        )
    project = desk.project
    base = desk.history.tree() if desk.history is not None else None
    fields, decision = request.fields, request.decision
    tree, settings = project.tree, project.settings
    moved = _moved_of_judges(base, tree, settings)
    return Edited(*amended_configuration(tree, settings, fields, decision, desk.day, base, moved))


def _moved_of_judges(base: Tree | None, tree: Tree, settings: Settings) -> Moved:
    """What was changed by hand in the configuration and, below ``people.``, in the people file."""
    if base is None:
        return _by_hand("configuration", None, plain(settings))
    known = load(base)
    of_settings = _by_hand("configuration", plain(known), plain(settings))
    of_people = _by_hand("people", people_data(base, known), people_data(tree, settings))

    def moved(name: str, written: str) -> Sequence[tuple[object, object]]:
        if name.startswith(PEOPLE):
            return of_people(name.removeprefix(PEOPLE), written)
        return of_settings(name, written)

    return moved


def _by_hand(record: str, base: object, now: object) -> Moved:
    """What was changed by hand before its decision is recorded, as the gate sees it: elements of
    lists without an id have no place that an option could name.
    """
    from pmlint.gate.moved import moved_fields

    def moved(name: str, written: str) -> list[tuple[object, object]]:
        if base is None:
            return []
        found = moved_fields(record, name, base, now)
        return [(one.before, one.after) for one in found if _means(written, one.after)]

    return moved


def _means(written: str, value: object) -> bool:
    """Whether a word of the command line is a value; ``null`` one that is absent."""
    return value_of(written, value) == value or (value is None and written == "null")


def _decision(desk: Desk, reason: str, approved_by: str) -> Decision | None:
    if not reason:
        return None
    people = known_people(desk.project.tree, desk.project.settings)
    approver = handle(approved_by, people, "--approved-by")
    return Decision(one_line(reason), approver, desk.day.isoformat())


def _record(desk: Desk, name: str, subject: str) -> Record:
    """The record that a name means; a postmortem wins over a route, whose ids are lower case.

    Raises `UsageError` with the nearest of both where there is neither.
    """
    tree, settings = desk.project.tree, desk.project.settings
    routes = {route.id for route in _routes(desk)}
    if name in routes:
        if subject:
            raise UsageError(
                f"a route has no part '{subject}'", help="--control ID names a control"
            )
        route, document = find_route(tree, settings, name)
        # Files of another platform are never written: their tools own them.
        if document is None:
            raise UsageError(
                f"the route '{name}' is mapped from {route.file}",
                help="record it in a postmortem that blocks it: "
                f"pmlint amend ID --set routes.{name}.FIELD=VALUE",
            )
        return Record(document, Path(), ((route.owner, "the owner of the route"),), name)
    try:
        review = find_review(tree, settings, name)
    except UsageError as error:
        near = nearest(name, [*routes, CONFIGURATION])
        # An error with a file is of a postmortem that exists, and a name that is near is the better
        # help already.
        if not error.file and near and not error.help.startswith("did you mean"):
            raise UsageError(f"there is no postmortem or route '{name}'", help=near) from None
        raise
    parties = [(author, "an author") for author in review.postmortem.authors]
    if not subject:
        return Record(review.document, Path(), tuple(parties), review.postmortem.id)
    part = review.subject(subject)
    if isinstance(part, Action):
        parties.append((part.owner, f"the owner of {part.id}"))
    return Record(review.document, part.at, tuple(parties), f"{review.postmortem.id}#{part.id}")


def _routes(desk: Desk) -> tuple[Route, ...]:
    return tuple(read_routes(desk.project.tree, desk.project.settings).routes)


def _base_routes(desk: Desk) -> tuple[Route, ...]:
    if desk.history is None:
        return ()
    return tuple(read_routes(desk.history.tree(), desk.project.settings).routes)


def _amended(desk: Desk, record: Record, request: Request) -> Edited:
    """The record's file after all that is asked for. Raises `Refused` and `UsageError`."""
    document = record.document
    people = known_people(desk.project.tree, desk.project.settings)
    base, at = _on_base(desk, record)
    links = Links(record.document, base, desk.project.settings, _routes(desk), _base_routes(desk))
    moved = _by_hand(document.kind, base.data if base and not record.at else None, document.data)
    for name, text in request.fields:
        by_hand = moved(name, text) if request.decision is not None else []
        for before, after in by_hand:
            amended = Amended(Path(), name, before, after, after)
            document = _changed(document, record, amended, request.decision)
        if by_hand:
            continue
        value = _value(name, text, desk.project.settings)
        if name.rpartition(".")[2] == "owner":
            # Written as the people file has it, or two spellings of one person would be two owners
            # to a reader.
            value = handle(value, people, "--owner")
        amended = links.mapped_value(name, value) or with_base(
            setting_to(document, record.at, name, value), base, at
        )
        document = _changed(document, record, amended, request.decision)
    for name in request.removed:
        amended = links.removed(name) or with_base(
            removing_of(document, record.at, name, base, at), base, at
        )
        document = _changed(document, record, amended, request.decision)
    for name, text in request.added:
        document = changed(document, adding_to(document, record.at, name, text))
    return edited(record.document, document)


def _on_base(desk: Desk, record: Record) -> tuple[Document | None, Path | None]:
    """The record's document as the base has it, and where the record is in it; None where the base
    does not have it.
    """
    if desk.history is None:
        return None, None
    tree, settings = desk.history.tree(), desk.project.settings
    name, _, part = record.subject.partition("#")
    try:
        if record.document.kind == "route":
            return find_route(tree, settings, name)[1], Path()
        review = find_review(tree, settings, name)
        at = review.subject(part).at if part else Path()
    # What the base does not have, or has broken, is compared with nothing; the gate says what is
    # wrong with it.
    except (UsageError, Malformed):
        return None, None
    return review.document, at


def _changed(
    document: Document, record: Record, amended: Amended, decision: Decision | None
) -> Document:
    if amended.current == amended.after and amended.before == amended.after:
        raise UsageError(
            f"'{amended.field}' of {record.subject} is '{amended.before}' already",
            file=document.source.file,
            span=document.locate(amended.at),
            help="name another value",
        )
    if decision is not None:
        parties = [*record.parties]
        # The new owner has a part in it as the old one has (docs/spec/gate.md, 4).
        if isinstance(amended.after, str) and amended.field.rpartition(".")[2] == "owner":
            parties.append((amended.after, "the new owner"))
        require_other(
            decision.approved_by,
            parties,
            code=amended.code,
            document=document,
            at=amended.at,
            subject=record.subject,
        )
    for change in changes_of(amended, record.at, decision):
        document = changed(document, change)
    return document


def _value(name: str, text: str, settings: Settings) -> str:
    """A value of the fields with a closed form. Raises `UsageError`, exit 2, for another one."""
    field = name.rpartition(".")[2]
    if field == "deadline" and parse_date(text) is None:
        raise UsageError(
            f"--deadline '{text}' is not a date",
            help="write the day, year first, as in --deadline 2026-11-15",
        )
    known = {"layer": tuple(STRENGTH), "severity": settings.severity_words}.get(field)
    if known is not None:
        require_word(text, known, f"--{field}")
    return text
