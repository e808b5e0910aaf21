"""``pmlint completion``: what is offered, and that bash, zsh and fish really complete it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmlint.cli import commands
from pmlint.cli.completion import SHELLS
from pmlint.cli.shells import complete
from tests.cli.desk import Desk
from tests.cli.shell import Shell, installed
from tests.docs.page import environment


def offered(*words: str, shell: str = "zsh") -> list[str]:
    """What is offered for the last word, without what is said of it."""
    answer = complete(
        commands, {"_PMLINT_COMPLETE": shell, "PMLINT_WORDS": "\n".join(("pmlint", *words))}
    )
    return [line.partition(",")[2].partition(":")[0] for line in answer.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("can",), ["cancel"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("actions", "--ov"), ["--overdue"]),
        (("actions", "--owner", "@m"), ["@maria"]),
        (("actions", "--route", ""), ["refund-triage"]),
        (("actions", "--postmortem", "PM"), ["PM-2026-001"]),
        (("actions", "--output-format", ""), ["text", "json", "csv", "markdown"]),
        (("check", "--output-format=sa"), ["sarif"]),
        (("close", "PM"), ["PM-2026-001"]),
        (("close", "PM-2026-001", ""), ["A1", "A2"]),
        (("close", "PM-2026-009", ""), []),
        (
            ("close", "PM-2026-001", "A2", "--verified-by", "@"),
            ["@dana", "@maria", "@tom", "@Ines"],
        ),
        (("meet", "PM-2026-001", ""), ["R1"]),
        (("amend", ""), ["PM-2026-001", "refund-triage", "configuration"]),
        (("amend", "PM-2026-001", ""), ["A1", "A2", "R1"]),
        (("amend", "PM-2026-001", "A2", "--layer", "kill"), ["kill-switch"]),
        (("move", "PM-2026-001", ""), ["in-review", "accepted", "closed", "withdrawn", "A1", "A2"]),
        (("move", "PM-2026-001", "A2", ""), ["open", "in-progress"]),
        (("signoff", ""), ["refund-triage"]),
        (("why", "ref"), ["refund-triage"]),
        (("show", ""), ["PM-2026-001"]),
        (("gate", "--base", ""), ["HEAD", "fix/one", "main", "v1"]),
        (("check", "--since", "v"), ["v1"]),
        (("rule", "synt"), ["syntax"]),
        (("check", "--select", "action-owner,clock-m"), ["action-owner,clock-missing"]),
    ],
)
def test_what_is_offered(desk: Desk, words: tuple[str, ...], found: list[str]) -> None:
    desk.git("branch", "fix/one")
    desk.git("tag", "v1")
    assert offered(*words) == found


@pytest.mark.parametrize(
    "words",
    [
        ("check", "p"),
        ("check", "-o", ""),
        ("close", "PM-2026-001", "A2", "--proof", "d"),
        ("signoff", "r", "--key", ""),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_path_is_left_to_the_shell(desk: Desk, shell: str, words: tuple[str, ...]) -> None:
    line = " ".join(("pmlint", *words))
    end = "\n" if shell == "fish" else ""
    asked = {
        "_PMLINT_COMPLETE": shell,
        "PMLINT_WORDS": "\n".join(("pmlint", *words)) + end,
        "PMLINT_LINE": line,
    }
    assert complete(commands, asked) == f"file,{words[-1]}\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pmlint check --output-format=sa", "sarif"),
        ("pmlint check --output-format=", "text"),
        ("pmlint actions --owner=@ma", "@maria"),
        ("pmlint actions --owner @ma", "@maria"),
        ("pmlint check --select action-owner,clock-m", "action-owner,clock-missing"),
    ],
)
def test_bash_gets_what_stands_behind_its_word_breaks(desk: Desk, line: str, found: str) -> None:
    asked = {"_PMLINT_COMPLETE": "bash", "PMLINT_LINE": line, "PMLINT_BREAKS": " \t\n\"'@><=;|&(:"}
    assert complete(commands, asked).splitlines()[0] == f"plain,{found}"


def test_a_broken_repository_completes_nothing(desk: Desk) -> None:
    desk.write("pmlint.toml", "fail_level = 7\n")
    assert offered("why", "") == offered("close", "PM-2026-001", "") == []


def test_a_file_does_not_complete_to_a_command(desk: Desk) -> None:
    desk.write(
        "routes/odd.yaml",
        desk.read("routes/refund-triage.yaml").replace("id: refund-triage", "id: '$(reboot)'"),
    )
    assert offered("why", "") == ["refund-triage"]


def test_a_thousand_postmortems_take_no_time(desk: Desk) -> None:
    text = desk.read()
    for number in range(2, 1001):
        desk.write(
            f"postmortems/PM-2026-{number:03}.md",
            text.replace("PM-2026-001", f"PM-2026-{number:03}"),
        )
    offered("close", "PM-2026-5")
    begin = time.process_time()
    assert len(offered("close", "PM-2026-5")) == 100
    assert time.process_time() - begin < 0.15


@pytest.fixture(params=SHELLS)
def shell(
    request: pytest.FixtureRequest, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    if not installed(request.param):
        pytest.skip(f"{request.param} is not installed here")
    home: Path = tmp_path_factory.mktemp("home") / "bin"
    around = environment(home, sys.executable, "2026-10-15")
    found = Shell(
        request.param, desk.root, {**around, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"}
    )
    yield found
    found.close()


def test_real_shells_complete(shell: Shell, desk: Desk) -> None:
    desk.write("deploy/alert-of-refunds.yaml", "threshold: 3\n")
    assert shell.completed("pmlint why ref") == "pmlint why refund-triage"
    assert (
        shell.completed("pmlint check --output-format=sa") == "pmlint check --output-format=sarif"
    )
    assert shell.completed("pmlint actions --owner @mar") == "pmlint actions --owner @maria"
    assert shell.completed("pmlint close PM-2") == "pmlint close PM-2026-001"
    assert shell.completed("pmlint check deploy/al") == "pmlint check deploy/alert-of-refunds.yaml"
    assert shell.completed("pmlint close PM-2026-001 A2 --proof deploy/al").endswith(
        "--proof deploy/alert-of-refunds.yaml"
    )
    assert shell.completed("pmlint close PM-2026-001 A2 --proof=deploy/al").endswith(
        "--proof=deploy/alert-of-refunds.yaml"
    )
    # Nothing is typed yet of the only value that there is.
    assert shell.completed("pmlint why ") == "pmlint why refund-triage"
    assert (
        shell.completed("pmlint why --now 2026-11-24 ")
        == "pmlint why --now 2026-11-24 refund-triage"
    )


def test_a_key_press_prints_nothing_beside_the_line(shell: Shell, desk: Desk) -> None:
    desk.write("pmlint.toml", "fail_level = 7\n")
    printed = shell.type("pmlint why ref\t", 3)
    assert "error" not in printed
    assert "Traceback" not in printed
