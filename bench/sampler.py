"""Mutants of a few modules, tried in one process: ``python -m bench.sampler MODULE... [--sample N]
[--seed S] [--tests PATH...]``.

mutmut writes a tree of mutants before it tries the first one, and needs a day for the whole gate.
This collects the tests once, asks coverage which of them reach which line, and forks for each
mutant: the child exchanges the code of one function and runs the tests that reach the mutated line,
the fastest first. It leaves alone what stands outside of functions and what only speaks of types.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
# Those that judge in memory: a test that starts git or a program costs more than it kills.
IN_MEMORY = (
    *("agents", "gitlab_includes", "handles", "histories", "judging", "replays", "rows"),
    *("snapshot", "statements", "transitions", "workflows"),
)
MOST_TESTS = 80
"""How many tests a mutant is tried by: nearly all die within the first five."""
PATIENCE = 60
"""Seconds after which a mutant counts as killed."""
_OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Continue: ast.Break,
    ast.Break: ast.Continue,
}


Steps = tuple[tuple[str, int | None], ...]
"""From a function to one of its parts: fields, and places in their lists."""


class Mutant(NamedTuple):
    """A function of a module with one part changed."""

    module: str
    name: str
    line: int
    was: str
    became: str
    code: CodeType


class Change(NamedTuple):
    """Where a function is changed, and into what."""

    name: str
    path: Steps
    became: ast.AST


def changes(tree: ast.Module) -> list[Change]:
    """Every change of a module's functions, in the order of its text."""
    return [
        Change(name, path, became)
        for name, function in _functions(tree, "")
        for path, became in _changes(function)
    ]


