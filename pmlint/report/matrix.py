"""What comes back: a matrix of the routes on which a class of failure was found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from pmlint.report.figures import ReportData, failures, repeated

_MOST_CLASSES = 10
"""Columns. The list of classes is closed and has seven; a document may hold any other text."""


class MatrixCell(NamedTuple):
    """A class of failure on a route, and the postmortems that have it, which may be none."""

    failure: str
    postmortems: tuple[str, ...]


class MatrixRow(NamedTuple):
    """A route, with a cell for each column."""

    route: str
    cells: tuple[MatrixCell, ...]


class RepeatMatrix(NamedTuple):
    """Routes by classes, what came back most often first. ``more_classes`` have no column."""

    classes: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    more_classes: int


def repeat_matrix(data: ReportData) -> RepeatMatrix:
    """The routes on which a class came back, by all classes that were found on them. Routes go
    down because they are many, while the classes are a short list.
    """
    known = failures(data)
    routes = sorted(repeated(data), key=lambda route: _order(route, known[route]))
    times = Counter[str]()
    for route in routes:
        times.update({failure: len(names) for failure, names in known[route].items()})
    classes = sorted(times, key=lambda failure: (-times[failure], failure))
    shown = tuple(classes[:_MOST_CLASSES])
    rows = (
        MatrixRow(route, tuple(MatrixCell(one, known[route].get(one, ())) for one in shown))
        for route in routes
    )
    return RepeatMatrix(shown, tuple(rows), len(classes) - len(shown))


def _order(route: str, by_class: Mapping[str, tuple[str, ...]]) -> tuple[int, int, str]:
    again = [len(names) for names in by_class.values() if len(names) > 1]
    return -max(again), -sum(again), route
