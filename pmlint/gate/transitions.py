"""The table of transitions (`schema/transitions.yaml`): what a change may do to each field.

1. A row covers a path of a record: names, ``*`` for any one name, ``[]`` for elements of a list,
   ``{}`` for the values of a map. ``.`` is the record itself, ``(name)`` a derived fact.
2. The most specific row wins: a name before a pattern, a pattern before ``*``. Of several rows for
   one path those win that ask most of the values (``to``, ``from_value``).
3. A name that no row knows is judged by the record's ``x-*`` and ``*``, at any depth.
4. The table is checked when it is loaded: a row that no code could judge is an error of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal, NamedTuple

from pmlint.model.resources import read_text
from pmlint.parsing.source import Source
from pmlint.parsing.strict_yaml import parse

RowDirection = Literal["removed", "added", "lowered", "raised", "changed"]
DIRECTIONS: frozenset[RowDirection] = frozenset(
    ("removed", "added", "lowered", "raised", "changed")
)
WHEN = frozenset(("always", "named", "held", "budget", "never"))
FREES = frozenset(
    (
        *("free", "amendment", "approval", "proof", "sign-off", "settling"),
        *("same-records", "two-changes", "nothing"),
    )
)
COMPARED = frozenset(
    (
        *("set", "tools", "person", "number", "date", "moment"),
        *("names", "demand", "text", "value", "lines"),
        *("version", "command"),
    )
)
"""How values are compared, besides the orders of the table."""
_COLUMNS = frozenset(
    (
        *("field", "key", "whole", "loosens", "by", "to", "from_value", "when", "from", "new"),
        *("frees", "recorded", "code", "agents", "help", "why"),
    )
)


class TableError(ValueError):
    """The table that ships is wrong: our fault, and never a reason to allow a change."""


class TransitionRow(NamedTuple):
    """One row: which directions of which field loosen, when, and what frees them.

    ``keys`` is what an element of the list is known by. ``to`` and ``from_value`` are None where
    the row is about any value.
    """

    record: str
    field: str
    keys: tuple[str, ...] = ()
    whole: bool = False
    loosens: frozenset[RowDirection] = frozenset()
    by: str = ""
    to: str | None = None
    from_value: str | None = None
    when: str = "held"
    drafts: bool = False
    new: bool = False
    frees: str = ""
    recorded: str = ""
    code: str = ""
    agents: str = "all"
    help: str = ""
    why: str = ""

    def asks(self, direction: RowDirection) -> bool:
        """Whether it compares at all, and asks of a direction."""
        return self.when != "never" and direction in self.loosens

    @property
    def demands(self) -> int:
        """How many values the row names: the more, the more specific it is."""
        return len([value for value in (self.to, self.from_value) if value is not None])


class CodeInfo(NamedTuple):
    """A code of a refusal: the title of its page, its way out, which verdict it gives, the way out
    of a restart condition, empty where it is the same, and what a page says for ``{release}``,
    where a finding names one step.
    """

    code: str
    says: str
    help: str
    unjudged: bool = False
    of_condition: str = ""
    release: str = ""


class RowNode:
    """The rows of one path, and the paths below it."""

    __slots__ = ("below", "rows")

    def __init__(self) -> None:
        self.rows: list[TransitionRow] = []
        self.below: dict[str, RowNode] = {}

    def child(self, name: str) -> RowNode | None:
        """The node of a name of a mapping; None where only the record's own ``*`` is left."""
        known = self.below.get(name)
        if known is not None:
            return known
        for pattern, node in self.below.items():
            if "*" in pattern and pattern != "*" and fnmatchcase(name, pattern):
                return node
        return self.below.get("*") or self.below.get("{}")

    @property
    def element(self) -> RowNode | None:
        """The node of the elements of a list."""
        return self.below.get("[]")

    @property
    def whole(self) -> bool:
        """Whether everything below is compared as one value."""
        return any(row.whole for row in self.rows)

    @property
    def keys(self) -> tuple[str, ...]:
        """What an element is known by; nothing where equal elements are paired first."""
        return next((row.keys for row in self.rows if row.keys), ())


class RecordRows(NamedTuple):
    """The rows of a kind of record: ``fields`` by path, ``facts`` by the name of a derived fact."""

    name: str
    schema: str
    rows: tuple[TransitionRow, ...]
    fields: RowNode
    facts: Mapping[str, tuple[TransitionRow, ...]]

    def fact(self, name: str) -> TransitionRow:
        """The one row of a derived fact such as ``(twin)``; ``.`` is the record itself."""
        return self.facts[name][0]

    def field(self, name: str) -> TransitionRow:
        """The first row of a field, by its path as the table writes it."""
        return next(row for row in self.rows if row.field == name)

    @property
    def unknown(self) -> TransitionRow:
        """The row of a field that no schema knows."""
        return self.fields.below["*"].rows[0]


class Transitions(NamedTuple):
    """The whole table."""

    records: Mapping[str, RecordRows]
    codes: Mapping[str, CodeInfo]
    orders: Mapping[str, Mapping[str, int]]
    """Ranks by value: equal values of one rank, more is further on."""

    def rows(self, record: str) -> RecordRows:
        """The rows of a kind of record."""
        return self.records[record]


