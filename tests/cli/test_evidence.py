"""``pmlint evidence``: from traces to the pack of a postmortem, and to the postmortem itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator

from pmlint.parsing import writing
from tests.cli.desk import Desk
from tests.outside import outside
from tests.runs.test_reading import execution, line, proposal, span

ROOT = Path(__file__).parents[2]
REFUNDS = "refund-triage"
PACK = [f"evidence/PM-2026-002/{kind}.jsonl" for kind in (
    *("instructions", "interventions", "outcome", "retrieval", "tool_log"),
)]  # fmt: skip
TRACES = outside("traces")
EMPTY = hashlib.sha256(b"").hexdigest()


def validator(name: str) -> Validator:
    """The schema that ships for one shape."""
    schema = json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def failing(case: str = "case-1", trace: str = "a" * 32, at: int = 0) -> list[str]:
    """A run whose tool failed: one line a span, the root last."""
    named = {"pmlint.run": case}
    call = execution("send", "c1", to="ann@example.org")
    failed = {"code": "STATUS_CODE_ERROR"}
    told = "You answer mails. Follow the price list of this year, and never quote another one."
    model = {**proposal("send", "c1", to="ann@example.org"), "gen_ai.system_instructions": told}
    return [
        line(span("2", "1", at, trace=trace, attributes=model), service=REFUNDS),
        line(span("3", "1", at + 2, trace=trace, attributes={**call, "error.type": "TimeoutError"}, status=failed), service=REFUNDS),
        line(span("1", "", at, trace=trace, attributes={**named, "gen_ai.operation.name": "invoke_agent"}), service=REFUNDS),
    ]  # fmt: skip


def intervention(by: str, kind: str = "rejection", reason: str = "") -> list[str]:
    """A run in which somebody decided, with a reason in their words."""
    event = {"name": "pmlint.intervention", "timeUnixNano": "1790942403000000000", "attributes": [
        {"key": f"pmlint.intervention.{name}", "value": {"stringValue": value}}
        for name, value in (("kind", kind), ("by", by), ("reason", reason))
    ]}  # fmt: skip
    agent = {"pmlint.run": "case-2", "gen_ai.operation.name": "invoke_agent"}
    return [line(span("1", trace="b" * 32, attributes=agent, events=[event]), service=REFUNDS)]


def write(desk: Desk, *lines: str) -> None:
    desk.write("traces.jsonl", "".join(f"{line}\n" for line in lines))


def rows(desk: Desk, kind: str, name: str = "PM-2026-002") -> list[dict[str, Any]]:
    return [json.loads(row) for row in desk.read(f"evidence/{name}/{kind}.jsonl").splitlines()]


def files(desk: Desk) -> dict[str, bytes]:
    """Everything below the root but git's own."""
    found = (path for path in desk.root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(desk.root).as_posix(): path.read_bytes() for path in found}


NEW = ("evidence", "traces.jsonl", "--new", "Mail was not sent")
AGAIN = ("evidence", "traces.jsonl", "--postmortem", "PM-2026-002")
RED = {"placeholder", "clock-suggested", "evidence-missing"}
FILE = "postmortems/PM-2026-002-mail-was-not-sent.md"


