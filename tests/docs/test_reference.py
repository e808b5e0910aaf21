"""`docs/reference/` says what the command line and the schemas say, and leaves nothing out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pmlint.output import FORMATS

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_reference_is_what_the_tool_prints() -> None:
    done = subprocess.run(
        [sys.executable, "docs/render_reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_format_is_there() -> None:
    output = (REFERENCE / "output.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"\n| `{name}` |" not in output] == []


def test_a_field_of_a_schema_has_a_row() -> None:
    rows = (REFERENCE / "postmortem.md").read_text(encoding="utf-8")
    assert (
        "\n| `first_warning` | [clock](#clock) | When something first showed that it went wrong."
        in rows
    )
    assert "\n| `exceeded-authority` | The agent could do more than it should. |" in rows
    assert (
        "\n| `detected-late` | dashboard, documentation | alert with ownership, kill-switch, limits |"
        in rows
    )
    settings = (REFERENCE / "configuration.md").read_text(encoding="utf-8")
    assert "\n| `control-breach` | whole number | `30` | Days for control-breach. |" in settings