@cache
def transitions() -> Transitions:
    """The table that ships, read and checked once a process.

    Raises `TableError` for a row that no code could judge.
    """
    return read_table(read_text("transitions.yaml"))


def read_table(text: str) -> Transitions:
    """The table of a text. Raises `TableError`."""
    # read as strictly as a user's file: what two readers see differently is no contract
    data: Any = parse(Source("transitions.yaml", text)).data
    orders = {name: _ranks(order) for name, order in data["orders"].items()}
    codes = {
        code: CodeInfo(
            code,
            info["says"],
            info["help"],
            info.get("verdict") == "unjudged",
            info.get("of_condition", ""),
            info.get("release", ""),
        )
        for code, info in data["codes"].items()
    }
    records = {
        name: _record(name, record, codes, frozenset(orders))
        for name, record in data["records"].items()
    }
    return Transitions(records, codes, orders)


def _ranks(order: Sequence[str | Sequence[str]]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, item in enumerate(order):
        for value in item if isinstance(item, list) else [item]:
            ranks[scalar(value)] = rank
    return ranks


def scalar(value: object) -> str:
    """A value as the orders of the table write it: truth values in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _record(
    name: str, record: Mapping[str, Any], codes: Mapping[str, CodeInfo], orders: frozenset[str]
) -> RecordRows:
    rows = tuple(_row(name, said, codes, orders) for said in record["rows"])
    found = record_of(name, record.get("schema", ""), rows)
    _require_rows_of_lists(name, found.fields)
    return found


def _require_rows_of_lists(where: str, node: RowNode) -> None:
    """An element that comes or goes is asked by its own row: without one nobody would ask of what
    is in it.
    """
    for step, below in node.below.items():
        if step == "[]" and not below.rows:
            raise TableError(f"{where}[]: the elements of a list have no row")
        _require_rows_of_lists(f"{where}.{step}".replace(".[]", "[]"), below)


def record_of(name: str, schema: str, rows: tuple[TransitionRow, ...]) -> RecordRows:
    """A record with its rows by their paths."""
    top = RowNode()
    facts: dict[str, tuple[TransitionRow, ...]] = {}
    for row in rows:
        if row.field == "." or row.field.startswith("(") or " " in row.field:
            facts[row.field] = (*facts.get(row.field, ()), row)
            continue
        node = top
        for step in steps_of(row.field):
            node = node.below.setdefault(step, RowNode())
        node.rows.append(row)
    return RecordRows(name, schema, rows, top, facts)


def steps_of(field: str) -> list[str]:
    """The steps of a path of the table: ``actions[].proof[]`` is actions, [], proof, []."""
    steps: list[str] = []
    for part in field.split("."):
        name = part
        marks: list[str] = []
        while name.endswith(("[]", "{}")):
            marks.insert(0, name[-2:])
            name = name[:-2]
        steps += ([name] if name else []) + marks
    return steps


def _row(
    record: str, said: Mapping[str, Any], codes: Mapping[str, CodeInfo], orders: frozenset[str]
) -> TransitionRow:
    key = said.get("key", ())
    loosens = said.get("loosens", ())
    named: Any = [loosens] if isinstance(loosens, str) else loosens
    if loosens == "any":
        named = DIRECTIONS
    row = TransitionRow(
        record,
        said["field"],
        (key,) if isinstance(key, str) else tuple(key),
        said.get("whole", False),
        frozenset(named),
        said.get("by", ""),
        said.get("to"),
        said.get("from_value"),
        said.get("when", "held"),
        said.get("from") == "draft",
        said.get("new", False),
        said.get("frees", ""),
        said.get("recorded", ""),
        said.get("code", ""),
        said.get("agents", "all"),
        said.get("help", ""),
        said.get("why", ""),
    )
    _require_judgeable(row, said, codes, orders)
    return row


def _require_judgeable(
    row: TransitionRow,
    said: Mapping[str, Any],
    codes: Mapping[str, CodeInfo],
    orders: frozenset[str],
) -> None:
    where = f"{row.record}: {row.field}"
    if unknown := set(said) - _COLUMNS:
        raise TableError(f"{where}: unknown columns {sorted(unknown)}")
    if row.when not in WHEN:
        raise TableError(f"{where}: unknown 'when' {row.when!r}")
    if row.loosens - DIRECTIONS:
        raise TableError(f"{where}: unknown directions {sorted(row.loosens - DIRECTIONS)}")
    if row.by and row.by not in COMPARED | orders:
        raise TableError(f"{where}: unknown comparison {row.by!r}")
    if row.when == "never":
        if not row.why:
            raise TableError(f"{where}: a row that compares nothing says why")
        return
    if not row.loosens or row.frees not in FREES:
        raise TableError(f"{where}: it names no direction, or {row.frees!r} frees nothing")
    if row.code not in codes and row.code != "(policy)":
        raise TableError(f"{where}: unknown code {row.code!r}")


def rows_at(node: RowNode, before: object, after: object) -> Iterator[TransitionRow]:
    """The rows of a path that are about these two values: those that name most of them."""
    fitting = [
        row
        for row in node.rows
        if (row.to is None or row.to == scalar(after))
        and (row.from_value is None or row.from_value == scalar(before))
    ]
    most = max((row.demands for row in fitting), default=0)
    yield from (row for row in fitting if row.demands == most)
