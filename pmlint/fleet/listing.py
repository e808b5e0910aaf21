"""Which repositories a fleet has: one address a line, or JSON lines (docs/spec/fleet.md, *The
list*).

An address goes to git, so whatever is not plainly one is refused with its line: an option, another
protocol (``ext::`` runs a program), a password that would end in a log.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.git.refs import ID
from pmlint.place import Span
from pmlint.project.repositories import MalformedName, repository_name

_SCP = re.compile(r"(?P<user>[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^:/@][^:@]*)")
_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?:(?P<user>[^@/]*)@)?(?P<host>[^/:@]*)(?::\d+)?/(?P<path>.+)"
)
_KEYS = ("url", "ref", "commit", "team", "folder", "name")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Listed(NamedTuple):
    """One repository of a list: its name, its address, and what of it is judged.

    ``ref`` is empty for the remote's HEAD, ``commit`` for whatever the ref is at, ``folder`` for
    the root.
    """

    name: str
    url: str
    ref: str = ""
    commit: str = ""
    team: str = ""
    folder: str = ""


def read_list(text: str, file: str, *, allow_file: bool = False) -> list[Listed]:
    """The repositories of a list, in its order. Raises `UsageError`, with the line, for anything
    that is not one, for two lines of one name, and for a list of nothing.
    """
    found: dict[str, Listed] = {}
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            one = _listed(line.strip(), allow_file)
        except (MalformedName, ValueError) as error:
            help = getattr(error, "help", "") or "docs/spec/fleet.md has the form of a list"
            raise UsageError(str(error), file=file, span=_line(row), help=help) from None
        if one.name in found:
            raise UsageError(
                f"'{one.name}' is listed twice",
                file=file,
                span=_line(row),
                help="remove one, or give one another 'name' or 'folder'",
            )
        found[one.name] = one
    # An export that failed leaves an empty file: a run over it would be green every night.
    if not found:
        raise UsageError("no repository is listed", file=file, help="write one address a line")
    return list(found.values())


def _line(row: int) -> Span:
    return Span(row, 1, row, 1)


def _listed(line: str, allow_file: bool) -> Listed:
    """A line as a repository. Raises `ValueError` where it is not one."""
    if _CONTROL.search(line):
        raise ValueError("a line has a control character")
    data: Mapping[str, Any] = json.loads(line) if line.startswith("{") else {"url": line}
    for key, value in data.items():
        if key not in _KEYS:
            raise ValueError(f"unknown key '{key}'")
        if value is not None and (not isinstance(value, str) or _CONTROL.search(value)):
            raise ValueError(f"'{key}' is not a text without control characters")
    url, folder = str(data.get("url") or ""), str(data.get("folder") or "").strip("/")
    if any(char in url for char in '"\\ '):
        raise ValueError("an address has a blank, a quote or a backslash")
    host_and_path = _address(url, allow_file)
    if ".." in folder.split("/"):
        raise ValueError(f"'{folder}' has '..'")
    commit = str(data.get("commit") or "")
    if commit and not ID.fullmatch(commit):
        raise ValueError(f"'{commit}' is not a full commit id")
    ref = str(data.get("ref") or "")
    # Given in full, a ref is neither an option nor an expression of git.
    if ref and not re.fullmatch(r"refs/[\w./+@-]+", ref):
        raise ValueError(f"'{ref}' is not a full ref, such as refs/heads/main")
    name = _name(str(data.get("name") or ""), host_and_path, folder)
    return Listed(name, url, ref, commit, str(data.get("team") or ""), folder)


def _name(given: str, host_and_path: str, folder: str) -> str:
    """The name of a repository, with the folder of its project: what links in other repositories
    call it.
    """
    if given:
        return given.casefold()
    if not host_and_path:
        raise ValueError("an address of a file has no name: give it one with 'name'")
    return repository_name("/".join(filter(None, (host_and_path, folder))))


def _address(url: str, allow_file: bool) -> str:
    """The host and path of an address, without user, port and ``.git``; empty for a file.

    Raises `ValueError` for what is not an address that may be given to git.
    """
    if not url or url.startswith("-"):
        raise ValueError(f"'{url}' is not an address")
    match = _URL.fullmatch(url)
    if match is None:
        short = _SCP.fullmatch(url)
        if short is None or "::" in url:
            raise ValueError(f"'{_hidden(url)}' is not an address of https, ssh or git@host:path")
        return _plain(short["host"], short["path"])
    scheme, user = match["scheme"], match["user"]
    # For tests and for mirrors on a disk; in a list from elsewhere it would read this machine.
    if scheme == "file":
        if not allow_file:
            raise ValueError("an address of a file needs --allow-file")
        return ""
    if scheme not in ("https", "ssh"):
        raise ValueError(f"'{scheme}' is not https or ssh")
    if user is not None and (scheme == "https" or ":" in user):
        raise ValueError("an address has a user or a password: use a credential helper")
    if not match["host"] or match["host"].startswith("-"):
        raise ValueError(f"'{_hidden(url)}' has no host")
    return _plain(match["host"], match["path"])


def _hidden(url: str) -> str:
    """An address for a message, without a user or a password."""
    return re.sub(r"[^/\s]*@", "", url)


def _plain(host: str, path: str) -> str:
    return f"{host}/{path.strip('/').removesuffix('.git')}".rstrip("/")


def shard_of(listed: list[Listed], shard: str) -> list[Listed]:
    """The part of a list that a shard ``I/N`` judges, by the SHA-256 of the names: whoever has the
    same list has the same parts. Raises `UsageError`.
    """
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", shard)
    number, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if match is None or not 1 <= number <= of:
        raise UsageError(
            f"'{shard}' is not a shard: shards count from 1",
            help="write --shard 1/4 to --shard 4/4",
        )
    return [one for one in listed if _number(one.name) % of == number - 1]


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


class Export(NamedTuple):
    """What an export of a forge had: lines of a list, and how many were left out, and why."""

    lines: tuple[str, ...]
    archived: int
    forks: int


def from_forge(forge: str, text: str, file: str) -> Export:
    """The list that an export of a forge amounts to: arrays or lines of its repositories.

    Raises `UsageError` for what is not one.
    """
    fields = _FORGES[forge]
    lines: list[str] = []
    archived = forks = 0
    for entry in _entries(text, file):
        if not isinstance(entry, dict) or not isinstance(entry.get(fields.url), str):
            raise UsageError(
                f"an entry has no '{fields.url}'", file=file, help=f"export it from {forge}'s REST"
            )
        if entry.get("archived"):
            archived += 1
        elif fields.is_fork(entry):
            forks += 1
        else:
            branch = entry.get("default_branch")
            ref = f"refs/heads/{branch}" if branch else None
            lines.append(json.dumps({"url": entry[fields.url], "ref": ref}))
    return Export(tuple(lines), archived, forks)


class _ForgeFields(NamedTuple):
    url: str
    is_fork: Callable[[Mapping[str, Any]], bool]


_FORGES = {
    "github": _ForgeFields("clone_url", lambda entry: bool(entry.get("fork"))),
    "gitlab": _ForgeFields(
        "http_url_to_repo", lambda entry: bool(entry.get("forked_from_project"))
    ),
}
FORGES = tuple(_FORGES)


def _entries(text: str, file: str) -> list[Any]:
    """The objects of one array, of several behind one another, or of one a line."""
    decoder = json.JSONDecoder()
    found: list[Any] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            row = text.count("\n", 0, at) + 1
            raise UsageError(
                "not JSON", file=file, span=_line(row), help="export it again"
            ) from None
        # `gh api --paginate` writes one array behind another
        found += value if isinstance(value, list) else [value]
    return found
