"""Where a repository keeps what, and which commit a ref names: read from files, so that no
configuration has a say.
"""

from __future__ import annotations

import os
import re
import shlex
from contextlib import suppress

from pmlint.errors import UsageError
from pmlint.parsing.checkout import common_directory, git_directory

ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


_NAMED = ("refs/heads/", "refs/remotes/", "refs/tags/")


class Unjudged(UsageError):
    """Git can't answer, so nothing can be judged; the help is the one command that makes it
    judgeable.
    """


def fetch_command(branch: str) -> str:
    """The command that fetches a branch of ``origin`` to where it is looked for."""
    # A clone of one branch fetches that one alone, so that `git fetch origin` brings no other.
    return f"git fetch origin {shlex.quote(f'+refs/heads/{branch}:refs/remotes/origin/{branch}')}"


class Refs:
    """The refs of the repository around a folder; ``git_dir`` is that of its work tree,
    ``common_dir`` has objects and branches.

    Raises `Unjudged` where there is no repository, or where refs are kept in a way that is not
    read.
    """

    def __init__(self, folder: str) -> None:
        found = git_directory(folder)
        if found is None:
            raise Unjudged(
                f"'{folder}' is not in a git repository",
                help="run it in the repository, or: git init",
                code="no-revisions",
            )
        self.git_dir = found
        self.common_dir = common_directory(found)
        # A reftable (git 2.45) leaves stubs in the place of these files: every branch would be
        # missing, and a missing branch is easily taken for a new one.
        if os.path.exists(os.path.join(self.common_dir, "reftable")):
            raise Unjudged(
                "the refs are kept as a reftable, which is not read yet",
                help="git refs migrate --ref-format=files",
                code="unknown-revision",
            )

    @property
    def is_shallow(self) -> bool:
        """Whether history ends before its beginning."""
        return os.path.exists(os.path.join(self.common_dir, "shallow"))

    @property
    def is_unborn(self) -> bool:
        """Whether nothing at all has been committed yet.

        Raises `Unjudged` where HEAD points nowhere and there are commits.
        """
        if self.find("HEAD") is not None:
            return False
        heads = os.path.join(self.common_dir, "refs", "heads")
        # A HEAD that points nowhere while there are branches is a slip or an attack: "nothing was
        # ever committed" would judge against an empty base, which allows everything.
        if self._packed() or any(files for _, _, files in os.walk(heads)):
            raise Unjudged(
                "HEAD points at no commit",
                help="check a branch out, or name the base: --base REV",
                code="unknown-revision",
            )
        return True

    @property
    def is_wide(self) -> bool:
        """Whether objects are named by SHA-256."""
        return len(self.find("HEAD") or next(iter(self._packed().values()), "")) == 64

    def find(self, name: str) -> str | None:
        """The id that a ref's name means, read from files; None where there is no such ref.

        Raises `Unjudged` where a branch here and one of a remote have the name, and differ.
        """
        if ID.fullmatch(name):
            return name
        # Not git's own order, in which a tag named main wins over the branch: whoever may push a
        # tag would choose the base (docs/spec/security.md, Git).
        places = (
            [name]
            if name == "HEAD" or name.startswith("refs/")
            else [f"refs/heads/{name}", f"refs/remotes/{name}", f"refs/tags/{name}"]
        )
        # "@{u}" and "@{-1}" depend on the configuration and the log of the work tree, so they name
        # nothing here.
        if name.startswith("@"):
            places = ["HEAD"] if name == "@" else []
        found = {place: commit for place in places if (commit := self._read_ref(place))}
        branches = [place for place in found if not place.startswith("refs/tags/")]
        if len({found[place] for place in branches}) > 1:
            # A branch may be named origin/main: whoever may push it would choose the base.
            raise Unjudged(
                f"'{name}' is the name of two branches: {' and '.join(branches)}",
                help=f"name the one that is meant in full: {branches[-1]}",
                code="unknown-revision",
            )
        return next(iter(found.values()), None)

    def remotes_with(self, branch: str) -> list[str]:
        """The remotes that have a branch, by the refs that were fetched, in order.

        The name of a remote is one part of a path here: ``origin/x/main`` is a branch ``x/main``.
        """
        remotes = {
            name.split("/")[2] for name in self._packed() if name.startswith("refs/remotes/")
        }
        with suppress(OSError):
            remotes.update(os.listdir(os.path.join(self.common_dir, "refs", "remotes")))
        return [
            remote for remote in sorted(remotes) if self.find(f"refs/remotes/{remote}/{branch}")
        ]

    def names(self) -> list[str]:
        """The branches, remote branches and tags, by their short names."""
        found = {name for name in self._packed() if name.startswith(_NAMED)}
        for kind in _NAMED:
            top = os.path.join(self.common_dir, *kind.rstrip("/").split("/"))
            for folder, _, files in os.walk(top):
                below = os.path.relpath(folder, self.common_dir).replace(os.sep, "/")
                found.update(f"{below}/{file}" for file in files)
        return sorted(name.split("/", 2)[2] for name in found)

    def _read_ref(self, name: str, depth: int = 0) -> str | None:
        # Five is git's own bound for a ref that names a ref. The names come from files of the
        # repository: "ref: ../../x" would read any file on the machine.
        if depth > 5 or ".." in name or "\0" in name:
            return None
        folder = self.git_dir if name == "HEAD" else self.common_dir
        path = os.path.join(folder, *name.split("/"))
        # To open a pipe in its place would wait for ever.
        if not os.path.isfile(path):
            return self._packed().get(name)
        try:
            with open(path, encoding="utf-8") as file:
                # A ref has at most a few hundred characters; a file of gigabytes in its place must
                # not fill the memory.
                text = file.read(4096).strip()
        except (OSError, ValueError):
            return self._packed().get(name)
        if text.startswith("ref: "):
            return self._read_ref(text[5:].strip(), depth + 1)
        return text if ID.fullmatch(text) else None

    def _packed(self) -> dict[str, str]:
        try:
            with open(
                os.path.join(self.common_dir, "packed-refs"), encoding="utf-8", errors="replace"
            ) as file:
                # "#" begins the header, "^" the commit below an annotated tag, which `resolve`
                # peels itself.
                pairs = (line.split(" ", 1) for line in file if line[0] not in "#^")
                return {name.strip(): commit for commit, name in pairs}
        except OSError:
            return {}