def test_from_a_trace_to_a_postmortem_that_is_honestly_red(desk: Desk) -> None:
    write(desk, *failing())
    ran = desk.run(*NEW)
    assert ran.code == 0
    assert ran.output == (
        "".join(f"wrote evidence/PM-2026-002/{kind}.jsonl\n" for kind in
                ("instructions", "retrieval", "tool_log", "interventions", "outcome"))
        + f"wrote {FILE}\n"
        "# missing: retrieval and interventions; to capture them from now on, add below 'actions'\n"
        "#   - {id: A2, title: Keep retrieval and interventions of each run, layer: evidence-capture, findings: [TODO], "
        "owner: TODO, deadline: TODO, done_when: TODO}\n"
        "# and 'action: A2' to each of them\n"
    )  # fmt: skip
    digest = {kind: hashlib.sha256(desk.read(f"evidence/PM-2026-002/{kind}.jsonl").encode()).hexdigest()
              for kind in ("instructions", "tool_log", "outcome")}  # fmt: skip
    text = desk.read(FILE)
    assert "routes: [refund-triage]\n" in text
    assert (
        "  route_start: {suggested: 2026-10-02T12:00:00.000Z, because: first event of case-1, "
        'source: "outcome.jsonl:1"}\n'
        '  first_warning: {suggested: 2026-10-02T12:00:03.000Z, because: "send failed: TimeoutError", '
        'source: "tool_log.jsonl:1"}\n'
        "  first_impact: {unknown: TODO}\n  containment: {unknown: TODO}\n"
    ) in text
    assert (
        '  - {at: 2026-10-02T12:00:03.000Z, event: "send failed: TimeoutError", evidence: tool_log}\nagent_path:'
    ) in text
    assert '  - {step: tool, name: send, note: "failed, 1 attempt", evidence: tool_log}\n' in text
    assert "  retrieval: {missing: the traces record no retrieval}\n" in text
    for kind, sha256 in digest.items():
        assert f"  {kind}: [{{path: evidence/PM-2026-002/{kind}.jsonl, sha256: " in text
        assert sha256 in text
    checked = desk.run("check", FILE, "--output-format", "json")
    assert checked.code == 1
    codes = {finding["code"] for finding in json.loads(checked.output)["findings"]}
    assert codes == RED


def test_a_second_run_changes_nothing(desk: Desk) -> None:
    write(desk, *failing(), *intervention("ann@example.org"))
    assert desk.run(*NEW).code == 0
    before = files(desk)
    for options in ((), ("--apply",), ("--apply", "--replace")):
        assert desk.run(*AGAIN, *options).code == 0
        assert files(desk) == before
    assert desk.run(*AGAIN, "--check", "--apply").code == 0


def test_without_apply_the_front_matter_is_printed_and_the_postmortem_stays(desk: Desk) -> None:
    write(desk, *failing())
    before = desk.read()
    ran = desk.run("evidence", "traces.jsonl", "--postmortem", "PM-2026-001")
    assert ran.code == 0
    assert ran.output.startswith(
        "clocks:\n  route_start: {suggested: 2026-10-02T12:00:00.000Z, because: "
    )
    assert desk.read() == before
    assert sorted(path.name for path in (desk.root / "evidence/PM-2026-001").glob("*.jsonl")) == [
        *("instructions.jsonl", "interventions.jsonl", "outcome.jsonl", "retrieval.jsonl", "tool_log.jsonl"),
    ]  # fmt: skip


def test_what_a_person_wrote_stays_and_is_shown(desk: Desk) -> None:
    write(desk, *failing())
    before = desk.read()
    ran = desk.run("evidence", "traces.jsonl", "--postmortem", "PM-2026-001", "--apply")
    assert ran.code == 0
    assert "kept /clocks/route_start: " in ran.output
    assert desk.read() == before


def test_a_pack_that_differs_is_only_replaced_on_request(desk: Desk) -> None:
    write(desk, *failing())
    assert desk.run(*NEW).code == 0
    write(desk, *failing(), *failing("case-3", "c" * 32, 60))
    before = files(desk)
    for options in ((), ("--apply",), ("--check",)):
        assert desk.run(*AGAIN, *options).code == 1
        assert files(desk) == before
    assert desk.run(*AGAIN, "--apply", "--replace").code == 0
    assert [row["run"] for row in rows(desk, "outcome")] == ["case-1", "case-3", "case-1", "case-3"]
    # digests of our own files follow, so that the evidence fits again
    codes = desk.run("check", FILE, "--output-format", "concise").output
    assert "evidence-digest" not in codes
    assert desk.run(*AGAIN, "--check", "--apply").code == 0


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        ((), ["case-1", "case-3"]),
        (("--run", "case-3"), ["case-3"]),
        (("--from", "2026-10-02T12:00:30Z"), ["case-3"]),
        (("--to", "2026-10-02T12:00:30Z"), ["case-1"]),
        (("--from", "2026-10-02", "--to", "2026-10-02"), ["case-1", "case-3"]),
        (("--from", "2026-10-02T14:00:30+02:00", "--run", "case-3"), ["case-3"]),
    ],
)
def test_runs_are_chosen_by_id_and_time(
    desk: Desk, options: tuple[str, ...], runs: list[str]
) -> None:
    write(desk, *failing(), *failing("case-3", "c" * 32, 60))
    assert desk.run(*NEW, *options).code == 0
    assert [row["run"] for row in rows(desk, "outcome") if "kind" not in row] == runs


