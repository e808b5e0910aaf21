"""A link leads into a repository that nobody declared.

The name of a repository is only what the configuration says it is. One that is misspelt, or that
nobody declared, is a hold that no gate over there ever hears of.

Fix: declare the repository under ``[tool.pmlint.repositories]``, or correct its name.

Bad::
    routes: [refund-triage, mial//mail-desk]
    settings: {repositories: {mail: github.com/acme/mail}}
Good::
    routes: [refund-triage, mail//mail-desk]
    settings: {repositories: {mail: github.com/acme/mail}}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model.suggestions import nearest
from pmlint.project.index import Index
from pmlint.project.repositories import MalformedName, foreign_name
from pmlint.rules.facts.foreign_name import ForeignLink, foreign_links
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Links from both sides; a ledger declares its repository as well."""
    settings = context.settings
    known = {*settings.repositories.values(), *(one.repository for one in settings.ledgers)}
    for link in foreign_links(index):
        try:
            found = foreign_name(link.name, settings.repositories)
        except MalformedName:
            continue  # `foreign-name` says so
        if found is None:
            alias = link.name.partition("//")[0]
            near = nearest(alias, settings.repositories)
            yield _unknown(link, f"there is no repository '{alias}'", near)
        elif found.repository not in known and found.repository != settings.repository:
            near = nearest(found.repository, known)
            yield _unknown(link, f"the repository '{found.repository}' is not declared", near)


def _unknown(link: ForeignLink, message: str, near: str) -> Problem:
    help = near or "declare it under [tool.pmlint.repositories]"
    return Problem(message, link.at, link.name, help=help, file=link.file)


RULE = Rule("unknown-repository", Level.ERROR, "repository", check, __doc__, "draft")
"""From the draft on: until the name is declared, the link holds nothing."""
