"""Who may be named in a postmortem: the people file, else the persons of CODEOWNERS.

The one reader for check, verbs, server and gate: a verb that knew fewer people than `check` would
write what `check` then refuses. A file that can't be read is not a missing one, and knows nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding, Problem
from pmlint.model import People
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.project.kinds import PEOPLE, shape_findings, syntax
from pmlint.project.registry.reader import MAX_BYTES, decode_foreign
from pmlint.project.settings import Settings


class PeopleFile(NamedTuple):
    """The people of a tree, as far as its file says.

    ``people`` is None where there is no closed list; ``unchecked`` then says why names are not
    checked, and is empty where there is no file at all. ``unreadable`` is why a file that is there
    can't be read.
    """

    people: People | None = None
    file: str = ""
    source: Source | None = None
    findings: tuple[Finding, ...] = ()
    unreadable: Malformed | None = None
    unchecked: str = ""


def read_people_file(tree: Tree, settings: Settings) -> PeopleFile:
    """The people of a tree, and what is wrong with the file that names them."""
    file = settings.people
    # CODEOWNERS counts only where there is no people file: two lists could disagree.
    if tree.entry(file) is None:
        return _code_owners(tree, settings)
    try:
        source = decode(file, tree.read(file))
        document = PEOPLE.read(source)
    except Malformed as error:
        return PeopleFile(file=file, findings=(syntax(file, error),), unreadable=error)
    findings = [syntax(file, problem) for problem in document.problems]
    people = People(document.data, file)
    findings += shape_findings(PEOPLE, document, more=_twice(people))
    return PeopleFile(people, file, source, tuple(findings))


def _twice(people: People) -> Iterator[Problem]:
    """Handles that several entries have: each reader would take another one's address and key."""
    first: dict[str, int] = {}
    for number, person in enumerate(people.all):
        # '@Maria' and '@maria' are one account to a forge (docs/spec/security.md, approvals).
        known = first.setdefault(person.handle.casefold(), number)
        if person.handle and known != number:
            yield Problem(
                f"'{person.handle}' is listed twice, first as entry {known + 1}",
                person.at / "handle",
                help="keep one entry for each person",
            )


def known_people(tree: Tree, settings: Settings) -> People | None:
    """The known people of a tree; None where names are not checked.

    Raises `UsageError` where the file can't be read: nobody is known then, which is not the same as
    everybody.
    """
    # The gate must not read 'nobody is known' as 'names are not checked' (docs/spec/gate.md, 10).
    found = read_people_file(tree, settings)
    if found.unreadable is not None:
        error = found.unreadable
        raise UsageError(
            error.message,
            file=found.file,
            span=error.span,
            help=error.help,
            code="unreadable-people",
        )
    return found.people


def _code_owners(tree: Tree, settings: Settings) -> PeopleFile:
    # Imported here: a repository with a people file never reads CODEOWNERS.
    from pmlint.project.code_owners import PLACES, read_code_owners

    file = next((file for file in PLACES if tree.entry(file) is not None), None)
    if file is None:
        return PeopleFile()
    try:
        source = decode_foreign(file, tree.read(file, MAX_BYTES))
    except Malformed as error:
        return PeopleFile(file=file, findings=(syntax(file, error),), unreadable=error)
    owners = read_code_owners(source.text)
    if owners.is_closed:
        handles = sorted(owners.users, key=str.casefold)
        return PeopleFile(People([{"handle": handle} for handle in handles], file), file, source)
    unchecked = f"names are not checked: {file} names {owners.described}; {settings.people} would"
    return PeopleFile(file=file, source=source, unchecked=unchecked)
