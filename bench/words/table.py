"""The figures as lines of a terminal, and as the table of ``docs/words.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.words.figures import Figure
from bench.words.levels import level_of
from bench.words.sentences import TUNED, Sentence

PAGE = Path(__file__).parents[2] / "docs" / "words.md"

BEGIN, END = "<!-- python -m bench.words --write: begin -->", "<!-- end -->"


def row(figure: Figure) -> str:
    """A line of the table."""
    if figure.share is None:
        return f"  {figure.name:58}     –"
    low, high = figure.interval
    goal = f"≥ {figure.least:.2f}" if figure.least is not None else ""
    goal = f"≤ {figure.most:.2f}" if figure.most is not None else goal
    mark = "" if figure.is_met else "  missed"
    share = f"{figure.share:5.2f}  [{low:.2f} – {high:.2f}] {figure.hits:4}/{figure.total:<4}"
    return f"  {figure.name:58} {share} {goal}{mark}".rstrip()


def describe(part: str, items: list[Sentence], figures: list[Figure]) -> Iterator[str]:
    """The table of a part."""
    kinds = Counter(one.kind for one in items)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    yield f"{part}: {counted}, {len({one.source for one in items})} sources"
    yield from map(row, figures)


def markdown(parts: dict[str, list[Figure]]) -> str:
    """The figures of some parts side by side, as a Markdown table; the unseen part first."""
    names = sorted(parts, key=lambda name: name in TUNED)
    lines = [f"| figure | goal | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for figures in zip(*(parts[name] for name in names), strict=True):
        first = figures[0]
        goal = f"≥ {first.least:.2f}" if first.least is not None else f"≤ {first.most:.2f}"
        lines.append(f"| {first.name.strip()} | {goal} | {' | '.join(map(_cell, figures))} |")
    return "\n".join(lines)


def _cell(figure: Figure) -> str:
    if figure.share is None:
        return "–"
    low, high = figure.interval
    mark = "" if figure.is_met else " (missed)"
    return f"{figure.share:.2f} [{low:.2f} – {high:.2f}], {figure.hits} of {figure.total}{mark}"


def levels(unread: dict[str, Figure], pooled: dict[str, Figure]) -> str:
    """By rule the precision on the part that nobody read, that with the sources that share a term,
    and the level that the second earns, as a Markdown table.
    """
    lines = ["| rule | validation | with other sources | earns |", "|---|---|---|---|"]
    for name, figure in pooled.items():
        alone = _cell(unread[name]) if name in unread else "–"
        lines.append(f"| `{name}` | {alone} | {_cell(figure)} | {level_of(figure)} |")
    return "\n".join(lines)


def write(parts: dict[str, list[Figure]], earned: str, day: date) -> None:
    """Put the tables into the page, with the day on which they were measured."""
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    table = f"{BEGIN}\n\nMeasured on {day}.\n\n{markdown(parts)}\n\n{earned}\n\n{END}"
    PAGE.write_text(f"{head}{table}{tail}", "utf-8")
