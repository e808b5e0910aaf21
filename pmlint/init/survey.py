"""Looking before writing: old postmortems, folders of somebody else, files of known platforms."""

from __future__ import annotations

from typing import NamedTuple

from pmlint.init.repository import PlatformPlace, configuration_file
from pmlint.init.texts import text
from pmlint.model.schema import check
from pmlint.parsing.document import read_postmortem, read_yaml
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.toml import read_toml
from pmlint.parsing.tree import Tree
from pmlint.project.files import LEFT_OUT
from pmlint.project.foreign import FolderKind, is_foreign
from pmlint.project.patterns import matches
from pmlint.project.settings import Settings

ELSEWHERE = (
    "docs/postmortems",
    "docs/incidents",
    "docs/post-mortems",
    "post-mortems",
    "incidents",
)
"""Folders beside `postmortems` in which a team may already keep its postmortems."""
EARLY = (
    "merge this before the hooks are installed and the check is required: to the gate it would "
    "weaken what holds a route"
)
"""Printed where open postmortems lie in the folder that is read without any configuration."""
INSTEAD = ("agents", "pmlint")
"""Folders for routes and policies, where the default folder belongs to somebody else."""
_MOST_NAMED = 3
"""More files than these are named by a pattern in the mapping that is printed."""
_MOST_BYTES = 1 << 18
"""A manifest of an agent is small; a file of gigabytes is not read to find `kind: Agent`."""


class Platform(NamedTuple):
    """A platform whose files are known by name: its patterns, what a file must say (empty where
    the name is enough), and the mapping to copy.
    """

    name: str
    files: tuple[str, ...]
    says: str
    mapping: str


def platforms() -> tuple[Platform, ...]:
    """The platforms that `init` notices, of `templates/platforms.toml`."""
    data = read_toml(Source("platforms.toml", text("platforms.toml"))).data
    return tuple(
        Platform(one["name"], tuple(one["files"]), one.get("says", ""), one["mapping"])
        for one in data["platform"]
    )


def find_platforms(tree: Tree, settings: Settings) -> list[tuple[Platform, tuple[str, ...]]]:
    """The platforms that the repository has files of, with those files, without the ones that a
    source of the configuration maps already.
    """
    mapped = [pattern for source in settings.registry for pattern in source.files]
    files = [
        entry.path
        for entry in tree.walk("")
        if entry.kind == "file" and not any(matches(pattern, entry.path) for pattern in mapped)
    ]
    found: list[tuple[Platform, tuple[str, ...]]] = []
    for platform in platforms():
        theirs = tuple(file for file in files if _is_of(platform, file, tree))
        if theirs:
            found.append((platform, theirs))
    return found


def _is_of(platform: Platform, file: str, tree: Tree) -> bool:
    if not any(matches(pattern, file) for pattern in platform.files):
        return False
    if not platform.says:
        return True
    try:
        lines = tree.read(file, _MOST_BYTES).decode("utf-8", "replace").splitlines()
    except Malformed:
        return False
    # A line of its own: a text that only mentions it is not a manifest.
    return platform.says in (line.rstrip() for line in lines)


def mapping(platform: Platform, files: tuple[str, ...], configuration: str, owner: str) -> str:
    """The mapping of a platform for files of this repository, as its configuration writes it."""
    named = [f'"{file}"' for file in files]
    if len(files) > _MOST_NAMED:
        named = [f'"{pattern}"' for pattern in platform.files]
    listed = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    table = "[[tool.pmlint.registry]]" if configuration == "pyproject.toml" else "[[registry]]"
    return (
        platform.mapping.replace("@TABLE@", table)
        .replace("@FILES@", listed)
        .replace("@OWNER@", owner or "@who-decides")
        .rstrip()
    )


