"""Reads attacks.yaml and attacks_fresh.yaml, and plays their edits in a real git repository.

A case is one entry of ``attacks``, ``agents`` or ``passes``, in one mode of approvals. What is
judged is asked of the real command line, in this process: ``pmlint gate --base main --head
change``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self
from unittest import mock

from pmlint.cli import commands
from pmlint.gate.signing import approval_statement, canonical, sign, statement
from pmlint.git import Repository as GitRepository
from pmlint.parsing.tree import Tree
from pmlint.project.configuration import load
from pmlint.project.registry import read_routes
from pmlint.project.run_tables import digest
from tests.gate import DATA
from tests.gate.replay_data import REPLAY, replay_text
from tests.git_folder import GitFolder, git_environment
from tests.yaml_file import read_yaml

MODES = ("recorded", "forge", "signature")
SIGNERS = ("dana", "eva", "maria", "max", "noor", "tom")
MACHINES = ("ci", "noah")
"""Keys that the people file of an entry names by itself: a machine's, and that of a person who is no machine."""
AUTHOR = "lee"  # of every change, where the entry names nobody: a known person who owns nothing
TODAY = "2026-10-15"
Edit = Mapping[str, Any]

CATALOGUE: dict[str, Any] = read_yaml(DATA / "attacks.yaml")
FRESH: dict[str, Any] = read_yaml(DATA / "attacks_fresh.yaml")
BASE: dict[str, str] = read_yaml(DATA / "mail_desk.yaml")
FILES: dict[str, str] = CATALOGUE["files"]
NEIGHBOURS: dict[str, Any] = read_yaml(DATA / "attacks_neighbours.yaml")
PARTS: dict[str, list[Edit]] = CATALOGUE["parts"] | FRESH["parts"] | NEIGHBOURS["parts"]
CATALOGUE["attacks"] += FRESH["attacks"] + NEIGHBOURS["attacks"]
TRUST: dict[str, Any] = read_yaml(DATA / "trust_attacks.yaml")
CATALOGUE["trust"] = TRUST["trust"]
CATALOGUE["replay"] = REPLAY["replay"]
TRUST_FRESH: dict[str, Any] = read_yaml(DATA / "trust_fresh.yaml")
CATALOGUE["fresh_trust"] = TRUST_FRESH["fresh_trust"]
CATALOGUE["second_trust"] = read_yaml(DATA / "trust_second.yaml")["second_trust"]
TRUST_THIRD: dict[str, Any] = read_yaml(DATA / "trust_third.yaml")
CATALOGUE["third_trust"] = TRUST_THIRD["third_trust"]
for given in (TRUST, REPLAY, TRUST_FRESH, TRUST_THIRD):
    PARTS.update(given["parts"])
CATALOGUE["trees"] = [
    # what git makes of a tree is the same in each mode
    {"modes": ["recorded"], **entry}
    for entry in read_yaml(DATA / "attacks_trees.yaml")["trees"]
]
CATALOGUE["git"] = [
    {"modes": ["recorded"], **entry} for entry in read_yaml(DATA / "attacks_git.yaml")["git"]
]
CATALOGUE["stretch"] = [
    # what blocks until it is settled blocks in each mode
    {"modes": ["recorded"], **entry}
    for entry in read_yaml(DATA / "attacks_stretch.yaml")["stretch"]
]
STATEMENTS: dict[str, Edit] = TRUST["statements"]
CI_VARIABLES = re.compile(r"CI$|CI_|GITHUB_|GITLAB_|BUILDKITE|JENKINS|PMLINT_")
"""Variables of the machine that runs the tests, which would answer for the case."""


class Refusal(NamedTuple):
    """One refusal as the JSON of the gate has it; the place is empty where it names none."""

    code: str
    path: str = ""
    row: int = 0
    side: str = ""


class Answer(NamedTuple):
    """What the gate said to a change: its exit code, verdict, refusals and everything as text."""

    exit: int
    verdict: str
    refusals: tuple[Refusal, ...]
    text: str

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(refusal.code for refusal in self.refusals)


