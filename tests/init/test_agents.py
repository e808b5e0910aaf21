"""What `init --agents` writes: the bytes, the digest, the block, and that what somebody edited
stays.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pmlint import __version__
from pmlint.cli import commands
from pmlint.cli.init import command
from pmlint.errors import UsageError
from pmlint.gate.transitions import transitions
from pmlint.init.agents import AGENTS_FILE, CLOSE, OPEN, SKILLS, digest
from pmlint.init.texts import FOR_PEOPLE, text
from tests.node import installed, needs_node
from tests.server.editor import POSTMORTEM
from tests.server.editor import repository as valid_repository

CLAUDE, SHARED = SKILLS["claude"], SKILLS["shared"]
FILES = (CLAUDE, SHARED, AGENTS_FILE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository that is set up, but for agents."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert init(tmp_path).exit_code == 0
    return tmp_path


def init(root: Path, *options: str) -> Result:
    return CliRunner().invoke(command, ["--repo", str(root), "--ci", "none", *options])


def there(root: Path) -> set[str]:
    return {file for file in FILES if (root / file).exists()}


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ((), set()),
        (("--agents",), {CLAUDE, SHARED, AGENTS_FILE}),
        (("--agents", "claude,shared"), {CLAUDE, SHARED, AGENTS_FILE}),
        (("--agents", "claude"), {CLAUDE, AGENTS_FILE}),
        (("--agents=shared",), {SHARED, AGENTS_FILE}),
    ],
)
def test_which_files_are_written(root: Path, options: tuple[str, ...], files: set[str]) -> None:
    done = init(root, *options)
    assert done.exit_code == 0
    assert there(root) == files
    before = {file: (root / file).read_bytes() for file in files}
    again = init(root, *options)
    assert (again.stdout, again.stderr) == ("Nothing to do: everything is in its place\n", "")
    assert {file: (root / file).read_bytes() for file in files} == before


def test_an_agent_that_does_not_exist(root: Path) -> None:
    done = init(root, "--agents", "claud")
    assert isinstance(done.exception, UsageError)
    assert (done.exception.message, done.exception.help) == (
        "--agents names 'claud'",
        "did you mean 'claude'?",
    )
    assert there(root) == set()


def test_the_skill_is_within_the_limits_of_its_format(root: Path) -> None:
    init(root, "--agents")
    written = (root / CLAUDE).read_text(encoding="utf-8")
    assert (root / SHARED).read_text(encoding="utf-8") == written
    _, head, body = written.split("---\n", 2)
    fields = yaml.safe_load(head)
    assert fields["name"] == (root / CLAUDE).parent.name == "pmlint"
    assert fields["description"] == (
        "Write and repair postmortems of AI agents in this repository, and find out why a route is held. "
        "Use it when a file below postmortems/ or routes/ is touched, or pmlint reports a finding."
    )
    assert fields["compatibility"] == f"pmlint {__version__.rpartition('.')[0]} or newer on PATH"
    assert fields["metadata"] == {
        "generated-by": f"pmlint {__version__}",
        "digest": digest(written),
    }
    assert len(fields["description"]) <= 1024
    assert len(body.splitlines()) < 500
    assert body == text("guidance.md")


@needs_node("skills-ref")
@pytest.mark.parametrize("folder", ["postmortems", "it's #1 of ours"])
def test_a_judge_finds_the_skill_valid(root: Path, folder: str) -> None:
    (root / "pmlint.toml").write_text(f'postmortems = "{folder}"\n', encoding="utf-8")
    init(root, "--agents")
    done = subprocess.run(
        [installed("skills-ref"), "validate", str((root / SHARED).parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_folders_of_the_configuration_are_named(root: Path) -> None:
    (root / "pmlint.toml").write_text(
        'postmortems = ["it\'s #1", "d"]\nroutes = "agents/routes"\n', encoding="utf-8"
    )
    init(root, "--agents")
    head = (root / SHARED).read_text(encoding="utf-8").split("---\n")[1]
    assert (
        "a file below it's #1/ or agents/routes/ is touched" in yaml.safe_load(head)["description"]
    )
    assert "Files below it's #1/ or agents/routes/ are checked" in (root / AGENTS_FILE).read_text(
        encoding="utf-8"
    )


def older(root: Path, file: str) -> None:
    """Make a text of ours the one of an older version: other words, and a digest that fits them."""
    now = (root / file).read_text(encoding="utf-8").replace("Stop at", "Always stop at")
    start, end = (
        (now.index(OPEN), now.index(CLOSE) + len(CLOSE)) if file == AGENTS_FILE else (0, len(now))
    )
    named = re.sub(r'(?<=digest: ")\w+', digest(now[start:end]), now)
    (root / file).write_text(named, encoding="utf-8")


@pytest.mark.parametrize("options", [(), ("--agents",)])
def test_what_nobody_edited_is_brought_up_to_date(root: Path, options: tuple[str, ...]) -> None:
    init(root, "--agents")
    wanted = [(root / file).read_bytes() for file in FILES]
    for file in FILES:
        older(root, file)
    shown = init(root, "--diff", *options)
    assert shown.stdout.count("-3. Always stop at") == shown.stdout.count("+3. Stop at") == 3
    assert init(root, *options).stdout == "".join(f"updated {file}\n" for file in FILES)
    assert [(root / file).read_bytes() for file in FILES] == wanted


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "edit",
    [
        ("Stop at", "Never stop at"),
        ("pmlint 0", "pmlint 9"),
        ("digest: ", "digests: "),
        ("CODE", ""),
    ],
)
def test_what_somebody_edited_stays(root: Path, file: str, edit: tuple[str, str]) -> None:
    init(root, "--agents")
    before = (root / file).read_text(encoding="utf-8").replace(*edit)
    (root / file).write_text(before, encoding="utf-8")
    note = (
        f"note: {file} was edited and stays as it is; `pmlint init --diff` shows the difference\n"
    )
    for options in ((), ("--agents",)):
        done = init(root, *options)
        assert (done.stdout, done.stderr) == ("Nothing to do: everything is in its place\n", note)
        assert (root / file).read_text(encoding="utf-8") == before
    shown = init(root, "--diff")
    # What is written to the output can be applied; what is only shown is beside the notes.
    assert shown.stdout == "Nothing to do: everything is in its place\n"
    assert shown.stderr.startswith(f"{note}--- a/{file}\n+++ b/{file}\n")
    assert (root / file).read_text(encoding="utf-8") == before


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "# Rules\n\nUse tabs.\n",
        "# no line end",
        "\ufeff# \u200b family \U0001f468\u200d\U0001f469\n",
    ],
)
def test_the_rest_of_the_file_stays(root: Path, theirs: str, end: str) -> None:
    given = theirs.replace("\n", end).encode()
    (root / AGENTS_FILE).write_bytes(given)
    assert init(root, "--agents").exit_code == 0
    written = (root / AGENTS_FILE).read_bytes()
    assert written.startswith(given)
    assert written.count(b"\r\n") in (0, written.count(b"\n"))
    # A paragraph behind the block, and a block of an older version: both parts stay.
    (root / AGENTS_FILE).write_bytes(written + b"\nAfter it.\n")
    older(root, AGENTS_FILE)
    init(root)
    assert (root / AGENTS_FILE).read_bytes().replace(b"\r\n", b"\n") == (
        written + b"\nAfter it.\n"
    ).replace(b"\r\n", b"\n")


def test_line_ends_that_git_turned_are_no_edit(root: Path) -> None:
    init(root, "--agents")
    for file in FILES:
        (root / file).write_bytes((root / file).read_bytes().replace(b"\n", b"\r\n"))
    assert init(root, "--agents").stdout == "Nothing to do: everything is in its place\n"


def test_a_block_at_the_very_end_of_a_file(root: Path) -> None:
    init(root, "--agents")
    (root / AGENTS_FILE).write_bytes((root / AGENTS_FILE).read_bytes().rstrip(b"\n"))
    assert init(root, "--agents").stdout == "Nothing to do: everything is in its place\n"


@pytest.mark.parametrize(
    "marks",
    [f"{OPEN}\nmine\n", f"{CLOSE}\n{OPEN}\n", f"{OPEN}\n{CLOSE}\n{OPEN}\n{CLOSE}\n", f"{CLOSE}\n"],
)
def test_marks_that_do_not_pair(root: Path, marks: str) -> None:
    (root / AGENTS_FILE).write_text(marks, encoding="utf-8")
    note = f"note: {AGENTS_FILE} stays as it is: it does not have one {OPEN} before one {CLOSE}\n"
    assert init(root, "--agents").stderr == note
    assert (root / AGENTS_FILE).read_text(encoding="utf-8") == marks


def test_links_and_bytes_of_others_stay(root: Path) -> None:
    (root / "CLAUDE.md").write_text("# Rules\n", encoding="utf-8")
    (root / AGENTS_FILE).symlink_to("CLAUDE.md")
    (root / ".claude").mkdir()
    (root / ".claude" / "skills").symlink_to("../.agents/skills")
    done = init(root, "--agents")
    assert (done.exit_code, done.stdout) == (0, f"wrote {SHARED}\n")
    assert done.stderr == (
        f"note: {CLAUDE} stays as it is: this is below a symbolic link\n"
        f"note: {AGENTS_FILE} stays as it is: this is a symbolic link\n"
    )
    (root / AGENTS_FILE).unlink()
    (root / AGENTS_FILE).write_bytes(b"caf\xe9\n")
    assert (
        init(root, "--agents", "shared").stderr
        == f"note: {AGENTS_FILE} stays as it is: byte 0xe9 is not UTF-8\n"
    )


COMMANDS = re.findall(r"`(pmlint [^`]+)`", text("guidance.md"))
VALUES = {
    '"TITLE"': "Mail answered twice",
    "ROUTE": "refund-triage",
    "FILE": POSTMORTEM,
    "CODE": "action-owner",
}


@pytest.mark.parametrize("named", COMMANDS)
def test_each_command_that_the_text_names_runs(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(valid_repository(tmp_path))
    words = [VALUES.get(word, word) for word in named.split()[1:]]
    assert not [word for word in words if word.isupper()]
    assert not commands.main(
        [*words, "--now", "2026-10-15"] if words[0] in ("check", "new") else words,
        standalone_mode=False,
    )


def test_there_are_commands_to_run() -> None:
    assert [named.split()[1] for named in COMMANDS] == ["new", "check", "rule", "rule", "why"]


def test_what_is_for_people_is_what_the_gate_refuses() -> None:
    """Each name of the list is in a row of the table that an agent may not loosen."""
    held = [row for row in transitions().records["postmortem"].rows if row.agents != "all"]
    values = {row.to for row in held}
    for name in FOR_PEOPLE.split(", "):
        word = name.removeprefix("a ").partition(":")[0]
        # An approver is a field of what is compared as a whole: a cancellation, a waiver.
        is_approval = word == "approved_by" and any(row.frees == "approval" for row in held)
        assert is_approval or word in values or any(word in row.field for row in held), name