def test_more_than_fifty_runs_are_listed_the_failed_first(desk: Desk) -> None:
    agent = {"gen_ai.operation.name": "invoke_agent"}
    fine = [
        line(
            span("1", trace=f"{n:032x}", attributes={**agent, "pmlint.run": f"case-{n}"}),
            service=REFUNDS,
        )
        for n in range(10, 60)
    ]
    root = span(
        "1", trace="f" * 32, at=9, attributes={**agent, "pmlint.run": "bad"}, status={"code": 2}
    )
    write(desk, *fine, line(root, service=REFUNDS))
    ran = desk.run(*NEW)
    assert (ran.code, ran.error) == (2, "51 runs are more than the 50 of a pack")
    assert ran.help == "name some with --run, or a time with --from and --to"
    assert ran.output.splitlines()[1].split()[:4] == [
        "bad",
        REFUNDS,
        "2026-10-02T12:00:09.000Z",
        "failed",
    ]
    assert len(ran.output.splitlines()) == 52
    assert not (desk.root / "evidence/PM-2026-002").exists()
    assert desk.run(*NEW, "--run", "bad", "--run", "case-10").code == 0


@pytest.mark.parametrize(
    ("arguments", "error", "help"),
    [
        (("--content",), "--content needs a pack", "add --postmortem ID or --new TITLE"),
        (("--run", "x"), "--run needs a pack", "add --postmortem ID or --new TITLE"),
        (("--new", "x", "--postmortem", "PM-2026-001"), "--postmortem and --new name two postmortems", "keep one of them"),
        (("--new", "x", "--check"), "--check needs a postmortem that exists", "name it with --postmortem"),
        (("--postmortem", "PM-2026-009"), "there is no postmortem 'PM-2026-009'", None),
        (("--new", "x", "--run", "case-9"), "--run 'case-9' is not a run of refund-triage", "did you mean 'case-1'?"),
        (("--new", "x", "--from", "noon"), "--from 'noon' is not a day or a moment", "write 2026-11-28, or 2026-11-28T12:00:00Z"),
        (("--postmortem", "PM-2026-001", "--route", "x"), "--route 'x' is not a route of PM-2026-001", "its routes are refund-triage"),
    ],
)  # fmt: skip
def test_mistakes_of_usage(
    desk: Desk, arguments: tuple[str, ...], error: str, help: str | None
) -> None:
    write(desk, *failing())
    before = files(desk)
    ran = desk.run("evidence", "traces.jsonl", *arguments)
    assert (ran.code, ran.error) == (2, error)
    assert help is None or ran.help == help
    assert files(desk) == before


def test_no_run_in_the_range_is_exit_1_with_what_was_seen(desk: Desk) -> None:
    write(desk, *failing())
    before = files(desk)
    assert desk.run(*NEW, "--from", "2026-10-09").code == 1
    assert files(desk) == before


def test_without_a_known_route_the_names_that_were_seen_are_said(desk: Desk) -> None:
    write(desk, *failing())
    (desk.root / "routes/refund-triage.yaml").unlink()
    ran = desk.run(*NEW)
    assert ran.code == 1
    assert (
        "no-runs: no run of a known route in the range; runs that were seen: refund-triage"
        in ran.error
    )


def test_names_of_people_and_no_words_of_theirs(desk: Desk) -> None:
    desk.write("people.yaml", '- {handle: "@maria", name: Maria Lind}\n- {handle: "@dana"}\n')
    for by, shown in (("Maria Lind", "@maria"), ("ann@example.org", "person-1")):
        write(desk, *intervention(by, reason="Ann asked me to"))
        desk.run(*NEW, "--run", "case-2")
        (found,) = desk.root.glob("evidence/PM-2026-00[23]/interventions.jsonl")
        assert [json.loads(row)["by"] for row in found.read_text().splitlines()] == [shown]
        assert "Ann" not in found.read_text()
        for path in desk.root.glob("*/PM-2026-002*"):
            subprocess.run(["rm", "-r", str(path)], check=True)


