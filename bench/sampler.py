"""Mutants of the gate, tried in one process: ``python -m bench.sampler --gate [--sample N]
[--seed S] [--write]``, or ``python -m bench.sampler MODULE... [--sample N] [--tests PATH...]``.

`--gate` takes a sample over every module, by the number of its changes and `LEAST` at least;
of modules that are named, N each. `reach.py` knows which tests reach which line; for each mutant a
child exchanges the code of one function and runs the tests that reach the line, the fastest first,
so those with a real git after those in memory.

A mutant that no test notices is listed with the reason why it may live (`survivors.json`: by file,
function, was and became); one without a reason makes the command fail. With `--again` only
those are tried that no test killed before.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shlex
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from bench.mutants import Mutant, exchange, modules_below, sample, shares
from bench.mutation import keep
from bench.reach import Reach
from bench.words.figures import wilson

GATE = "pmlint.gate"
LEAST = 3
"""So many mutants of each module at least, where it has so many."""
TESTS = ("tests/gate",)
IN_MEMORY = tuple(
    """agents_in_memory approval_words asked attacks_in_forms attacks_in_memory bases budget_answers gitlab_includes handles
    histories judging ledger_forgeries ledger_words naming proofs reading refunds replay_ways_out replays_in_memory row_mutants
    rows snapshot statements stops transitions trust_in_memory trust_model values workflow_forms workflows""".split()
)
"""Files of which every case is run; of the others, which start git or a program, `CASES` of a test."""
CASES = 8
FASTEST, OTHERS = 60, 20
"""How many tests a mutant is tried by at first: nearly all die within the first five, and what the
fastest have in common is made up for by some of the others. One that survives is tried by all that
judge in memory."""
PATIENCE = 10
"""CPU seconds after which a test that a mutant has in a loop counts as failed: a busy machine kills
nothing, and the clock of the wall is pytest-timeout's.
"""
AT_ONCE = 200
"""After so many tests what they reach is saved: a run that is stopped goes on from there."""
REASONS = Path(__file__).with_name("survivors.json")

Reasons = Mapping[str, Mapping[str, Mapping[str, str]]]


def arrow(mutant: Mutant) -> str:
    """What a reason is kept by, below its file and its function."""
    return f"{mutant.was} -> {mutant.became}"


def reason_of(mutant: Mutant, reasons: Reasons) -> str:
    """Why a mutant may live; empty where nobody has said why."""
    return reasons.get(mutant.file, {}).get(mutant.name, {}).get(arrow(mutant), "")


class Sampler:
    """A plugin of pytest: has the tests watched that nobody watched yet, then tries each mutant in a
    child of its own.
    """

    def __init__(self, wanted: Sequence[Mutant], *, again: bool = False) -> None:
        self.wanted = wanted
        self.again = again
        self.status: list[tuple[Mutant, str]] = []
        self.reach = Reach(GATE)
        self._failed: list[str] = []
        self._whole: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Of a test with a real git some cases, evenly over all of them."""
        cases = defaultdict(list)
        for item in items:
            cases[item.nodeid.partition("[")[0]].append(item)
        kept = set()
        for own in cases.values():
            step = 1 if is_fast(own[0]) else -(-len(own) // CASES)
            kept.update(own[::step])
        items[:] = [item for item in items if item in kept]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed."""
        if report.failed:
            self._failed.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        known = {item.nodeid: item for item in session.items}
        unseen = [known[name] for name in self.reach.unseen(known)]
        for start in range(0, len(unseen), AT_ONCE):
            self._watch(unseen[start : start + AT_ONCE])
        self._prepare(session.items)
        for number, mutant in enumerate(self.wanted, 1):
            what = self._status(mutant, known)
            self.status.append((mutant, what))
            said = f"{number}/{len(self.wanted)} {what:9} {mutant.module}:{mutant.line}"
            print(f"{said} {arrow(mutant)}", file=sys.stderr, flush=True)
        return True

    def _status(self, mutant: Mutant, known: Mapping[str, pytest.Item]) -> str:
        """``killed``, ``survived`` or ``unreached``."""
        if self.again and self.reach.key(mutant) in self.reach.killed:
            return "killed"
        took = self.reach.took
        names = self.reach.reaching(mutant) & known.keys()
        items = [known[name] for name in sorted(names, key=took.__getitem__)]
        if len(items) < FASTEST:
            near = self.reach.near(mutant) & known.keys() - names
            items += sorted((known[name] for name in near), key=lambda one: took[one.nodeid])
        few = chosen(items)
        what = self._tried(mutant, few) if few else "unreached"
        if what == "survived":
            # Of a line that every change reaches, any of the many others may tell.
            what = self._tried(mutant, [one for one in items if one not in few and is_fast(one)])
        if what == "killed":
            self.reach.keep_killed(mutant)
        return what

    def _watch(self, items: list[pytest.Item]) -> None:
        """Run some tests and remember what they reach."""
        took: dict[str, float] = {}
        watcher = self.reach.now.watcher()
        watcher.start()
        for item in items:
            watcher.switch_context(item.nodeid)
            begin = sum(os.times()[:4])
            self._run(item)
            took[item.nodeid] = sum(os.times()[:4]) - begin
        watcher.stop()
        watcher.save()
        self.reach.now.keep(took)

    def _prepare(self, items: list[pytest.Item]) -> None:
        """Have what a session prepares ready, so that no child makes it anew."""
        ready: set[str] = set()
        for item in items:
            fixtures = item._fixtureinfo.name2fixturedefs.items()  # type: ignore[attr-defined]
            own = {name for name, found in fixtures if found and found[-1].scope == "session"}
            if own - ready:
                self._run(item)
                ready |= own

    def _run(self, item: pytest.Item) -> None:
        """Run a test as it is."""
        self._play(item)
        if self._failed:
            sys.exit(f"error: a test fails without a mutant: {self._failed[0]}")

    def _play(self, item: pytest.Item) -> None:
        """Run a test; as one of another file follows, what a session prepares stays."""
        following = next((one for one in item.session.items if one.path != item.path), None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

    def _tried(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        """What becomes of a mutant; the test that fails must pass without it."""
        number = self._first_failing(items, mutant)
        if number == len(items):
            return "survived"
        if items[number].nodeid not in self._whole:
            if not self._first_failing([items[number]]):
                sys.exit(f"error: a test fails without a mutant: {items[number].nodeid}")
            self._whole.add(items[number].nodeid)
        return "killed"

    def _first_failing(self, items: list[pytest.Item], mutant: Mutant | None = None) -> int:
        """Run tests in a child: the place of the first that fails, behind the last where none does."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(self._fails(items, mutant, writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as begun:
            count = len(begun.read())
        _, status = os.waitpid(child, 0)
        return len(items) if status == 0 else max(count - 1, 0)

    def _fails(self, items: list[pytest.Item], mutant: Mutant | None, begun: int) -> bool:
        """Whether a test fails; each is noted when it begins. Runs in the child alone."""
        try:
            if mutant:
                exchange(mutant)
            for item in items:
                os.write(begun, b".")
                signal.setitimer(signal.ITIMER_PROF, PATIENCE)
                self._play(item)
                if self._failed:
                    return True
        except BaseException:  # a mutant may raise anything, SystemExit as well
            return True
        return False


def is_fast(item: pytest.Item) -> bool:
    """Whether a test judges in memory, so that all of its cases can be run."""
    return item.path.stem.removeprefix("test_") in IN_MEMORY


def chosen(items: list[pytest.Item]) -> list[pytest.Item]:
    """The fastest of the tests that reach a line, and some of the others, evenly."""
    others = items[FASTEST:]
    step = -(-len(others) // OTHERS) or 1
    return [*items[:FASTEST], *others[::step]]


def untaken() -> Iterator[str]:
    """The statements that no test reaches which was watched so far, and how many there are."""
    parts = list(Reach(GATE).untaken())
    missing = [(file, part) for file, part in parts if file]
    yield from (
        f"{file}:{part.lineno} {ast.unparse(part).splitlines()[0]}" for file, part in missing
    )
    yield f"{len(missing):,} of {len(parts):,} statements are reached by no test"


def report(found: Sequence[tuple[Mutant, str]], reasons: Reasons) -> Iterator[str]:
    """The table of counts and the list of survivors, as Markdown."""
    yield "| module | tried | killed | explained | unexplained |\n|---|---:|---:|---:|---:|"
    modules = dict.fromkeys(mutant.module for mutant, _ in found)
    for module in modules:
        own = [(mutant, what) for mutant, what in found if mutant.module == module]
        yield _row(module, own, reasons)
    yield _row("together", found, reasons)
    killed = sum(what == "killed" for _, what in found)
    low, high = wilson(killed, len(found))
    yield (
        f"\n{killed:,} of {len(found):,} are killed: {killed / max(len(found), 1):.1%}, "
        f"with 95% certainty between {low:.1%} and {high:.1%}."
    )
    left = [(mutant, what) for mutant, what in found if what != "killed"]
    if left:
        yield "\n| survivor | was | became | why it may live |\n|---|---|---|---|"
    for mutant, what in left:
        where = f"{mutant.file}:{mutant.line} `{mutant.name}`"
        where += " (unreached)" if what == "unreached" else ""
        why = reason_of(mutant, reasons) or "**no reason known**"
        yield f"| {where} | {_code(mutant.was)} | {_code(mutant.became)} | {why} |"


def _row(name: str, found: Sequence[tuple[Mutant, str]], reasons: Reasons) -> str:
    count = Counter(
        "killed"
        if what == "killed"
        else "explained"
        if reason_of(mutant, reasons)
        else "unexplained"
        for mutant, what in found
    )
    figures = (count.total(), count["killed"], count["explained"], count["unexplained"])
    return f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |"


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


def main() -> None:
    """The command line."""
    options = _options()
    if options.untaken:
        for line in untaken():
            print(line)
        return
    chance = random.Random(options.seed)
    if options.gate:
        wanted_of = shares(modules_below(GATE), options.sample or 400, LEAST)
    else:
        wanted_of = dict.fromkeys(options.modules, options.sample or 24)
    wanted = [one for module, size in wanted_of.items() for one in sample(module, size, chance)]
    sampler = Sampler(wanted, again=options.again)
    words = ["-q", "-n0", "-p", "no:cacheprovider", "--no-header", *options.tests]
    pytest.main([*words, "-k", options.k] if options.k else words, plugins=[sampler])
    if len(sampler.status) < len(wanted) or not wanted:
        sys.exit("error: not every mutant was tried")
    reasons: Reasons = json.loads(REASONS.read_text(encoding="utf-8"))
    lines = "\n".join(report(sampler.status, reasons))
    print(lines)
    if options.write:
        command = shlex.join(["python", "-m", "bench.sampler", *sys.argv[1:]])
        keep("gate", command, lines)
    sys.exit(any(what != "killed" and not reason_of(one, reasons) for one, what in sampler.status))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.sampler",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as pmlint.gate.stops")
    parser.add_argument("--gate", action="store_true", help="a sample over every module of it")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="of each module; with --gate, together"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--tests", nargs="*", metavar="PATH", default=TESTS)
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="as for pytest")
    parser.add_argument(
        "--again",
        action="store_true",
        help="leave out what a test killed in an earlier run over the same functions",
    )
    parser.add_argument("--write", action="store_true", help="keep the result in MUTATION.md")
    parser.add_argument(
        "--untaken",
        action="store_true",
        help="try nothing: list the statements that no test reaches which was watched so far",
    )
    options = parser.parse_args()
    if not options.untaken and options.gate == bool(options.modules):
        parser.error("either --gate or modules")
    if options.write and not options.gate:
        parser.error("--write keeps a sample of the whole gate")
    return options


if __name__ == "__main__":
    main()
