"""Names and kinds of files: no links, no submodules, no two names that a disk takes for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

from pmlint.gate.case import Case
from pmlint.gate.checks.evidence import resting_on
from pmlint.gate.refusal import Refusal
from pmlint.gate.snapshot import Snapshot
from pmlint.gate.workflows.systems import is_watched
from pmlint.project import kinds
from pmlint.project.files import is_judged
from pmlint.project.patterns import fixed_folder

_ENDS = re.compile(r"[. ]+(?=/|$)")


def file_refusals(case: Case) -> Iterator[Refusal]:
    """What the merge result has in its folders of records that is not a file of its own."""
    yield from _look_alikes(case)
    yield from _not_regular(case)


def folders(case: Case) -> tuple[str, ...]:
    """The folders of records that the settings of either side name, without their patterns: a
    folder that moves is no way round.
    """
    found: dict[str, None] = {}
    for settings in (case.settings, case.merged.settings):
        found.update(dict.fromkeys(map(fixed_folder, kinds.folders(settings))))
    return tuple(found)


def _look_alikes(case: Case) -> Iterator[Refusal]:
    """On another file system one would be read for the other."""
    row = case.table.rows("repository").fact("(two names that differ only in case)")
    if not row.asks("added"):
        return
    names = FoldedNames(case.merged)
    said: set[str] = set()
    for path in sorted(case.merged.beside(case.base)):
        if case.base.tree.entry(path) is not None:
            continue
        for other in names.twins(path):
            if {path, other}.isdisjoint(said) and _is_ours(case, path, other):
                said.add(path)
                yield _look_alike(path, other)
    yield from (refusal for refusal in _other_folders(case) if refusal.file not in said)


def _is_ours(case: Case, *paths: str) -> bool:
    """Whether one of some files is judged, judges, or is what a postmortem of the base rests on."""
    sides = (case.settings, case.merged.settings)
    if any(is_judged(path, side) or is_watched(path) for path in paths for side in sides):
        return True
    return bool(resting_on(case, frozenset(paths)))


class FoldedNames:
    """The files of a side by their names as other file systems compare them."""

    def __init__(self, side: Snapshot) -> None:
        self._side = side
        self._below: dict[str, dict[str, list[str]]] = {}

    def twins(self, path: str) -> list[str]:
        """The other paths that such a file system takes for this one."""
        found = [""]
        for name in _folded(path).split("/"):
            found = [
                f"{folder}/{same}" if folder else same
                for folder in found
                for same in self._in(folder).get(name, ())
            ]
        return [other for other in found if other != path]

    def _in(self, folder: str) -> dict[str, list[str]]:
        """The names in a folder, by how they are folded."""
        if folder not in self._below:
            names = self._below[folder] = {}
            for name in self._side.names(folder):
                names.setdefault(_folded(name), []).append(name)
        return self._below[folder]


def _other_folders(case: Case) -> Iterator[Refusal]:
    """Files that come below a folder whose name differs from one of records only in case: a program
    on another file system would read them among the records.
    """
    there = [name for name in folders(case) if name and case.merged.tree.entry(name) is not None]

    def meant(path: str) -> str | None:
        """The path among the records for which a path would be read."""
        folded = _folded(path)
        for folder in there:
            if folded.startswith(f"{_folded(folder)}/") and not path.startswith(f"{folder}/"):
                below = "/".join(path.split("/")[folder.count("/") + 1 :])
                return f"{folder}/{below}"
        return None

    for path in sorted(case.merged.beside(case.base, lambda path: meant(path) is not None)):
        other = meant(path)
        if other is not None and case.base.tree.entry(path) is None:
            yield _look_alike(path, other)


def _folded(path: str) -> str:
    """A path as file systems compare it that know neither case nor how an accent is written."""
    # APFS and HFS+ take "é" of one sign and of two for one name; NTFS and both take "R" for "r";
    # HFS+ passes over letters that nobody sees, Windows over dots and blanks at the end of a name,
    # and it takes a backslash for a slash
    seen = "".join(sign for sign in path if category(sign) != "Cf").replace("\\", "/")
    plain = _ENDS.sub("", seen)
    return normalize("NFC", normalize("NFD", plain).casefold())


def _look_alike(path: str, other: str) -> Refusal:
    in_case = path.casefold() == other.casefold()
    ways = "only in case" if in_case else "only in what some file systems pass over"
    return Refusal(
        "look-alike-name",
        f"{other} and {path} differ {ways}",
        path,
        subject=path,
        values={"path": path},
    )


def _not_regular(case: Case) -> Iterator[Refusal]:
    names = (
        *kinds.single_files(case.settings),
        case.settings.baseline,
        "pyproject.toml",
        "pmlint.toml",
    )
    paths: list[str] = []
    for kind, folder in _named_folders(case.merged):
        top = case.merged.tree.entry(folder) if folder else None
        if top is not None and top.kind != "folder":
            help = f"remove the link, and name the real folder: {kind.setting} = FOLDER"
            yield _refusal(folder, f"the folder {folder}", top.kind, help)
            continue
        paths += [entry.path for entry in case.merged.tree.walk(folder) if entry.kind != "file"]
    paths += [name for name in names if name and _kind(case.merged, name) not in ("", "file")]
    for path in paths:
        if case.base.identity(path) != case.merged.identity(path):
            what = _kind(case.merged, path)
            help = "put the file itself in the place of the link"
            if what != "symlink":
                help = f"remove {path}, or keep the files themselves there"
            yield _refusal(path, path, what, help)


def _named_folders(side: Snapshot) -> Iterator[tuple[kinds.DocumentKind, str]]:
    """The folders of records of a side without their patterns, each with the kind that is there."""
    for kind in kinds.KINDS:
        if not kind.is_one_file:
            for place in kind.places(side.settings):
                yield kind, fixed_folder(place)


def _kind(side: Snapshot, path: str) -> str:
    entry = side.tree.entry(path)
    return entry.kind if entry is not None else ""


def _refusal(path: str, what: str, kind: str, help: str) -> Refusal:
    words = {"symlink": "a symbolic link", "other": "a submodule or a special file"}.get(kind, kind)
    return Refusal("not-a-regular-file", f"{what} is {words}", path, subject=path, help=help)
