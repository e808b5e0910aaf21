"""Who made the commits of a change, as the commits themselves say it."""

from __future__ import annotations

import re
from typing import NamedTuple

FORMAT = "%H%x00%P%x00%an%x00%ae%x00%B"
"""What `makers_of` reads, by ``git log -z``. NUL is the one character that neither a name nor a
message can hold: with another one between commits a message could forge a commit of its own.
"""
# A squash indents and lists the messages that it joins; git itself lets a blank stand before the
# colon, and a value go on in the next line.
_MADE_BY = re.compile(
    r"^[ \t>*-]*(?:Co-authored-by|Assisted-by|Generated-by)[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(.+)$",
    re.IGNORECASE | re.MULTILINE,
)


class MadeCommit(NamedTuple):
    """A commit, its first parent (empty where there is none), and the names and addresses of who
    made it: its author and its lines ``Co-authored-by``, ``Assisted-by`` and ``Generated-by``.
    """

    commit: str
    parent: str
    names: tuple[str, ...]


def makers_of(log: bytes) -> list[MadeCommit]:
    """The commits of a log in `FORMAT`, in its order."""
    fields = log.decode("utf-8", "replace").split("\0")[:-1]
    found = []
    for commit, parents, name, address, body in zip(*[iter(fields)] * 5, strict=True):
        names = [name, address]
        for line in _MADE_BY.findall(body):
            person, _, rest = line.partition("<")
            names += filter(None, (person.strip(), rest.rstrip("> \r")))
        found.append(MadeCommit(commit, parents.partition(" ")[0], tuple(names)))
    return found
