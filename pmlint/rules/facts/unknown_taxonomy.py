"""A reference to a failure taxonomy names nothing.

By its references one team's failures are counted beside another's. A wrong id is counted
nowhere.

Fix: correct the id; a team adds its own lists as ``taxonomies`` in the configuration.

Bad::
    taxonomy: ["owasp-asi:ASI22"]
Good::
    taxonomy: ["owasp-asi:ASI02", "mast:FM-3.2", "aiid:1152"]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from typing import Any

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.resources import read_json
from pmlint.model.suggestions import Names
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

MOST = 50
"""The most names of a list that are told."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each reference has the form ``list:id``, its list is known, and the list has the id."""
    if not postmortem.taxonomy:
        return
    # Read when it is first asked: most postmortems name no taxonomy.
    shipped: dict[str, Any] = {
        name: said for name, said in read_json("taxonomies.json").items() if name != "version"
    }
    lists = {
        **shipped,
        # A team's list wins over a shipped one of its name: theirs is newer than our release.
        **{name: {"ids": dict.fromkeys(ids)} for name, ids in context.settings.taxonomies.items()},
    }
    names = cache(lambda name: Names(lists if name is None else lists[name]["ids"]))
    for number, reference in enumerate(postmortem.taxonomy):
        at = Path() / "taxonomy" / number
        name, colon, entry = reference.partition(":")
        if not colon or name not in lists:
            help = names(None).near(name) or f"write list:id with one of {_told(lists)}"
            yield Problem(f"there is no taxonomy '{name}'", at, reference, help=help)
            continue
        ids: Collection[str] = lists[name].get("ids", ())
        if "pattern" in lists[name]:
            if not re.fullmatch(lists[name]["pattern"], entry, re.ASCII):
                yield Problem(
                    f"'{entry}' does not have the form of '{name}'",
                    at,
                    reference,
                    help=f"write {lists[name]['form']}",
                )
        elif entry not in ids:
            yield Problem(
                f"'{name}' has no '{entry}'",
                at,
                reference,
                help=names(name).near(entry) or f"it has {_told(ids)}",
            )


def _told(names: Collection[str]) -> str:
    """Names by comma, of very many the first."""
    rest = len(names) - MOST
    return ", ".join(names) if rest <= 0 else f"{', '.join(islice(names, MOST))} and {rest:,} more"


RULE = Rule("unknown-taxonomy", Level.ERROR, "postmortem", check, __doc__)
