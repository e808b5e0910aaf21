"""Which files of a tree are records: the one place that knows folders, patterns and what is left
out (docs/spec/adopt.md, *Configuration*).

Check, gate, server and verbs all ask here, so a file that one of them counts, each counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pmlint.errors import UsageError
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree
from pmlint.place import Path
from pmlint.project.configuration import locate_setting
from pmlint.project.ids import is_postmortem_id
from pmlint.project.kinds import POSTMORTEM, ROUTE, kind_at
from pmlint.project.patterns import covered_by_any, is_pattern, matches, walk
from pmlint.project.settings import NAMES, RegistrySource, Settings

LEFT_OUT = re.compile(
    r"README\.md|index\.md|TEMPLATE\.md|_.*\.md|OWNERS|Thumbs\.db|\.DS_Store|.*\.orig|.*\.rej|.*~",
    re.IGNORECASE,
)
"""Names that stand beside records without being one, in any case."""
_FENCE = b"---"
_MOST_OF_A_README = 16 * 1024 * 1024


def postmortem_files(tree: Tree, settings: Settings) -> list[Entry]:
    """Every postmortem's file, in the order of paths.

    Raises `UsageError` for more than ``max_files``.
    """
    files = [
        entry
        for entry in walk(tree, settings.postmortems)
        if is_postmortem_path(entry.path, settings) and not _hides_nothing(tree, entry, settings)
    ]
    if len(files) > settings.max_files:
        raise UsageError(
            f"there are {len(files):,} postmortems, more than max_files = {settings.max_files:,}",
            file=settings.file,
            span=locate_setting(tree, settings, Path(("max_files",))),
            help="raise max_files in the configuration, if they are meant",
            code="over-budget",
        )
    return files


def native_route_files(tree: Tree, settings: Settings) -> list[Entry]:
    """Every file in the folders of routes, in the order of paths, with any suffix."""
    return [
        entry
        for entry in walk(tree, settings.routes)
        if not LEFT_OUT.fullmatch(entry.path.rpartition("/")[2])
        # Editors leave '.a.yaml.swp' and the like beside what they edit.
        and not entry.path.rpartition("/")[2].startswith(".")
        and not covered_by_any(settings.exclude, entry.path)
    ]


def source_files(tree: Tree, source: RegistrySource) -> list[Entry]:
    """Every file that a registry source names, in the order of paths."""
    return [
        entry
        for entry in walk(tree, source.files)
        if any(matches(pattern, entry.path) for pattern in source.files)
        and not covered_by_any(source.exclude, entry.path)
    ]


def route_files(tree: Tree, settings: Settings) -> Iterator[tuple[str, RegistrySource | None]]:
    """The files of all routes, each with its source; None for files of ours."""
    for entry in native_route_files(tree, settings):
        yield entry.path, None
    for source in settings.registry:
        for entry in source_files(tree, source):
            yield entry.path, source


def is_postmortem_path(path: str, settings: Settings) -> bool:
    """Whether a file at this path is a postmortem, by its folder, its suffix and ``exclude``.

    A name that is left out counts here: only its content says whether it is a postmortem.
    """
    return POSTMORTEM.covers(path, settings)


def is_route_path(path: str, settings: Settings) -> bool:
    """Whether a file at this path is a route of ours."""
    return ROUTE.covers(path, settings)


def is_judged(path: str, settings: Settings) -> bool:
    """Whether a file has a say in what is found: a record, the configuration, the baseline, or a
    file of a registry source.
    """
    if kind_at(path, settings) is not None:
        return True
    sources = [source for source in settings.registry if not covered_by_any(source.exclude, path)]
    return (
        path in (*NAMES, settings.file, settings.people, settings.baseline)
        or path.startswith(f"{settings.policies}/")
        or any(matches(pattern, path) for source in sources for pattern in source.files)
    )


def is_left_out(path: str) -> bool:
    """Whether a file has a name of what lies beside records and is not one."""
    return LEFT_OUT.fullmatch(path.rpartition("/")[2]) is not None


def folder_for_new(patterns: Sequence[str], name: str) -> str:
    """The folder into which a new record is written: the first of a setting.

    Raises `UsageError` where that is a pattern, which names no one folder.
    """
    if is_pattern(patterns[0]):
        raise UsageError(
            f"'{patterns[0]}' names many folders", help=f"say which with --folder ({name})"
        )
    return patterns[0]


def in_folder(folder: str, name: str) -> str:
    """The path of a file in a folder; the empty folder is the root."""
    return f"{folder}/{name}" if folder else name


def shown_folders(patterns: Sequence[str]) -> str:
    """Folders and patterns as messages write them."""
    return ", ".join(f"'{pattern or '.'}'" for pattern in patterns)


def _hides_nothing(tree: Tree, entry: Entry, settings: Settings) -> bool:
    """Whether a file with a name that is left out holds no postmortem.

    One whose front matter has a postmortem's id, or can't be read, counts all the same: nothing
    hides under a name.
    """
    if not is_left_out(entry.path):
        return False
    # A link is never followed, so it holds nothing that could hide (docs/spec/security.md).
    if entry.kind != "file":
        return True
    try:
        data = tree.read(entry.path, _MOST_OF_A_README)
    except Malformed:
        return False
    # A byte order mark before the fence would hide front matter from one reader alone.
    if not data.removeprefix(b"\xef\xbb\xbf").startswith(_FENCE):
        return True
    try:
        document = read_postmortem(decode(entry.path, data))
    except Malformed:
        return False
    found = document.data.get("id") if isinstance(document.data, dict) else None
    return not document.problems and not is_postmortem_id(found, settings.ids)