def test_content_is_kept_on_request_and_refused_with_a_secret(desk: Desk) -> None:
    write(desk, *failing(), *intervention("maria", reason="the amount was wrong"))
    assert desk.run(*NEW, "--content").code == 0
    assert rows(desk, "interventions")[0]["text"] == "the amount was wrong"
    assert rows(desk, "tool_log")[0]["text"] == '{"to": "ann@example.org"}'
    secret = "".join(("gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"))
    write(desk, *failing(), *intervention("maria", reason=f"used {secret}"))
    before = files(desk)
    ran = desk.run(*AGAIN, "--content", "--replace")
    assert (ran.code, files(desk) == before) == (1, True)
    assert desk.run(*AGAIN, "--replace").code == 0
    assert secret not in "".join(map(desk.read, PACK))


def test_text_of_a_model_is_data_in_every_file(desk: Desk) -> None:
    name = "TODO \u202eevil\u2028---\n```{a: b}\x1b[31m\ud800"
    call = execution("x", "c1") | {"gen_ai.tool.name": name}
    agent = {"pmlint.run": "case-1", "gen_ai.operation.name": "invoke_agent"}
    lines = [span("2", "1", attributes=call, status={"code": 2}), span("1", attributes=agent)]
    write(desk, *(line(one, service=REFUNDS) for one in lines))
    assert desk.run(*NEW).code == 0
    assert rows(desk, "tool_log")[0]["name"] == name.replace("\ud800", "\ufffd")
    assert all(
        byte >= 0x20 or byte == 10
        for byte in (desk.root / "evidence/PM-2026-002/tool_log.jsonl").read_bytes()
    )
    found = json.loads(desk.run("check", FILE, "--output-format", "json").output)["findings"]
    assert {finding["code"] for finding in found} == RED
    assert r"T.ODO \\u202eevil" in desk.read(FILE)
    markdown = desk.run(*AGAIN, "--output-format", "markdown").output
    assert "\n````yaml\n" in markdown
    assert "\x1b" not in markdown


def test_all_five_files_or_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    write(desk, *failing())
    real, calls = writing.write, []

    def fails(path: str, data: bytes, *, new: bool = False) -> None:
        calls.append(path)
        if len(calls) == 4:
            raise OSError(28, "No space left on device", path)
        real(path, data, new=new)

    before = files(desk)
    monkeypatch.setattr(writing, "write", fails)
    with pytest.raises(OSError, match="No space left"):
        desk.run(*NEW)
    assert files(desk) == before
    assert not (desk.root / "evidence/PM-2026-002").exists()


