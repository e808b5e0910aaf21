"""The newest commit of a repository elsewhere, without its history and with no file that nobody
asked for (docs/spec/fleet.md, *One repository*).

1. Objects alone are fetched: nothing is checked out, so no filter, link, attribute or hook of the
   repository has anything to act on.
2. Git runs with a scrubbed environment, speaks the protocol of the address and no other, and ends
   with its children at a deadline, or when it writes more than it may.
3. Credentials are those of whoever runs it: an agent, ``GIT_ASKPASS``, and the
   ``credential.helper`` of their own configuration, which is passed alone. No message shows one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from threading import Event, Lock
from typing import NamedTuple

from pmlint.git.executable import program
from pmlint.git.refs import ID, Refs, Unjudged
from pmlint.git.repository import Repository
from pmlint.git.tree import Folder
from pmlint.parsing.checkout import is_bare
from pmlint.parsing.source import MAX_BYTES

_POLL = 1.0
"""Seconds between two looks at the folder's size."""
_NOTE = "{}.git.pid"
"""Beside a clone's folder, the process group of a running git, for who cleans up after a dead
worker.
"""
_RUNNING: set[int] = set()
"""The process groups of the gits of this process: a note on disk is deleted with its folder."""
_LAST_SECONDS = 10
"""How long a git that was killed may take to end."""
_STARTING = Lock()
_HEAD = "refs/pmlint/head"
_ADVICE = (
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
)
"""What git says of ssh and files behind the reason."""
_USER = re.compile(r"(?<=://)[^/@\s]*@")
_PASSED = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "HOME", "SSH_AUTH_SOCK", "GIT_ASKPASS")


class Unreachable(Exception):
    """Git could not fetch; the text is its last line, without a user or a password."""


class OverFetchBudget(Exception):
    """The deadline has passed, or more was written than may be; the text says which."""


class FetchBudget(NamedTuple):
    """What fetching may take: a moment of `time.monotonic`, and MiB for a file and the folder;
    ``cancelled`` is set by whoever wants no answer any more.
    """

    deadline: float
    mebibytes: int
    cancelled: Event | None = None

    def require_time(self) -> None:
        """Raise `OverFetchBudget` once the deadline has passed, or nobody waits."""
        if self.cancelled is not None and self.cancelled.is_set():
            raise OverFetchBudget("it was interrupted")
        if time.monotonic() > self.deadline:
            raise OverFetchBudget("it took longer than --timeout")


class Clone:
    """One commit of a repository elsewhere, in a folder of its own."""

    def __init__(self, folder: str, url: str, budget: FetchBudget) -> None:
        self.folder = folder
        self.url = url
        self._budget = budget

    def fetch_commit(self, ref: str) -> str:
        """Fetch the commit of a ref, or a commit by its full id, with its folders and without
        files. Returns the full id of what was fetched, which may be a tag.
        """
        self._set_up()
        self._git("fetch", *_QUIET, "--depth=1", "origin", f"+{ref or 'HEAD'}:{_HEAD}")
        with open(os.path.join(self.folder, *_HEAD.split("/")), encoding="ascii") as file:
            return file.read().strip()

    def _set_up(self) -> None:
        """An empty bare repository: `git init` and six `git config` took a third of fetching."""
        # One by one: who cleans up after a dead driver takes the folder away, and it stays away.
        for name in ("objects", "objects/info", "objects/pack", "refs"):
            os.mkdir(os.path.join(self.folder, name))
        lines = (
            "[core]\n\trepositoryformatversion = 1\n\tbare = true",
            "[extensions]\n\tpartialclone = origin",
            # the address was read by `fleet.listing`, which lets no quote or line break pass
            f'[remote "origin"]\n\turl = "{self.url}"\n\tpromisor = true',
            "\tpartialclonefilter = blob:none\n",
        )
        for name, text in (("HEAD", "ref: refs/heads/none\n"), ("config", "\n".join(lines))):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
                file.write(text)

    def fetch_blobs(self, names: Iterable[str]) -> None:
        """Fetch files by their full ids, all in one question."""
        feed = "".join(f"{name}\n" for name in names)
        if feed:
            words = ("--no-write-fetch-head", "--stdin", "origin")
            self._git("fetch", *_QUIET, *words, feed=feed.encode())

    def _git(self, *words: str, feed: bytes = b"") -> bytes:
        return run_limited(words, self.folder, self.url, self._budget, feed)


