"""``pmlint replay``: the test from the evidence, the list that a workflow reads, the statement of
two runs.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.desk import FILE, Desk, Ran
from tests.replay.world import CALLS, ID, REPLAY, TEST, ReplayDesk, pytest_report

LOG = "evidence/PM-2026-001/tool_log.jsonl"
ROWS = [
    {
        "at": "2026-09-12T06:31:00Z",
        "run": "A-1",
        "kind": "tool",
        "name": "refunds_create",
        "status": "succeeded",
        "call": "c1",
        "attempt": 1,
        "arguments": ["amount", "order"],
        "source": {"file": "r.jsonl", "line": 3, "format": "otlp-json"},
    },
    {
        "at": "2026-09-12T06:31:02Z",
        "run": "A-1",
        "kind": "tool",
        "name": "refunds_create",
        "status": "succeeded",
        "call": "c2",
        "attempt": 2,
        "arguments": ["amount", "order"],
        "source": {"file": "r.jsonl", "line": 4, "format": "otlp-json"},
    },
    {
        "at": "2026-09-12T06:31:03Z",
        "run": "A-1",
        "kind": "tool",
        "name": "Mail/send",
        "status": "failed",
        "error": "TimeoutError",
        "call": "c3",
        "attempt": 1,
        "source": {"file": "r.jsonl", "line": 5, "format": "otlp-json"},
    },
]


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReplayDesk:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    return ReplayDesk(root)


def with_pack(desk: Desk) -> None:
    desk.write(LOG, "".join(f"{json.dumps(row)}\n" for row in ROWS) + "not a row\n")
    desk.write(
        FILE,
        re.sub(r"tool_log: .*", f'tool_log: [{{path: {LOG}, sha256: "{"0" * 64}"}}]', desk.read()),
    )


def test_new_writes_a_test_from_the_pack(desk: Desk) -> None:
    with_pack(desk)
    assert desk.run("replay", "new", ID).output == (
        f"wrote {CALLS}\nwrote {REPLAY}\nnext: fill in its assertions, then add below 'restart' of {FILE}:\n"
        f"  replay: {{path: {REPLAY}, broken_at: COMMIT, tests: [test_refunds_create_is_contained, test_mail_send_is_contained]}}\n"
    )
    assert json.loads(desk.read(CALLS)) == [
        {
            "name": "refunds_create",
            "arguments": ["amount", "order"],
            "status": "succeeded",
            "attempt": 1,
        },
        {
            "name": "refunds_create",
            "arguments": ["amount", "order"],
            "status": "succeeded",
            "attempt": 2,
        },
        {"name": "Mail/send", "status": "failed", "attempt": 1, "error": "TimeoutError"},
    ]
    assert (
        desk.read(REPLAY)
        == '''"""The incident of PM-2026-001, played against the route's own tools and controls.

It must fail on the code of the incident and pass on the repaired code, by the same tests. Keep out
whatever can change by itself: network, clock, model.
"""

import json
from pathlib import Path

CALLS = json.loads((Path(__file__).parent / "PM-2026-001.calls.json").read_text(encoding="utf-8"))


def play(calls):
    """Feed the recorded calls to the route's own tools and controls; what reached the far end."""
    raise AssertionError("TODO: call the tools of refund-triage with doubles at the far end")


def test_refunds_create_is_contained():
    reached = [call for call in play(CALLS) if call["name"] == "refunds_create"]
    raise AssertionError(f"TODO: say what of {reached} may reach the far end")


def test_mail_send_is_contained():
    reached = [call for call in play(CALLS) if call["name"] == "Mail/send"]
    raise AssertionError(f"TODO: say what of {reached} may reach the far end")