def sample(module: str, size: int, chance: random.Random) -> Iterator[Mutant]:
    """Some mutants of a module."""
    file = ROOT / f"{module.replace('.', '/')}.py"
    if not file.is_file():
        file = ROOT / module.replace(".", "/") / "__init__.py"
    tree = ast.parse(file.read_text())
    every = changes(tree)
    chosen = chance.sample(range(len(every)), min(size, len(every)))
    for name, path, became in (every[number] for number in sorted(chosen)):
        whole = copy.deepcopy(tree)
        target = next(node for at, node in _functions(whole, "") if at == name)
        node = _at(target, path)
        line, was = getattr(node, "lineno", target.lineno), ast.unparse(node)
        _put(target, path, became)
        ast.fix_missing_locations(whole)
        code = _code_of(compile(whole, str(file), "exec"), name)
        yield Mutant(module, name, line, was, ast.unparse(became), code)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a module; those inside a function belong to it."""
    for child in getattr(node, "body", ()):
        if isinstance(child, ast.FunctionDef):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


def _changes(function: ast.FunctionDef) -> Iterator[tuple[Steps, ast.AST]]:
    """Where a function can be changed, and into what."""
    is_described = ast.get_docstring(function) is not None
    for number, statement in enumerate(function.body):
        if not (is_described and number == 0):
            yield from _below(statement, (("body", number),))


def _below(node: ast.AST, path: Steps) -> Iterator[tuple[Steps, ast.AST]]:
    if isinstance(node, ast.AnnAssign | ast.Assert | ast.ImportFrom):
        return  # types, and what must hold
    yield from ((path, changed) for changed in _mutated(node))
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx"):
            continue
        for number, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                yield from _below(child, (*path, (field, number)))


def _mutated(node: ast.AST) -> Iterator[ast.AST]:
    """What may become of one part of a program."""
    if isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp):
        ops = node.ops[0] if isinstance(node, ast.Compare) else node.op
        if type(ops) in _OPPOSITE:
            changed: Any = copy.deepcopy(node)
            other = _OPPOSITE[type(ops)]()
            if isinstance(node, ast.Compare):
                changed.ops[0] = other
            else:
                changed.op = other
            yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            changed = copy.deepcopy(node)
            changed.test = ast.Constant(value)
            yield changed
    elif isinstance(node, ast.Constant) and node.value is not None and node.value is not Ellipsis:
        yield ast.Constant(_other(node.value))
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue | ast.Break):
        yield _OPPOSITE[type(node)]()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        nothing = ast.YieldFrom(ast.Tuple([], ast.Load()))
        yield ast.Expr(nothing)  # still a generator


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"XX{value}XX" if isinstance(value, str) else value + b"XX"


def _at(node: Any, path: Steps) -> Any:
    for field, number in path:
        node = getattr(node, field)
        node = node if number is None else node[number]
    return node


def _put(node: Any, path: Steps, changed: ast.AST) -> None:
    above = _at(node, path[:-1])
    field, number = path[-1]
    if number is None:
        setattr(above, field, changed)
    else:
        getattr(above, field)[number] = changed


def _code_of(code: CodeType, name: str) -> CodeType:
    for step in name.split("."):
        code = next(
            one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == step
        )
    return code


def exchange(mutant: Mutant) -> None:
    """Give the living function the code of the mutant."""
    found: Any = importlib.import_module(mutant.module)
    for step in mutant.name.split("."):
        found = found.__dict__[step]
    for inside in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, inside, found)
    found.__code__ = mutant.code


class Sampler:
    """A plugin of pytest: runs everything once, then each mutant in a child of its own."""

    def __init__(self, wanted: Sequence[Mutant]) -> None:
        import coverage

        self.wanted = wanted
        self.status: dict[Mutant, str] = {}
        self.coverage = coverage.Coverage(
            data_file=None, branch=True, include=[str(ROOT / "pmlint" / "gate" / "*")]
        )
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        took: dict[str, float] = {}
        self.coverage.start()
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            self.coverage.switch_context(item.nodeid)
            begin = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            took[item.nodeid] = time.perf_counter() - begin
        self.coverage.stop()
        if self._failed:
            sys.exit("error: a test fails without a mutant")
        reach = self._reach()
        known = {item.nodeid: item for item in session.items}
        for number, mutant in enumerate(self.wanted, 1):
            names = reach[mutant.module, mutant.line]
            items = [known[name] for name in sorted(names & known.keys(), key=took.__getitem__)]
            self.status[mutant] = self._tried(mutant, items[:MOST_TESTS]) if items else "unreached"
            said = f"{number}/{len(self.wanted)} {self.status[mutant]:9}"
            print(
                f"{said} {mutant.module}:{mutant.line} {mutant.was!r} -> {mutant.became!r}",
                file=sys.stderr,
                flush=True,
            )
        return True

    def _reach(self) -> dict[tuple[str, int], set[str]]:
        """The tests that reach each line of the gate."""
        data = self.coverage.get_data()
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for file in data.measured_files():
            module = ".".join(Path(file).relative_to(ROOT).with_suffix("").parts)
            for line, contexts in data.contexts_by_lineno(file).items():
                found[module.removesuffix(".__init__"), line].update(contexts)
        return found

    def _tried(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        child = os.fork()
        if child == 0:
            signal.alarm(PATIENCE)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(self._survives(mutant, items))
        _, status = os.waitpid(child, 0)
        return "survived" if status == 0 else "killed"

    def _survives(self, mutant: Mutant, items: list[pytest.Item]) -> int:
        """0 where no test notices the mutant; runs in the child alone."""
        try:
            exchange(mutant)
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                if self._failed:
                    return 1
        except BaseException:  # it may raise anything, SystemExit as well
            return 1
        return 0


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.sampler", description=__doc__)
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="such as pmlint.gate.stops")
    parser.add_argument("--sample", type=int, default=24, metavar="N", help="of each module")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--tests", nargs="*", metavar="PATH", default=None)
    parser.add_argument("-k", default="not forge and not signature", metavar="EXPRESSION")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    wanted = [
        mutant for module in options.modules for mutant in sample(module, options.sample, chance)
    ]
    sampler = Sampler(wanted)
    tests = options.tests or [f"tests/gate/test_{name}.py" for name in IN_MEMORY]
    present = [test for test in tests if Path(test.partition("::")[0]).exists()]
    words = ["-q", "-n0", "-p", "no:cacheprovider", "-k", options.k, "--no-header", *present]
    pytest.main(words, plugins=[sampler])
    for line in _report(sampler.status):
        print(line)


def _report(status: dict[Mutant, str]) -> Iterator[str]:
    for module in dict.fromkeys(one.module for one in status):
        own = [what for one, what in status.items() if one.module == module]
        killed = own.count("killed")
        yield f"{module}: {killed} of {len(own)} killed, {own.count('unreached')} unreached"
    for one, what in status.items():
        if what != "killed":
            yield f"{one.module}:{one.line} {what}: {one.was} -> {one.became}"


if __name__ == "__main__":
    main()