class Case(NamedTuple):
    """One change in one mode of approvals; ``codes`` is empty where it must be allowed."""

    name: str
    mode: str
    entry: Mapping[str, Any]
    codes: tuple[str, ...]
    at: str = ""

    @property
    def id(self) -> str:
        return f"{'refused' if self.codes else 'allowed'} | {self.name} | {self.mode}"


def cases(
    section: str, catalogue: Mapping[str, Any] = CATALOGUE, every: tuple[str, ...] = MODES
) -> Iterator[Case]:
    """Every case of a section: each entry, and its twin, in each mode; in ``every`` where it names
    none.
    """
    for entry in catalogue.get(section) or ():
        modes = tuple(entry.get("modes", every))
        codes = entry.get("code", ())
        wanted = (codes,) if isinstance(codes, str) else tuple(codes)
        for mode in modes:
            yield Case(entry["name"], mode, entry, wanted, entry.get("at", ""))
        if "twin" in entry:
            twin = {"before": entry.get("before", []), **entry["twin"]}
            for mode in twin.get("modes", modes):
                yield Case(twin.get("name", entry["name"]), mode, twin, ())


class Repository(GitFolder):
    """A repository of `BASE` in a folder; ``main`` is the base of every change."""

    files: Mapping[str, str] = FILES
    """Short names of paths, for the edits of its catalogue."""
    parts: Mapping[str, list[Edit]] = PARTS
    """Edits by name, for `do`."""
    environment = git_environment("Lee", "lee@example.org")
    author = AUTHOR
    """Who makes a change where the entry names nobody; empty where the gate is not told."""

    def __init__(self, root: Path, keys: Path) -> None:
        super().__init__(root)
        self.keys = keys

    @classmethod
    def create(cls, root: Path, mode: str, keys: Path) -> Repository:
        """One in which the approvals of a mode count; with signatures the people file has keys."""
        world = cls(root, keys)
        for path, text in BASE.items():
            world.write(path, text)
        world.replace("pmlint.toml", 'approvals = "recorded"', f'approvals = "{mode}"')
        if mode == "signature":
            for name in SIGNERS:
                public = world.public_key(name)
                mail = f"email: {name}@example.org"
                world.replace("people.yaml", mail, f'{mail}, allowed_signer: "{public}"')
        world.git("init", "-q", "-b", "main")
        world.commit("base")
        return world

    def copy(self, root: Path) -> Self:
        shutil.copytree(self.root, root, symlinks=True)
        return type(self)(root, self.keys)

    def commit(self, message: str = "change", by: str = "", **more: str) -> str:
        """Commit everything that is there; ``by`` is another author, as 'NAME <ADDRESS>'."""
        name, _, address = by.rstrip(">").partition(" <")
        author = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address} if by else {}
        return super().commit(message, **author, **more)

    def path(self, name: str) -> str:
        """The path of a file that its catalogue has a short name for; any other is a path."""
        return self.files.get(name, name)

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        self.write(path, text.replace(old, new))

    def public_key(self, name: str) -> str:
        """The public key of a signer, as the people file writes it."""
        return " ".join((self.keys / f"{name}.pub").read_text().split()[:2])

    def revision(self, name: str) -> str:
        """The full id of ``main``, of the commit ``before`` it, of ``head``, the ``first`` commit,
        or of a branch.
        """
        if name == "first":
            return self.git("rev-list", "--max-parents=0", "refs/heads/main")
        names = {"main": "refs/heads/main", "before": "refs/heads/main~1", "head": "HEAD"}
        return self.git("rev-parse", names.get(name, f"refs/heads/{name}"))

    def blob_of(self, file: str) -> str:
        """The id of what ``main`` has at the path of a file."""
        return self.git("rev-parse", f"main:{file}")

    def filled(self, text: str) -> str:
        """A text with its ``${revision}`` written out."""
        return re.sub(r"\$\{(\w+)\}", lambda match: self.revision(match[1]), text)

    def play(self, edits: list[Edit]) -> None:
        """Make the edits in the work tree."""
        for edit in edits:
            for verb, argument in edit.items():
                method = getattr(self, f"_{verb}", None)
                if method is None:
                    self._in(self.path(verb), argument)
                else:
                    method(argument)

    # the edits, one method each

    def _in(self, file: str, pairs: Mapping[str, str]) -> None:
        for old, new in pairs.items():
            if "approvals = " in old and old not in self.read(file):
                continue  # a pair for another mode of approvals
            self.replace(file, self.filled(old), self.filled(new))

    def _do(self, part: str) -> None:
        self.play(self.parts[part])

    def _write(self, texts: Mapping[str, str]) -> None:
        for file, text in texts.items():
            self.write(self.path(file), text)

    def _append(self, texts: Mapping[str, str]) -> None:
        for file, text in texts.items():
            added = re.sub(r"\$\{key (\w+)\}", lambda match: self.public_key(match[1]), text)
            self.write(self.path(file), self.read(self.path(file)) + added)

    def _statement(self, what: Mapping[str, Any]) -> None:
        replays = what.get("replays")
        text = signed_replays(self, replays) if replays else trust_statement(self, what)
        self.write(what["file"], text)

    def _delete(self, files: list[str]) -> None:
        for file in files:
            (self.root / self.path(file)).unlink()

    def _move(self, pairs: Mapping[str, str]) -> None:
        for old, new in pairs.items():
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            (self.root / self.path(old)).rename(self.root / new)

    def _copy(self, pairs: Mapping[str, str]) -> None:
        for old, new in pairs.items():
            self.write(self.path(new), self.read(self.path(old)))

    def _link(self, pairs: Mapping[str, str]) -> None:
        for place, target in pairs.items():
            link = self.root / self.path(place)
            link.parent.mkdir(exist_ok=True)
            os.symlink(target, link)

    def _side(self, edit: Edit) -> None:
        """One commit on the branch ``side``, and what merges it."""
        main = self.git("rev-parse", "--abbrev-ref", "HEAD")
        self.git("checkout", "-q", "-b", "side")
        self.play([edit])
        self.commit("side")
        self.git("checkout", "-q", main)
        self._merge("side")

    def _branch(self, branches: Mapping[str, list[Edit]]) -> None:
        """One commit on each branch of a name, beside the commit that is checked out."""
        here = self.git("rev-parse", "--abbrev-ref", "HEAD")
        for name, edits in branches.items():
            self.git("checkout", "-q", "-b", name)
            self.play(edits)
            self.commit(name)
            self.git("checkout", "-q", here)

    def _run(self, words: list[str]) -> None:
        """A command of git."""
        self.git(*words)

    def _store(self, texts: Mapping[str, str]) -> None:
        """Files of git itself."""
        for file, text in texts.items():
            self.write(f".git/{self.filled(file)}", self.filled(text))

    def _forget(self, revisions: list[str]) -> None:
        """Objects that are not here any more, as in a partial or shallow clone."""
        for revision in revisions:
            self._object(revision).unlink()

    def _lie(self, pairs: Mapping[str, str]) -> None:
        """Objects that hold what another one does; git believes the name of the file."""
        for revision, other in pairs.items():
            data = self._object(other).read_bytes()
            file = self._object(revision)
            file.unlink()  # git makes them read-only
            file.write_bytes(data)

    def _object(self, revision: str) -> Path:
        name = self.git("rev-parse", revision)
        return self.root / ".git/objects" / name[:2] / name[2:]

    def _graph(self, parents: Mapping[str, str]) -> None:
        """A graph of commits in which some have another first parent."""
        self.git("-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--reachable")
        file = self.root / ".git/objects/info/commit-graph"
        data = bytearray(file.read_bytes())
        # a table of chunks: four letters and where each begins, in eight bytes
        chunks = {bytes(data[at : at + 4]): at + 4 for at in range(8, 8 + 12 * data[6], 12)}
        start = {name: int.from_bytes(data[at : at + 8], "big") for name, at in chunks.items()}
        ids = [data[at : at + 20].hex() for at in range(start[b"OIDL"], start[b"CDAT"], 20)]
        for revision, parent in parents.items():
            at = start[b"CDAT"] + 36 * ids.index(self.revision(revision)) + 20
            data[at : at + 4] = ids.index(self.revision(parent)).to_bytes(4, "big")
            # git looks no further than the generation that it reads: a high one hides nothing
            data[at + 8 : at + 12] = (4 * 1000).to_bytes(4, "big")
        file.unlink()
        file.write_bytes(data[:-20] + hashlib.sha1(data[:-20]).digest())

    def _commit_twice(self, changes: Mapping[str, Mapping[str, str]]) -> str:
        """A commit whose tree has a file twice under one name, as it is and edited; its full id."""
        for file, pairs in changes.items():
            folder, _, name = file.rpartition("/")
            self.play([{file: pairs}])
            edited = self.git("hash-object", "-w", file)
            self.git("checkout", "-q", "HEAD", "--", file)
            inner = self._tree(f"HEAD:{folder}", f"100644 blob {edited}\t{name}")
            whole = self._tree("HEAD", f"040000 tree {inner}\t{folder}", without=folder)
            self.git(
                "reset", "-q", "--soft", self.git("commit-tree", "-p", "HEAD", "-m", "twice", whole)
            )
        return self.git("rev-parse", "HEAD")

    def _tree(self, revision: str, entry: str, without: str = "") -> str:
        """A tree with one entry more, and without those of a name; its id."""
        listed = self.git("ls-tree", revision).splitlines()
        kept = [line for line in listed if line.partition("\t")[2] != without]
        return self.git("mktree", input="\n".join((*kept, entry, "")))

    def _mode(self, file: str) -> None:
        (self.root / self.path(file)).chmod(0o755)

    def _rmdir(self, folder: str) -> None:
        (self.root / folder).rmdir()

    def _pad(self, sizes: Mapping[str, int]) -> None:
        """Lines of text at the end of a file."""
        for file, size in sizes.items():
            self._append({file: "\n" + "Nothing more is known of it.\n" * (size // 29)})

    def _submodule(self, folder: str) -> None:
        """A repository of its own in a folder; git records it as a submodule."""
        shutil.rmtree(self.root / folder, ignore_errors=True)
        (self.root / folder).mkdir(parents=True)
        self.git("-C", folder, "init", "-q")
        self.git("-C", folder, "commit", "-q", "--allow-empty", "-m", "elsewhere")

    def _merge(self, branch: str) -> None:
        """Merge a branch; what follows in the same commit is part of the merge."""
        self.git("merge", "-q", "--no-commit", "--no-ff", f"refs/heads/{branch}")

    def _sign(self, what: Mapping[str, Any]) -> None:
        """The signature of a route as its owner would write it, by the key of anybody."""
        route, last = what["route"], what.get("expires", date(2026, 10, 29))
        data = {
            "by": what["owner"],
            "expires": last.isoformat(),
            "postmortems": what["over"],
            "route": route,
        }
        text = statement(route, what["over"], self.read(f"routes/{route}.yaml").encode(), last)
        data["signature"] = sign(text, str(self.keys / what["key"]))
        self.write(f"signoffs/{route}.json", json.dumps(data, indent=2) + "\n")

    def _digest(self, what: Mapping[str, str]) -> None:
        """Write the digest of a file over a text that holds its place."""
        self.replace(self.path(what["file"]), what["old"], self._sha256(what["of"]))

    def _sha256(self, file: str) -> str:
        return hashlib.sha256(self.read_bytes(self.path(file))).hexdigest()

    def _cut(self, what: Mapping[str, Any]) -> None:
        """Take a part out of a file; paste it before a text, of this or of another file."""
        file = self.path(what["file"])
        text = self.read(file)
        start = text.index(what["from"])
        end = text.index(what["to"], start) if what["to"] else len(text)
        part, rest = text[start:end], text[:start] + text[end:]
        self.write(file, rest + part if what.get("end") else rest)
        if "paste" in what:
            for old, new in what.get("as", {}).items():
                part = part.replace(old, new)
            into = self.path(what.get("into", what["file"]))
            self.replace(into, what["paste"], part + what["paste"])

    def _amend(self, what: Mapping[str, Any]) -> None:
        """A new amendment, in a line of its own behind the line that has a text."""
        file = self.path(what["file"])
        lines = self.read(file).splitlines(keepends=True)
        row = next(row for row, line in enumerate(lines) if what["after"] in line)
        indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
        values = {name: self._value(what[name]) for name in ("from", "to")}
        entry = (
            f'{{"on": {what.get("day", "2026-10-14")}, field: {what["field"]}, from: {values["from"]}, to: {values["to"]}, '
            f'reason: "The vendor ships late.", approved_by: "{what["by"]}"}}'
        )
        lines.insert(row + 1, f"{indent}amendments: [{entry}]\n")
        self.write(file, "".join(lines))

    def _value(self, value: Any) -> str:
        """A value of an amendment as YAML: dates, numbers and null as they are."""
        if value is None:
            return "null"
        text = str(value)
        if match := re.fullmatch(r"\$\{sha256 (\w+)\}", text):
            return json.dumps(self._sha256(match[1]))
        return text if re.fullmatch(r"\d{4}-\d\d-\d\d|\d+", text) else json.dumps(text)

    def _encode(self, files: Mapping[str, str]) -> None:
        """Files in another encoding."""
        for file, encoding in files.items():
            self.write_bytes(self.path(file), self.read(self.path(file)).encode(encoding))

    def _crlf(self, files: list[str]) -> None:
        for file in files:
            self.write(self.path(file), self.read(self.path(file)).replace("\n", "\r\n"))

    def _replace_all(self, files: Mapping[str, Mapping[str, str]]) -> None:
        for file, pairs in files.items():
            for old, new in pairs.items():
                text = self.read(self.path(file))
                assert old in text, f"{self.path(file)} has no {old!r}"
                self.write(self.path(file), text.replace(old, new))

    def _unamend(self, what: Mapping[str, str]) -> None:
        file = self.path(what["file"])
        lines = self.read(file).splitlines(keepends=True)
        self.write(
            file, "".join(line for line in lines if not line.lstrip().startswith("amendments:"))
        )

    def _to_pyproject(self, what: Mapping[str, str]) -> None:
        """The configuration moves into pyproject.toml as it is."""
        text = self.read(self.path(what["file"]))
        text = re.sub(r"^(\[+)", r"\1tool.pmlint.", text, flags=re.M)
        self.write("pyproject.toml", f"[tool.pmlint]\n{text}")
        self._delete([what["file"]])

    # asking

    def prepare(self, before: list[list[Edit]]) -> None:
        """What the base has besides: each list of edits is a commit."""
        for edits in before:
            self.play(edits)
            self.commit("before")

    def judge(self, case: Case) -> tuple[Answer, ...]:
        """The answers to the changes of a case; a change that is allowed is merged before the next."""
        entry = case.entry
        answers = []
        for change in entry.get("steps") or [None]:
            commits = entry.get("commits", [entry.get("edits", [])]) if change is None else [change]
            head = self._make(commits, entry)
            answers.append(self.ask(head, entry, case.mode))
            if answers[-1].verdict != "allowed":
                break
            self.git("checkout", "-q", "-B", "main", head)
        return tuple(answers)

    def _make(self, commits: list[Any], entry: Mapping[str, Any]) -> str:
        """Make a change on a branch, and what happens around it; the id of its last commit."""
        self.git("checkout", "-q", "-B", "change", "main")
        if "meanwhile" in entry:
            self.git("checkout", "-q", "main")
            self.play(entry["meanwhile"])
            self.commit("meanwhile")
            self.git("checkout", "-q", "change")
        for commit in commits:
            own = commit if isinstance(commit, Mapping) else {"edits": commit}
            self.play(own["edits"])
            message = own.get("message", entry.get("message", "change"))
            self.commit(message, own.get("by", entry.get("by", "")))
        for command in entry.get("git", ()):
            self.git(*command)
        self.play(entry.get("staged", ()))
        self.git("add", "-A")
        self.play(entry.get("unstaged", ()))
        if "twice" in entry:
            return self._commit_twice(entry["twice"])
        return self.git("rev-parse", "HEAD")

    def ask(self, head: str, entry: Mapping[str, Any], mode: str) -> Answer:
        words = ["gate", "--repo", str(self.root), "--now", entry.get("now", TODAY)]
        words += map(self.filled, entry.get("words", ["--base", "main", "--head", head]))
        author = entry.get("author", self.author)
        if author and "event" not in entry:
            words += ["--author", author]
        if "budgets" in entry:
            handed = self.root.parent / "budgets.json"
            handed.write_text(trust_statement(self, entry["budgets"]), encoding="utf-8")
            words += ["--budgets", str(handed)]
        if "replays" in entry:
            handed = self.root.parent / "replays.json"
            handed.write_text(signed_replays(self, entry["replays"]), encoding="utf-8")
            words += ["--replays", str(handed)]
        if mode != "recorded":
            words += ["--approvals", str(self._approvals(head, entry.get("approvals", ()), mode))]
        file = self.root.parent / "verdict.json"
        file.unlink(missing_ok=True)
        words += ["--output-format", "json", "-o", str(file)]
        with mock.patch.dict(os.environ, self._environment(entry), clear=True):
            code = commands.main(words, standalone_mode=False)
        return read_answer(code if isinstance(code, int) else 0, file.read_text(encoding="utf-8"))

    def _environment(self, entry: Mapping[str, Any]) -> dict[str, str]:
        """The variables of the machine but for those of a CI, and those of the case."""
        own = {name: text for name, text in os.environ.items() if not CI_VARIABLES.match(name)}
        own |= entry.get("environment", {})
        if "event" in entry:
            file = self.root.parent / "event.json"
            file.write_text(self.filled(json.dumps(entry["event"])), encoding="utf-8")
            own["GITHUB_EVENT_PATH"] = str(file)
        return own

    def _approvals(self, head: str, given: list[Any], mode: str) -> Path:
        """Approvals as a trusted workflow fetches them: each a handle, or {login, state, commit,
        key}.
        """
        fetched = []
        for approval in given:
            own = approval if isinstance(approval, Mapping) else {"login": approval.lstrip("@")}
            commit = self.filled(own.get("commit", head))
            entry = {"login": own["login"], "state": own.get("state", "APPROVED"), "commit": commit}
            if mode == "signature":
                key = self.keys / own.get("key", own["login"])
                entry["signature"] = sign(approval_statement(commit), str(key))
            fetched.append(entry)
        file = self.root.parent / "approvals.json"
        file.write_text(json.dumps(fetched), encoding="utf-8")
        return file


class PreparedBases:
    """Repositories with what the base of a case has besides, each made once: 3,000 cases have 350
    bases.
    """

    def __init__(self, folder: Path, repositories: Mapping[str, Repository]) -> None:
        self._folder = folder
        self._repositories = repositories
        self._made: dict[str, Repository] = {}

    def copy(self, case: Case, root: Path) -> Repository:
        """The repository of a case, before its change."""
        before = case.entry.get("before", [])
        if not before:
            return self._repositories[case.mode].copy(root)
        name = json.dumps([case.mode, before], sort_keys=True, default=str)
        if name not in self._made:
            made = self._repositories[case.mode].copy(self._folder / str(len(self._made)))
            made.prepare(before)
            self._made[name] = made
        return self._made[name].copy(root)


def trust_statement(repository: Repository, what: str | Mapping[str, Any]) -> str:
    """The statement that an entry of trust_attacks.yaml hands over, signed where it says so."""
    if isinstance(what, str) or "signed" not in what:
        return statement_text(repository, what)
    return envelope_text(repository, what, statement_text, "pmlint-budgets")


def signed_replays(repository: Repository, what: str | Mapping[str, Any]) -> str:
    """The statement of replays that an entry hands over, signed where it says so."""
    if isinstance(what, str) or "signed" not in what:
        return replay_text(repository, what)
    return envelope_text(repository, what, replay_text, "pmlint-replay")


def envelope_text(
    repository: Repository,
    what: Mapping[str, Any],
    text_of: Callable[[Repository, Any], str],
    namespace: str,
) -> str:
    """A signed statement, edited after that where an entry says so."""
    data = json.loads(text_of(repository, what["signed"]))
    by = what["by"]
    key = str(repository.keys / what.get("key", by))
    text = sign(canonical(data), key, what.get("namespace", namespace))
    if "edited" in what:
        data = json.loads(text_of(repository, what["edited"]))
    envelope = {
        "version": 1,
        "kind": "signed",
        "by": f"@{by}",
        "statement": data,
        "signature": text,
    }
    return json.dumps(envelope)


def statement_text(repository: Repository, what: str | Mapping[str, Any]) -> str:
    """The honest statement of the base, with the values that an entry changes."""
    patch: Mapping[str, Any] = STATEMENTS[what] if isinstance(what, str) else what
    if "raw" in patch:
        return str(patch["raw"])
    with GitRepository(str(repository.root)) as git:
        commit = repository.revision("main")
        data = statement_of(git.tree(commit), commit, patch)
    if match := re.fullmatch(r"\$\{(\w+)\}", str(data["commit"])):
        data["commit"] = repository.revision(match[1])
    return json.dumps(data)


def statement_of(tree: Tree, commit: str, patch: Mapping[str, Any]) -> dict[str, Any]:
    """The honest statement of a tree, with the values of a patch."""
    settings = load(tree)
    routes = {}
    for route in sorted(read_routes(tree, settings).routes, key=lambda route: route.id):
        slo = route.slo
        routes[route.id] = {
            **{"route": route.id, "answer": "within" if slo else "no-slo", "why": []},
            "slo": {name: str(value) for name, value in slo.items()} if slo else None,
            **{"since": "2026-09-15T06:00:00Z", "runs": 1000, "bad": 1, "rescued": 4, "unknown": 3},
            **{"budgets": [], "firing": [], "stage": None, "episodes": []},
            **patch.get(route.id, {}),
        }
    for name in patch.get("drop", ()):
        del routes[name]
    listed = [*routes.values(), *(routes[name] for name in patch.get("twice", ()))]
    return {
        **{"version": 1, "kind": "budgets", "tool": "pmlint 0.2.0", "commit": commit},
        **{"as_of": "2026-10-15T06:00:00Z", "settings": digest(settings), "history": True},
        **{"sources": [], "unassigned": 0, "routes": listed},
        **patch.get("top", {}),
    }


def read_answer(code: int, text: str) -> Answer:
    """What the JSON of the gate says."""
    data = json.loads(text)
    found = []
    for entry in data.get("refusals", ()):
        row = entry["location"]["row"] if entry.get("location") else 0
        found.append(Refusal(entry["code"], entry.get("path", ""), row, entry.get("side", "")))
    if not found:  # the old texts, until every refusal is a finding
        found += [
            Refusal(match[0])
            for case in data["cases"]
            if (match := re.match(r"[a-z-]+(?=:)", case))
        ]
        found += [
            Refusal("route-held") for route in data["routes"] if route["verdict"] == "refused"
        ]
    return Answer(code, data["verdict"], tuple(found), text)


def mistake(case: Case, answer: Answer, repository: Repository) -> str:
    """What is wrong with the answer to a case; empty where nothing is."""
    if not case.codes:
        right = answer.verdict == "allowed" and answer.exit == 0
        return "" if right else f"an honest change is {answer.verdict}: {sorted(answer.codes)}"
    if answer.verdict == "allowed" or answer.exit == 0:
        return "an attack is allowed"
    given = [refusal for refusal in answer.refusals if refusal.code in case.codes]
    if not given:
        return f"refused by {sorted(answer.codes)}"
    if case.entry.get("says", "") not in answer.text:
        return f"it does not say {case.entry['says']!r}"
    if case.at and all(refusal.path for refusal in given):
        file, _, text = case.at.lstrip("!").partition(": ")
        revision = "main" if case.at.startswith("!") else "HEAD"
        shown = repository.git("show", f"{revision}:{repository.path(file)}").split("\n")
        rows = {row for row, line in enumerate(shown, 1) if text in line}
        if not any(
            refusal.path == repository.path(file) and refusal.row in rows for refusal in given
        ):
            return f"the place is {given[0].path}:{given[0].row}, and not {repository.path(file)}:{sorted(rows)}"
    return ""


def make_keys(folder: Path) -> Path:
    """A key for each person who signs approvals."""
    for name in (*SIGNERS, *MACHINES):
        command = [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "",
            "-f",
            str(folder / name),
        ]
        subprocess.run(command, check=True)
    return folder
