"""A reference to a failure taxonomy names nothing.

References are what lets one team's failures be counted beside another's. A wrong id is counted nowhere.

Fix: correct the id; a team adds its own lists as ``taxonomies`` in the configuration.

Bad::
    taxonomy: ["owasp-asi:ASI22"]
Good::
    taxonomy: ["owasp-asi:ASI02", "mast:FM-3.2", "aiid:1152"]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.rule import Context, Rule
from pmlint.schema import nearest
from pmlint.shipped import read_json


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each reference has the form ``list:id``, its list is known, and the list has the id."""
    for number, reference in enumerate(postmortem.taxonomy):
        at = Path() / "taxonomy" / number
        shipped: dict[str, Any] = {name: said for name, said in read_json("taxonomies.json").items() if name != "version"}
        lists = {**shipped, **{name: {"ids": ids} for name, ids in context.settings.taxonomies.items()}}
        name, colon, entry = reference.partition(":")
        if not colon or name not in lists:
            help = nearest(name, lists) or f"write list:id with one of {', '.join(lists)}"
            yield Problem(f"there is no taxonomy '{name}'", at, reference, help=help)
            continue
        ids: Collection[str] = lists[name].get("ids", ())
        if "pattern" in lists[name]:
            if not re.fullmatch(lists[name]["pattern"], entry, re.ASCII):
                yield Problem(f"'{entry}' has not the form of '{name}'", at, reference, help=f"write {lists[name]['form']}")
        elif entry not in ids:
            yield Problem(f"'{name}' has no '{entry}'", at, reference, help=nearest(entry, ids) or f"it has {', '.join(ids)}")


RULE = Rule("unknown-taxonomy", Level.ERROR, "postmortem", check, __doc__)
