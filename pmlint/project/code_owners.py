"""CODEOWNERS as forges read it: who is named in it, and as what.

Comments also behind a line, ``\\#`` and ``\\ `` in a pattern, sections of GitLab with their default
owners (``[Docs][2] @dana``, ``^[Optional]``). Which files a pattern means is the forge's business.
"""

from __future__ import annotations

import re
from typing import NamedTuple

PLACES = (
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
    ".forgejo/CODEOWNERS",
    ".gitea/CODEOWNERS",
)
"""Where forges look; the first that is there counts."""
_COMMENT = re.compile(r"(?<!\\)#.*")
_SECTION = re.compile(r"\^?\[[^\]]*\](?:\[\d+\])?")
_PATTERN = re.compile(r"(?:\\.|\S)+")
_USER = re.compile(r"@[^@/\s]+")
_TEAM = re.compile(r"@@?[^@\s]+")


class CodeOwners(NamedTuple):
    """The owners of a file, each once, in the order of their first line."""

    users: tuple[str, ...]
    teams: tuple[str, ...]
    """With a slash, or GitLab's roles: nobody knows from here who is in them."""
    addresses: tuple[str, ...]

    @property
    def is_closed(self) -> bool:
        """Whether the list says who may be named: only users, and at least one."""
        return bool(self.users) and not self.teams and not self.addresses

    @property
    def described(self) -> str:
        """What keeps the list from being closed: ``2 teams and 1 mail address``."""
        parts = [
            f"{len(found)} {noun}{ending if len(found) != 1 else ''}"
            for found, noun, ending in (
                (self.teams, "team", "s"),
                (self.addresses, "mail address", "es"),
            )
            if found
        ]
        return " and ".join(parts) or "nobody"


def read_code_owners(text: str) -> CodeOwners:
    """The owners that a CODEOWNERS file names."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        found.update(dict.fromkeys(_owners(_COMMENT.sub("", line).strip())))
    # A group of GitLab without a slash looks like a user; nobody can tell them apart from here.
    users = tuple(owner for owner in found if _USER.fullmatch(owner))
    teams = tuple(owner for owner in found if _TEAM.fullmatch(owner) and owner not in users)
    others = tuple(owner for owner in found if owner not in users and owner not in teams)
    return CodeOwners(users, teams, others)


def _owners(line: str) -> list[str]:
    """The owners on one line, without its comment."""
    # A section of GitLab begins like a pattern; its owners are the default of what follows.
    head = _SECTION.match(line) or _PATTERN.match(line)
    return line[head.end() :].split() if head is not None else []
