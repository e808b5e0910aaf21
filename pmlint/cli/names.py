"""Names that an asking verb is given: one that does not exist is exit 2, with the nearest one.

A name that exists and has nothing is an answer, not a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable

from pmlint.cli.project import Project
from pmlint.edit.record import known_people
from pmlint.errors import UsageError
from pmlint.model.suggestions import meant_value, nearest
from pmlint.project.holds import same
from pmlint.project.index import Index
from pmlint.project.repositories import MalformedName, foreign_name, is_foreign_name


def require_route(name: str, index: Index, option: str) -> None:
    """Raise `UsageError` for a route that nothing declares."""
    _require(
        name,
        index.route_by_id,
        f"{option} '{name}' is not a route",
        "'pmlint routes' lists the routes",
    )


def require_any_route(name: str, project: Project, index: Index, option: str) -> None:
    """Raise `UsageError` for a name that no link may have: of a route that nothing here declares,
    or of one in a repository that the configuration does not name (docs/spec/fleet.md).
    """
    if not is_foreign_name(name):
        require_route(name, index, option)
        return
    known = project.settings.repositories
    try:
        found = foreign_name(name, known)
    except MalformedName as error:
        raise UsageError(f"{option}: {error.message}", help=error.help) from None
    if found is None:
        alias = name.partition("//")[0]
        listed = "name it under 'repositories' in the configuration"
        _require(alias, known, f"{option} '{name}' is in a repository that is not known", listed)


def of_other_repositories(name: str, index: Index) -> str:
    """The help for the id of a route that postmortems here name with its repository; empty where
    none does.
    """
    found = [link for link in index.links() if link.endswith(f"//{name}")]
    return f"did you mean '{found[0]}'?" if found else ""


def require_postmortem(name: str, index: Index, option: str) -> None:
    """Raise `UsageError` for a postmortem that does not exist."""
    known = index.postmortem_by_id
    listed = "'pmlint check' names the folders that it reads"
    _require(name, known, f"{option} '{name}' is not a postmortem", listed)


def require_person(name: str, project: Project, index: Index, option: str) -> None:
    """Raise `UsageError` for a handle that neither the people file nor a record has."""
    people = known_people(project.tree, project.settings)
    handles = [person.handle for person in people.all] if people else []
    handles += [action.owner for facts in index.postmortems for action in facts.actions]
    handles += [route.owner for route in index.routes]
    if not any(same(name, handle) for handle in handles if handle):
        found = name if name.startswith("@") else f"@{name}"
        near = nearest(found, sorted(filter(None, set(handles))))
        raise UsageError(
            f"{option} '{name}' is not a known person",
            help=near or f"'{project.settings.people}' lists the known people",
        )


def require_word(word: str, known: Iterable[str], option: str) -> None:
    """Raise `UsageError` for a word that is not one of a closed list."""
    names = list(known)
    if word not in names:
        one_of = f"it is one of {', '.join(names)}"
        message = f"{option} '{word}' is not one of the closed list"
        raise UsageError(message, help=meant_value(word, names) or one_of)


def _require(name: str, known: Iterable[str], message: str, listed: str) -> None:
    names = list(known)
    if name not in names:
        raise UsageError(message, help=nearest(name, names) or listed)
