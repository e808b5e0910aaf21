"""One process of git, asked safely. The only module that runs git.

A repository that is judged may be hostile: its configuration, attributes, hooks, replace refs and
grafts change what git answers and run programs. So git never runs in it. It runs in an empty bare
repository of our own, with a scrubbed environment, which borrows the objects of the judged one
(``objects/info/alternates``); refs are read elsewhere, as files (`pmlint.git.refs`). What shallow
or partial clones lack is then simply missing, and every question that needs it fails
(docs/spec/security.md, *Git*).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import ExitStack, suppress

from pmlint.git.executable import program
from pmlint.git.objects import object_digest, object_id
from pmlint.git.refs import Refs, Unjudged
from pmlint.parsing.beside import folder_in
from pmlint.parsing.source import too_large

_TIMEOUT = 60
"""Seconds that one question to git may take (docs/spec/security.md, budgets)."""
_USAGE = 129
"""How git ends that does not know an option."""


def said_by_git(errors: bytes) -> str:
    """The first line of git's standard error, without its ``error:`` or ``fatal:``."""
    line = errors.decode(errors="replace").strip().partition("\n")[0]
    return line.removeprefix("error: ").removeprefix("fatal: ")


class SafeGit:
    """Git over the objects of a repository; a context manager that holds a temporary folder and one
    process.
    """

    def __init__(self, refs: Refs, place: str | None = None) -> None:
        self._refs = refs
        self._place = place
        self._stack = ExitStack()
        self._batch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SafeGit:
        # What a killed run left is removed by the next one.
        self.folder = self._stack.enter_context(folder_in(self._place or tempfile.gettempdir()))
        objects = os.path.join(self._refs.common_dir, "objects")
        # Each line of the alternates file is a store: the second half of such a path would be
        # another one.
        if "\n" in objects:
            raise Unjudged("the repository's path has a line break", help="move it")
        bare = os.path.join(self.folder, "bare")
        # One by one: who cleans up after a dead driver takes the folder away, and it stays away.
        for name in ("", "objects", "objects/info", "refs", "refs/heads"):
            os.mkdir(os.path.join(bare, name))
        # Git reads extensions only in format 1, and cannot open a store of SHA-256 objects without
        # this one.
        format = "[extensions]\n\tobjectformat = sha256\n" if self._refs.is_wide else ""
        # The environment names an empty file of grafts, and git prints advice about such files
        # where it reads the first commit.
        advice = "[advice]\n\tgraftFileDeprecated = false\n"
        # A graph of commits says what their parents are, nothing holds it to them, and it survives
        # a fetch: with one that lied, a commit that was never merged was "on the base".
        core = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tcommitGraph = false\n"
        config = f"{core}{format}{advice}"
        _write(os.path.join(bare, "config"), config)
        _write(os.path.join(bare, "HEAD"), "ref: refs/heads/none\n")
        _write(os.path.join(bare, "objects/info/alternates"), objects + "\n")
        self.bare = bare
        return self

    def __exit__(self, *error: object) -> None:
        if self._batch is not None:
            assert self._batch.stdin is not None
            assert self._batch.stdout is not None
            # Closing its input alone would wait forever for a process that is stuck on writing a
            # blob that nobody reads to its end.
            with suppress(BrokenPipeError):
                self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.kill()
            self._batch.wait()
        self._stack.close()

    def run(
        self, *words: str, check: bool = True, feed: bytes | None = None, index: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        """The answer to one question.

        Raises `Unjudged` where git fails and ``check`` is on, or takes too long.
        """
        try:
            done = subprocess.run(
                self._words(*words),
                input=feed,
                capture_output=True,
                env=self._environment(index),
                cwd=self.folder,
                check=False,
                timeout=_TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise Unjudged(
                f"git {words[0]} took more than {_TIMEOUT} seconds",
                help="git gc, then try again",
                code="over-budget",
            ) from None
        if check and done.returncode:
            raise self.failed(words[0], done.stderr)
        return done

    def asked(self, question: str) -> list[bytes]:
        """The words that the one process answers to ``info`` or ``contents`` of an object."""
        if self._batch is None:
            self._batch = subprocess.Popen(
                # one process for both questions, since git 2.36
                self._words("cat-file", "--batch-command"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment(),
                cwd=self.folder,
            )
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        with suppress(BrokenPipeError):
            self._batch.stdin.write(question.encode("utf-8", "surrogateescape") + b"\n")
            self._batch.stdin.flush()
        said = self._batch.stdout.readline()
        if not said and self._batch.wait() == _USAGE:
            raise too_old()
        return said.split()

    def contents(self, head: list[bytes], limit: int) -> bytes:
        """What the process sends behind the answer to ``contents``: as many bytes as it names.

        Raises `Malformed` for more than ``limit`` bytes, `Unjudged` where they are not those that
        the id of the object stands for.
        """
        assert self._batch is not None
        assert self._batch.stdout is not None
        name, kind, size = head[0].decode(), head[1], int(head[2])
        if size <= limit:
            # Behind the contents comes a line feed that is not part of them.
            data = self._batch.stdout.read(size + 1)[:-1]
            # Git believes the name of the object's file, which survives a fetch: a route that ran
            # was judged by the contents of one that is paused.
            if object_id(kind, data, is_wide=len(name) == 64) != name:
                raise _not_its_id(name)
            return data
        # What is too large is read to its end all the same: else its bytes would be the answer to
        # the next question.
        left = size + 1
        while left:
            left -= len(self._batch.stdout.read(min(left, 1 << 20))) or left
        raise too_large(size, limit)

    def hold_to_id(self, head: list[bytes]) -> None:
        """Read what the process sends behind the answer to ``contents``, of any size, and raise
        `Unjudged` where it does not match the object's id.
        """
        assert self._batch is not None
        assert self._batch.stdout is not None
        name, size = head[0].decode(), int(head[2])
        digest = object_digest(head[1], size, is_wide=len(name) == 64)
        left = size
        while left and (part := self._batch.stdout.read(min(left, 1 << 20))):
            digest.update(part)
            left -= len(part)
        self._batch.stdout.read(1)
        if digest.hexdigest() != name:
            raise _not_its_id(name)

    def missing(self, what: str) -> Unjudged:
        """The refusal of a question whose objects are not there, with what fetches them."""
        if self._refs.is_shallow:
            return Unjudged(
                f"{what} is not here: the clone is shallow",
                help="git fetch --unshallow origin (in CI: fetch-depth: 0)",
                code="shallow-history",
            )
        return Unjudged(
            f"{what} is not here",
            # a clone remembers its filter, and without --no-filter fetches by it again (git 2.39)
            help="git fetch --refetch --no-filter origin (in CI: fetch-depth: 0, without a filter)",
            code="missing-objects",
        )

    def failed(self, verb: str, errors: bytes) -> Unjudged:
        """The refusal of a question that git could not answer, with what it says of it."""
        said = said_by_git(errors)
        return self.missing(f"what git {verb} needs{f' ({said})' if said else ''}")

    def _words(self, *words: str) -> list[str]:
        # A folder may be named ":(exclude)postmortems" or "*": a path is a name here and never a
        # pattern.
        return [_git(), "--no-replace-objects", "--literal-pathspecs", *words]

    def _environment(self, index: str = "") -> dict[str, str]:
        nowhere = os.devnull
        return {
            # Git finds its own programs by PATH; Windows starts nothing without SYSTEMROOT.
            **{
                name: os.environ[name]
                for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
                if name in os.environ
            },
            "HOME": self.folder,
            "XDG_CONFIG_HOME": self.folder,
            # `merge` reads what git says, which is translated elsewhere.
            "LC_ALL": "C",
            "GIT_DIR": self.bare,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": nowhere,
            "GIT_CONFIG_SYSTEM": nowhere,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": nowhere,
            # Since git 2.45 nothing is fetched then for what a partial clone lacks.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            **({"GIT_INDEX_FILE": index} if index else {}),
        }


def too_old() -> Unjudged:
    """The refusal of a git that does not know what it is asked."""
    return Unjudged(
        "this git can't merge without a work tree",
        help="install git 2.38 or newer",
        code="git-too-old",
    )


def _not_its_id(name: str) -> Unjudged:
    return Unjudged(
        f"the contents of the object {name[:12]} do not match its id",
        help="git fsck, then clone the repository again",
        code="missing-objects",
    )


def _git() -> str:
    found = program("git")
    if found is None:
        raise Unjudged("there is no git", help="install git 2.38 or newer", code="git-too-old")
    return found


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
