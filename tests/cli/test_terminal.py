"""What a person sees on a terminal: completion, tables, progress, examples; and that a pipe and CI see none of it."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from pmlint.cli import commands
from pmlint.cli.completion import rule_ids
from pmlint.cli.progress import watched
from pmlint.parsing.tree import WorkTree

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
CODE = "import sys; sys.argv[0] = 'pmlint'; from pmlint.cli import main; main()"
COLORS = re.compile(r"\x1b\[([0-9;]*)m")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pmlint.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "PMLINT_NOW": "2026-11-24", **environment}
    return subprocess.run([sys.executable, "-c", CODE, *words], cwd=root, env=clean, capture_output=True, text=True, check=False)


def on_terminal(root: Path, *words: str, **environment: str) -> str:
    """What a terminal of 120 columns is given."""
    ours, theirs = pty.openpty()
    clean = {"PATH": os.environ["PATH"], "PMLINT_NOW": "2026-11-24", "TERM": "xterm-256color", "COLUMNS": "120", **environment}
    process = subprocess.Popen([sys.executable, "-c", CODE, *words], cwd=root, env=clean, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 1 << 16):
            said += part
    except OSError:  # Linux says so when the other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return said.decode().replace("\r\n", "\n")


# Completion ------------------------------------------------------------------------------------------------------------


def completed(*words: str, cli: click.Command = commands) -> list[tuple[str, str | None]]:
    """What click offers for the last word."""
    items = ShellComplete(cli, {}, "pmlint", "_PMLINT_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [(item.value, item.help) for item in items]


def test_verbs_and_options_are_completed(root: Path) -> None:
    assert [value for value, _ in completed("wa")] == ["waivers"]
    assert [value for value, _ in completed("actions", "--ov")] == ["--overdue"]
    assert [value for value, _ in completed("completion", "")] == ["bash", "zsh", "fish"]


@pytest.mark.parametrize("words", [("why",), ("new", "--route"), ("actions", "--route")])
def test_routes_are_completed(root: Path, words: tuple[str, ...]) -> None:
    (root / "routes/other.yaml").write_text((root / "routes/refund-triage.yaml").read_text().replace("id: refund-triage", "id: other"))
    (root / "routes/evil.yaml").write_text("id: '$(reboot)'\nstate: paused\n")
    assert completed(*words, "") == [("other", "paused"), ("refund-triage", "paused")]
    assert completed(*words, "re") == [("refund-triage", "paused")]
    assert completed(*words, "x") == []


def test_postmortems_and_their_open_actions_are_completed(root: Path) -> None:
    for verb in ("close", "amend"):
        assert completed(verb, "PM") == [("PM-2026-001", "refunds")]
        assert completed(verb, "PM-2026-001", "") == [("A2", "Page the route's owner above 3 rescues in 10 minutes")]
        assert completed(verb, "PM-2026-009", "") == []


def test_rules_are_completed_also_behind_a_comma(root: Path) -> None:
    @click.command
    @click.option("--select", shell_complete=rule_ids)
    def check(select: str) -> None: ...

    assert completed("--select", "action-ow", cli=check) == [("action-owner", "An action has no single person who answers for it")]
    assert [value for value, _ in completed("--select", "action-owner,clock-m", cli=check)] == ["action-owner,clock-missing"]


def test_a_broken_repository_completes_nothing(root: Path) -> None:
    (root / "pmlint.toml").write_text("[")
    assert completed("why", "") == completed("close", "PM-2026-001", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(root: Path, shell: str) -> None:
    script = run(root, "completion", shell).stdout
    assert f"_PMLINT_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script, text=True, check=True)


def test_a_real_shell_completes(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    programs = tmp_path_factory.mktemp("bin")
    (programs / "pmlint").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{CODE}" "$@"\n')
    (programs / "pmlint").chmod(0o755)
    asked = 'eval "$(pmlint completion bash)"; COMP_WORDS=(pmlint why refu) COMP_CWORD=2; _pmlint_completion pmlint; echo "${COMPREPLY[@]}"'
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", asked], cwd=root, env={"PATH": path}, capture_output=True, text=True, check=True)
    assert done.stdout == "refund-triage\n"


# Tables ----------------------------------------------------------------------------------------------------------------

ROUTES = """\
route          state   flag  open actions  oldest deadline  held or free
refund-triage  paused  down  1             2026-10-30       held
"""
ACTIONS = """\
deadline             postmortem   action  owner  why open  title
2026-10-30  overdue  PM-2026-001  A2      @tom   open      Page the route's owner above 3 rescues in 10 minutes
"""


@pytest.mark.parametrize(("verb", "table"), [("routes", ROUTES), ("actions", ACTIONS)])
def test_a_table_says_the_same_in_a_pipe_and_on_a_terminal(root: Path, verb: str, table: str) -> None:
    assert run(root, verb).stdout == run(root, verb, FORCE_COLOR="1", PMLINT_OUTPUT_FORMAT="github").stdout == table
    shown = on_terminal(root, verb)
    assert [line.rstrip() for line in COLORS.sub("", shown).splitlines()] == table.splitlines()
    colors = {code for codes in COLORS.findall(shown) for code in codes.split(";")}
    assert colors == {"0", "1", "31"}, "yellow, white and bright colours vanish on a light background"
    assert {code for codes in COLORS.findall(on_terminal(root, verb, NO_COLOR="1")) for code in codes.split(";")} <= {"0", "1"}


def test_a_narrow_terminal_wraps_the_last_column_only(root: Path) -> None:
    lines = COLORS.sub("", on_terminal(root, "actions", COLUMNS="75")).splitlines()
    assert max(map(len, lines)) <= 75
    assert lines[1].split()[:6] == ["2026-10-30", "overdue", "PM-2026-001", "A2", "@tom", "open"]
    assert " ".join(line[55:].strip() for line in lines[1:]).endswith("Page the route's owner above 3 rescues in 10 minutes")


def test_user_text_draws_nothing(root: Path) -> None:
    text = (root / FILE).read_text().replace("title: Page the", 'title: "[red]Page[/red] \\e[31m:smile: the')
    (root / FILE).write_text(text.replace("in 10 minutes\n    layer", 'in 10 minutes"\n    layer'))
    for shown in (run(root, "actions").stdout, on_terminal(root, "actions", COLUMNS="200")):
        assert "[red]Page[/red] \\x1b[31m:smile: the route's owner" in shown


def test_a_pipe_loads_no_rich(root: Path) -> None:
    code = f"import sys, atexit; atexit.register(lambda: print('rich' in sys.modules, file=sys.stderr)); {CODE}"
    done = subprocess.run([sys.executable, "-c", code, "routes"], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "False\n")


def test_without_rich_the_terminal_gets_the_plain_table(root: Path) -> None:
    (root / "rich").mkdir()
    (root / "rich/__init__.py").write_text("raise ModuleNotFoundError('rich')")
    assert on_terminal(root, "routes", PYTHONPATH=str(root)) == ROUTES


def test_data_of_routes(root: Path) -> None:
    hold = {"owner": "@tom", "deadline": "2026-10-30", "reason": "open"}
    data = json.loads(run(root, "routes", "--output-format", "json").stdout)
    (route,) = data["routes"]
    assert data["version"] == 1
    assert route.pop("held_by")[0] == {
        "postmortem": "PM-2026-001",
        "kind": "action",
        "action": "A2",
        **hold,
        "release": "land it, then record the proof and a verifier who is not its owner",
    }
    assert route == {
        "route": "refund-triage",
        "path": "routes/refund-triage.yaml",
        "owner": "@maria",
        "state": "paused",
        "restart_flags": [],
        "open_actions": 1,
        "oldest_deadline": "2026-10-30",
        "held": True,
    }


def test_data_of_actions(root: Path) -> None:
    assert json.loads(run(root, "actions", "--output-format", "json").stdout) == {
        "version": 1,
        "actions": [
            {
                "postmortem": "PM-2026-001",
                "action": "A2",
                "title": "Page the route's owner above 3 rescues in 10 minutes",
                "layer": "alert",
                "owner": "@tom",
                "deadline": "2026-10-30",
                "overdue": True,
                "reason": "open",
                "routes": ["refund-triage"],
                "path": FILE,
            }
        ],
    }
    nothing = run(root, "actions", "--owner", "@dana", "--output-format", "json").stdout
    assert json.loads(nothing) == {"version": 1, "actions": []}
    assert run(root, "actions", "--owner", "@dana").stdout == "No open actions\n"


# Progress --------------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def impatient(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal whose user has no patience at all. Not a fixture: pytest sets the standard error between its phases."""
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setattr("pmlint.cli.progress.PATIENCE", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    return found


def test_a_long_run_counts_and_leaves_no_trace(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = impatient(monkeypatch)
    with watched(WorkTree(str(root))) as tree:
        assert tree.read(FILE) == (root / FILE).read_bytes()
        assert [entry.path for entry in tree.walk("postmortems")] == [FILE]
        assert tree.entry(FILE) == WorkTree(str(root)).entry(FILE)
        assert terminal.getvalue() == "\rfiles read: 1\x1b[K"
    assert terminal.getvalue() == "\rfiles read: 1\x1b[K\r\x1b[K"


def test_a_short_run_says_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = impatient(monkeypatch)
    monkeypatch.setattr("pmlint.cli.progress.PATIENCE", 60)
    with watched(WorkTree(str(root))) as tree:
        tree.read(FILE)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("why", ["CI", "dumb", "pipe", "quiet"])
def test_nobody_looks(root: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    impatient(monkeypatch)
    if why == "CI":
        monkeypatch.setenv("CI", "true")
    elif why == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    elif why == "pipe":
        monkeypatch.setattr(sys, "stderr", io.StringIO())
    plain = WorkTree(str(root))
    with watched(plain, quiet=why == "quiet") as tree:
        assert tree is plain


# Help ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", sorted(commands.list_commands(click.Context(commands))))
def test_help_has_examples_that_fit(root: Path, verb: str) -> None:
    said = run(root, verb, "--help", COLUMNS="100").stdout
    assert f"  pmlint {verb}" in said.partition("Example")[2] or verb == "server"
    assert import_module(f"pmlint.cli.{verb}").command.epilog
    assert max(map(len, said.splitlines())) <= 110
