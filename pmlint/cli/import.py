"""``pmlint import``: old reviews become drafts."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from pmlint.cli.options import evaluation_date, output_format
from pmlint.cli.project import Project, find
from pmlint.errors import UsageError
from pmlint.parsing.escape import terminal
from pmlint.project.days import today

if TYPE_CHECKING:
    from pmlint.importing.found import Imported, LedgerEntry
    from pmlint.importing.reading import OldReview
    from pmlint.init.repository import PlannedChange
    from pmlint.model import People

EXAMPLES = """
\b
Examples:
  pmlint import --diff docs/incidents      shows the drafts of a whole folder
  pmlint import docs/incidents/2024*.md    writes those of some files
  pmlint import --output-format json a.md  lists what was found and what was left out
"""
ENDINGS = (".md", ".markdown")
_MOST_BYTES = 4 << 20
"""What is read of an old file, so that a large one is named and does not end the run."""


class OldFile(NamedTuple):
    """A file to import: its path from the root, how it was named (empty for one below a folder),
    and whether it is meant; of the whole repository only what reads like a postmortem is.
    """

    path: str
    shown: str
    is_meant: bool


class SkippedFile(Exception):
    """Why a file makes no draft; it is printed, and the others are imported."""


class ImportedDraft(NamedTuple):
    """A draft to write: the old file, its own path and text, and what was read."""

    file: str
    change: PlannedChange
    imported: Imported


@click.command("import", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--diff", "only_diff", is_flag=True, help="Show the drafts and write nothing.")
@click.option("--replace", is_flag=True, help="Remove each old file when its draft is written.")
@output_format(("text", "json"))
@evaluation_date
def command(
    files: tuple[str, ...], only_diff: bool, replace: bool, output_format: str, now: str | None
) -> None:
    """Make drafts of old Markdown postmortems: what is written there is taken, and the rest stays
    to be filled in.

    Headings, tables and lists of action items, front matter, days and people are read. No layer is
    chosen, and no clock is made of a sentence. The old file stays, unless --replace. Of a
    folder all Markdown files below it are read.
    """
    from pmlint.init.repository import Plan
    from pmlint.init.write import diff, write

    project = find()
    drafts, skipped = _drafts(project, files, today(now, project.settings.timezone).day)
    if not only_diff:
        write(project.root, Plan(tuple(draft.change for draft in drafts), ()))
        for draft in drafts if replace else ():
            os.remove(os.path.join(project.root, *draft.file.split("/")))
    if output_format == "json":
        _print_json(drafts, skipped)
        return
    for file, why in skipped.items():
        click.echo(terminal(f"skipped {file}: {why}"))
    for draft in drafts:
        if only_diff:
            click.echo("\n".join(diff(draft.change)))
        else:
            click.echo(terminal(f"wrote {draft.change.path} from {draft.file}: {_counts(draft)}"))
    click.echo(_summary(drafts))
    if drafts and not only_diff:
        click.echo("next: fill in what is TODO; 'pmlint check' lists it")


def _drafts(
    project: Project, files: tuple[str, ...], day: date
) -> tuple[list[ImportedDraft], dict[str, str]]:
    """The drafts of all files, and why others have none. Raises `UsageError` for a named file that
    can't be read: nothing is written then.
    """
    from pmlint.check.engine import check_tree
    from pmlint.cli.new import free_id
    from pmlint.edit.record import known_people
    from pmlint.edit.skeleton import slug
    from pmlint.importing.draft import is_too_large, read_old, render
    from pmlint.init.repository import PlannedChange
    from pmlint.project.files import folder_for_new, in_folder

    index = check_tree(project.tree, project.settings, day).repository_index
    folder = folder_for_new(project.settings.postmortems, "postmortems")
    handles = _handles(known_people(project.tree, project.settings))
    known = _imported(project)
    drafts: list[ImportedDraft] = []
    skipped: dict[str, str] = {}
    taken: list[str] = []
    for old in _files(project, files):
        try:
            review = _review(project, old, known)
        except SkippedFile as error:
            skipped[old.path] = str(error)
            continue
        imported = read_old(review, handles, day)
        opened = imported.fields.get("opened")
        year = opened.year if isinstance(opened, date) else day.year
        name = free_id(project, index, year, taken)
        stem = os.path.splitext(old.path)[0].rpartition("/")[2]
        words = slug(str(imported.fields.get("title", stem)))
        path = in_folder(folder, f"{name}-{words}".rstrip("-") + ".md")
        text = render(name, day, review, imported)
        if is_too_large(text):
            skipped[old.path] = "its draft would be larger than 256 KiB, which is all that is read"
            continue
        taken.append(name)
        drafts.append(ImportedDraft(old.path, PlannedChange(path, None, text), imported))
    return drafts, skipped


def _review(project: Project, old: OldFile, known: dict[str, str]) -> OldReview:
    """What is written in an old file. Raises `SkippedFile` where it makes no draft, and
    `UsageError` for a named file that can't be read.
    """
    from pmlint.importing.draft import reads_like_review, why_not
    from pmlint.importing.reading import read_review
    from pmlint.parsing.source import Malformed
    from pmlint.project.ids import is_postmortem_id

    try:
        review = read_review(old.path, project.tree.read(old.path, _MOST_BYTES))
    except Malformed as error:
        if not old.shown:
            raise SkippedFile(error.message) from None
        raise UsageError(error.message, file=old.shown, span=error.span, help=error.help) from None
    if is_postmortem_id(review.front_matter.get("id"), project.settings.ids):
        raise SkippedFile("it is a postmortem already")
    if old.path in known:
        raise SkippedFile(f"it was imported as {known[old.path]}")
    reason = why_not(review)
    if reason is not None:
        raise SkippedFile(reason)
    if not old.is_meant and not reads_like_review(review):
        raise SkippedFile("it does not read like a postmortem: name the file to import it")
    return review


def _files(project: Project, paths: tuple[str, ...]) -> list[OldFile]:
    """The old files, each once. Raises `UsageError` where there is none."""
    found: dict[str, OldFile] = {}
    for shown in paths:
        if not os.path.isdir(shown):
            path = _inside(project, shown)
            found[path] = OldFile(path, shown, True)
            continue
        folder = _path_inside(project, shown)
        for entry in project.tree.walk("" if folder == "." else folder):
            if entry.kind == "file" and entry.path.lower().endswith(ENDINGS):
                found.setdefault(entry.path, OldFile(entry.path, "", folder != "."))
    if not found:
        raise UsageError(
            f"'{paths[0]}' has no Markdown file", help=f"name files that end in {ENDINGS[0]}"
        )
    return list(found.values())


def _inside(project: Project, file: str) -> str:
    """The path of a file from the root. Raises `UsageError` for one outside, or not Markdown."""
    path = _path_inside(project, file)
    if not path.lower().endswith(ENDINGS):
        raise UsageError(f"'{file}' is not Markdown", help=f"name files that end in {ENDINGS[0]}")
    return path


def _path_inside(project: Project, file: str) -> str:
    """The path of a file or a folder from the root. Raises `UsageError` for one outside."""
    path = os.path.relpath(os.path.realpath(file), os.path.realpath(project.root))
    path = path.replace(os.sep, "/")
    if path == ".." or path.startswith("../"):
        raise UsageError(f"'{file}' is outside the project", help="copy it into the repository")
    return path


def _handles(people: People | None) -> dict[str, str]:
    """The handle of each known person by name, handle and address, in lower case."""
    found: dict[str, str] = {}
    for person in people.all if people else ():
        names = (person.handle.lstrip("@"), getattr(person, "name", ""), person.email)
        found |= {name.casefold(): person.handle for name in names if name}
    return found


def _imported(project: Project) -> dict[str, str]:
    """The postmortem that each old file was imported as."""
    from pmlint.parsing.document import read_postmortem
    from pmlint.parsing.source import Malformed, decode
    from pmlint.project.files import postmortem_files

    found: dict[str, str] = {}
    for entry in postmortem_files(project.tree, project.settings):
        try:
            data = read_postmortem(decode(entry.path, project.tree.read(entry.path))).data
        except Malformed:  # 'check' names it
            continue
        if isinstance(data, dict) and isinstance(data.get("x-imported-from"), str):
            found[data["x-imported-from"]] = entry.path
    return found


def _counts(draft: ImportedDraft) -> str:
    imported = draft.imported
    owned = sum(1 for action in imported.actions if action.owner)
    dated = sum(1 for action in imported.actions if action.deadline)
    return (
        f"{_number(len(imported.actions), 'action')} ({owned} with an owner, {dated} with a date), "
        f"{_number(len(imported.events), 'event')}, {_number(imported.clocks, 'clock')}"
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _totals(drafts: list[ImportedDraft]) -> dict[str, int]:
    """The figures of the summary."""
    actions = [action for draft in drafts for action in draft.imported.actions]
    return {
        "drafts": len(drafts),
        "actions": len(actions),
        "with_owner": sum(1 for action in actions if action.owner),
        "with_date": sum(1 for action in actions if action.deadline),
        "events": sum(len(draft.imported.events) for draft in drafts),
        "with_clock": sum(1 for draft in drafts if draft.imported.clocks),
    }


def _summary(drafts: list[ImportedDraft]) -> str:
    totals = Counter(_totals(drafts))
    return (
        f"{_number(totals['drafts'], 'draft')}, {totals['with_clock']} with a clock; "
        f"{_number(totals['actions'], 'action')}: {totals['with_owner']} with an owner, "
        f"{totals['with_date']} with a date; {_number(totals['events'], 'event')}"
    )


def _print_json(drafts: list[ImportedDraft], skipped: dict[str, str]) -> None:
    import json

    def listed(entries: tuple[LedgerEntry, ...], became: str) -> list[dict[str, object]]:
        return [{"row": one.row, "what": one.what, became: one.became} for one in entries]

    data = {
        "version": 1,
        "files": [
            {
                "file": draft.file,
                "draft": draft.change.path,
                "found": listed(draft.imported.found, "as"),
                "taken": listed(draft.imported.taken, "as"),
                "left": listed(draft.imported.left, "why"),
            }
            for draft in drafts
        ],
        "skipped": [{"file": file, "why": why} for file, why in skipped.items()],
        "summary": _totals(drafts),
    }
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
