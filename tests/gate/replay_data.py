"""Reads replay_attacks.yaml: the statement of replays that an entry hands over, made of the base
and changed as it says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.gate import DATA
from tests.yaml_file import read_yaml

if TYPE_CHECKING:
    from tests.gate.attack_data import Repository

REPLAY: dict[str, Any] = read_yaml(DATA / "replay_attacks.yaml")
FILES = (
    "tests/replays/PM-2026-005.calls.json",
    "tests/replays/conftest.py",
    "tests/replays/test_pm_2026_005.py",
)
TEST = "test_no_draft_is_kept"


def replay_text(repository: Repository, what: str | Mapping[str, Any]) -> str:
    """The honest statement of the base, with the values that an entry changes."""
    patch: Mapping[str, Any] = REPLAY["statements"][what] if isinstance(what, str) else what
    if "raw" in patch:
        return str(patch["raw"])
    red = half(repository, patch, "first", "FAILED", [], [TEST], "2026-10-15T02:10:31Z")
    green = half(repository, patch, "main", "PASSED", [TEST], [], "2026-10-15T02:10:44Z")
    for name, data in (("red", red), ("green", green)):
        for field, value in patch.get(name, {}).items():
            put(data, field, json.loads(repository.filled(json.dumps(value))))
    entry = {"postmortem": patch.get("postmortem", "PM-2026-005"), "red": red, "green": green}
    count = 0 if "drop" in patch else 2 if "twice" in patch else 1
    data = {"version": 1, "kind": "replays", "replays": [entry] * count, **patch.get("top", {})}
    return json.dumps(data)


def half(
    repository: Repository,
    patch: Mapping[str, Any],
    commit: str,
    result: str,
    passed: list[str],
    failed: list[str],
    end: str,
) -> dict[str, Any]:
    files = (*patch.get("files", FILES), *patch.get("with", ()))
    blobs = {file: repository.blob_of(file) for file in files if file != patch.get("without")}
    blobs |= patch.get("blob", {})
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "git", "digest": {"gitCommit": repository.revision(commit)}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": [
                {"name": file, "digest": {"gitBlob": blob}} for file, blob in blobs.items()
            ],
            "passedTests": passed,
            "warnedTests": [],
            "failedTests": failed,
            "finishedOn": end,
        },
    }


def put(data: dict[str, Any], field: str, value: Any) -> None:
    """Set a field by its path with dots."""
    *steps, last = field.split(".")
    for step in steps:
        data = data[step]
    data[last] = value
