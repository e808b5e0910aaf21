"""Where git keeps a work tree's repository, and whether all of its files are there: read from
files, without git.
"""

from __future__ import annotations

import os
import re

_SPARSE = re.compile(
    r"^\s*sparsecheckout\s*=\s*(?:true|yes|on|1)\s*$", re.IGNORECASE | re.MULTILINE
)


def git_directory(folder: str) -> str | None:
    """The git directory of the work tree around a folder, or the bare repository that it is in;
    None where there is none.
    """
    here = os.path.abspath(folder)
    while True:
        inside = os.path.join(here, ".git")
        if os.path.isdir(inside):
            return inside
        # In a linked work tree and in a submodule `.git` is a file that says where the directory
        # is.
        if os.path.isfile(inside):
            with open(inside, encoding="utf-8", errors="replace") as file:
                return os.path.normpath(
                    os.path.join(here, file.read(4096).partition("gitdir:")[2].strip())
                )
        # A bare repository, where a hook of a server runs: it has no `.git`.
        if is_bare(here):
            return here
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent


def common_directory(git_dir: str) -> str:
    """Where objects and refs are: the git directory itself, or that of the main work tree."""
    try:
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(git_dir, file.read(4096).strip()))
    except OSError:
        return git_dir


def is_bare(folder: str) -> bool:
    """Whether a folder is a git directory itself."""
    return os.path.isfile(os.path.join(folder, "HEAD")) and os.path.isdir(
        os.path.join(folder, "objects")
    )


def is_sparse(git_dir: str) -> bool:
    """Whether the work tree may lack files that are committed (`git sparse-checkout`)."""
    # git writes it for one work tree into config.worktree, older versions into config.
    files = (
        os.path.join(git_dir, "config.worktree"),
        os.path.join(common_directory(git_dir), "config"),
    )
    return any(_SPARSE.search(_text(file)) for file in files)


def _text(file: str) -> str:
    """The text of a file of git; empty where there is none."""
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return opened.read()
    except OSError:
        return ""
