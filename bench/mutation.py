"""Mutation testing of the reader: ``python -m bench.mutation reader [--sample N] [--seed S] [--again]
[--write]``. The gate is too large for it: `sampler.py`.

mutmut makes the mutants in a copy of the repository, and for each runs the tests that call the
mutated function, the fastest first. A mutant that no test notices is listed with the reason why it
may live (`mutants.json`); one without a reason makes the command fail.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_REASONS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("mutants.json").read_text()
)
_HERE = Path(__file__).with_name("MUTATION.md")
_BUILD = ROOT / "build"


class Package(NamedTuple):
    """What is mutated, and the tests that judge it."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    options: tuple[str, ...] = ()

    def paths(self) -> list[Path]:
        """The files, in the current folder."""
        return sorted(path for pattern in self.files for path in Path().glob(pattern))


_READER = ("document", "scalars", "source", "strict_yaml", "yaml_nodes")
PACKAGES = {
    "reader": Package(
        tuple(f"pmlint/parsing/{name}.py" for name in _READER),
        tuple(f"tests/parsing/test_{name}.py" for name in ("reading", "strict_yaml", "reader")),
    ),
}


class Mutant(NamedTuple):
    """One changed line: where it is, what became of it, and what the tests did."""

    name: str
    file: str
    line: int
    old: str
    new: str
    status: str

    @property
    def reason(self) -> str:
        """Why it may live; empty where nobody has said why."""
        known = _REASONS.get(self.file, {})
        return next(
            (why for part, why in known.items() if part in self.new or part == f"- {self.old}"), ""
        )


_HEAD = """# Mutation testing

Of the gate a sample, of the reader everything. One thing at a time is changed: a number, a text, an operator, a condition, a result. A
mutant that runs into the time limit counts as killed. A survivor without a reason makes the command fail.

The gate: `python -m bench.sampler --gate --sample N --seed S --write` (`pip install coverage`) takes a sample over every module, by the
number of its changes and three at least. It asks coverage which test of `tests/gate` reaches which line (once for each version of the
code), and forks for each mutant, which is tried by 80 tests: the fastest, and some of the others; of those that start git eight
cases each. One that they leave is tried by all tests in memory. It leaves alone what stands outside of functions. The reasons are in `survivors.json`, by file, function, was and became. With
`--again`, what a test killed before in a function that is as it was counts. A module alone: `python -m bench.sampler pmlint.gate.stops`.

The reader: `python -m bench.mutation reader --write` (`pip install -e .[dev,mutation]`) lets mutmut change a copy of the repository. It
leaves alone what stands outside of functions and in decorated functions. The reasons are in `mutants.json`. With `--again`, what a test
killed in an earlier run over the same file counts, and only the others are tried.

`python -m bench.sampler --untaken` lists the statements that no test reached which was watched. The goal is that tests take every line and
branch of `pmlint/gate`: `coverage run -m pytest tests/gate`, then `coverage combine` and
`coverage report -m --skip-covered`, which says what they leave out (`pyproject.toml` has its settings).
"""


def prepare(folder: Path, package: Package) -> None:
    """Copy the repository and tell mutmut what to do there."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # one that is deleted and not committed is listed too
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    beside = sorted(
        path.name for path in folder.iterdir() if path.name not in ("pmlint", "tests", "evidence")
    )
    settings = {
        "source_paths": ["pmlint"],
        "only_mutate": list(package.files),
        "also_copy": beside,
        "pytest_add_cli_args": [
            "-n0",
            "-p",
            "no:cacheprovider",
            "--hypothesis-seed=0",
            "--timeout=30",
            *package.options,
        ],
        "pytest_add_cli_args_test_selection": list(package.tests),
    }
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in settings.items()]
    with (folder / "pyproject.toml").open("a") as file:
        file.writelines(["\n[tool.mutmut]\n", *lines])


def names(package: Package) -> list[str]:
    """The names of all mutants, in the current folder."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    return [
        get_mutant_name(file, name)
        for file in package.paths()
        for name in mutate_file_contents(str(file), file.read_text()).mutant_names
    ]


def run(folder: Path, wanted: list[str]) -> None:
    """Let mutmut try the wanted mutants, one after the other."""
    if not wanted:
        sys.exit("error: there is nothing to try")  # mutmut would try everything
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", "1", *wanted]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: mutmut failed:\n{done.stdout[-4000:]}")


def results(package: Package, killed: set[str]) -> Iterator[Mutant]:
    """What became of the mutants, in the current folder; some were ``killed`` before."""
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    for file in package.paths():
        data = SourceFileMutationData(path=file)
        data.load()
        for name, code in data.exit_code_by_key.items():
            status = "killed" if name in killed else status_by_exit_code[code]
            if status == "killed" or status == "not checked":
                yield Mutant(name, str(file), 0, "", "", status)
            else:
                yield _placed(name, file, get_diff_for_mutant(name, path=file), status)


def _earlier(file: str | Path) -> Path:
    """Where the names of the mutants of a file are kept that a test killed: one place for each
    version of the code.
    """
    return _BUILD / f"mutants-{hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]}.json"


