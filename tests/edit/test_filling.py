"""Filling a postmortem: what is empty takes what was found, what a person wrote stays."""

from __future__ import annotations

from typing import Any

import pytest

from pmlint.edit.filling import fill, is_unfilled
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import decode

TEXT = """\
---
id: PM-2026-002
clocks:   # a comment that stays
  route_start: {unknown: TODO}
  first_warning: 2026-11-27T08:00:00Z   # by hand
timeline:
  - {at: {unknown: TODO}, event: TODO}
  - {at: {unknown: TODO}, event: TODO}   # the second goes
evidence:
  retrieval: {missing: TODO, action: A1}
  tool_log: [{path: evidence/PM-2026-002/tool_log.jsonl, sha256: "0"}, {path: notes.md, sha256: "1"}]
  outcome: {missing: "nobody kept it", action: A3}
---
Body.
"""
SUGGESTED = {
    "suggested": "2026-11-28T00:00:00.000Z",
    "because": "first event of a",
    "source": "outcome.jsonl:1",
}
FOUND: dict[str, Any] = {
    "clocks": {"route_start": SUGGESTED, "first_warning": SUGGESTED},
    "timeline": [
        {"at": "2026-11-28T00:00:00.000Z", "event": "one"},
        {"at": "2026-11-28T00:00:01.000Z", "event": "two"},
    ],
    "agent_path": [{"step": "tool", "name": "send", "note": "failed, 1 attempt"}],
    "evidence": {
        "retrieval": {"missing": "the traces record no retrieval"},
        "tool_log": [{"path": "evidence/PM-2026-002/tool_log.jsonl", "sha256": "ab"}],
        "outcome": [{"path": "evidence/PM-2026-002/outcome.jsonl", "sha256": "cd"}],
    },
}
FILLED = """\
---
id: PM-2026-002
clocks:   # a comment that stays
  route_start: {suggested: 2026-11-28T00:00:00.000Z, because: first event of a, source: "outcome.jsonl:1"}
  first_warning: 2026-11-27T08:00:00Z   # by hand
timeline:
  - {at: 2026-11-28T00:00:00.000Z, event: one}
  - {at: 2026-11-28T00:00:01.000Z, event: two}
evidence:
  retrieval: {missing: the traces record no retrieval}
  tool_log: [{path: evidence/PM-2026-002/tool_log.jsonl, sha256: "ab"}, {path: notes.md, sha256: "1"}]
  outcome: {missing: "nobody kept it", action: A3}
agent_path: [{step: tool, name: send, note: "failed, 1 attempt"}]
---
Body.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_what_is_empty_changes_byte_for_byte(end: str) -> None:
    document = read_postmortem(decode("PM-2026-002.md", TEXT.replace("\n", end).encode()))
    filled = fill(document, FOUND)
    assert filled.document.source.text == FILLED.replace("\n", end)
    assert [(one.at.pointer, one.written) for one in filled.differences] == [
        ("/clocks/first_warning", "2026-11-27T08:00:00Z"),
        ("/evidence/outcome", {"missing": "nobody kept it", "action": "A3"}),
    ]
    again = fill(filled.document, FOUND)
    assert again.document.source.text == filled.document.source.text
    assert again.differences == filled.differences


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "  ", "TODO", [], {}, SUGGESTED, {"unknown": "TODO"}),
        *({"missing": "TODO", "action": "A1"}, [{"at": {"unknown": "TODO"}, "event": "TODO"}]),
    ],
)
def test_what_nobody_has_written(value: object) -> None:
    assert is_unfilled(value)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2026-11-28",
            False,
            0,
            {"unknown": "the log ends"},
            {"unknown": "TODO", "not_before": "2026-11-28"},
        ),
        *({"missing": "no log"}, [{"at": "2026-11-28", "event": "TODO"}], [{"path": "x.md"}]),
    ],
)
def test_what_a_person_has_begun(value: object) -> None:
    assert not is_unfilled(value)
