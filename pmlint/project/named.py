"""What the configuration names and the repository does not have (docs/spec/adopt.md,
*Configuration*).

A folder that is misspelt is an empty one, and an empty one has no findings: "All clean". So a
setting that names nothing is a finding at its line, and only the default folders may be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model.suggestions import nearest
from pmlint.parsing.source import MAX_BYTES
from pmlint.parsing.tree import Entry, Tree
from pmlint.place import Path, Span, Where
from pmlint.project.configuration import load, setting_locator
from pmlint.project.files import postmortem_files
from pmlint.project.patterns import covers, is_pattern, matches, walk
from pmlint.project.registry import SourceMatch
from pmlint.project.settings import NAMES, Settings

NOTHING = "configuration-names-nothing"
NOT_REGULAR = "not-a-regular-file"
NESTED = "nested-project"
_BELOW = tuple(f"/{name}" for name in NAMES)
"""How the path of a configuration below the root ends."""


class CodePage(NamedTuple):
    """The page of a code that is neither a rule nor a policy."""

    code: str
    level: Level
    title: str
    why: str
    fix: str
    bad: str
    good: str


CODES: tuple[CodePage, ...] = (
    CodePage(
        NOTHING,
        Level.ERROR,
        "A setting names something that is not there",
        "A folder that is misspelt has no postmortems, and what has none has no findings: the run "
        "would say that all is clean. The gate does not judge such a repository. An 'exclude' that "
        "leaves out nothing is a warning.",
        "correct the name. A path of 'trust' or 'guards' that no file has yet is declared, "
        '{path = "env", optional = true}, and what a missing flag means, '
        '{flag = "replicas > 0", absent = "down"}.',
        '# pmlint.toml\npostmortems = "postmortms"\n',
        '# pmlint.toml\npostmortems = "postmortems"\n',
    ),
    CodePage(
        NOT_REGULAR,
        Level.ERROR,
        "A folder or file of the configuration is a symbolic link or a submodule",
        "Links are never followed: what they point to can change without a change of this "
        "repository, and may lie outside it.",
        "name the real place in the configuration.",
        '# pmlint.toml\npostmortems = "postmortems"  # a link to docs/postmortems\n',
        '# pmlint.toml\npostmortems = "docs/postmortems"\n',
    ),
    CodePage(
        NESTED,
        Level.WARNING,
        "A project below this one has postmortems or routes that this run does not judge",
        "Its own configuration counts where it runs; a run at the root would pass with any error "
        "in it.",
        "list its folders in the patterns of the root, or judge it in its own folder, too.",
        '# pmlint.toml\npostmortems = ["postmortems"]\n',
        '# pmlint.toml\npostmortems = ["postmortems", "services/*/postmortems"]\n',
    ),
)
"""The pages of what this module says."""


def named_nothing(tree: Tree, settings: Settings, found: Iterable[SourceMatch]) -> list[Finding]:
    """Every setting that names nothing, or a link: a finding at its line.

    ``found`` is what the registry sources matched.
    """
    named = _Named(tree, settings)
    return [
        *named.folders("postmortems", settings.postmortems),
        *named.folders("routes", settings.routes),
        *named.one("policies", settings.policies, "folder"),
        *named.one("people", settings.people, "file"),
        *named.one("baseline", settings.baseline, "file"),
        *named.excluded(),
        *named.all_excluded(),
        *named.sources(found),
    ]


def unknown_signed_routes(tree: Tree, settings: Settings, known: Collection[str]) -> list[Finding]:
    """Every name of ``gate.signed_routes`` without a route: nobody would be asked to sign."""
    named = _Named(tree, settings)
    return [
        named.nothing(
            f"there is no route '{name}'",
            Path(("gate", "signed_routes", number)),
            nearest(name, known) or "'pmlint routes' lists them",
        )
        for number, name in enumerate(settings.gate.signed_routes)
        if name not in known
    ]


def nested_projects(tree: Tree, settings: Settings) -> list[Finding]:
    """A warning for each project below the root with records that a run at the root leaves out."""
    nested = [
        entry for entry in tree.walk("") if entry.path.endswith(_BELOW) and entry.kind == "file"
    ]
    if not nested:
        return []  # to list the postmortems once more was 4% of a run over unchanged ones
    judged = {entry.path for entry in postmortem_files(tree, settings)}
    findings: list[Finding] = []
    for entry in nested:
        folder = entry.path.rpartition("/")[0]
        below = _Below(tree, folder)
        try:
            theirs = load(below)
            if not theirs.file:  # a pyproject.toml that does not configure pmlint
                continue
            missed = [
                f"{folder}/{one.path}"
                for one in postmortem_files(below, theirs)
                if f"{folder}/{one.path}" not in judged
            ]
        except UsageError:
            missed = [entry.path]
        if missed:
            findings.append(
                Finding(
                    NESTED,
                    Level.WARNING,
                    f"the project '{folder}' is not judged by a run here",
                    entry.path,
                    help=f"list its folders in the configuration of the root, such as "
                    f"'{missed[0].rpartition('/')[0]}', or run pmlint in '{folder}'",
                )
            )
    return findings


class _Below:
    """The part of a tree below a folder, as a tree."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder

    def walk(self, folder: str) -> list[Entry]:
        """Everything below a folder of this part."""
        base = f"{self._folder}/{folder}" if folder else self._folder
        return [
            entry._replace(path=entry.path.removeprefix(f"{self._folder}/"))
            for entry in self._tree.walk(base)
        ]

    def entry(self, path: str) -> Entry | None:
        """What is at a path of this part."""
        found = self._tree.entry(f"{self._folder}/{path}")
        return found._replace(path=path) if found is not None else None

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content of a file of this part. Raises `Malformed` as the tree does."""
        return self._tree.read(f"{self._folder}/{path}", limit)


class _Named:
    """Asks a tree for what the settings name."""

    def __init__(self, tree: Tree, settings: Settings) -> None:
        self.tree = tree
        self.settings = settings

    @cached_property
    def locate(self) -> Callable[[Path | Where], Span]:
        """Where settings are, read when the first finding asks: a thousand sources that match
        nothing had read their configuration a thousand times (70 s).
        """
        return setting_locator(self.tree, self.settings)

    def folders(self, name: str, patterns: tuple[str, ...]) -> Iterator[Finding]:
        """What is wrong with the folders or patterns of a setting."""
        default = getattr(Settings(), name)
        listed = len(patterns) > 1
        for number, pattern in enumerate(patterns):
            at = Path((name, number) if listed else (name,))
            if is_pattern(pattern):
                yield from self.pattern(pattern, at, "folder")
            elif pattern:
                yield from self.path(pattern, at, "folder", may_be_absent=pattern in default)

    def one(self, name: str, path: str, kind: str) -> Iterator[Finding]:
        """What is wrong with a setting that is one folder or file."""
        if path:
            is_default = path == getattr(Settings(), name)
            yield from self.path(path, Path((name,)), kind, may_be_absent=is_default)

    def path(self, path: str, at: Path, kind: str, *, may_be_absent: bool) -> Iterator[Finding]:
        entry = self.tree.entry(path)
        if entry is None:
            # A folder of git is there by what is in it.
            if not may_be_absent and not self.tree.walk(path):
                yield self.nothing(f"there is no {kind} '{path}'", at, self.near(path))
        elif entry.kind == "symlink":
            yield self.irregular(f"'{path}' is a symbolic link", at)
        elif entry.kind == "other" or self.tree.entry(f"{path}/.git") is not None:
            yield self.irregular(f"'{path}' is a submodule or a special file", at)

    def pattern(self, pattern: str, at: Path, kind: str) -> Iterator[Finding]:
        found = walk(self.tree, (pattern,))
        if not found:
            yield self.nothing(f"no {kind} matches '{pattern}'", at, "correct the pattern")
        for entry in found:
            if entry.kind != "file" and matches(pattern, entry.path):
                yield self.irregular(f"'{entry.path}' is a symbolic link or a submodule", at)

    def excluded(self) -> Iterator[Finding]:
        """A warning for each pattern of ``exclude`` that leaves out nothing."""
        settings = self.settings
        if not settings.exclude:
            return
        files = walk(self.tree, (*settings.postmortems, *settings.routes))
        for number, pattern in enumerate(settings.exclude):
            if not any(covers(pattern, entry.path) for entry in files):
                yield self.nothing(
                    f"'{pattern}' leaves out nothing",
                    Path(("exclude", number)),
                    "remove it, or correct the pattern: it is written from the root",
                    Level.WARNING,
                )

    def all_excluded(self) -> Iterator[Finding]:
        """An error where ``exclude`` leaves out every postmortem: the run would say that all is
        clean.
        """
        if not self.settings.exclude or postmortem_files(self.tree, self.settings):
            return
        if postmortem_files(self.tree, self.settings._replace(exclude=())):
            help = "narrow the patterns: they are written from the root"
            yield self.nothing("'exclude' leaves out every postmortem", Path(("exclude",)), help)

    def sources(self, sources: Iterable[SourceMatch]) -> Iterator[Finding]:
        """What the registry sources name and no file has."""
        for number, match in enumerate(sources):
            # It loads the readers of all formats, which a repository without sources never needs.
            from pmlint.project.named_in_sources import named_in_source

            for found in named_in_source(number, match):
                yield self.nothing(*found)

    def near(self, path: str) -> str:
        """The folder or file of the tree that was meant."""
        # A walk over everything, which only a run that fails already has to pay.
        known = {entry.path for entry in self.tree.walk("")}
        for name in tuple(known):
            *folders, _ = name.split("/")
            known.update("/".join(folders[:depth]) for depth in range(1, len(folders) + 1))
        return nearest(path, known) or "create it, or correct the setting"

    def nothing(self, message: str, at: Path, help: str, level: Level = Level.ERROR) -> Finding:
        return self._finding(NOTHING, level, message, at, help)

    def irregular(self, message: str, at: Path) -> Finding:
        help = f"name the real place in the configuration: {at[0]} = ..."
        return self._finding(NOT_REGULAR, Level.ERROR, message, at, help)

    def _finding(self, code: str, level: Level, message: str, at: Path, help: str) -> Finding:
        settings = self.settings
        span = self.locate(at)
        named = getattr(settings, str(at[0]))
        # Without a configuration the finding is at the folder or file itself.
        file = settings.file or (named if isinstance(named, str) else str(named[0]))
        return Finding(code, level, message, file, span, subject=_subject(at), help=help)


def _subject(at: Path) -> str:
    """A setting as a subject writes it: ``registry.0.files``."""
    return ".".join(map(str, at))
