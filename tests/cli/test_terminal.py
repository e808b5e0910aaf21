"""What a person sees on a terminal: completion, tables, progress, examples; and that a pipe and CI
see none of it.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from pmlint.cli import commands
from pmlint.cli.progress import watched
from pmlint.parsing.tree import WorkTree

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
CODE = "import sys; sys.argv[0] = 'pmlint'; from pmlint.cli import main; main()"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pmlint.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "PMLINT_NOW": "2026-11-24", **environment}
    return subprocess.run(
        [sys.executable, "-c", CODE, *words],
        cwd=root,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )


# Progress -----------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def impatient(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal whose user has no patience at all. Not a fixture: pytest sets the standard error
    between its phases.
    """
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


# Help ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", sorted(commands.list_commands(click.Context(commands))))
def test_help_has_examples_that_fit(root: Path, verb: str) -> None:
    said = run(root, verb, "--help", COLUMNS="100").stdout
    assert f"  pmlint {verb}" in said.partition("Example")[2] or verb == "server"
    assert import_module(f"pmlint.cli.{verb}").command.epilog
    assert max(map(len, said.splitlines())) <= 110


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("new", "--help"),
            "Create a postmortem skeleton; it fails the check until it is filled in.",
        ),
        (("meet", "--help"), "Mark restart CONDITION of postmortem ID as met, with proof."),
        (
            ("move", "--help"),
            "Change the status of a postmortem, if the rules of the new status pass.",
        ),
        (("--help",), "Set up pmlint in a repository."),
        (("--help",), "Record existing findings so that only new ones are reported."),
        (("close", "--help"), "SHA-256 of the content at the URI."),
        (("signoff", "--help"), "Expiry date (default: in 14 days)."),
        *(
            ((verb, "--help"), "Date to evaluate against (default: today).")
            for verb in ("actions", "amend", "close", "new", "routes")
        ),
        *(
            ((verb, "--help"), "For people alone: the gate refuses it in an agent's change.")
            for verb in ("amend", "cancel", "close", "meet", "signoff")
        ),
        (("move", "--help"), "All but in-review is for people alone"),
    ],
)
def test_help_says_it_in_the_words_of_the_contract(
    root: Path, words: tuple[str, ...], says: str
) -> None:
    assert says in " ".join(run(root, *words, COLUMNS="100").stdout.split())


def test_options_have_variables(root: Path) -> None:
    named = run(root, "actions", PMLINT_OWNER="@dana").stdout
    assert named == "no open actions\n"


def test_settings_are_shown_as_people_write_them(root: Path) -> None:
    (root / "pmlint.toml").write_text(
        'exclude = []\nroutes = ["routes"]\n\n[rules.blame]\nlevel = "off"\nreason = "in January"\n',
        encoding="utf-8",
    )
    lines = run(root, "check", "--show-settings").stdout.splitlines()
    assert lines[:2] == [f"root: {root}", "configuration: pmlint.toml"]
    assert {
        "postmortems: postmortems",
        "exclude: none",
        "timezone: none",
        "max_files: 20000",
    } <= set(lines)
    assert [line for line in lines if "(" in line or "{" in line] == []
    assert any(line.startswith("horizon: near-miss = 90; internal-impact = 90") for line in lines)


def test_what_is_in_force_is_shown_where_nothing_is_set(root: Path) -> None:
    (root / "pmlint.toml").write_text(
        "slow_containment_minutes = 90\n[due.repeated]\ncount = 5\n", encoding="utf-8"
    )
    shown = dict(
        line.split(": ", 1) for line in run(root, "check", "--show-settings").stdout.splitlines()
    )
    assert "two_phase = false; signed_routes = none; agents = *[bot];" in shown["gate"]
    assert "names_agents" not in shown["gate"]
    assert "containment = 90m" in shown["report"]
    assert shown["runs"].endswith("; max_age = 24h; max_unknown = 0.2; source = files runs/**")
    assert shown["due"].startswith(
        "rescued_by = rescues, corrections; repeated.count = 5; repeated.within = 7d; "
        "repeated.share = 0.02; min_bad = 3; grace = 5d; join = 24h; "
        "pairs = share 0.02 long 1h short 5m severity page, share 0.05 long 6h short 30m"
    )
    assert shown["due"].endswith(
        "prometheus.rescued = agent_runs_rescued; prometheus.kind = counter"
    )
