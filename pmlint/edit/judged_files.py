"""What a file that the gate judges by has on the base, as an amendment names it: a file's git
object id, a person's field, a policy's demand (docs/spec/gate.md, 4).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pmlint.git import GitTree
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import load_policies
from pmlint.policy.policy import policy_record
from pmlint.project.configuration import load
from pmlint.project.people import read_people_file
from pmlint.project.settings import Settings

FILES = ("policies.", "people.", "workflows.", "baseline")
"""Names that are no settings but files: only the decision about them is recorded."""


def people_data(tree: Tree, settings: Settings) -> list[dict[str, Any]]:
    """The entries of the people file of a tree; none where it has no such file."""
    people = read_people_file(tree, settings).people
    return [dict(person.data) for person in people.all] if people is not None else []


def value_on_base(name: str, base: GitTree | None, today: date) -> object:
    """The value of such a name on the base, where its own configuration says it lies; None where
    the base has none.
    """
    if base is None:
        return None
    settings = load(base)
    kind, _, rest = name.partition(".")
    if kind == "baseline":
        return base.identity(settings.baseline) or None
    if kind == "workflows":
        return base.identity(rest) or None
    if kind == "people":
        return _of_person(rest, base, settings)
    policy, _, field = rest.partition(".")
    found = next(
        (one for one in load_policies(base, settings, today).policies if one.id == policy), None
    )
    if found is None:
        return None
    return policy_record(found).get(field) if field else found.id


def _of_person(name: str, base: GitTree, settings: Settings) -> object:
    """A person by the handle, or one field of a person: ``@maria.email``."""
    people = read_people_file(base, settings).people
    if people is None:
        return None
    whole = people.find(name)
    if whole is not None:
        return whole.handle
    handle, _, field = name.rpartition(".")
    person = people.find(handle)
    return None if person is None else person.data.get(field)
