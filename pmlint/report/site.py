"""All files of a site, and writing them: whole, or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from csv import writer as csv_writer

from pmlint.errors import UsageError
from pmlint.parsing.writing import replacing_folder
from pmlint.report.environment import Templates
from pmlint.report.extras import badge_json, badge_svg, calendar, feed
from pmlint.report.figures import ReportData, owners
from pmlint.report.names import anchor
from pmlint.report.pages import Contents, pages
from pmlint.tables.collect import TableRow
from pmlint.tables.dictionary import tables
from pmlint.tables.writers.csv import cells_of

MARKER = ".pmlint-report"
"""A folder with this file was written by us, and may be replaced."""
_SOURCES = (
    ("postmortems", "file"),
    ("routes", "file"),
    ("problems", "file"),
    ("evidence", "path"),
    ("proofs", "path"),
)
"""Tables and their columns that name files of the repository."""
MOST_IN_ONE_FILE = 200
"""Postmortems; with them one file has about 5 MB (docs/spec/report.md, *Figures*)."""


def site_files(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Every file of a site by its path below the folder."""
    data, site, names = contents.data, contents.site, contents.names
    templates = Templates(site, data, names)
    for page in pages(contents):
        yield page.path, templates.render(page.template, page.path, page.values).encode()
    opened = data.of("actions", open=True)
    yield "deadlines.ics", calendar(opened, data.today, site, names.postmortems)
    for shown, handles in ({} if site.hides_people else owners(data)).items():
        mine = [action for action in opened if action["owner"] in handles]
        path = f"owners/{names.owners[shown]}.ics"
        yield path, calendar(mine, data.today, site, names.postmortems)
    yield "badge.json", badge_json(data)
    yield "badge.svg", badge_svg(data)
    if site.base_url:
        yield "feed.xml", feed(data, site.title, site.base_url, names.postmortems)
    for table in tables():
        yield f"data/{table.name}.csv", _csv(table.names, data.rows[table.name])
    yield MARKER, b"Written by 'pmlint report'; the folder is replaced whole.\n"


def one_file(contents: Contents) -> bytes:
    """All pages as sections of one file. Raises `UsageError` for more postmortems than a browser
    reads with pleasure.
    """
    number = len(contents.data.rows["postmortems"])
    if number > MOST_IN_ONE_FILE:
        raise UsageError(
            f"{number} postmortems are too many for one file: at most {MOST_IN_ONE_FILE}",
            help="name a folder instead",
        )
    templates = Templates(contents.site, contents.data, contents.names)
    sections = {
        anchor(page.path): templates.render(page.template, page.path, page.values)
        for page in pages(contents)
    }
    return templates.render_file(sections).encode()


def check_target(folder: str, root: str, *, force: bool) -> None:
    """Raise `UsageError` for a folder that must not be replaced: the repository, one above it, one
    with or in a ``.git``, a link, and, without ``force``, one with files of somebody else.
    """
    real, repository = os.path.realpath(folder), os.path.realpath(root)
    if os.path.islink(folder.rstrip(os.sep)):
        raise UsageError(f"'{folder}' is a symbolic link", help="name the real folder")
    if repository == real or repository.startswith(f"{real.rstrip(os.sep)}{os.sep}"):
        raise UsageError(f"'{folder}' holds the repository", help="name a folder of its own")
    # Also below it, and in it: a folder is replaced with all that it holds.
    if ".git" in real.lower().split(os.sep) or any(
        ".git" in (*folders, *names) for _, folders, names in os.walk(real)
    ):
        raise UsageError(
            f"'{folder}' is or holds a git repository", help="name a folder of its own"
        )
    if os.path.exists(real) and not os.path.isdir(real):
        raise UsageError(f"'{folder}' is a file", help="name a folder")
    foreign = os.path.isdir(real) and os.listdir(real) and not os.path.exists(f"{real}/{MARKER}")
    if foreign and not force:
        help = "name a new folder, or replace this one with --force"
        raise UsageError(f"'{folder}' holds files that pmlint did not write", help=help)


def check_sources(folder: str, root: str, data: ReportData) -> None:
    """Raise `UsageError` for a folder with files that the rows were made from: ``--force`` would
    replace the documents by their report.
    """
    below = os.path.relpath(os.path.realpath(folder), os.path.realpath(root)).replace(os.sep, "/")
    for table, column in _SOURCES:
        for row in data.rows[table]:
            if (row[column] or "").startswith(f"{below}/"):
                raise UsageError(
                    f"'{folder}' holds '{row[column]}', which the report is made from",
                    help="name a folder of its own",
                )


def write_site(folder: str, files: Iterable[tuple[str, bytes]]) -> int:
    """Replace a folder whole, as `replacing_folder` does, each file as it comes: the pages of 2,000
    documents have 30 MB. Returns how many there are; raises `OSError`.
    """
    os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
    number = 0
    with replacing_folder(folder) as new:
        for path, content in files:
            number += 1
            target = os.path.join(new, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as stream:
                stream.write(content)
    return number


def differences(folder: str, files: Mapping[str, bytes]) -> list[str]:
    """The paths that differ from a site on disk: changed, missing, or there without a reason."""
    found = {
        os.path.relpath(os.path.join(here, name), folder).replace(os.sep, "/")
        for here, _, names in os.walk(folder)
        for name in names
    }
    changed = {path for path, content in files.items() if _content(folder, path) != content}
    return sorted(changed | (found - files.keys()))


def _content(folder: str, path: str) -> bytes | None:
    try:
        with open(os.path.join(folder, path), "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _csv(names: tuple[str, ...], rows: tuple[TableRow, ...]) -> bytes:
    text = io.StringIO()
    writer = csv_writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(cells_of(row[name] for name in names) for row in rows)
    return text.getvalue().encode()
