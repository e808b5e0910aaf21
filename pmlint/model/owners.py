"""Whether a text names exactly one person: not a group, not "to be decided", not an agent, not two
people.
"""

from __future__ import annotations

import re
from functools import cache

from pmlint.model.resources import read_json


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(
        word for language in read_json("owners.json")[kind].values() for word in language
    )


def owner_problem(owner: object) -> str:
    """Why a text is no owner (``'platform team' is a group``); empty where it names one person."""
    if not isinstance(owner, str) or not owner.strip():
        return "has no owner"
    text = owner.strip()
    folded = text.casefold().lstrip("@")
    words = re.findall(r"[^\W\d_]+", folded)
    if folded.strip(".?-") in _words("undecided") or not words:
        return f"has the owner '{text}', which names nobody"
    if re.search(r"[,;&+]|\s(and|und|y|or|oder)\s", text) or "/" in text or text.count("@") > 1:
        return f"has the owner '{text}', which is more than one person or a group"
    if set(words) & _words("group"):
        return f"has the owner '{text}', which is a group"
    if set(words) & _words("agent"):
        return f"has the owner '{text}', which is no person"
    return ""
