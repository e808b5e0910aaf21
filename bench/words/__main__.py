"""Print the figures: ``python -m bench.words [--part NAME] [--write]``.

The parts are read by name, so more may lie beside those that are known. Exits 1 where a floor of
`bench.words.crossed.FLOORS` is missed.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from bench.words.crossed import crossed, missed
from bench.words.figures import Figure, measure
from bench.words.levels import hits, precisions
from bench.words.sentences import CORPUS, PARTS, TUNED, Sentence, sentences
from bench.words.table import describe, levels, row, write


def main() -> int:
    """Print the tables, and the cross-validated figures; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.words", description="Measure the rules about words."
    )
    parser.add_argument("--part", action="append", help=f"default: {', '.join(PARTS)}")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the sentences")
    parser.add_argument("--write", action="store_true", help="put the table into docs/words.md")
    options = parser.parse_args()
    measured: dict[str, list[Figure]] = {}
    parts: dict[str, list[Sentence]] = {}
    for part in options.part or PARTS:
        items = sentences(part, options.corpus)
        if not items:
            print(f"{part}: not in {options.corpus}, so not measured")
            continue
        measured[part] = measure(items)
        print(*describe(part, items, measured[part]), "", sep="\n")
        parts[part] = items
    found = list(hits(parts))
    earned = levels(precisions([hit for hit in found if hit.is_unread]), precisions(found))
    print(earned, "", sep="\n")
    if options.write:
        write(measured, earned, date.today())
    # The floors speak of both parts together: half of the sources lose half of the words.
    tuned = [one for name in parts if name in TUNED for one in parts[name]]
    figures = list(crossed(tuned)) if measured.keys() >= TUNED else []
    if figures:
        print("public and public2, no source by its own words:")
        print(*(row(figure._replace(name=name)) for name, figure in figures), sep="\n")
    low = missed(figures)
    print(*(f"missed: {line}" for line in low), sep="\n")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main())
