"""``python -m fuzz TARGET --seconds N`` fuzzes, ``replay`` runs the seed corpus without atheris,
``worst`` prints the table.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
SIGNS = Path(__file__).with_name("signs.txt")
"""Signs that mean something to one of the readers, as libFuzzer's dictionary takes them."""
SYNTAX = "--- ... : - ? | > & * ! % @ ` # { } [ ] , ' \" << null true false ~ yes 0x1F 1e5 .inf 2026-01-01 \\n \\x0d\\x0a \\x1f && || ==".split()
"""Signs that mean something to one of the readers, for libFuzzer's dictionary."""


def main() -> int:
    """Do what the arguments say; the exit code."""
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("target", choices=[*TARGETS, "all", "replay", "worst"])
    parser.add_argument("--seconds", type=int, default=60, help="how long to fuzz each target")
    parser.add_argument(
        "--corpus",
        type=Path,
        help="a folder that keeps what was found, one folder a target below it",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="the seed of the mutations; 0 takes another one each time",
    )
    options = parser.parse_args()
    if options.target == "worst":
        from fuzz.worst import table

        table()
        return 0
    if options.target == "replay":
        for name, target in TARGETS.items():
            for file in seeds(name):
                target(file.read_bytes())
        return 0
    print("| target | executions | seconds | findings |\n|---|---|---|---|")
    chosen = list(TARGETS) if options.target == "all" else [options.target]
    return max(run(name, options.seconds, options.corpus, options.seed) for name in chosen)


def seeds(target: str) -> list[Path]:
    """The seed corpus of a target."""
    return sorted((CORPUS / target).iterdir())


def run(target: str, seconds: int, keep: Path | None, seed: int) -> int:
    """Fuzz one target and print its row; 1 where something was found.

    What failed is kept in the folder ``findings``.
    """
    findings = Path("findings", target)
    with tempfile.TemporaryDirectory() as folder:
        work = (keep or Path(folder)) / target
        work.mkdir(parents=True, exist_ok=True)
        dictionary = Path(folder, "dictionary")
        dictionary.write_text(
            SIGNS.read_text() + "".join(f'"{word}"\n' for word in sorted(words()))
        )
        findings.mkdir(parents=True, exist_ok=True)
        options = (
            f"-max_total_time={seconds}", f"-seed={seed}", f"-dict={dictionary}", f"-artifact_prefix={findings}/", "-timeout=10",
            "-max_len=8192", "-rss_limit_mb=2048", "-print_final_stats=1",
        )  # fmt: skip
        began = time.monotonic()
        done = subprocess.run(
            (sys.executable, "-m", "fuzz.machine", target, *options, str(work), str(CORPUS / target)),
            stderr=subprocess.PIPE, text=True, errors="replace", check=False,
        )  # fmt: skip
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    found = len(list(findings.iterdir()))
    print(
        f"| {target} | {int(executed[1]) if executed else 0:,} | {time.monotonic() - began:.0f} | {found} |",
        flush=True,
    )
    if found or done.returncode:
        print(done.stderr[-6_000:], file=sys.stderr)
        return 1
    return 0


def words() -> set[str]:
    """Every name that a schema of ours knows."""
    texts = (
        file.read_text(encoding="utf-8")
        for file in (Path(__file__).parents[1] / "schema").glob("*.json")
    )
    return {name for text in texts for name in re.findall(r'"([a-z][a-z_-]+)"', text)}


if __name__ == "__main__":
    sys.exit(main())