'''
    )


def test_a_new_replay_is_red_by_failures_until_it_is_filled_in(desk: Desk) -> None:
    with_pack(desk)
    desk.run("replay", "new", ID)
    report = Path(pytest_report(desk.root, desk.root / "r.xml")).read_text()
    assert (report.count("<failure"), report.count("<error")) == (2, 0)
    # with 'play' filled in, each test still waits for what it asserts
    desk.edit(
        'raise AssertionError("TODO: call the tools of refund-triage with doubles at the far end")',
        "return calls",
        REPLAY,
    )
    report = Path(pytest_report(desk.root, desk.root / "r.xml")).read_text()
    assert (report.count("<failure"), report.count("<error")) == (2, 0)


def test_new_keeps_what_is_there(desk: Desk) -> None:
    with_pack(desk)
    desk.write(CALLS, "mine")
    ran = desk.run("replay", "new", ID)
    assert (ran.code, ran.error, desk.read(CALLS)) == (2, f"'{CALLS}' is there already", "mine")


def test_evidence_without_calls(desk: Desk) -> None:
    ran = desk.run("replay", "new", ID)
    assert (ran.code, ran.error, ran.help) == (
        2,
        f"{ID}: its evidence 'tool_log' has no rows of tools",
        f"pmlint evidence TRACES --postmortem {ID} writes the calls of its traces; "
        "put the entries that it prints into the postmortem",
    )


def test_list(replay: ReplayDesk) -> None:
    assert replay.run("replay", "list").output == (
        f"postmortem   path{' ' * 31}broken_at\n{ID}  {REPLAY}  {replay.broken}\n"
    )
    listed = json.loads(replay.run("replay", "list", "--output-format", "json").output)
    assert listed == {
        "version": 1,
        "replays": [
            {
                "postmortem": ID,
                "path": REPLAY,
                "broken_at": replay.broken,
                "tests": [],
                "files": ["tests/conftest.py", CALLS, REPLAY],
            }
        ],
    }


def test_list_of_nothing(desk: Desk) -> None:
    assert desk.run("replay", "list").output == "no postmortem has a replay\n"


def test_state(replay: ReplayDesk, tmp_path: Path) -> None:
    red, green = replay.play()
    ran = replay.state(red, green)
    assert isinstance(ran, Ran)
    assert (ran.code, ran.error) == (0, "")
    statement = json.loads(ran.output)
    (entry,) = statement["replays"]
    finished = [entry[half]["predicate"].pop("finishedOn") for half in ("red", "green")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in finished)
    name = "test_the_second_refund_is_refused"
    configuration = [
        {"name": file, "digest": {"gitBlob": replay.blob(file)}}
        for file in ("tests/conftest.py", CALLS, REPLAY)
    ]

    def half(commit: str, result: str, passed: list[str], failed: list[str]) -> dict[str, object]:
        return {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "git", "digest": {"gitCommit": commit}}],
            "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
            "predicate": {
                "result": result,
                "configuration": configuration,
                "passedTests": passed,
                "warnedTests": [],
                "failedTests": failed,
            },
        }

    assert statement == {
        "version": 1,
        "kind": "replays",
        "replays": [
            {
                "postmortem": ID,
                "red": half(replay.broken, "FAILED", [], [name]),
                "green": half(replay.fixed, "PASSED", [name], []),
            }
        ],
    }


def test_the_statement_needs_no_work_tree(replay: ReplayDesk, tmp_path: Path) -> None:
    red, green = replay.play()
    wanted = replay.state(red, green)
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(replay.root), str(bare)], check=True)
    assert replay.state(red, green, "--repo", str(bare)) == wanted


def test_what_in_toto_accepts(replay: ReplayDesk) -> None:
    attestation = pytest.importorskip("in_toto_attestation.v1.statement")
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult

    red, green = replay.play()
    ran = replay.state(red, green)
    assert isinstance(ran, Ran)
    for half in ("red", "green"):
        data = json.loads(ran.output)["replays"][0][half]
        parsed = ParseDict(data, attestation.Statement([], "", {}).pb)
        attestation.Statement.copy_from_pb(parsed).validate()
        # the message has no field for when a run ended, and readers of in-toto pass over what they
        # do not know
        result = ParseDict(data["predicate"], TestResult(), ignore_unknown_fields=True)
        assert (result.result, len(result.configuration)) == (data["predicate"]["result"], 3)


def test_other_postmortems_are_kept(replay: ReplayDesk, tmp_path: Path) -> None:
    red, green = replay.play()
    file = tmp_path / "replays.json"
    replay.state(red, green, "-o", str(file))
    data = json.loads(file.read_text())
    other = {**data["replays"][0], "postmortem": "PM-2026-000"}
    file.write_text(json.dumps({**data, "replays": [other, {**other, "postmortem": ID}]}))
    ran = replay.state(red, green, "--add-to", str(file))
    assert isinstance(ran, Ran)
    assert [one["postmortem"] for one in json.loads(ran.output)["replays"]] == ["PM-2026-000", ID]
    file.write_text("[]")
    ran = replay.state(red, green, "--add-to", str(file))
    assert isinstance(ran, Ran)
    assert ran.code == 2


WRONG = {
    "passes on broken code": (
        TEST.replace("len(paid) == 1", "paid"),
        "red: 'test_the_second_refund_is_refused' passed at the broken commit",
    ),
    "errs on broken code": (
        TEST.replace("import create", "import create, limit"),
        "green: no test of the replay ran",
    ),
    "skips": (
        TEST.replace("def test", "import pytest\n\n\n@pytest.mark.skip\ndef test"),
        "green: 'test_the_second_refund_is_refused' was skipped or expected to fail, and did not pass",
    ),
    "expects to fail": (
        TEST.replace("def test", "import pytest\n\n\n@pytest.mark.xfail\ndef test").replace(
            "== 1", "== 2"
        ),
        "green: 'test_the_second_refund_is_refused' was skipped or expected to fail, and did not pass",
    ),
    "fails on repaired code": (
        TEST.replace("== 1", "== 3"),
        "green: 'test_the_second_refund_is_refused' failed, and did not pass",
    ),
    "has no test": (TEST.replace("def test_", "def check_"), "green: no test of the replay ran"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_replay_that_shows_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    test, error = WRONG[name]
    replay = ReplayDesk(root, test)
    file = tmp_path / "replays.json"
    ran = replay.state(*replay.play(), "-o", str(file))
    assert isinstance(ran, Ran)
    assert (ran.code, ran.error, file.exists()) == (1, f"error: {ID}: {error}\n", False)


def test_an_import_that_broken_code_lacks_is_no_failure(replay: ReplayDesk) -> None:
    """At the broken commit the test cannot be collected: an error, which shows nothing of the
    incident.
    """
    replay.write("agents/limits.py", "LIMIT = 200\n")
    replay.write(
        REPLAY,
        TEST.replace(
            "import create\n", "import create\nfrom agents.limits import LIMIT  # noqa: F401\n"
        ),
    )
    replay.commit("The limit has a module of its own")
    ran = replay.state(*replay.play())
    assert isinstance(ran, Ran)
    name = "test_the_second_refund_is_refused"
    assert (ran.code, ran.error) == (
        1,
        f"error: {ID}: red: '{name}' did not run at the broken commit\n",
    )


def test_only_the_tests_that_are_named_count(replay: ReplayDesk) -> None:
    replay.write(REPLAY, TEST + "\n\ndef test_something_else():\n    assert CALLS\n")
    replay.edit(
        f"broken_at: {replay.broken}",
        f"broken_at: {replay.broken}, tests: [test_the_second_refund_is_refused]",
    )
    replay.commit("A test more, which says nothing of the incident")
    ran = replay.state(*replay.play())
    assert isinstance(ran, Ran)
    assert json.loads(ran.output)["replays"][0]["green"]["predicate"]["passedTests"] == [
        "test_the_second_refund_is_refused"
    ]


def test_a_postmortem_without_a_replay(desk: Desk) -> None:
    ran = desk.run("replay", "state", ID, "--red", "r.xml", "--green", "g.xml")
    assert (ran.code, ran.error) == (2, f"{ID} has no replay with a path and a commit")


def test_a_report_that_cannot_be_read(replay: ReplayDesk, tmp_path: Path) -> None:
    file = tmp_path / "r.xml"
    file.write_text("<!DOCTYPE a><testsuites/>")
    ran = replay.state(str(file), str(file))
    assert isinstance(ran, Ran)
    assert (ran.code, ran.error) == (2, "it has a document type")
