"""What `pmlint init` would change in a repository: new files, and lines at the end of files that
are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pmlint.init import pre_commit
from pmlint.init.texts import text
from pmlint.model.schema import check
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.project.files import folder_for_new
from pmlint.project.patterns import walk
from pmlint.project.settings import Settings, UsageError

ELSEWHERE = ("docs/postmortems", "docs/incidents", "docs/post-mortems", "post-mortems", "incidents")
"""Folders beside `postmortems` in which a team may already keep its postmortems."""
CODE_OWNERS = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
EARLY = "merge this before the hooks are installed and the check is required: to the gate it would weaken what holds a route"
"""Said where open postmortems lie in the folder that is read without any configuration."""
WORKFLOW = ".github/workflows/pmlint.yml"
GITLAB_JOB = ".gitlab/pmlint.yml"


class PlannedChange(NamedTuple):
    """A file that is written: ``before`` is its text, or None where it is new."""

    path: str
    before: str | None
    after: str


class Plan(NamedTuple):
    """All changes, and in ``notes`` what is left to a person."""

    changes: tuple[PlannedChange, ...]
    notes: tuple[str, ...]


class _Place(NamedTuple):
    """The folder for postmortems; what has to be done about those that lie there already, and
    whether ``since`` can do it.
    """

    folder: str
    notes: tuple[str, ...] = ()
    since: bool = False


class _Repository(NamedTuple):
    """What the steps of the plan know."""

    tree: Tree
    settings: Settings
    place: _Place
    ci: tuple[str, ...]
    owner: str
    today: date

    @property
    def configuration(self) -> str:
        return _configuration_file(self.tree, self.settings)

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none; raises `UsageError` where it can't be read."""
        if self.tree.entry(path) is None:
            return None
        try:
            return decode(path, self.tree.read(path)).text
        except Malformed as error:
            raise UsageError(error.message, file=path, span=error.span, help=error.help) from None

    def new(self, path: str, template: str) -> Iterator[PlannedChange]:
        """A file from a template, where nothing stands in its place."""
        if self.tree.entry(path) is None:
            yield PlannedChange(path, None, text(template))

    def appended(self, path: str, block: str) -> PlannedChange:
        """A file with a block after what it has, in its own line ends; a new file has nothing but
        the block.
        """
        before = self.text(path)
        if not before:
            return PlannedChange(path, before, block)
        end = "\r\n" if "\r\n" in before else "\n"
        gap = end if before.endswith("\n") else end * 2
        return PlannedChange(path, before, before + gap + block.replace("\n", end))


def plan(
    tree: Tree,
    settings: Settings,
    today: date,
    *,
    ci: tuple[str, ...] | None = None,
    owner: str = "",
) -> Plan:
    """What is missing in the repository. ``ci`` names ``github`` and ``gitlab``; None means those
    that are found.

    ``owner`` is who has to review changes to what the gate judges by. Raises `UsageError` for a
    file that is there and can't be read.
    """
    place = (
        _Place(folder_for_new(settings.postmortems, "postmortems"))
        if settings.file
        else _place(tree, settings)
    )
    here = _Repository(tree, settings, place, find_ci(tree) if ci is None else ci, owner, today)
    changes, notes = [], []
    for step in (_folders, _configuration, _hooks, _github, _gitlab, _code_owners):
        for item in step(here):
            if isinstance(item, PlannedChange):
                changes.append(item)
            else:
                notes.append(item)
    if not here.ci and ci is None:
        notes.append("no CI was found: `pmlint init --ci github` or `--ci gitlab` writes its job")
    return Plan(tuple(changes), tuple(notes))


def find_ci(tree: Tree) -> tuple[str, ...]:
    """``github``, ``gitlab``, both or neither: by their own files, else by the remotes of the
    clone.
    """
    marks = {"github": (".github",), "gitlab": (".gitlab-ci.yml", ".gitlab")}
    found = tuple(name for name, paths in marks.items() if any(tree.entry(path) for path in paths))
    if found or tree.entry(".git/config") is None:
        return found
    try:
        remotes = re.findall(
            r"^\s*url\s*=\s*(.*)$",
            decode(".git/config", tree.read(".git/config")).text,
            re.MULTILINE,
        )
    except Malformed:  # a configuration of git that we can't read says nothing about the CI
        return ()
    return tuple(name for name in marks if any(name in url.lower() for url in remotes))


def _configuration_file(tree: Tree, settings: Settings) -> str:
    return settings.file or ("pyproject.toml" if tree.entry("pyproject.toml") else "pmlint.toml")


