"""Where a benchmark runs: the corpora, the peers, and the command under test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import NOW
from bench.measure import Command, Run
from bench.peers import ROOT, Peers

_SCRIPT = Path(sys.executable).with_name("pmlint")


@dataclass
class Stage:
    """A temporary folder for corpora, the peers, how many rounds and documents, and whether the
    large corpus is wanted.
    """

    folder: Path
    peers: Peers
    rounds: int = 3
    documents: int = 1_000
    large: bool = False
    _corpora: dict[str, Path] = field(default_factory=dict)

    @property
    def few(self) -> int:
        """How often a command of seconds runs: a moment in which the machine is busy is little of
        it, and all suites with ``--large`` take a quarter of an hour.
        """
        return max(1, self.rounds // 3)

    def corpus(
        self,
        documents: int,
        *,
        routes: int = 0,
        finding: str = "",
        cut: bool = False,
        off: Iterable[str] = (),
        own: str = "",
    ) -> Path:
        """A repository of that many documents, made once; ``off`` names the rules and policies that
        its configuration turns off, ``own`` who may write into it.
        """
        name = f"{documents}-{routes}-{finding}{'-cut' if cut else ''}{'-'.join(off)[:40]}{own}"
        if name not in self._corpora:
            self._corpora[name] = self.folder / name
            words = [
                sys.executable,
                "-m",
                "bench.corpus",
                str(self.folder / name),
                f"--documents={documents}",
            ]
            words += (
                [f"--routes={routes}"] * bool(routes)
                + [f"--finding={finding}"] * bool(finding)
                + ["--cut"] * cut
            )
            subprocess.run(words, cwd=ROOT, check=True)
            if off:
                told = "".join(
                    f'[rules.{one}]\nlevel = "off"\nreason = "measured without it"\n' for one in off
                )
                (self.folder / name / "pmlint.toml").write_text(told)
        return self._corpora[name]

    def pmlint(self, corpus: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> Command:
        """The command under test, as it is installed beside this interpreter."""
        start = (
            (sys.executable, str(_SCRIPT)) if _SCRIPT.exists() else (sys.executable, "-m", "pmlint")
        )
        return Command((*start, *arguments), corpus, codes, {"PMLINT_NOW": NOW})

    def check(self, corpus: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> Command:
        """``pmlint check`` of a whole corpus in one process, without a cache where it has one."""
        plain = [
            word
            for word in ("--no-cache", "--jobs=1")
            if self.knows("check", word.partition("=")[0])
        ]
        return self.pmlint(corpus, "check", *plain, f"--now={NOW}", *arguments, codes=codes)

    def knows(self, verb: str, word: str) -> bool:
        """Whether the help of a verb names a word."""
        command = self.pmlint(self.folder, verb, "--help")
        said = subprocess.run(command.words, capture_output=True, text=True, check=False).stdout
        return word in said.replace(",", " ").split()

    def python(self, corpus: Path, code: str) -> Command:
        """The interpreter of the command under test, with a line of code."""
        return Command((sys.executable, "-c", code), corpus)


@dataclass
class Table:
    """The runs of a few commands on the same work; ratios are against the one that ``against``
    names.
    """

    title: str
    runs: dict[str, list[Run]]
    against: str


@dataclass
class Outcome:
    """What a suite measured: tables, counts by name, the figures that goals ask for, what could not
    be measured, and how many seconds all of it took.
    """

    tables: list[Table] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
