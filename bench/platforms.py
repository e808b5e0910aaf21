"""Which wheels each platform finds: ``python -m bench.platforms [--write | --check]``.

For each platform and each Python, pip resolves the runtime dependencies of pyproject.toml with
``--only-binary :all:`` and installs nothing. Where that fails, each compiled dependency is asked
alone, and the table names those without a wheel with what building them needs. ``--check`` exits 1
where a dependency without a wheel has no known way to be built.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "platforms.md"
BEGIN, END = "<!-- python -m bench.platforms --write: begin -->", "<!-- end -->"
PYTHONS = ("3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t")
"""``t`` is the free-threaded build."""
BUILT_WITH = {
    "common-expression-language": "Rust",
    "pyromark": "Rust",
    "rpds-py": "Rust",
    "PyYAML": "nothing: without libyaml it is Python alone",
}
"""What a dependency without a wheel needs to be built from its source."""


class Platform(NamedTuple):
    """A platform: its name for people, the tags of wheels that fit it, and whether it is
    Windows.
    """

    name: str
    tags: tuple[str, ...]
    is_windows: bool = False


def _glibc(machine: str, minor: int) -> tuple[str, ...]:
    # pip expands the old names (manylinux2014) by itself, and none of those of PEP 600.
    newer = (f"manylinux_2_{number}_{machine}" for number in range(minor, 16, -1))
    return (*newer, f"manylinux2014_{machine}")


PLATFORMS = (
    Platform("Linux x86-64, glibc 2.17", _glibc("x86_64", 17)),
    Platform("Linux x86-64, glibc 2.28", _glibc("x86_64", 28)),
    Platform("Linux arm64, glibc 2.17", _glibc("aarch64", 17)),
    Platform("Linux x86-64, musl 1.2", ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64")),
    Platform("Linux arm64, musl 1.2", ("musllinux_1_2_aarch64", "musllinux_1_1_aarch64")),
    Platform("macOS 11, arm64", ("macosx_11_0_arm64",)),
    Platform("macOS 11, x86-64", ("macosx_11_0_x86_64",)),
    Platform("Windows x86-64", ("win_amd64",), True),
    Platform("Windows arm64", ("win_arm64",), True),
)


class Resolved(NamedTuple):
    """What a platform finds: how many wheels, or the dependencies that have none."""

    platform: Platform
    python: str
    wheels: int
    missing: tuple[str, ...]


def requirements(is_windows: bool) -> list[str]:
    """The runtime dependencies; pip would judge their markers by the machine it runs on."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = (line.partition(";") for line in data["project"]["dependencies"])
    return [name.strip() for name, _, marker in found if not marker or is_windows]


def resolve(platform: Platform, python: str, compiled: tuple[str, ...]) -> Resolved:
    """Ask pip for all dependencies, and where that fails for each compiled one alone."""
    wanted = requirements(platform.is_windows)
    found = _wheels(wanted, platform, python)
    if found is not None:
        return Resolved(platform, python, len(found), ())
    missing = [one for one in compiled if _wheels(["--no-deps", one], platform, python) is None]
    return Resolved(platform, python, 0, tuple(missing))


def compiled_dependencies() -> tuple[str, ...]:
    """The dependencies, also of dependencies, whose wheels are of one platform."""
    found = _wheels(requirements(False), PLATFORMS[0], "3.13")
    if found is None:
        sys.exit(f"error: {PLATFORMS[0].name} has no wheels, so nothing says what is compiled")
    return tuple(name for name, file in found.items() if not file.endswith("-any.whl"))


def _wheels(wanted: list[str], platform: Platform, python: str) -> dict[str, str] | None:
    """What pip would install by name, with its file; None where a wheel is missing."""
    version = python.removesuffix("t")
    short = version.replace(".", "")
    # A free-threaded Python reads no abi3 wheels before PEP 803.
    abis = [f"cp{short}t"] if python.endswith("t") else [f"cp{short}", "abi3"]
    tags = [word for tag in platform.tags for word in ("--platform", tag)]
    tags += [word for abi in (*abis, "none") for word in ("--abi", abi)]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--dry-run", "--ignore-installed", "--only-binary", ":all:", "--target", folder]
        command += ["--implementation", "cp", "--python-version", version, *tags]
        command += ["--report", f"{folder}/report.json", *wanted]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            # The second where each version of a dependency misses one of its own.
            if not re.search("No matching distribution|ResolutionImpossible", done.stderr):
                sys.exit(f"error: pip could not ask the index: {done.stderr[-500:]}")
            return None
        report = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
    return {
        one["metadata"]["name"]: one["download_info"]["url"].rpartition("/")[2]
        for one in report["install"]
    }


def table(found: list[Resolved]) -> Iterator[str]:
    """The table of platforms and Pythons, as Markdown."""
    yield f"| | {' | '.join(PYTHONS)} |\n|---|{'---|' * len(PYTHONS)}"
    for platform in PLATFORMS:
        cells = [_cell(one) for one in found if one.platform == platform]
        yield f"| {platform.name} | {' | '.join(cells)} |"
    for name in sorted({name for one in found for name in one.missing}):
        yield f"\nBuilding `{name}` needs {BUILT_WITH.get(name, '**?**')}."


def _cell(one: Resolved) -> str:
    return f"all but {', '.join(one.missing)}" if one.missing else f"{one.wheels} wheels"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.platforms",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.name}")
    parser.add_argument("--check", action="store_true", help="exit 1 where nothing is known")
    options = parser.parse_args()
    pairs = list(product(PLATFORMS, PYTHONS))
    compiled = compiled_dependencies()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda pair: resolve(*pair, compiled), pairs))
    text = "\n".join(table(found))
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    else:
        print(text)
    unknown = {name for one in found for name in one.missing} - BUILT_WITH.keys()
    if options.check and unknown:
        sys.exit(f"no way is known to build {', '.join(sorted(unknown))}")


if __name__ == "__main__":
    main()
