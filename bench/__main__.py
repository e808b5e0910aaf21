"""Time and memory against peers: ``python -m bench [NAMES...]``."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
from pathlib import Path

from bench import results
from bench.measure import Failed
from bench.peers import Peers
from bench.stage import Outcome, Stage
from bench.suites import SUITES


def main() -> None:
    """The command line: runs the suites, prints as it goes, and keeps the results where that is
    asked for.
    """
    options = _options()
    unknown = [name for name in options.names if name not in SUITES]
    if unknown:
        sys.exit(f"error: there is no suite '{unknown[0]}'; there are {', '.join(SUITES)}")
    peers = Peers(options.peers)
    peers.install()
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stage = Stage(Path(folder), peers, options.rounds, options.documents, options.large)
        for name in options.names or SUITES:
            try:
                outcomes[name] = SUITES[name](stage)
            except Failed as error:
                outcomes[name] = Outcome(notes=[f"'{name}' could not be measured: {error}"])
            if options.documents != 1_000 and name not in ("start-up", "one", "instructions"):
                outcomes[
                    name
                ].figures.clear()  # the goals speak of 1,000 documents and what follows from that
            print("\n".join(results.section(outcomes[name])), flush=True)
    text = results.document(shlex.join(["python", "-m", "bench", *sys.argv[1:]]), peers, outcomes)
    if options.write:
        Path(__file__).with_name("RESULTS.md").write_text(text)
    else:
        print(text.partition("## Goals")[2].partition("## Tables")[0])


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
        default=1_000,
        help="how many documents 'many' is; 'growth' goes to ten times as many",
    )
    parser.add_argument(
        "--large", action="store_true", help="let 'growth' go to a hundred times as many, once"
    )
    parser.add_argument("--write", action="store_true", help="keep the results in bench/RESULTS.md")
    parser.add_argument(
        "--peers", type=Path, default=cache / "pmlint-bench", help="where the peers are installed"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
