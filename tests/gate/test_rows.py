"""Each row of the table of transitions, made into changes: loosened, freed, tightened, a placeholder filled.

`rows.yaml` has one example for each row; `LEFT` lists the rows that have none, with the reason, and can only shrink.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from pmlint.gate.transitions import TransitionRow, transitions
from tests.gate.attack_data import HERE, MODES
from tests.gate.row_world import ABSENT, RowWorld, read_yaml, verdict

EXAMPLES: dict[str, dict[str, dict[str, Any]]] = read_yaml((HERE / "rows.yaml").read_text("utf-8"))
APPROVER = "noor"
RECORDS = ("postmortem", "route", "people", "configuration", "policy")


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
    value: Any
    said: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.row.record} | {self.name} | {self.kind} | {self.mode}"


def kinds(row: TransitionRow, said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is made of an example: the kinds of change with the value that each writes."""
    if row.when == "never":
        yield "not compared", said["changed"]
        return
    yield "loosened", said["loosened"]
    if row.frees in ("amendment", "approval", "proof") and (
        said.get("amend", True) or "freed" in said
    ):
        yield "freed", said["loosened"]
    if "tightened" in said:
        yield "tightened", said["tightened"]
    if said.get("filled", True):
        yield "filled", None


def examples() -> Iterator[Any]:
    for record in RECORDS:
        for row in transitions().rows(record).rows:
            said = EXAMPLES[record].get(name_of(row))
            if said is None:
                continue
            for mode in said.get("modes", MODES):
                for kind, value in kinds(row, said):
                    example = Example(row, name_of(row), kind, mode, value, said)
                    # where approvals are asked for, the same rows decide
                    slow = () if mode == "recorded" or "modes" in said else pytest.mark.slow
                    yield pytest.param(example, id=example.id, marks=slow)


def worlds(example: Example) -> tuple[RowWorld, RowWorld]:
    """Base and merge result of an example."""
    row, said = example.row, example.said
    base = RowWorld(example.mode)
    for path, value in said.get("base", {}).items():
        base.put(row.record, path, copy.deepcopy(value))
    if "is" in said:
        base.put(row.record, said["at"], copy.deepcopy(said["is"]))
    value = example.value
    if example.kind == "filled":
        value = base.get(row.record, said["at"])
        base.put(row.record, said["at"], None)
    after = copy.deepcopy(base)
    after.texts |= said.get("files", {})
    for path, other in said.get("also", {}).items():
        after.put(row.record, path, copy.deepcopy(other))
    after.put(row.record, said["at"], copy.deepcopy(value))
    if example.kind == "freed":
        free(example, base, after)
    return base, after


def free(example: Example, base: RowWorld, after: RowWorld) -> None:
    """Write what frees it: what the example says, or an amendment."""
    row, said = example.row, example.said
    after.texts |= said.get("freed_files", {})
    for path, value in said.get("freed", {}).items():
        after.put(row.record, path, copy.deepcopy(value))
    if not said.get("amend", True) or "freed" in said:
        return
    values = {
        "from": said["from"] if "from" in said else base.get(row.record, said["at"]),
        "to": said.get("to", example.value),
    }
    entry = {
        "on": "2026-10-14",
        "field": said.get("field", said["at"]),
        **{name: None if value == ABSENT else value for name, value in values.items()},
        "reason": "The vendor ships late.",
        "approved_by": f"@{APPROVER}",
    }
    # what the gate judges by is amended in the configuration
    record = row.record if row.record in ("postmortem", "route") else "configuration"
    data = after.records[record]
    data["amendments"] = [*data.get("amendments", []), json.loads(json.dumps(entry))]


@pytest.mark.parametrize("example", list(examples()))
def test_row(example: Example) -> None:
    base, after = worlds(example)
    asked = example.mode != "recorded"
    approver = APPROVER if asked and example.kind == "freed" else ""
    answer = verdict(base, after, example.said.get("author", "lee"), approver)
    texts = [f"{refusal.code}: {refusal.message}" for refusal in answer.refusals]
    is_free = example.kind != "loosened" or (example.row.recorded == "free" and not asked)
    if is_free:
        assert answer.verdict == "allowed", texts
        return
    codes = {refusal.code for refusal in answer.refusals}
    expected = example.said.get("code", example.row.code)
    assert codes & ({expected} if isinstance(expected, str) else set(expected)), texts


