"""The statement of a replay: two in-toto statements about test results (docs/spec/trust.md).

The ids are those of git, so the statement speaks of one text of the replay, at two commits. Whether
the runs are what they say is up to the workflow that made them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pmlint.replay.junit import Ending, PlayedRun

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"


class ReplayRun(NamedTuple):
    """One of the two runs: at which commit (full id), and how its tests ended."""

    commit: str
    run: PlayedRun


class NotAReplay(Exception):
    """Two runs that show nothing: which half, and why."""


def entry_of(
    postmortem: str, files: Mapping[str, str], red: ReplayRun, green: ReplayRun
) -> dict[str, Any]:
    """What a statement says of one postmortem; ``files`` are the replay's, with their git ids.

    Raises `NotAReplay` where the first run did not fail, or the second did not pass, by each of
    the same tests.
    """
    # Green first: its names are those that must have failed before.
    _require_green(green.run)
    _require_red(red.run, green.run)
    return {
        "postmortem": postmortem,
        "red": _statement(files, red),
        "green": _statement(files, green),
    }


def statement_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole statement, by the ids of the postmortems."""
    listed = sorted(entries, key=lambda entry: str(entry["postmortem"]))
    return {"version": 1, "kind": "replays", "replays": listed}


def _require_green(run: PlayedRun) -> None:
    if not run.cases:
        raise NotAReplay("green: no test of the replay ran")
    for case in run.cases:
        if case.ending != "passed":
            raise NotAReplay(f"green: '{case.name}' {_WORDS[case.ending]}, and did not pass")


def _require_red(run: PlayedRun, green: PlayedRun) -> None:
    endings = {case.name: case.ending for case in run.cases}
    for case in green.cases:
        ending = endings.pop(case.name, None)
        if ending is None:
            raise NotAReplay(f"red: '{case.name}' did not run at the broken commit")
        if ending != "failed":
            why = "; an error is no failure" if ending == "error" else ""
            raise NotAReplay(f"red: '{case.name}' {_WORDS[ending]} at the broken commit{why}")
    if endings:
        raise NotAReplay(f"red: '{next(iter(endings))}' ran only at the broken commit")


_WORDS: Mapping[Ending, str] = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "was skipped or expected to fail",
    "error": "ended in an error",
}


def _statement(files: Mapping[str, str], one: ReplayRun) -> dict[str, Any]:
    """A Statement v1 with the predicate of a test result."""
    names: dict[Ending, list[str]] = {"passed": [], "skipped": [], "failed": [], "error": []}
    for case in one.run.cases:
        names[case.ending].append(case.name)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": "git", "digest": {"gitCommit": one.commit}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": "FAILED" if names["failed"] else "PASSED",
            "configuration": [
                {"name": file, "digest": {"gitBlob": blob}} for file, blob in sorted(files.items())
            ],
            "passedTests": sorted(names["passed"]),
            "warnedTests": sorted(names["skipped"]),
            "failedTests": sorted(names["failed"]),
            "finishedOn": _rfc3339(one.run.finished),
        },
    }


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
