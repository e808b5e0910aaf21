"""Time and memory against peers: ``python -m bench [NAMES...]``."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import results
from bench.measure import Failed
from bench.peers import Peers
from bench.stage import Outcome, Stage
from bench.suites import SUITES

_DOCUMENTS = 1_000
"""How many documents the goals speak of; with another number no figure is set against a goal."""
_OF_ONE = ("start-up", "one", "instructions")
"""Suites that take the same documents whatever number is asked for."""


def main() -> None:
    """The command line: runs the suites, prints as it goes, and keeps the results where that is
    asked for.
    """
    options = _options()
    unknown = [name for name in options.names if name not in SUITES]
    if unknown:
        sys.exit(f"error: there is no suite '{unknown[0]}'; there are {', '.join(SUITES)}")
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    peers = Peers(options.peers)
    peers.install()
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stage = Stage(Path(folder), peers, options.rounds, options.documents, options.large)
        names = options.names or list(SUITES)
        for number, name in enumerate(names, start=1):
            print(f"[{number}/{len(names)}] {name}", file=sys.stderr, flush=True)
            outcomes[name] = measured(SUITES[name], name, stage)
            if options.documents != _DOCUMENTS and name not in _OF_ONE:
                outcomes[name].figures.clear()
            print("\n".join(results.section(outcomes[name])), flush=True)
            text = results.document(command, peers, outcomes)
            if options.write:
                # After each suite: whoever ends the run early keeps what came before.
                Path(__file__).with_name("RESULTS.md").write_text(text)
    if not options.write:
        print(text.partition("## Goals")[2].partition("## Tables")[0])


def measured(suite: Callable[[Stage], Outcome], name: str, stage: Stage) -> Outcome:
    """What a suite measured and how long it took; one that fails says why, and loses no other."""
    start = time.monotonic()
    try:
        outcome = suite(stage)
    except (Failed, OSError, ImportError, subprocess.SubprocessError) as error:
        outcome = Outcome(notes=[f"'{name}' could not be measured: {error}"])
    outcome.seconds = time.monotonic() - start
    return outcome


def _options() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAMES", help=f"suites: {', '.join(SUITES)}; default: all"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each command runs")
    parser.add_argument(
        "--documents",
        type=int,
        default=_DOCUMENTS,
        help="how many documents 'many' is; 'growth' goes to ten times as many",
    )
    parser.add_argument(
        "--large", action="store_true", help="let 'growth' go to 50 times as many, once"
    )
    parser.add_argument("--write", action="store_true", help="keep the results in bench/RESULTS.md")
    parser.add_argument(
        "--peers", type=Path, default=cache / "pmlint-bench", help="where the peers are installed"
    )
    parser.add_argument(
        "--small",
        action="store_true",
        help="20 documents, once: whether every suite runs, and no figure",
    )
    options = parser.parse_args()
    if options.small:
        options.documents, options.rounds = 20, 1
    return options


if __name__ == "__main__":
    main()
