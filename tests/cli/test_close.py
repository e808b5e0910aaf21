"""``pmlint close``: what it prints, the exact bytes that it writes, and what it refuses."""

from __future__ import annotations

import pytest

from tests.cli.desk import ALERT, FILE, Desk

CLOSE = ("close", "PM-2026-001", "A2", "--verified-by", "@ines", "--proof")
REMOTE = "https://ci.example/81"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_close_writes_four_fields(desk: Desk, end: str) -> None:
    desk.write(FILE, desk.read().replace("\n", end))
    desk.land_alert()
    (desk.root / FILE).chmod(0o640)
    before = desk.read()
    ran = desk.run(*CLOSE, ALERT)
    lines = [
        "    status: done",
        f"    proof: [{{path: {ALERT}, blob: {desk.blob(ALERT)}}}]",
        '    verified_by: "@Ines"',
        "    done_on: 2026-10-15",
    ]
    written = "".join(line + end for line in lines)
    assert desk.read() == before.replace(f"    status: open{end}", written)
    assert (desk.root / FILE).stat().st_mode & 0o777 == 0o640
    assert ran.output == (
        f"wrote {FILE}\n- 55      status: open\n"
        + "".join(f"+ {row}  {line}\n" for row, line in enumerate(lines, 55))
        + "next: merge it; when R1 holds: pmlint meet PM-2026-001 R1 --proof PROOF\n"
    )


def test_diff_writes_nothing_and_git_applies_it(desk: Desk) -> None:
    desk.land_alert()
    before = desk.read()
    ran = desk.run(*CLOSE, ALERT, "--diff")
    assert (ran.code, desk.read()) == (0, before)
    desk.write("../close.diff", ran.output)
    desk.git("apply", "../close.diff")
    assert desk.read() != before
    desk.run("move", "PM-2026-001", "A2", "open")
    assert desk.read() == before


def test_a_commit_is_written_in_full_with_the_file_that_it_changed(desk: Desk) -> None:
    commit = desk.land_alert()
    desk.run(*CLOSE, commit[:9])
    assert f"proof: [{{commit: {commit}, blob: {desk.blob(ALERT)}}}]" in desk.read()


def test_a_record_has_its_digest(desk: Desk) -> None:
    ran = desk.run(*CLOSE, REMOTE, "--sha256", "AB" * 32, "--diff")
    assert f'{{uri: "{REMOTE}", sha256: {"ab" * 32}}}' in ran.output


def test_an_action_that_is_done_is_verified_anew(desk: Desk) -> None:
    desk.land_alert()
    desk.run(*CLOSE, ALERT)
    old = desk.blob(ALERT)
    desk.commit("A2 has landed")
    desk.write(ALERT, desk.read(ALERT) + "runbook: docs/refunds.md\n")
    desk.commit("Say what to do")
    ran = desk.run(*CLOSE, ALERT, now="2026-10-16")
    assert ran.code == 0
    assert old not in desk.read()
    assert f"    proof: [{{path: {ALERT}, blob: {desk.blob(ALERT)}}}]\n" in desk.read()
    assert "    done_on: 2026-10-16\n" in desk.read()


def test_a_proof_whose_file_is_gone_is_replaced(desk: Desk) -> None:
    """With both of them `check` says that there is no such file."""
    desk.land_alert()
    desk.run(*CLOSE, ALERT)
    desk.commit("A2 has landed")
    desk.write("alerts/other.yaml", desk.read(ALERT))
    (desk.root / ALERT).unlink()
    ran = desk.run(*CLOSE, "alerts/other.yaml", "--diff")
    assert f"path: {ALERT}" not in "".join(
        line for line in ran.output.splitlines() if line.startswith("+")
    )
    # one that is there stays beside the other
    desk.write(ALERT, desk.read("alerts/other.yaml"))
    ran = desk.run(*CLOSE, "alerts/other.yaml", "--diff")
    assert f"path: {ALERT}, blob: " in ran.output


def test_an_older_fix_says_why(desk: Desk) -> None:
    desk.land_alert()
    ran = desk.run(
        *CLOSE, ALERT, "--older", "it landed that night", "--approved-by", "maria", "--diff"
    )
    assert 'older: {reason: it landed that night, approved_by: "@maria"}}' in ran.output
    assert desk.run(*CLOSE, ALERT, "--older", "x")[2:] == (
        "--older and --approved-by belong together",
        '--older "it landed during the incident" --approved-by @dana',
    )
    refused = desk.run(*CLOSE, ALERT, "--older", "x", "--approved-by", "@dana")
    assert (refused.code, refused.output.split(": ", 1)[1].splitlines()[0]) == (
        1,
        "error proof-too-old: @dana is an author and cannot approve this",
    )