def find_folder(tree: Tree, configured: str, kind: FolderKind) -> str:
    """The folder for documents of a kind: the configured one, unless it belongs to somebody else,
    which is so where it has files and none of them has our shape (Laravel's and Express' `routes/`,
    the `policies/` of OPA and Kyverno).
    """
    base = configured.rpartition("/")[2]
    candidates = (configured, *(f"{parent}/{base}" for parent in INSTEAD))
    for folder in candidates:
        if not (is_foreign(tree, folder, kind) or is_repository(tree, folder)):
            return folder
    return candidates[-1]


def is_repository(tree: Tree, folder: str) -> bool:
    """Whether a folder is a submodule, fetched or not, or another repository inside this one: what
    is written there is no part of this repository, and nobody reads it from here.
    """
    if tree.entry(f"{folder}/.git") is not None:
        return True
    try:
        listed = decode(".gitmodules", tree.read(".gitmodules")).text
    except Malformed:  # there is none
        return False
    paths = (line.partition("=") for line in listed.splitlines())
    return any(key.strip() == "path" and path.strip() == folder for key, _, path in paths)


def find_people(tree: Tree, configured: str) -> str:
    """The file for people: the configured one, unless it belongs to somebody else, which is so
    where it is data without a handle (a list of names, the roles of a chart).
    """
    try:
        data = read_yaml(decode(configured, tree.read(configured)), "people").data
    except Malformed:  # not there, or not YAML: 'check' names it
        return configured
    rows = data if isinstance(data, list) else []
    if any(isinstance(row, dict) and "handle" in row for row in rows) or data == []:
        return configured
    return f"{INSTEAD[0]}/{configured}"


def find_place(tree: Tree, settings: Settings) -> PlatformPlace:
    """The folder in which postmortems lie, if pmlint can live with them; a folder beside or below
    it if they are not data at all.
    """
    default = settings.postmortems[0]
    if is_repository(tree, default):
        new = f"{INSTEAD[0]}/{default}"
        note = f"{default}/ is a repository of its own: new postmortems go to {new}/"
        return PlatformPlace(new, (note,))
    for folder in (default, *ELSEWHERE):
        files = [
            entry.path
            for entry in tree.walk(folder)
            if entry.path.endswith(".md") and not LEFT_OUT.fullmatch(entry.path.rpartition("/")[2])
        ]
        if files:
            return _place_of(tree, settings, folder, files)
    return PlatformPlace(default)


def _place_of(tree: Tree, settings: Settings, folder: str, files: list[str]) -> PlatformPlace:
    default = settings.postmortems[0]
    forms = {_form(tree, file) for file in files}
    number = "1 file" if len(files) == 1 else f"{len(files)} files"
    early = (EARLY,) if folder == default else ()
    # Files of another tool alone would be red on the first day, and nothing of them was pmlint's.
    if "prose" in forms or "ours" not in forms:
        new = f"{default}/agents" if folder == default else default
        what = "not all of which are data" if "prose" in forms else "with fields of another tool"
        note = (
            f"{folder}/ has {number}, {what}: they stay as they are, and new "
            f"postmortems go to {new}/; `pmlint import {folder}` makes drafts of old ones"
        )
        return PlatformPlace(new, (note, *early))
    known = "accept what is known with `pmlint baseline`"
    if "foreign" in forms:
        note = f"{folder}/ has {number} with other fields than pmlint asks for: {known}"
        return PlatformPlace(folder, (note, *early))
    file = configuration_file(tree, settings)
    note = f"{folder}/ has {number} already: set `since` in {file}, or {known}"
    return PlatformPlace(folder, (note, *early), since=True)


def _form(tree: Tree, file: str) -> str:
    """What an old postmortem is: ``ours``, one with ``foreign`` fields, or ``prose``, which neither
    `since` nor a baseline excuses.
    """
    try:
        document = read_postmortem(decode(file, tree.read(file)))
    except Malformed:
        return "prose"
    if document.problems:
        return "prose"
    return "foreign" if check("postmortem", document.data) else "ours"