def test_every_row_is_reached_or_left_with_a_reason() -> None:
    named = {
        f"{record} {name_of(row)}" for record in RECORDS for row in transitions().rows(record).rows
    }
    reached = {f"{record} {name}" for record in RECORDS for name in EXAMPLES[record]}
    assert reached - named == set()
    left = {f"{record} {one}" for record, rows in LEFT.items() for one in rows}
    assert left - named == set()
    assert left & reached == set(), "it has an example: take it out of LEFT"
    assert named - reached - left == set()


_CATALOGUE = "it takes a second file: a case of attacks.yaml"
_TRUST = "docs/spec/trust.md: no reader of budgets, stages and drills yet"
_NOT_READ = "no setting of this name is read yet: an unknown key is exit code 2"
LEFT: dict[str, dict[str, str]] = {
    "postmortem": {
        "(twin): duplicate-postmortem": _CATALOGUE,
        "(check): no-longer-passes": "it is not a field: attacks.yaml",
        "(change policies): (policy)": "it is not a field: test_judging.py",
        "evidence.*[].uri: never": "an address beside a path is not valid, and this world has files",
        "episodes[]: never": "docs/spec/due.md: the field is not in the schema yet",
        "(a sign-off that an action or condition has outrun): early-signoff": "it is not a field: attacks.yaml",
        "(order of stages): stage-loosened": _TRUST,
        "(a stage above the last): stage-loosened": _TRUST,
    },
    "route": {
        "(twin): duplicate-route": _CATALOGUE,
        "(takes over a held route): route-cloned": _CATALOGUE,
        "(check): no-longer-passes": "it is not a field: attacks.yaml",
        "controls[].drills[]: drill-removed": _TRUST,
        "slo.objective: slo-loosened": _TRUST,
        "slo.window: slo-loosened": _TRUST,
        "slo.rescues: slo-loosened": _TRUST,
        "slo.openslo: slo-loosened": _TRUST,
        "stage: stage-removed": _TRUST,
    },
    "people": {
        "(two handles with one address): person-changed": "it is not a field: attacks.yaml",
        "[].signs[]: signer-changed": "the field is not in the schema yet",
    },
    "policy": {
        ".: policies-and-restart": "it takes a restart in the same change: attacks.yaml",
        "*: policy-weakened": "a policy with an unknown key is unreadable-configuration",
    },
    "configuration": {
        ".: configuration-weakened": "without the file every setting is its default, and each is compared",
        "(a nearer configuration below): configuration-weakened": _CATALOGUE,
        "ids[]: configuration-weakened": "freed by the same records, which all forms of ids read alike",
        "*: configuration-weakened": _NOT_READ,
        "registry[].*: configuration-weakened": _NOT_READ,
        "registry[].slo: configuration-weakened": _NOT_READ,
        "taxonomies{}[]: never": _NOT_READ,
        **dict.fromkeys(
            (
                f"{name}: configuration-weakened"
                for name in (
                    *("gate.budgets", "gate.replays", "gate.drills"),
                    *("words.languages[]", "words.add{}[]", "words.remove{}[]"),
                    *("ledgers[]", "ledgers[].ref", "ledgers[].signers[]", "ledgers[].routes[]"),
                    *(
                        "ledgers[].max_age",
                        "ledgers[].sequence",
                        "ledgers[].required",
                        "ledgers[].*",
                    ),
                    *(
                        "repository",
                        "repositories{}",
                        "drills.*",
                        "replay.*",
                        "flags.held to registry",
                    ),
                    *("runs.run[]", "runs.route[]", "runs.names{}", "runs.map[]", "runs.source[]"),
                    *("runs.max_age", "runs.max_unknown", "runs.*", "due.rescued_by[]", "due.*"),
                    *("due.repeated.count", "due.repeated.share", "due.repeated.within"),
                    *("due.min_bad", "due.grace", "due.join", "due.pairs[]"),
                    *("due.pairs[].share", "due.pairs[].severity"),
                )
            ),
            _NOT_READ,
        ),
        "due.prometheus: never": _NOT_READ,
        "flags.*: never": _NOT_READ,
        "report.*: never": _NOT_READ,
    },
}
"""Rows without an example, each with its reason; a row that gains one leaves this list."""
AT_MOST = sum(map(len, LEFT.values()))


def test_what_is_left_can_only_shrink() -> None:
    assert AT_MOST <= 70