_QUIET = ("--quiet", "--no-tags", "--no-recurse-submodules", "--filter=blob:none", "--no-auto-gc")


class FetchedObjects:
    """The objects of a clone (`pmlint.git.tree.Objects`); a file that is not here is fetched."""

    def __init__(self, repository: Repository, clone: Clone) -> None:
        self._repository = repository
        self._clone = clone

    def top(self, revision: str) -> str | None:
        """As `Repository.top`."""
        return self._repository.top(revision)

    def folder(self, name: str) -> Folder:
        """As `Repository.folder`."""
        return self._repository.folder(name)

    def fetch(self, names: Iterable[str]) -> None:
        """Fetch those of some files, by their full ids, that are not here yet."""
        self._clone.fetch_blobs(self._repository.lacking(names))

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """As `Repository.blob`, fetched first where that is needed."""
        try:
            return self._repository.blob(name, limit)
        except Unjudged:
            self._clone.fetch_blobs([name])
        return self._repository.blob(name, limit)


def remote_commit(url: str, ref: str, budget: FetchBudget) -> str | None:
    """The commit that a ref of a repository elsewhere is at; None where it has no such ref.

    Raises `Unreachable` and `OverFetchBudget`.
    """
    name = ref or "HEAD"
    # behind an annotated tag is the tag's own id, and a commit is what was judged
    peeled = f"{name}^{{}}"
    said = run_limited(("ls-remote", "--quiet", "--", url, name, peeled), "", url, budget)
    lines = said.decode(errors="replace").splitlines()
    # a pattern of ls-remote matches the ends of names: refs/x/refs/heads/main as well
    found = {name: id for id, _, name in (line.partition("\t") for line in lines)}
    commit = found.get(peeled, found.get(name, ""))
    return commit if ID.fullmatch(commit) else None


def mirrored_commit(url: str, ref: str) -> str | None:
    """The commit that a ref of a repository on this disk is at, read from its files; None for
    every other one, and where only git can tell. `remote_commit` starts three programs for it.
    """
    folder = url.removeprefix("file://")
    # Around a folder that has no repository another one may be found, which nobody asked for.
    if folder == url or not (is_bare(folder) or is_bare(os.path.join(folder, ".git"))):
        return None
    try:
        return Refs(folder).find(ref or "HEAD")
    except Unjudged:
        return None


def run_limited(
    words: Iterable[str], folder: str, url: str, budget: FetchBudget, feed: bytes = b""
) -> bytes:
    """What git prints, within a budget; in a folder, or in none.

    Raises `Unreachable` where git fails, `OverFetchBudget` where it takes too much.
    """
    # Asked before each: a hundred short commands may take long, too.
    budget.require_time()
    # A shell before each question took a quarter of it, and `ls-remote` writes no file.
    prepared = _prepared(folder, budget) if folder else []
    command = [*prepared, *_command(url), *words]
    with _STARTING:
        process = subprocess.Popen(
            command,
            cwd=folder or None,
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own: git starts helpers, and all of them end with it.
            start_new_session=True,
        )
        _RUNNING.add(process.pid)
    try:
        out, said = _wait(process, folder, budget, feed)
    except BaseException:
        end_group(process.pid)
        process.wait()
        raise
    finally:
        # Its number may be another program's from now on.
        _RUNNING.discard(process.pid)
        with suppress(OSError):
            os.unlink(_NOTE.format(folder))
    if process.returncode:
        raise _failure(said.decode(errors="replace"), process.returncode)
    return out


def _wait(
    process: subprocess.Popen[bytes], folder: str, budget: FetchBudget, feed: bytes
) -> tuple[bytes, bytes]:
    given: bytes | None = feed
    while True:
        try:
            return process.communicate(given, timeout=_POLL)
        except subprocess.TimeoutExpired:
            given = None  # `communicate` goes on with what it was given first
            budget.require_time()
            if folder and _size(folder) > budget.mebibytes << 20:
                raise OverFetchBudget(_TOO_MUCH.format(budget.mebibytes)) from None


_TOO_MUCH = "it is more than the {} MiB of --max-fetch"