def killed_before(files: Iterable[Path]) -> set[str]:
    """The mutants that a test killed in earlier runs over the same files, in the current folder."""
    return {
        name
        for file in map(_earlier, files)
        if file.exists()
        for name in json.loads(file.read_text())
    }


def remember(found: list[Mutant]) -> None:
    """Keep which mutants a test killed; one that ran into the time limit may have met a busy
    machine.
    """
    _BUILD.mkdir(exist_ok=True)
    for file in {mutant.file for mutant in found}:
        status = {mutant.name: mutant.status for mutant in found if mutant.file == file}
        kept = [
            name
            for name in killed_before([Path(file)])
            if status.get(name, "not checked") == "not checked"
        ]
        _earlier(file).write_text(
            json.dumps(
                sorted([*kept, *(name for name, what in status.items() if what == "killed")])
            )
        )


def _placed(name: str, file: Path, diff: str, status: str) -> Mutant:
    """A mutant with the line that it changes."""
    hunk = re.search(r"^@@ -(\d+)", diff, re.MULTILINE)
    assert hunk is not None
    body = diff[diff.index("\n", hunk.start()) + 1 :].split("\n")
    before = next(number for number, line in enumerate(body) if line[0] in "-+")
    old, new = (
        " ".join(line[1:].strip() for line in body if line.startswith(sign)) for sign in "-+"
    )
    return Mutant(name, str(file), _begin(file, name) + int(hunk[1]) - 1 + before, old, new, status)


def _begin(file: Path, name: str) -> int:
    """The row in which the function of a mutant begins."""
    from mutmut.utils.format_utils import orig_function_and_class_names_from_key

    function, owner = orig_function_and_class_names_from_key(name)
    body: list[ast.stmt] = ast.parse(file.read_text()).body
    if owner is not None:
        body = next(
            node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner
        )
    return next(
        node.lineno for node in body if isinstance(node, ast.FunctionDef) and node.name == function
    )


def report(found: list[Mutant]) -> Iterator[str]:
    """The table of counts and the list of survivors, as Markdown."""
    tried = [mutant for mutant in found if mutant.status != "not checked"]
    yield f"{len(tried):,} of {len(found):,} mutants were tried.\n"
    yield "| file | tried | killed | survived | other | killed |\n|---|---:|---:|---:|---:|---:|"
    counts = {
        file: Counter(mutant.status for mutant in tried if mutant.file == file)
        for file in sorted({mutant.file for mutant in tried})
    }
    for file, count in [*counts.items(), ("together", sum(counts.values(), Counter()))]:
        killed, survived = count["killed"] + count["timeout"], count["survived"]
        other = count.total() - killed - survived
        yield f"| {file} | {count.total():,} | {killed:,} | {survived:,} | {other:,} | {killed / count.total():.1%} |"
    left = [mutant for mutant in tried if mutant.status not in ("killed", "timeout")]
    yield (
        "\n| survivor | was | became | why it may live |\n|---|---|---|---|"
        if left
        else "\nNone survived."
    )
    for mutant in sorted(left, key=lambda mutant: (mutant.file, mutant.line)):
        old, new = (
            f"`{text.replace('|', chr(92) + '|')}`" if text else ""
            for text in (mutant.old, mutant.new)
        )
        status = "" if mutant.status == "survived" else f" ({mutant.status})"
        yield f"| {mutant.file}:{mutant.line}{status} | {old} | {new} | {mutant.reason or '**no reason known**'} |"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.mutation",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument(
        "--sample", type=int, metavar="N", help="try only so many, chosen by the seed"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="try only mutants with this in their name"
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="leave out what a test killed in earlier runs over the same files",
    )
    parser.add_argument("--write", action="store_true", help="keep the result in bench/MUTATION.md")
    options = parser.parse_args()
    package = PACKAGES[options.package]
    with tempfile.TemporaryDirectory(prefix="mutation-") as text:
        folder = Path(text)
        prepare(folder, package)
        os.chdir(folder)
        wanted = [name for name in names(package) if options.only in name]
        if options.sample is not None:
            wanted = random.Random(options.seed).sample(wanted, min(options.sample, len(wanted)))
        killed = killed_before(package.paths()) if options.again else set()
        run(folder, [name for name in wanted if name not in killed])
        found = list(results(package, killed))
        remember(found)
        os.chdir(ROOT)
    lines = "\n".join(report(found))
    print(lines)
    if options.write:
        keep(options.package, " ".join(["python", "-m", "bench.mutation", *sys.argv[1:]]), lines)
    sys.exit(
        any(
            mutant.status not in ("killed", "timeout", "not checked") and not mutant.reason
            for mutant in found
        )
    )


def keep(name: str, command: str, lines: str) -> None:
    """Replace one section of the kept results."""
    sections = _HERE.read_text().split("\n## ")[1:] if _HERE.exists() else []
    kept = {section.split("\n", 1)[0]: section for section in sections}
    kept[name] = f"{name}\n\nAs run: `{command}`\n\n{lines}\n"
    _HERE.write_text("\n## ".join([_HEAD, *(kept[name] for name in sorted(kept))]))


if __name__ == "__main__":
    main()