def test_a_link_in_place_of_the_folder_is_refused(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "PM-2026-001"
    (desk.root / "evidence/PM-2026-001").rename(elsewhere)
    (desk.root / "evidence/PM-2026-001").symlink_to(elsewhere)
    write(desk, *failing())
    before = sorted(path.name for path in elsewhere.iterdir())
    assert desk.run("evidence", "traces.jsonl", "--postmortem", "PM-2026-001").code == 2
    assert sorted(path.name for path in elsewhere.iterdir()) == before


def test_equal_bytes_under_another_hash_seed_and_zone(desk: Desk) -> None:
    write(desk, *failing(), *intervention("ann@example.org"), *failing("case-3", "c" * 32, 60))
    seen = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        around = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [
            sys.executable,
            "-m",
            "pmlint",
            *AGAIN,
            "--output-format",
            "json",
            "--now",
            "2026-10-15",
        ]
        command[command.index("PM-2026-002")] = "PM-2026-001"
        done = subprocess.run(command, cwd=desk.root, env=around, capture_output=True, check=True)
        data = json.loads(done.stdout)
        del data["written"]
        seen.add(
            json.dumps([file | {"differs": None} for file in data["files"]])
            + json.dumps(data["front_matter"])
        )
    assert len(seen) == 1


def test_json_has_the_shape_that_ships(desk: Desk) -> None:
    write(desk, *failing(), *intervention("ann@example.org"))
    shape = validator("evidence")
    shape.validate(
        json.loads(desk.run("evidence", "traces.jsonl", "--output-format", "json").output)
    )
    ran = desk.run(*NEW, "--output-format", "json")
    data = json.loads(ran.output)
    shape.validate(data)
    assert data["written"] == [*(file["path"] for file in data["files"]), FILE]
    assert data["action"]["layer"] == "evidence-capture"


def test_the_table_in_markdown(desk: Desk) -> None:
    write(desk, *failing())
    assert desk.run("evidence", "traces.jsonl", "--output-format", "markdown").output == (
        "| route | runs | failed | corrected | rescued | waiting | no execution recorded | from | to |\n"
        "| ---|---|---|---|---|---|---|---|--- |\n"
        "| `refund-triage` | `1` | `0` | `0` | `0` | `0` | `0` | `2026-10-02T12:00:00Z` | `2026-10-02T12:00:00Z` |\n"
    )


@pytest.mark.skipif(not TRACES, reason="the traces beside the checkout are not there")
@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "otel-genai/pydantic-ai.*.jsonl",
            "otel-genai/util-genai*.jsonl",
            "otlp-protobuf/one-message.pb",
        ),
        *("openinference/*.jsonl", "langsmith/*.jsonl", "mlflow/*.jsonl", "inspect/log.json"),
        *("openai-agents/*.jsonl", "claude-code/*.jsonl", "langfuse/otlp.jsonl", "mcp/*.jsonl"),
    ],
)
def test_real_traces_of_every_format_make_a_pack(desk: Desk, pattern: str) -> None:
    assert TRACES
    if pattern.endswith(".pb"):
        pytest.importorskip("opentelemetry.proto", reason="the extra 'traces' is not installed")
    paths = sorted(map(str, TRACES.glob(pattern)))
    ran = desk.run(
        "evidence",
        *paths,
        "--new",
        "x",
        "--route",
        REFUNDS,
        "--output-format",
        "json",
        now="2026-11-29",
    )
    assert ran.code == 0
    data = json.loads(ran.output)
    validator("evidence").validate(data)
    event, run = validator("event"), validator("run")
    for file in data["files"]:
        assert hashlib.sha256((desk.root / file["path"]).read_bytes()).hexdigest() == file["sha256"]
        for row in rows(desk, Path(file["path"]).stem):
            (event if "kind" in row else run).validate(row)
    # an empty kind is declared missing, and never proven by the digest of nothing
    proven = json.dumps(data["front_matter"]["evidence"])
    assert EMPTY not in proven
    checked = desk.run("check", "--output-format", "json", now="2026-11-29").output
    codes = {found["code"] for found in json.loads(checked)["findings"] if "002" in found["path"]}
    assert codes <= RED


@pytest.mark.skipif(not TRACES, reason="the traces beside the checkout are not there")
def test_the_first_warning_of_a_real_failure(desk: Desk) -> None:
    assert TRACES
    path = str(TRACES / "otel-genai/pydantic-ai.case-A-1003.jsonl")
    ran = desk.run(
        "evidence", path, "--postmortem", "PM-2026-001", "--output-format", "json", now="2026-11-29"
    )
    assert json.loads(ran.output)["front_matter"]["clocks"] == {
        "route_start": {
            "suggested": "2026-11-28T00:07:48.481Z",
            "because": "first event of case-A-1003",
            "source": "outcome.jsonl:3",
        },
        "first_warning": {
            "suggested": "2026-11-28T00:07:48.505Z",
            "because": "refunds_create failed: TimeoutError",
            "source": "tool_log.jsonl:3",
        },
    }
    quiet = str(TRACES / "otel-genai/pydantic-ai.case-A-1002.jsonl")
    ran = desk.run("evidence", quiet, "--new", "x", "--output-format", "json", now="2026-11-29")
    assert list(json.loads(ran.output)["front_matter"]["clocks"]) == ["route_start"]
