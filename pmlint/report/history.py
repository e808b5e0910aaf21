"""How much was open at the end of each day, from the first-parent history of a branch.

Most documents are the same from day to day, so each blob is read and parsed once.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.git import Repository, Unjudged
from pmlint.git.tree import GitTree
from pmlint.model import Route
from pmlint.parsing.tree import Entry
from pmlint.project.configuration import load
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.index import Index, PostmortemFacts, facts_at
from pmlint.project.registry import read_routes
from pmlint.project.settings import Settings

_MOST_DAYS = 400
"""Above it one commit a week is asked (docs/spec/report.md, 8)."""


class HistoryDay(NamedTuple):
    """What was open at the last commit of a day: actions, routes that were held, and the share of
    actions with a weaker layer, from 0 to 1.
    """

    day: date
    open_actions: int
    held_routes: int
    weak_share: float


def history(repository: Repository, head: str) -> tuple[tuple[HistoryDay, ...], int]:
    """The days up to a commit, the oldest first, and how many could not be read.

    Raises `Unjudged` for a shallow clone: half of a history would look like a sudden start.
    """
    if repository.refs.is_shallow:
        raise Unjudged(
            "the clone is shallow, so its history is not known (--history)",
            help="git fetch --unshallow",
        )
    reader = _Reader(repository)
    found, unread = [], 0
    for day, commit in _last_of_each(repository.log.dated_first_parents(head)):
        try:
            found.append(reader.day(day, commit))
        except UsageError:
            # A configuration that was wrong for a day: what was open then cannot be told.
            unread += 1
    return tuple(found), unread


def _last_of_each(commits: list[tuple[date, str]]) -> list[tuple[date, str]]:
    """The last commit of each day, or of each week, the oldest first. ``commits`` come with the
    newest first.
    """
    by_day: dict[object, tuple[date, str]] = {}
    by_week: dict[object, tuple[date, str]] = {}
    for day, commit in commits:
        by_day.setdefault(day, (day, commit))
        by_week.setdefault(day.isocalendar()[:2], (day, commit))
    chosen = by_week if len(by_day) > _MOST_DAYS else by_day
    return sorted(chosen.values())


class _Reader:
    """Reads trees, and remembers what came of each blob."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._facts: dict[tuple[str, str], PostmortemFacts] = {}
        self._routes: dict[frozenset[tuple[str, str]], tuple[Route, ...]] = {}

    def day(self, day: date, commit: str) -> HistoryDay:
        tree = self._repository.tree(commit)
        settings = load(tree)
        files = postmortem_files(tree, settings)
        reviews = [self._review(tree, entry, settings) for entry in files]
        index = Index(self._routes_of(tree, settings), reviews)
        actions = [action for review in reviews for action in review.actions]
        weak = sum(action.strength == 0 for action in actions)
        return HistoryDay(
            day,
            sum(action.is_open for action in actions),
            sum(bool(index.held_by(route)) for route in index.route_by_id),
            weak / len(actions) if actions else 0.0,
        )

    def _review(self, tree: GitTree, entry: Entry, settings: Settings) -> PostmortemFacts:
        key = (entry.path, tree.identity(entry.path))
        if key not in self._facts:
            self._facts[key] = facts_at(tree, settings, entry)
        return self._facts[key]

    def _routes_of(self, tree: GitTree, settings: Settings) -> tuple[Route, ...]:
        # By content and configuration: what a source maps may change how a file of ours is read.
        paths = {settings.file, *(path for path, _ in route_files(tree, settings))}
        key = frozenset((path, tree.identity(path)) for path in paths)
        if key not in self._routes:
            self._routes[key] = read_routes(tree, settings).routes
        return self._routes[key]
