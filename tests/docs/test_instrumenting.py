"""The example for teams that instrument runs under the SDK of OpenTelemetry, and pmlint reads what
it wrote.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guides" / "instrumenting-a-route.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    """The fenced block behind a mark of the page."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```\n", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_short() -> None:
    assert len(block("example").splitlines()) <= 32


def test_the_example_under_the_real_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(
        "opentelemetry.exporter.otlp.json.file", reason="the extra 'dev' is not installed"
    )
    shutil.copytree(ROOT / "tests" / "cases" / "base" / "routes", tmp_path / "routes")
    (tmp_path / "example.py").write_text(block("example"))
    subprocess.run([sys.executable, "example.py"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["runs", "traces.jsonl"])
    assert done.exit_code == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    left_out = ("started", "ended", "traces")
    assert all(len(row["traces"]) == 1 and row["started"] <= row["ended"] for row in rows)
    shown = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
    assert shown == [json.loads(line) for line in block("rows").splitlines()]


def test_every_attribute_of_the_page_is_read() -> None:
    """A name that the page promises and no reader knows would be silence in a trace."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "pmlint" / "runs").rglob("*.py")
    )
    source += (ROOT / "schema" / "traces.json").read_text(encoding="utf-8")
    names = set(re.findall(r"pmlint\.[a-z_.]+[a-z]", PAGE)) - {"pmlint.runs.map"}
    assert len(names) == 9
    assert [name for name in names if f'"{name}"' not in source] == []
