"""What a rule is: a question to one document or to the whole repository, answered by problems.

A rule's module is its page: the docstring's first line is the title, then come the reason, ``Fix:``
and at least one example under ``Bad::`` and ``Good::``, which tests run and the docs print. An
example is an overlay in YAML on the complete valid postmortem of `pmlint.examples`: each key
replaces the one of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from pmlint.finding import Level, Problem
from pmlint.model import People, Postmortem
from pmlint.parsing.tree import Tree
from pmlint.place import Path
from pmlint.project.days import Today
from pmlint.project.digests import Digests
from pmlint.project.index import Index
from pmlint.project.settings import Settings


class Context(NamedTuple):
    """What a rule may ask beside its document.

    ``used_waivers`` is known once all findings are: the waivers' files and places. ``half_named``
    is what entries of the people file without a handle name, where the report says so of them.
    """

    today: Today
    settings: Settings
    repository_index: Index
    people: People | None
    tree: Tree
    digests: Digests
    rule_ids: frozenset[str] = frozenset()
    used_waivers: frozenset[tuple[str, Path]] = frozenset()
    half_named: frozenset[str] = frozenset()


class Rule(NamedTuple):
    """A rule: its id, how serious it is, what it looks at, the generator that checks, and its page
    (the module's docstring).

    Before a postmortem has reached the status ``binds_from``, an error is a warning. A rule with
    ``of="repository"`` is asked once, after all documents have been read, and names the file of
    each problem; one with ``of="waivers"`` after all others. One that is not ``by_default`` runs
    where the settings select it or give it a level: its own is what it would have.
    """

    id: str
    level: Level
    of: Literal["postmortem", "repository", "waivers"]
    check: (
        Callable[[Postmortem, Context], Iterator[Problem]]
        | Callable[[Index, Context], Iterator[Problem]]
    )
    page: str
    binds_from: Literal["draft", "in-review", "accepted"] = "accepted"
    by_default: bool = True

    @property
    def own_level(self) -> str:
        """What it is where no settings speak of it: ``error``, ``warning`` or ``off``."""
        return str(self.level) if self.by_default else "off"
