"""A link into another repository does not have the form of one.

Two spellings of one repository are two repositories to a tool that compares them: a scheme, a user,
a port or ``.git`` leads to a route that no ledger names, and so to no hold.

Fix: write ``host/owner/name//id``, or the alias of a declared repository, ``mail//mail-desk``.

Bad::
    routes: [refund-triage, "https://github.com/acme/mail//mail-desk"]
    settings: {repositories: {mail: github.com/acme/mail}}
Good::
    routes: [refund-triage, "github.com/acme/mail//mail-desk"]
    settings: {repositories: {mail: github.com/acme/mail}}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pmlint.finding import Level, Problem
from pmlint.place import Path, Where
from pmlint.project.index import Index
from pmlint.project.repositories import (
    MalformedName,
    foreign_name,
    is_foreign_name,
)
from pmlint.rules.rule import Context, Rule

ID_ALONE = "write the id alone: "
"""How the help of a link to the own repository begins; the fix writes what follows."""


class ForeignLink(NamedTuple):
    """A link into another repository: its name, and where it is."""

    name: str
    at: Path | Where
    file: str


def foreign_links(index: Index) -> Iterator[ForeignLink]:
    """Every link of an index that leads into another repository, from both sides."""
    for facts in index.postmortems:
        for field, names in (("routes", facts.routes), ("recurrence_of", facts.recurrence_of)):
            for number, name in enumerate(names):
                if is_foreign_name(name):
                    yield ForeignLink(name, Path() / field / number, facts.file)
    for route in index.routes:
        for number, name in enumerate(route.postmortems):
            if is_foreign_name(name):
                yield ForeignLink(name, route.place("postmortems") / number, route.file)


def check(index: Index, context: Context) -> Iterator[Problem]:
    """The form of each foreign link; whether its repository is known asks `unknown-repository`."""
    settings = context.settings
    for link in foreign_links(index):
        try:
            found = foreign_name(link.name, settings.repositories)
        except MalformedName as error:
            yield Problem(error.message, link.at, link.name, help=error.help, file=link.file)
            continue
        if found is not None and found.repository == settings.repository:
            yield Problem(
                f"'{found.repository}' is this repository",
                link.at,
                link.name,
                help=f"{ID_ALONE}'{found.id}'",
                file=link.file,
            )


RULE = Rule("foreign-name", Level.ERROR, "repository", check, __doc__, "draft")
"""From the draft on: a name that no reader understands links nothing."""
