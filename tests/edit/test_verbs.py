"""``pmlint close`` and ``pmlint amend``: what they print, the exact bytes that they write, and what they refuse."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import amend, close
from pmlint.errors import UsageError

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
PROOF = "evidence/PM-2026-001/outcome.md"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The valid repository, in which one action is open: A2, owned by @tom."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "people.yaml").write_text("".join(f'- {{handle: "@{name}"}}\n' for name in ("dana", "maria", "tom", "Ines")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(verb: str, *arguments: str) -> str:
    done = CliRunner().invoke({"close": close, "amend": amend}[verb].command, arguments)
    if done.exception:
        raise done.exception
    return done.stdout_bytes.decode()  # `output` has no carriage returns


def to_close(*arguments: str) -> str:
    return run("close", "PM-2026-001", "A2", *arguments)


def to_amend(*arguments: str) -> str:
    return run("amend", "PM-2026-001", "A2", "--now", "2026-10-15", "--reason", "the pager moves", *arguments)


def replaced(root: Path, before: str, after: str) -> None:
    text = (root / FILE).read_bytes().decode()
    assert before in text
    (root / FILE).write_bytes(text.replace(before, after).encode())


@pytest.mark.parametrize(
    ("proof", "written"),
    [
        (["4be1f0c"], "{commit: 4be1f0c}"),
        (["12345678"], '{commit: "12345678"}'),
        (["4BE1F0C"], "{commit: 4be1f0c}"),
        ([f"./{PROOF}"], f"{{path: {PROOF}}}"),
        (["https://ci.example/81", "--sha256", "AB" * 32], f'{{uri: "https://ci.example/81", sha256: {"ab" * 32}}}'),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_close_writes_three_fields(root: Path, proof: list[str], written: str, end: str) -> None:
    replaced(root, "\n", end)
    (root / FILE).chmod(0o640)
    before = (root / FILE).read_bytes().decode()
    done = to_close("--proof", *proof, "--verified-by", "@ines")
    new = f'    status: done\n    proof: [{written}]\n    verified_by: "@Ines"\n'.replace("\n", end)
    assert (root / FILE).read_bytes().decode() == before.replace(f"    status: open{end}", new)
    assert (root / FILE).stat().st_mode & 0o777 == 0o640
    kind, value = re.findall(r'(\w+): "?([^",}]+)', written)[0]
    assert done == (
        f"wrote {FILE}: A2 is done, proof {kind} {value}, verified by @Ines\n"
        "next: commit and merge it, then restart in a change of its own; 'pmlint why refund-triage' says what still holds it\n"
    )


def test_close_in_flow_style_and_with_a_list_that_has_a_proof(root: Path) -> None:
    text = (root / FILE).read_text()
    first, last = text.index("  - id: A2"), text.index("restart:\n  conditions")
    flow = '  - {id: A2, title: T, layer: alert, owner: "@tom", status: in-progress, proof: [{commit: 4be1f0c}]}  # soon\n'
    (root / FILE).write_text(text[:first] + flow + text[last:])
    to_close("--proof", PROOF, "--verified-by", "dana")
    assert (root / FILE).read_text() == text[:first] + flow.replace("in-progress", "done").replace(
        "4be1f0c}]", f'4be1f0c}}, {{path: {PROOF}}}], verified_by: "@dana"'
    ) + (text[last:])


def test_close_says_what_is_still_open(root: Path) -> None:
    replaced(root, '    verified_by: "@tom"\n', "")
    assert to_close("--proof", "4be1f0c", "--verified-by", "dana").endswith("next: commit it; still open in PM-2026-001: A1\n")


@pytest.mark.parametrize(
    ("arguments", "message", "help"),
    [
        (["PM-2026-002", "A2"], "there is no postmortem 'PM-2026-002'", "did you mean 'PM-2026-001'?"),
        (["PM-2026-001", "A3"], "there is no action 'A3' in PM-2026-001", "its actions are A1, A2"),
        (["PM-2026-001", "X"], "there is no action 'X' in PM-2026-001", "its actions are A1, A2"),
        (["PM-2026-001", "A1"], "A1 is already done", "its proof and verifier stand in the file"),
        (
            ["PM-2026-001", "A2", "--verified-by", "Tom"],
            "'@tom' owns A2 and can't verify it",
            "name somebody else who checked it",
        ),
        (["PM-2026-001", "A2", "--verified-by", "@marai"], "'@marai' is not in people.yaml", "did you mean '@maria'?"),
        (["PM-2026-001", "A2", "--verified-by", "@a b"], "'@a b' is no handle", "write the handle of one person, such as @maria"),
        (
            ["PM-2026-001", "A2", "--proof", "https://ci.example/81"],
            "the proof 'https://ci.example/81' needs its digest",
            "add --sha256 with the 64 hexadecimal digits of its content",
        ),
        (
            ["PM-2026-001", "A2", "--sha256", "ab"],
            "--sha256 belongs to a URI",
            "leave it out: git knows the content of commits and paths",
        ),
        (["PM-2026-001", "A2", "--proof", "evidence"], "the proof 'evidence' is no regular file", None),
        (["PM-2026-001", "A2", "--proof", FILE], f"the proof '{FILE}' is the postmortem itself", None),
        (["PM-2026-001", "A2", "--proof", "empty"], "the proof 'empty' is an empty file", None),
        (["PM-2026-001", "A2", "--proof", "../a"], "the proof '../a' is no commit, no file and no URI", None),
        (["PM-2026-001", "A2", "--proof", "done in sprint 3"], "the proof 'done in sprint 3' is no commit, no file and no URI", None),
    ],
)
def test_close_refuses(root: Path, arguments: list[str], message: str, help: str | None) -> None:
    (root / "empty").touch()
    before = (root / FILE).read_bytes()
    rest = [] if "--verified-by" in arguments else ["--verified-by", "@dana"]
    rest += [] if "--proof" in arguments else ["--proof", "4be1f0c"]
    with pytest.raises(UsageError) as refused:
        run("close", *arguments, *rest)
    assert refused.value.message == message
    assert refused.value.help == help or (help is None and refused.value.help)
    assert (root / FILE).read_bytes() == before


def test_an_id_that_stands_twice_is_refused(root: Path) -> None:
    shutil.copy(root / FILE, root / "postmortems/PM-2026-001-again.md")
    with pytest.raises(UsageError, match=r"the id 'PM-2026-001' stands in postmortems/PM-2026-001-again\.md and"):
        to_close("--proof", "4be1f0c", "--verified-by", "@dana")
    (root / "postmortems/PM-2026-001-again.md").unlink()
    replaced(root, "  - id: A1", "  - id: A2")
    with pytest.raises(UsageError, match="there are 2 actions 'A2' in PM-2026-001"):
        to_close("--proof", "4be1f0c", "--verified-by", "@dana")


def test_a_postmortem_is_found_by_its_id_where_its_name_is_another(root: Path) -> None:
    (root / FILE).rename(root / "postmortems/refunds.md")
    (root / "postmortems/broken.md").write_text("no front matter")
    assert to_close("--proof", "4be1f0c", "--verified-by", "@dana").startswith("wrote postmortems/refunds.md: A2 is done")


def test_a_file_that_can_not_be_read_is_said_with_its_place(root: Path) -> None:
    replaced(root, "title: Refund", "title: [")
    with pytest.raises(UsageError, match="this is not YAML") as refused:
        to_close("--proof", "4be1f0c", "--verified-by", "@dana")
    assert refused.value.file == FILE


def test_diff_writes_nothing_and_applies(root: Path) -> None:
    replaced(root, "\n", "\r\n")
    before = (root / FILE).read_bytes()
    closing = ("--proof", "4be1f0c", "--verified-by", "@dana")
    shown = to_close(*closing, "--diff")
    assert (root / FILE).read_bytes() == before
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=shown.encode(), cwd=root, check=True)
    applied = (root / FILE).read_bytes()
    (root / FILE).write_bytes(before)
    to_close(*closing)
    assert (root / FILE).read_bytes() == applied != before


def test_amend_moves_and_records(root: Path) -> None:
    before = (root / FILE).read_text()
    done = to_amend("--deadline", "2026-11-30", "--approved-by", "@maria")
    entry = '{"on": 2026-10-15, field: deadline, from: 2026-10-30, to: 2026-11-30, reason: the pager moves, approved_by: "@maria"}'
    once = before.replace("    status: open\n", f"    status: open\n    amendments:\n      - {entry}\n")
    at = once.rindex("2026-10-30\n")
    once = once[:at] + "2026-11-30\n" + once[at + 11 :]
    assert (root / FILE).read_text() == once
    assert done == (
        f"wrote {FILE}: A2, deadline 2026-10-30 → 2026-11-30, approved by @maria\nnext: commit it; 'pmlint check {FILE}' checks the rest\n"
    )
    to_amend("--owner", "ines", "--approved-by", "maria")
    second = '{"on": 2026-10-15, field: owner, from: "@tom", to: "@Ines", reason: the pager moves, approved_by: "@maria"}'
    assert (root / FILE).read_text() == once.replace(entry, f"{entry}\n      - {second}").replace('owner: "@tom"', 'owner: "@Ines"')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--approved-by", "@maria"], "nothing moves"),
        (["--deadline", "2026-10-14", "--approved-by", "@maria"], "the deadline '2026-10-14' is in the past"),
        (["--deadline", "soon", "--approved-by", "@maria"], "'soon' is not a date"),
        (["--deadline", "2026-10-30", "--approved-by", "@maria"], "the deadline of A2 is '2026-10-30' already"),
        (["--owner", "@TOM", "--approved-by", "@maria"], "the owner of A2 is '@tom' already"),
        (["--owner", "@nobody", "--approved-by", "@maria"], "'@nobody' is not in people.yaml"),
        (["--deadline", "2026-11-30", "--approved-by", "@tom"], "'@tom' can't approve it"),
        (["--deadline", "2026-11-30", "--approved-by", "@dana"], "'@dana' can't approve it"),
        (["--owner", "@Ines", "--approved-by", "ines"], "'@Ines' can't approve it"),
        (["--deadline", "2026-11-30", "--approved-by", "@maria", "--reason", " "], "the reason is not a sentence"),
        (["--deadline", "2026-11-30", "--approved-by", "@maria", "--reason", "a\u202eb"], "the reason is not a sentence"),
    ],
)
def test_amend_refuses(root: Path, arguments: list[str], message: str) -> None:
    before = (root / FILE).read_bytes()
    with pytest.raises(UsageError) as refused:
        to_amend(*arguments)
    assert refused.value.message == message
    assert refused.value.help
    assert (root / FILE).read_bytes() == before


def test_amend_needs_an_open_action_and_a_value_to_move(root: Path) -> None:
    with pytest.raises(UsageError, match="A1 is done: nothing is left to move"):
        run("amend", "PM-2026-001", "A1", "--deadline", "2999-01-01", "--reason", "x", "--approved-by", "@Ines")
    replaced(root, "    deadline: 2026-10-30\n    done_when: the alert", "    done_when: the alert")
    with pytest.raises(UsageError, match="A2 has no deadline that could move"):
        to_amend("--deadline", "2026-11-30", "--approved-by", "@maria")


@pytest.mark.parametrize("verb", [["close", "PM-1", "A1", "--proof", "4be1f0c", "--verified-by", "@a"], ["amend", "PM-1", "A1"]])
def test_the_command_line_exits_2(root: Path, verb: list[str]) -> None:
    code = "import sys; sys.argv[0] = 'pmlint'; from pmlint.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *verb], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: there is no postmortem 'PM-1'" in done.stderr or "Missing option '--reason'" in done.stderr