def _place(tree: Tree, settings: Settings) -> _Place:
    """The folder in which postmortems lie, if pmlint can live with them; a folder beside or below
    it if they are no data at all.
    """
    default = settings.postmortems[0]
    for folder in (default, *ELSEWHERE):
        files = [
            entry.path
            for entry in tree.walk(folder)
            if entry.path.endswith(".md") and not entry.path.endswith("/README.md")
        ]
        if not files:
            continue
        forms = {_form(tree, file) for file in files}
        number = "1 file" if len(files) == 1 else f"{len(files)} files"
        early = (EARLY,) if folder == default else ()
        if "prose" in forms:
            new = f"{default}/agents" if folder == default else default
            said = f"{folder}/ has {number}, not all of which are data: they stay as they are, and new postmortems go to {new}/"
            return _Place(new, (said, *early))
        known = "accept what is known with `pmlint baseline`"
        if "foreign" in forms:
            return _Place(
                folder,
                (f"{folder}/ has {number} with other fields than pmlint asks for: {known}", *early),
            )
        said = f"{folder}/ has {number} already: set `since` in {_configuration_file(tree, settings)}, or {known}"
        return _Place(folder, (said, *early), since=True)
    return _Place(default)


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


def _folders(here: _Repository) -> Iterator[PlannedChange | str]:
    settings = here.settings
    yield from here.new(f"{here.place.folder}/README.md", "postmortems.md")
    yield from here.new("evidence/README.md", "evidence.md")
    yield from here.new(f"{settings.policies}/README.md", "policies.md")
    has_routes = any(
        entry.path.endswith((".yaml", ".yml")) for entry in walk(here.tree, settings.routes)
    )
    if not has_routes and not settings.registry:
        yield from here.new(f"{settings.routes[0]}/example-route.yaml", "route.yaml")


def _configuration(here: _Repository) -> Iterator[PlannedChange | str]:
    if here.settings.file:
        return
    lines = ['fail_level = "error"']
    if here.place.folder not in here.settings.postmortems:
        lines.append(f'postmortems = "{here.place.folder}"')
    if here.place.since:
        lines += [
            "# Only postmortems opened since are judged; take the # away to leave older ones in peace.",
            f'# since = "{here.today}"',
        ]
    yield from here.place.notes
    table = ["[tool.pmlint]"] * (here.configuration == "pyproject.toml")
    yield here.appended(here.configuration, "\n".join([*table, *lines, ""]))


def _hooks(here: _Repository) -> Iterator[PlannedChange | str]:
    path = ".pre-commit-config.yaml"
    before = here.text(path)
    if before is not None and pre_commit.present(before):
        return
    after = pre_commit.add(before or "")
    if after is None:
        yield f"`repos` of {path} is no block list: add the hooks by hand\n{text('pre-commit.yaml')}".rstrip()
    else:
        yield PlannedChange(path, before, after)


def _github(here: _Repository) -> Iterator[PlannedChange | str]:
    if "github" not in here.ci:
        return
    for change in here.new(WORKFLOW, "workflow.yml"):
        yield change
        yield "make the check 'pmlint' required in the rules of the default branch"
    yield from here.new(".github/ISSUE_TEMPLATE/postmortem.yml", "issue-form.yml")


def _gitlab(here: _Repository) -> Iterator[PlannedChange | str]:
    if "gitlab" not in here.ci:
        return
    yield from here.new(GITLAB_JOB, "gitlab.yml")
    main = here.text(".gitlab-ci.yml") or ""
    if GITLAB_JOB in main:
        return
    if re.search(r"^include\s*:", main, re.MULTILINE):
        yield f"add `- local: {GITLAB_JOB}` to `include` of .gitlab-ci.yml"
    else:
        yield here.appended(".gitlab-ci.yml", f"include:\n  - local: {GITLAB_JOB}\n")


def _code_owners(here: _Repository) -> Iterator[PlannedChange | str]:
    path = next(
        (path for path in CODE_OWNERS if here.tree.entry(path)),
        ".github/CODEOWNERS" if "github" in here.ci else "CODEOWNERS",
    )
    before = here.text(path) or ""
    if not before and not here.ci and not here.owner:
        return
    known = {line.lstrip("# ").split(" ")[0] for line in before.splitlines()}
    settings = here.settings
    judged = [
        f"/{here.place.folder}/",
        f"/{settings.policies}/",
        "/schema/",
        *(f"/{folder}/" for folder in settings.routes),
        f"/{here.configuration}",
        f"/{settings.people}",
    ]
    judged += [f"/{WORKFLOW}"] * ("github" in here.ci) + [f"/{GITLAB_JOB}"] * ("gitlab" in here.ci)
    missing = [pattern for pattern in judged if pattern not in known]
    if not missing:
        return
    everything = re.findall(r"^\*[ \t]+(\S.*?)[ \t\r]*$", before, re.MULTILINE)
    owner = here.owner or (everything[-1] if everything else "")
    if not owner:
        yield f"say in {path} who owns what the gate judges by: the lines are there, as comments"
    lines = [f"{pattern} {owner}" if owner else f"# {pattern} @who-decides" for pattern in missing]
    yield here.appended(path, "\n".join(["# What the gate of pmlint judges by:", *lines, ""]))
