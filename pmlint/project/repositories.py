"""Names across repositories: ``host/owner/name[/folder]//ID`` (docs/spec/fleet.md).

1. What stands before ``//`` is a repository, by its full name with case folded, or an alias of
   ``[tool.pmlint.repositories]``; what stands behind it is an id, exactly as it is written.
2. A name that is declared is replaced by its full form before anything is judged, so that no two
   readers know one route by two names. Every other one stays as it is written, for the rules
   ``unknown-repository`` and ``foreign-name`` to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

SEPARATOR = "//"
_PART = re.compile(r"[^\s:@/\\\x00-\x1f\x7f]+")
# Of a host ASCII alone: other letters look the same, and resolvers know it by its punycode.
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?", re.ASCII | re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_ALIAS = re.compile(r"[^\s:@/.\\\x00-\x1f\x7f]+")


class ForeignName(NamedTuple):
    """A name that leads into another repository, in full."""

    repository: str
    id: str

    def __str__(self) -> str:
        return f"{self.repository}{SEPARATOR}{self.id}"


class MalformedName(ValueError):
    """A text is not the name of a repository, or not a name inside one; ``help`` has the form."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


_FORM = "write host/owner/name, as in github.com/acme/mail"


def is_foreign_name(text: str) -> bool:
    """Whether a link leads into another repository, however it is written."""
    return SEPARATOR in text


def repository_name(text: str) -> str:
    """The name of a repository with case folded, and ``%``-escapes read that need not be one:
    what is one repository has one name. Raises `MalformedName` for anything else.
    """
    if _SCHEME.match(text):
        raise MalformedName(f"'{text}' has a scheme", _FORM)
    if "@" in text:
        raise MalformedName(f"'{text}' has a user", _FORM)
    if ":" in text:
        raise MalformedName(f"'{text}' has a port", _FORM)
    # By parts, since '%2F' is a letter of a name and separates nothing.
    parts = [_without_escapes(part) for part in text.split("/")]
    if not all(parts):
        raise MalformedName(f"'{text}' has an empty part", _FORM)
    if ".." in parts or "." in parts:
        raise MalformedName(f"'{text}' has a part '..' or '.'", _FORM)
    # At the end, too: there it is a repository in a group of groups, and no folder is called so.
    if any(part.casefold().endswith(".git") for part in (*parts[:3], parts[-1])):
        raise MalformedName(f"'{text}' ends in '.git'", _FORM)
    if len(parts) < 3 or not all(map(_PART.fullmatch, parts)):
        raise MalformedName(f"'{text}' is not the name of a repository", _FORM)
    if not _HOST.fullmatch(parts[0]):
        help = "write it in ASCII: xn--bcher-kva.example for bücher.example"
        raise MalformedName(f"'{parts[0]}' is not the name of a host", help)
    return "/".join(parts).casefold()


def _without_escapes(part: str) -> str:
    """A part of a name in which only what a name can't have is escaped, such as a blank."""
    if "%" not in part:
        return part
    from urllib.parse import quote, unquote

    try:
        plain = unquote(part, errors="strict")
    except UnicodeDecodeError:
        raise MalformedName(f"'{part}' has an escape that is not UTF-8", _FORM) from None
    return "".join(
        char if char != "%" and _PART.fullmatch(char) else quote(char, safe="") for char in plain
    )


def foreign_name(text: str, aliases: Mapping[str, str]) -> ForeignName | None:
    """The full name that a foreign link means; None where its alias is not declared.

    Raises `MalformedName` for a text that is not such a name.
    """
    if _SCHEME.match(text):
        raise MalformedName(f"'{text}' has a scheme", "write host/owner/name//id")
    repository, _, id = text.partition(SEPARATOR)
    if SEPARATOR in id:
        raise MalformedName(f"'{text}' has more than one '//'", "write host/owner/name//id")
    if not id or not _PART.fullmatch(id):
        raise MalformedName(f"'{text}' has no id behind '//'", "write host/owner/name//id")
    # Without a slash it cannot be a full name, whatever is declared.
    if _ALIAS.fullmatch(repository):
        known = aliases.get(repository)
        return ForeignName(known, id) if known is not None else None
    return ForeignName(repository_name(repository), id)


def is_alias(text: str) -> bool:
    """Whether a text can be an alias: a word without ``.`` and ``/``."""
    return _ALIAS.fullmatch(text) is not None


def full_name(text: str, aliases: Mapping[str, str]) -> str:
    """A link in full where it leads into a declared repository; every other one as it is."""
    # Most links are of this repository, and nothing of them is parsed.
    if not is_foreign_name(text):
        return text
    try:
        found = foreign_name(text, aliases)
    except MalformedName:
        return text
    return str(found) if found is not None else text


def full_names(names: Iterable[object], aliases: Mapping[str, str]) -> list[object]:
    """A list of links with each in full; what is not a text stays, for the schema to refuse."""
    return [full_name(name, aliases) if isinstance(name, str) else name for name in names]
