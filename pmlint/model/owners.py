"""Whether a text names exactly one person: not a group, not "to be decided", not an agent, not two
people. The words are data by language, `schema/owners.json`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from pmlint.model.resources import read_json

Somebody = Literal["nobody", "undecided", "several", "group", "agent", "person"]
"""Whom a text names."""

_FACTS: dict[Somebody, str] = {
    "nobody": "has no owner",
    "undecided": "has the owner '{}', which names nobody",
    "several": "has the owner '{}', more than one person",
    "group": "has the owner '{}', a group",
    "agent": "has the owner '{}', an agent",
    "person": "",
}

PERSON_FIELDS = frozenset(("owner", "verified_by", "approved_by", "by"))
"""Fields whose value is one person."""
_TEMPLATE = re.compile(r"[<>{}]|\$\w|^@?(?:your|dein|deine|tu)[\W_]", re.I)
"""What templates put where a name belongs: ``<owner>``, ``{{ owner }}``, ``$OWNER``,
``@your-handle``. No forge has such a handle.
"""


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(
        word for language in read_json("owners.json")[kind].values() for word in language
    )


def whom(name: object) -> Somebody:
    """Whom a text names, as far as its words say; what is not a text names nobody."""
    if not isinstance(name, str) or not name.strip():
        return "nobody"
    text = name.strip()
    folded = text.casefold().lstrip("@")
    words = re.findall(r"[^\W\d_]+", folded)
    if folded.strip(".?-") in _words("undecided") or not words or _TEMPLATE.search(text):
        return "undecided"
    # Before groups: 'Tom and the platform team' is more than one owner in the first place.
    if re.search(r"[,;&+]|\s(and|und|y|or|oder)\s", text) or text.count("@") > 1:
        return "several"
    # a slash is how forges name teams: @acme/platform
    if "/" in text or set(words) & _words("group"):
        return "group"
    return "agent" if set(words) & _words("agent") else "person"


def owner_problem(owner: object) -> str:
    """What policies ask: why a text names no owner (``has the owner 'platform team', a group``);
    empty where it names one person.
    """
    return _FACTS[whom(owner)].format(str(owner).strip())
