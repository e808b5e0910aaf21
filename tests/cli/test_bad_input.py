"""Hostile and broken input: a finding or exit 2 with a place and a remedy, in bounded time, never a
traceback.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).parents[1] / "cases" / "base"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
HEAD = "---\nid: PM-2026-002\n"

BYTES = {
    "50 MB": (b"x" * 50_000_000, "the file has 50,000,000 bytes"),
    "a line of 200 kB": (
        b"---\nid: " + b"a" * 200_000 + b"\n---\n",
        "which does not match its form",
    ),
    "brackets": (b"---\nid: " + b"[" * 200_000 + b"\n---\n", "nested more than 64 levels deep"),
    "braces": (b"---\nid: " + b"{a: " * 50_000 + b"\n---\n", "nested more than 64 levels deep"),
    "alias bomb": (f"{HEAD}{BOMB}---\n".encode(), "is an alias"),
    "cyclic alias": (f"{HEAD}title: &t [*t]\n---\n".encode(), "is an alias"),
    "many values": (f"{HEAD}authors: [{'a,' * 30_000}]\n---\n".encode(), "more than 20,000 values"),
    "NUL": (b"---\nid: \x00\n---\n", "U+0000"),
    "invalid UTF-8": (b"---\nid: \xff\n---\n", "byte 0xff is not UTF-8"),
    "UTF-16": ("---\nid: x\n---\n".encode("utf-16"), "the file is UTF-16"),
    "5,000 digits": (
        f"{HEAD}impact: {{customers: {'9' * 5000}}}\n---\n".encode(),
        "too many digits",
    ),
    "hyphens": (b"-" * 200_000, "no front matter"),
    "fences": (b"---\n" * 60_000, "the front matter is empty"),
    "headings": (
        f"{HEAD}---\n{'# a' * 1}\n{'#' * 100_000}\n".encode(),
        "'postmortem' has no 'title'",
    ),
}


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real command in a folder, with a scrubbed environment and 1 GB of memory at most."""
    return subprocess.run(
        [sys.executable, "-m", "pmlint", *arguments],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PMLINT_NOW": "2026-10-15",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def expect(root: Path, message: str, *arguments: str, code: int = 1) -> None:
    done = run(root, *(arguments or ("check",)))
    assert "Traceback" not in done.stdout + done.stderr
    assert message in done.stdout + done.stderr
    assert done.returncode == code


@pytest.mark.parametrize("name", BYTES)
def test_bytes(root: Path, name: str) -> None:
    data, message = BYTES[name]
    (root / "postmortems" / "PM-2026-002.md").write_bytes(data)
    expect(root, message)


def test_a_folder_named_like_a_postmortem(root: Path) -> None:
    (root / "postmortems" / "PM-2026-002.md").mkdir()
    expect(root, "All clean", code=0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(root: Path) -> None:
    file = root / "postmortems" / "PM-2026-002.md"
    file.write_text("x")
    file.chmod(0)
    expect(root, "the file can't be read: permission denied")


@pytest.mark.parametrize("target", ["/etc/passwd", "nowhere", "PM-2026-001-refunds.md", ".."])
def test_a_symbolic_link(root: Path, target: str) -> None:
    (root / "postmortems" / "PM-2026-002.md").symlink_to(target)
    expect(root, "postmortems/PM-2026-002.md:1:1: error syntax: this is a symbolic link")


def test_a_named_pipe(root: Path) -> None:
    os.mkfifo(root / "postmortems" / "PM-2026-002.md")
    expect(root, "this is not a regular file")


def test_a_name_with_escapes(root: Path) -> None:
    (root / "postmortems" / "PM-2026-002\n\x1b[31m.md").write_text("x")
    done = run(root, "check")
    assert "\x1b" not in done.stdout
    assert "PM-2026-002\\n\\x1b[31m.md" in done.stdout


def test_an_evidence_link(root: Path) -> None:
    evidence = root / "evidence" / "PM-2026-001" / "outcome.md"
    evidence.unlink()
    evidence.symlink_to("/etc/passwd")
    expect(root, "is not a regular file but a symlink")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pmlint.toml", "a = x\n", "error: pmlint.toml:1:5: this is not TOML"),
        ("pmlint.toml", "ignor = []", "'ignor' is not a field of 'configuration'\nerror: help"),
        ("pmlint.toml", "ignor = []", "did you mean 'ignore'?"),
        (
            "pmlint.toml",
            'ignore = ["clock-orde"]',
            "error: pmlint.toml:1:11: there is no rule 'clock-orde'",
        ),
        (
            "pyproject.toml",
            '[tool.pmlint]\nselect = [\n  "blame",\n  "blam"]',
            "error: pyproject.toml:4:3: there is no rule 'blam'",
        ),
        (
            "pmlint.toml",
            'rules.blam.level = "warning"',
            "error: pmlint.toml:1:7: there is no rule 'blam'",
        ),
        ("pmlint.toml", 'rules.clock-order.level = "off"', "'clock-order' is off without a reason"),
        (
            "pmlint.toml",
            'fail_level = "fatal"',
            "'fail_level' is 'fatal', not one of the closed list",
        ),
        ("pmlint.toml", 'registry = [{files = "a", id = "b..c"}]', "'b..c' is not a path"),
        ("pyproject.toml", "[tool.pmlint]\nmax_files = 0", "'max_files' is 0, less than 1"),
    ],
)
def test_configuration(root: Path, name: str, text: str, message: str) -> None:
    (root / "a").write_text("{}")
    (root / name).write_text(text)
    expect(root, message.partition("\n")[0], code=2)