def test_a_closing_takes_an_older_sign_off_out(desk: Desk) -> None:
    desk.land_alert()
    desk.edit("restart:\n", 'restart:\n  signoff: {by: "@maria", on: 2026-10-14}\n')
    desk.commit("Signed too early")
    assert "-  signoff:" in desk.run(*CLOSE, ALERT, "--diff").output


@pytest.mark.parametrize(
    ("arguments", "error", "help"),
    [
        (
            ("close", "PM-2026-002", "A2", "--verified-by", "@Ines", "--proof", ALERT),
            "there is no postmortem 'PM-2026-002'",
            "did you mean 'PM-2026-001'?",
        ),
        (
            ("close", "PM-2026-001", "A9", "--verified-by", "@Ines", "--proof", ALERT),
            "PM-2026-001 has no action 'A9'",
            "its actions are A1, A2",
        ),
        (
            ("close", "PM-2026-001", "A2", "--verified-by", "@marai", "--proof", ALERT),
            "--verified-by '@marai' is not in people.yaml",
            "did you mean '@maria'?",
        ),
        (
            ("close", "PM-2026-001", "A2", "--verified-by", "@a b", "--proof", ALERT),
            "--verified-by '@a b' is not the handle of one person",
            "write the handle of one person, such as @maria",
        ),
        (
            (*CLOSE, REMOTE),
            f"--proof '{REMOTE}' needs the digest of its content",
            "add --sha256 with 64 hexadecimal digits, as sha256sum prints them",
        ),
        (
            (*CLOSE, "1234567"),
            "--proof '1234567' is not a commit of this repository",
            "fetch it: git fetch origin, or check the name",
        ),
        (
            (*CLOSE, "docs/none"),
            "--proof 'docs/none' is not a commit, a file or a URI",
            "write a commit of this repository, the path of a file from its root, or https://... with --sha256",
        ),
        (
            (*CLOSE, "20 drafts, none corrected"),
            "--proof '20 drafts, none corrected' is not a commit, a file or a URI",
            "write a commit of this repository, the path of a file from its root, or https://... with --sha256",
        ),
        (
            (*CLOSE, "docs/none.md"),
            "--proof 'docs/none.md' is not a file of this repository",
            "write the path of a file from the repository's root",
        ),
        (
            (*CLOSE, "people.yml"),
            "--proof 'people.yml' is not a file of this repository",
            "did you mean 'people.yaml'?",
        ),
        (
            (*CLOSE, "refund-triage.yaml"),
            "--proof 'refund-triage.yaml' is not a file of this repository",
            "did you mean 'routes/refund-triage.yaml'?",
        ),
        (
            (*CLOSE, FILE),
            f"--proof '{FILE}' is not a file with content beside the postmortem",
            "name the file that made the change, or the file that tests it",
        ),
        (
            (*CLOSE, ALERT, "--sha256", "ab" * 32),
            "--sha256 belongs to a URI",
            "leave it out: git knows the content of commits and paths",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_exit_2(
    desk: Desk, arguments: tuple[str, ...], error: str, help: str
) -> None:
    before = desk.read()
    ran = desk.run(*arguments)
    assert (ran.code, ran.error, ran.help) == (2, error, help)
    assert desk.read() == before


def test_the_owner_does_not_verify(desk: Desk) -> None:
    desk.land_alert()
    ran = desk.run("close", "PM-2026-001", "A2", "--verified-by", "Tom", "--proof", ALERT)
    assert (ran.code, ran.output) == (
        1,
        f"{FILE}:52:12: error not-verified: @tom owns A2 and cannot verify it\n  help: name somebody else who checked it\n",
    )


def test_a_commit_of_this_branch_alone_is_refused(desk: Desk) -> None:
    desk.git("checkout", "--quiet", "-b", "fix")
    commit = desk.land_alert()
    ran = desk.run(*CLOSE, commit)
    assert ran.code == 1
    assert (
        f"error proof-not-on-base: A2: the commit {commit[:12]} is only on this branch"
        in ran.output
    )
    assert desk.run(*CLOSE, ALERT).code == 0


def test_without_git_a_file_is_a_proof_and_a_commit_is_not(desk: Desk) -> None:
    desk.land_alert()
    blob = desk.blob(ALERT)
    (desk.root / ".git").rename(desk.root.parent / "gone")
    ran = desk.run(*CLOSE, ALERT)
    assert (ran.code, ran.error) == (
        0,
        "not checked against git: there is no commit to compare with\n",
    )
    assert blob in desk.read()
    assert (
        desk.run(*CLOSE, "4be1f0c").error
        == "--proof '4be1f0c' cannot be looked up: there is no git history here"
    )
