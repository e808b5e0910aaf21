"""Which test reaches which line of the gate, and how long each takes; remembered in ``build/reach``.

To watch all tests takes minutes, so a test is watched once for each version of the code, and what
was seen of an earlier version counts where a function is as it was; of a function that has changed,
every test counts that reached any of it.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bench.mutants import ROOT, Mutant, file_of, functions, modules_below

FOLDER = ROOT / "build" / "reach"


class Span(NamedTuple):
    """The lines of a function, and a digest of its text."""

    first: int
    last: int
    digest: str


Spans = dict[str, dict[str, Span]]
"""By module and name."""


def spans(package: str) -> Spans:
    """Where the functions of a package are now."""
    return {module: _spans(file_of(module).read_text("utf-8")) for module in modules_below(package)}


def _spans(text: str) -> dict[str, Span]:
    lines = text.split("\n")
    found = {}
    for name, node in functions(ast.parse(text)):
        own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        digest = hashlib.sha256(own.encode()).hexdigest()[:16]
        found[name] = Span(node.lineno, node.end_lineno or node.lineno, digest)
    return found


class Version:
    """What the tests reached in one version of a package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spans: Spans = {
            module: {name: Span(*span) for name, span in own.items()}
            for module, own in json.loads((folder / "spans.json").read_text()).items()
        }
        took = folder / "took.json"
        self.took: dict[str, float] = json.loads(took.read_text()) if took.exists() else {}
        self.lines = cache(self._lines)

    def watcher(self) -> Any:
        """What watches the tests that are not seen yet."""
        import coverage

        include = [str(ROOT / "pmlint" / "gate" / "*")]
        # without pyproject.toml, which asks for a file of each process
        found = coverage.Coverage(self.folder / "seen", config_file=False, include=include)
        found.set_option("run:relative_files", True)  # of a copy of the repository it is the same
        found.load()
        return found

    def keep(self, took: dict[str, float]) -> None:
        """Remember how long tests took."""
        self.took |= took
        (self.folder / "took.json").write_text(json.dumps(self.took))

    def reaching(self, mutant: Mutant, now: Span) -> set[str]:
        """The tests that reach a mutant."""
        then = self.spans.get(mutant.module, {}).get(mutant.name)
        if then is None:
            return set()
        lines = self.lines(mutant.module)
        if then.digest == now.digest:
            return set(lines.get(mutant.line - now.first + then.first, ()))
        return {test for line in range(then.first, then.last + 1) for test in lines.get(line, ())}

    def taken(self, module: str, name: str, now: Span) -> set[int]:
        """The lines of a function as it is now that a test reached; all of one that has changed,
        where a test reached any.
        """
        then = self.spans.get(module, {}).get(name)
        if then is None:
            return set()
        seen = {line for line in self.lines(module) if then.first <= line <= then.last}
        if then.digest == now.digest:
            return {line - then.first + now.first for line in seen}
        return set(range(now.first, now.last + 1)) if seen else set()

    def near(self, module: str) -> set[str]:
        """The tests that reach any line of a module."""
        return {test for tests in self.lines(module).values() for test in tests}

    def _lines(self, module: str) -> dict[int, list[str]]:
        """The tests by the line of a module that they reach."""
        from coverage import CoverageData

        data = CoverageData(str(self.folder / "seen"))
        data.read()
        found: dict[int, list[str]] = data.contexts_by_lineno(
            file_of(module).relative_to(ROOT).as_posix()
        )
        return found


class Reach:
    """What is known of every version, and the one that is watched now."""

    def __init__(self, package: str) -> None:
        self.spans = spans(package)
        text = json.dumps(self.spans)
        folder = FOLDER / hashlib.sha256(text.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "spans.json").write_text(text)
        self.now = Version(folder)
        others = (path for path in FOLDER.iterdir() if path.is_dir() and path != folder)
        self.versions = [*map(Version, others), self.now]
        self._killed = FOLDER / "killed.json"
        known = json.loads(self._killed.read_text()) if self._killed.exists() else ()
        self.killed: set[str] = set(known)

    @property
    def took(self) -> dict[str, float]:
        """The seconds of CPU that each test took that was seen."""
        return {test: took for version in self.versions for test, took in version.took.items()}

    def unseen(self, tests: Collection[str]) -> Iterator[str]:
        """The tests that no version knows."""
        took = self.took
        yield from (test for test in tests if test not in took)

    def reaching(self, mutant: Mutant) -> set[str]:
        """The tests that reach a mutant."""
        now = self.spans[mutant.module][mutant.name]
        return {test for version in self.versions for test in version.reaching(mutant, now)}

    def near(self, mutant: Mutant) -> set[str]:
        """The tests that reach any line of its module: what a function worked out once is used by
        tests that no longer reach it.
        """
        return {test for version in self.versions for test in version.near(mutant.module)}

    def untaken(self) -> Iterator[tuple[str, ast.stmt]]:
        """Every statement of a function, and the file of those that no test reaches, else ""."""
        for module, own in self.spans.items():
            file = file_of(module).relative_to(ROOT).as_posix()
            for name, node in functions(ast.parse(file_of(module).read_text("utf-8"))):
                lines = {
                    line
                    for version in self.versions
                    for line in version.taken(module, name, own[name])
                }
                for part in ast.walk(node):
                    if isinstance(part, ast.stmt) and not _is_told(part):
                        is_taken = not lines.isdisjoint(
                            range(part.lineno, (part.end_lineno or 0) + 1)
                        )
                        yield "" if is_taken else file, part

    def key(self, mutant: Mutant) -> str:
        """What a mutant is known by for as long as its function is as it is."""
        digest = self.spans[mutant.module][mutant.name].digest
        return f"{digest} {mutant.name}: {mutant.was} -> {mutant.became}"

    def keep_killed(self, mutant: Mutant) -> None:
        """Remember that a test killed a mutant."""
        self.killed.add(self.key(mutant))
        self._killed.write_text(json.dumps(sorted(self.killed)))


def _is_told(part: ast.stmt) -> bool:
    """Whether a statement does nothing by itself: a function in a function, or a docstring."""
    is_text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    return is_text or isinstance(part, ast.FunctionDef)