def test_two_configurations(root: Path) -> None:
    (root / "pmlint.toml").write_text("")
    (root / "pyproject.toml").write_text("[tool.pmlint]\n")
    expect(root, "both pyproject.toml and pmlint.toml configure pmlint", code=2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "gone.md"), "there is no file 'gone.md'"),
        (("check", "/etc/passwd"), "is outside the repository"),
        (("check", "-"), "'-' is the only path and needs a name"),
        (("check", "--select", "nope"), "there is no rule 'nope'"),
        (("check", "--now", "yesterday"), "'yesterday' is not a day"),
        (("why", "refund"), "there is no route 'refund'"),
        (("rule", "nope"), "there is no rule 'nope'"),
        (("chekc",), "did you mean 'check'?"),
    ],
)
def test_usage(root: Path, arguments: tuple[str, ...], message: str) -> None:
    expect(root, message, *arguments, code=2)


def test_a_fresh_postmortem_is_red(root: Path) -> None:
    assert (
        run(
            root, "new", "Café refunds: twice", "--route", "refund-triage", "--author", "@dana"
        ).returncode
        == 0
    )
    name = "postmortems/PM-2026-002-cafe-refunds-twice.md"
    assert (root / name).exists()
    done = run(root, "check", name)
    assert done.returncode == 1
    assert "places to fill: lines" in done.stdout
    assert run(root, "new").returncode == 0
    assert (root / "postmortems" / "PM-2026-003.md").exists()


def test_the_output_file_is_whole_or_absent(root: Path) -> None:
    assert run(root, "check", "-o", "out.json", "--output-format", "json").returncode == 0
    assert (root / "out.json").read_text().startswith("{")
    assert (
        run(root, "check", "-o", "postmortems/PM-2026-001-refunds.md/out.json").returncode == 2
    )  # below a file
    assert sorted(path.name for path in root.iterdir() if path.name.startswith(".pmlint")) == []


def test_the_same_bytes_every_time(root: Path) -> None:
    (root / "routes" / "other.yaml").write_text("id: Other\nstate: x\n")
    outputs = {
        run(root, "check", "--output-format", "json", PYTHONHASHSEED=str(seed)).stdout
        for seed in range(4)
    }
    assert len(outputs) == 1


def test_standard_input(root: Path) -> None:
    text = (
        (root / "postmortems" / "PM-2026-001-refunds.md")
        .read_text()
        .replace("status: accepted", "status: acepted")
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pmlint",
            "check",
            "-",
            "--stdin-filename",
            "postmortems/PM-2026-001-refunds.md",
        ],
        cwd=root,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (
        "postmortems/PM-2026-001-refunds.md:4:9: error schema: 'status' is 'acepted'" in done.stdout
    )
    assert done.returncode == 1
