"""Names and kinds of files: no links, no submodules, no two names that differ only in case."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from pmlint.gate.case import Case
from pmlint.gate.refusal import Refusal
from pmlint.gate.snapshot import Snapshot
from pmlint.project import kinds
from pmlint.project.patterns import fixed_folder


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
    seen: dict[str, str] = {}
    for folder in folders(case):
        for entry in case.merged.tree.walk(folder):
            other = seen.setdefault(_folded(entry.path), entry.path)
            known = case.base.tree.entry(entry.path) and case.base.tree.entry(other)
            if other != entry.path and known is None:
                yield _look_alike(entry.path, other)
    yield from _other_folders(case)


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
    # APFS and HFS+ take "é" of one sign and of two for one name; NTFS and both take "R" for "r"
    return normalize("NFC", normalize("NFD", path).casefold())


def _look_alike(path: str, other: str) -> Refusal:
    in_case = path.casefold() == other.casefold()
    ways = "only in case" if in_case else "only in case or in how an accent is written"
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
            help = "put the file itself in the place of the link"
            yield _refusal(path, path, _kind(case.merged, path), help)


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
