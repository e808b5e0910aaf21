"""What every verb needs: the repository's root, its settings, and what day it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pmlint.errors import UsageError
from pmlint.parsing.checkout import git_directory, is_sparse
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.files import is_judged
from pmlint.project.settings import NAMES, Settings

if TYPE_CHECKING:
    from pmlint.output.interface import Page


class Project(NamedTuple):
    """A repository on disk: its root, the tree, its settings."""

    root: str
    tree: WorkTree
    settings: Settings


def find(folder: str = ".") -> Project:
    """The project around a folder, with its settings. Raises `UsageError` where they are wrong."""
    root = root_of(folder)
    tree = WorkTree(root)
    settings = load(tree)
    require_files(root, settings)
    return Project(root, tree, settings)


def require_files(
    root: str, settings: Settings, also: Callable[[str], bool] = lambda path: False
) -> None:
    """Make sure that the files that are judged, and those that ``also`` names, are there.

    Raises `UsageError` in a bare repository, and where a sparse checkout leaves some of them out.
    """
    git_dir = require_work_tree(root)
    if git_dir is None or not is_sparse(git_dir):
        return
    from pmlint.git import Repository

    prefix = f"{below(root)}/".lstrip("/")
    with Repository(root) as repository:
        missing = [path.removeprefix(prefix) for path in repository.left_out()]
    judged = [path for path in missing if is_judged(path, settings) or also(path)]
    if judged:
        number = "1 file" if len(judged) == 1 else f"{len(judged):,} files"
        raise UsageError(
            f"a sparse checkout leaves out {number} that pmlint reads, such as '{judged[0]}'",
            help="git sparse-checkout add FOLDER, or git sparse-checkout disable",
            code="nothing-judged",
        )


def require_work_tree(folder: str) -> str | None:
    """The git directory around a folder; None where there is none. Raises `UsageError` in a bare
    repository.
    """
    git_dir = git_directory(folder)
    if git_dir == os.path.abspath(folder):
        raise UsageError(
            "this is a bare repository, which has no files",
            help="clone it; 'pmlint gate --base REV --head REV' judges it as it is",
        )
    return git_dir


def root_of(folder: str) -> str:
    """The root of the project around a folder: where its configuration stands, else that of its
    repository, else the folder itself.
    """
    here = os.path.abspath(folder)
    # Not beyond the repository: a configuration in the home folder must not judge a checkout.
    while not (_configured(here) or os.path.exists(os.path.join(here, ".git"))):
        parent = os.path.dirname(here)
        if parent == here:
            return os.path.abspath(folder)
        here = parent
    return here


def below(folder: str) -> str:
    """Where the project around a folder lies in its git repository, with ``/``; empty where it is
    the repository itself.
    """
    root = top = root_of(folder)
    while not os.path.exists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return ""
        top = parent
    inside = os.path.relpath(root, top).replace(os.sep, "/")
    return "" if inside == "." else inside


def _configured(folder: str) -> bool:
    if os.path.isfile(os.path.join(folder, NAMES[1])):
        return True
    try:
        with open(os.path.join(folder, NAMES[0]), encoding="utf-8", errors="replace") as file:
            # Not parsed here: the file is read again by whoever reports what is wrong with it.
            return "[tool.pmlint" in file.read()
    except OSError:
        return False


def page(root: str, color: str) -> Page:
    """What people read on: ``--color``, the columns, and the folder that they are in."""
    from pmlint.output.interface import Page

    # By real paths, because macOS's /tmp is a link to /private/tmp.
    here = os.path.relpath(os.path.realpath("."), os.path.realpath(root)).replace(os.sep, "/")
    inside = "" if here == "." or here.startswith("..") else here
    return Page(wants_color(color), _columns(), inside)


def _columns() -> int:
    """``COLUMNS``, else the terminal's, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):  # a pipe, a file, or a test's stream without a number
        return 80


def wants_color(choice: str) -> bool:
    """``--color``, then ``NO_COLOR``, then ``FORCE_COLOR``, then the terminal."""
    if choice != "auto":
        return choice == "always"
    # no-color.org: any text but the empty one.
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