def end_group(group: int) -> None:
    """End a process group that is ours, with everything in it."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(group, signal.SIGKILL)
        else:
            os.kill(group, signal.SIGTERM)


def end_running() -> None:
    """End each git of this process for good: none can start afterwards, so call it right before
    the process ends, and from a thread of its own.
    """
    _STARTING.acquire()
    for group in tuple(_RUNNING):
        end_group(group)
    # Who started it sees its output end, which its helpers have open, too: until then one of them
    # may be within a call that makes a folder.
    end = time.monotonic() + _LAST_SECONDS
    while _RUNNING and time.monotonic() < end:
        time.sleep(0.01)


def end_noted(folder: str) -> None:
    """End the git that a dead worker left running in the folder of a clone."""
    with (
        suppress(OSError, ValueError, OverflowError),
        open(_NOTE.format(folder), encoding="ascii") as file,
    ):
        group = int(file.read())
        # 0 and -1 are our own group and every process.
        if group > 1 and _may_be_in(folder, group):
            end_group(group)


def _may_be_in(folder: str, process: int) -> bool:
    """Whether a process works in a folder, or nobody knows: a number of a git that ended meanwhile
    may be another program's.
    """
    try:
        return os.path.samefile(f"/proc/{process}/cwd", folder)
    except OSError:
        # No /proc, or the first process of the group has ended and left a helper behind: as long as
        # that one runs, Linux gives the number to nobody else.
        return True


def _failure(said: str, code: int) -> Exception:
    if code == -getattr(signal, "SIGXFSZ", 0) or "signal 25" in said or "File too large" in said:
        return OverFetchBudget("a file of it is larger than --max-fetch")
    lines = [line for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines if line not in _ADVICE] or lines[:1]
    return Unreachable(_USER.sub("", reasons[-1] if reasons else f"git ended with {code}")[:500])


def _size(folder: str) -> int:
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                found += os.lstat(os.path.join(place, name)).st_size
    return found


def _prepared(folder: str, budget: FetchBudget) -> list[str]:
    """The words that note the process group of git before it starts, and bound each file that it
    and its helpers write; none on Windows.
    """
    shell = program("sh")
    if shell is None:
        return []
    # POSIX counts in 512 bytes. A limit that is set in a forked Python is not safe with threads.
    blocks = str(budget.mebibytes << 11)
    # Noted by itself: noted by its worker, a git whose worker was killed right after starting it
    # ran on and nobody knew of it. Where the folder was deleted, none starts.
    script = 'echo $$ >"$1" || exit; ulimit -f "$2"; shift 2; exec "$@"'
    return [shell, "-c", script, "sh", _NOTE.format(folder), blocks]


def _command(url: str) -> list[str]:
    git = program("git")
    if git is None:
        raise Unreachable("there is no git")
    scheme = url.partition("://")[0] if "://" in url else "ssh"
    settings = [
        "protocol.allow=never",
        f"protocol.{scheme}.allow=always",
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "core.symlinks=false",
        "gc.auto=0",
        "maintenance.auto=false",
        # What git itself uses for what a partial clone lacks: else it looks for the wanted files
        # among its own history first, and fails (2.39).
        "fetch.negotiationAlgorithm=noop",
        *(f"credential.helper={helper}" for helper in _helpers()),
    ]
    return [git, *(word for setting in settings for word in ("-c", setting))]


@cache
def _helpers() -> tuple[str, ...]:
    """The credential helpers of the user's own configuration, which are all that is taken of it."""
    git = program("git")
    words = [str(git), "config", "--global", "--get-all", "credential.helper"]
    done = subprocess.run(words, capture_output=True, check=False)
    return tuple(done.stdout.decode(errors="replace").splitlines())


def _environment(folder: str) -> Mapping[str, str]:
    nowhere = os.devnull
    return {
        **{name: os.environ[name] for name in _PASSED if name in os.environ},
        # Attributes of the user are sought there, and would run their filters.
        "XDG_CONFIG_HOME": folder or nowhere,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": nowhere,
        "GIT_CONFIG_SYSTEM": nowhere,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        # What is missing is asked for by id, and never one by one behind our back.
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_OPTIONAL_LOCKS": "0",
        **({"GIT_DIR": folder} if folder else {}),
    }
