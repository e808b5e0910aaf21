"""The examples of `rows.yaml`, each made into changes of the repository of `mail_desk.yaml`."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.gate.transitions import TransitionRow, transitions
from pmlint.git.objects import blob_id
from tests.gate import DATA
from tests.gate.attack_data import MODES
from tests.gate.row_world import ABSENT, Edits, RowWorld, read_texts

ENTRIES: dict[str, dict[str, dict[str, Any]]] = read_texts((DATA / "rows.yaml").read_text("utf-8"))
APPROVER = "noor"


def name_of(row: TransitionRow) -> str:
    """How `rows.yaml` names a row."""
    about = f" to {row.to}" if row.to else ""
    about += f" from {row.from_value}" if row.from_value else ""
    return f"{row.field}{about}: {row.code or row.when}"


class Example(NamedTuple):
    """One change made from a row, in one mode; ``kind`` is what it does."""

    row: TransitionRow
    name: str
    kind: str
    mode: str
    said: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.row.record} | {self.name} | {self.kind} | {self.mode}"

    @property
    def edits(self) -> str:
        """The record of the world that the paths of the example are in."""
        return str(self.said.get("in", self.row.record))

    @property
    def codes(self) -> set[str]:
        """The codes of which a refusal has one."""
        code = self.said.get("code", self.row.code)
        return {code} if isinstance(code, str) else set(code)

    @property
    def is_refused(self) -> bool:
        """Whether the change is refused."""
        is_free = self.row.recorded == "free" and self.mode == "recorded"
        return self.kind == "loosened" and not is_free

    @property
    def approver(self) -> str:
        """Who approves the change at its head; empty for nobody."""
        return APPROVER if self.mode != "recorded" and self.kind == "freed" else ""

    @property
    def author(self) -> str:
        """Who makes the change: nobody in particular where the example names nobody."""
        return str(self.said.get("author", "lee"))


def kinds(row: TransitionRow, said: Mapping[str, Any]) -> Iterator[str]:
    """What is made of an example."""
    if row.when == "never":
        yield "changed"
        return
    yield "loosened"
    is_freed_elsewhere = not said.get("amend", True) and not {"freed", "freed_files"} & said.keys()
    if row.frees in ("amendment", "approval", "proof") and not is_freed_elsewhere:
        yield "freed"
    if "tightened" in said or "tightened_files" in said:
        yield "tightened"
    if "at" in said and said.get("filled", True):
        yield "filled"


def examples() -> Iterator[Example]:
    """Every change of every row that has an example, in each mode."""
    for record, rows in transitions().records.items():
        for row in rows.rows:
            said = ENTRIES.get(record, {}).get(name_of(row), {})
            if not said or "left" in said:
                continue
            for mode in said.get("modes", MODES):
                for kind in kinds(row, said):
                    yield Example(row, name_of(row), kind, mode, said)


def worlds(example: Example) -> tuple[RowWorld, RowWorld]:
    """Base and merge result of an example."""
    base = base_of(example)
    after = copy.deepcopy(base)
    change(example, base, after)
    return base, after


def base_of(example: Example) -> RowWorld:
    """The repository before the change."""
    said, edited = example.said, example.edits
    base = RowWorld(example.mode)
    for path, value in said.get("base", {}).items():
        base.put(edited, path, copy.deepcopy(value))
    if "is" in said:
        base.put(edited, said["at"], copy.deepcopy(said["is"]))
    base.edit(said.get("base_files", {}))
    if example.kind == "filled":
        base.put(edited, said["at"], None)
    return base


def change(example: Example, base: RowWorld, after: RowWorld) -> None:
    """Make the change of an example in a world that is as ``base``."""
    said, edited, kind = example.said, example.edits, example.kind
    after.edit(said.get("files", {}))
    for path, other in said.get("also", {}).items():
        after.put(edited, path, copy.deepcopy(other))
    direction = "loosened" if kind == "freed" else kind
    after.edit(said.get(f"{direction}_files", {}))
    if "at" in said and (direction in said or kind == "filled"):
        after.put(edited, said["at"], copy.deepcopy(_value(example, direction)))
    if kind == "freed":
        _free(example, base, after)


def _value(example: Example, direction: str) -> Any:
    """What the field of an example becomes."""
    if direction == "filled":
        unfilled = base_of(example._replace(kind="loosened"))
        return unfilled.get(example.edits, example.said["at"])
    return example.said[direction]


def _free(example: Example, base: RowWorld, after: RowWorld) -> None:
    """Write what frees it: what the example says, or an amendment."""
    said = example.said
    freed_files: Edits = said.get("freed_files", {})
    after.edit(freed_files)
    for path, value in said.get("freed", {}).items():
        known = after.get(example.edits, path) if path == "amendments" else ABSENT
        entries = [] if known == ABSENT else known
        after.put(
            example.edits, path, entries + value if path == "amendments" else copy.deepcopy(value)
        )
    if not said.get("amend", True) or "freed" in said:
        return
    entry = {
        "on": "2026-10-14",
        "field": said.get("field", said.get("at")),
        **_moved(example, base, after),
        "reason": "The vendor ships late.",
        "approved_by": f"@{APPROVER}",
    }
    data = after.records[amended_record(example)]
    data["amendments"] = [*data.get("amendments", []), json.loads(json.dumps(entry))]


def amended_record(example: Example) -> str:
    """The record of the world that has the amendment of an example."""
    # what the gate judges by is amended in the configuration
    own = example.row.record if example.row.record in ("postmortem", "route") else "configuration"
    return str(example.said.get("amend_in", own))


def _moved(example: Example, base: RowWorld, after: RowWorld) -> dict[str, Any]:
    """From what to what the amendment says that the field moves: a file by its git blob id."""
    said = example.said
    if "blob" in said:
        sides = (world.files().get(said["blob"]) for world in (base, after))
        blobs = [None if data is None else blob_id(data) for data in sides]
        return {"from": blobs[0], "to": blobs[1]}
    before = said["from"] if "from" in said else base.get(example.edits, said["at"])
    values = {"from": before, "to": said["to"] if "to" in said else said["loosened"]}
    return {name: None if value == ABSENT else value for name, value in values.items()}
