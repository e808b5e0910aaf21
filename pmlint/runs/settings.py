"""``[tool.pmlint.runs]`` and ``[tool.pmlint.due]``: how runs are read, when a review is owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pmlint.errors import UsageError
from pmlint.parsing.tree import Tree
from pmlint.place import Path
from pmlint.project.amounts import LONGEST, decimal, decimal_text, duration
from pmlint.project.configuration import locate_setting
from pmlint.project.settings import Settings
from pmlint.runs.budgets import MIN_BAD, PAIRS, BurnPair
from pmlint.runs.triggers import RepeatedRescue

DEFAULT_SOURCE = "runs/**"


class EventMap(NamedTuple):
    """A team's own event: its name, its attribute (empty: its value), what its values mean, and
    the attribute that names who decided.
    """

    event: str
    key: str
    values: Mapping[str, str]
    by: str


class RunSettings(NamedTuple):
    """How traces become runs; empty keys are the default ones. ``max_age`` in steps."""

    run: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    max_age: int = duration("24h")
    max_unknown: str = "0.2"
    source: tuple[str, ...] = (DEFAULT_SOURCE,)
    map: tuple[EventMap, ...] = ()


DEFAULT_RUNS = RunSettings()


class MetricNames(NamedTuple):
    """The metrics of emitted rules; ``samples`` are one value a minute, not a counter."""

    runs: str = "agent_runs"
    bad: str = "agent_runs_bad"
    rescued: str = "agent_runs_rescued"
    kind: Literal["counter", "samples"] = "counter"


class DueSettings(NamedTuple):
    """When a review is owed; times in steps of five minutes."""

    rescued_by: tuple[str, ...] = ("rescues", "corrections")
    repeated: RepeatedRescue = RepeatedRescue()
    min_bad: int = MIN_BAD
    grace: int = duration("5d")
    join: int = duration("24h")
    pairs: tuple[BurnPair, ...] = PAIRS
    prometheus: MetricNames = MetricNames()


def run_settings(tree: Tree, settings: Settings) -> RunSettings:
    """How runs are read in a project. Raises `UsageError` at the place of what cannot be."""
    table = settings.runs
    reader = _Reader(tree, settings, "runs")
    fields: dict[str, Any] = {
        name: tuple(table[name]) for name in ("run", "route") if name in table
    }
    fields |= {name: table[name] for name in ("names",) if name in table}
    if "max_age" in table:
        fields["max_age"] = reader.steps(table["max_age"], "max_age")
    if "max_unknown" in table:
        fields["max_unknown"] = reader.decimal_text(table["max_unknown"], "max_unknown")
    if "source" in table:
        fields["source"] = tuple(one["files"] for one in table["source"])
    if "map" in table:
        fields["map"] = tuple(
            EventMap(one["event"], one.get("key", ""), one["values"], one.get("by", ""))
            for one in table["map"]
        )
    return RunSettings(**fields)


def due_settings(tree: Tree, settings: Settings) -> DueSettings:
    """When a review is owed in a project; raises as `run_settings` does."""
    table = settings.due
    reader = _Reader(tree, settings, "due")
    fields: dict[str, Any] = {}
    if "rescued_by" in table:
        fields["rescued_by"] = tuple(table["rescued_by"])
    if "min_bad" in table:
        fields["min_bad"] = table["min_bad"]
    for name in ("grace", "join"):
        if name in table:
            fields[name] = reader.steps(table[name], name)
    if "repeated" in table:
        fields["repeated"] = _repeated(reader, table["repeated"])
    if "pairs" in table:
        fields["pairs"] = tuple(
            _pair(reader, number, pair) for number, pair in enumerate(table["pairs"])
        )
    if "prometheus" in table:
        fields["prometheus"] = MetricNames(**table["prometheus"])
    return DueSettings(**fields)


class _Reader:
    """Reads values of one table, and refuses them at their place."""

    def __init__(self, tree: Tree, settings: Settings, table: str) -> None:
        self._tree, self._settings, self._table = tree, settings, table

    def steps(self, text: str, *at: str | int) -> int:
        """A duration in steps, five minutes to 90 days."""
        try:
            found = duration(text)
        except ValueError as error:
            raise self.refuse(str(error), *at) from None
        if found > LONGEST:
            raise self.refuse(f"'{text}' is longer than 90d", *at)
        return found

    def decimal_text(self, value: object, *at: str | int) -> str:
        """A decimal as text, of at most six places."""
        try:
            decimal(value)
        except ValueError as error:
            raise self.refuse(str(error), *at) from None
        return value if isinstance(value, str) else decimal_text(decimal(value))

    def refuse(self, message: str, *at: str | int) -> UsageError:
        """The error about one value, at its place in the configuration."""
        span = locate_setting(self._tree, self._settings, Path((self._table, *at)))
        help = "write a multiple of five minutes such as 30m, 6h or 3d, and decimals of six places"
        return UsageError(message, file=self._settings.file, span=span, help=help)


def _repeated(reader: _Reader, table: Mapping[str, Any]) -> RepeatedRescue:
    found = RepeatedRescue()
    if "count" in table:
        found = found._replace(at_least=table["count"])
    if "within" in table:
        found = found._replace(within=reader.steps(table["within"], "repeated", "within"))
    if "share" in table:
        share = reader.decimal_text(table["share"], "repeated", "share")
        found = found._replace(share=decimal(share))
    return found


def _pair(reader: _Reader, number: int, table: Mapping[str, Any]) -> BurnPair:
    at = ("pairs", number)
    long = reader.steps(table["long"], *at, "long")
    short = reader.steps(table["short"], *at, "short")
    # With equal windows the short one would say nothing, with a longer one nothing would end.
    if short >= long:
        raise reader.refuse("the short window is not below the long one", *at, "short")
    share = reader.decimal_text(table["share"], *at, "share")
    if not 0 < decimal(share) <= 1:
        raise reader.refuse(f"the share {share} is not between 0 and 1", *at, "share")
    return BurnPair(table["severity"], decimal(share), long, short)
