"""A repository with a route that paid twice, its fix, and the replay of the incident, run by the
real pytest.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.desk import FILE, Desk

ID = "PM-2026-001"
REPLAY = "tests/replays/test_pm_2026_001.py"
CALLS = "tests/replays/PM-2026-001.calls.json"
TOOL = "agents/refunds.py"
BROKEN = "def create(order, amount, paid):\n    paid.append((order, amount))\n"
FIXED = "def create(order, amount, paid):\n    if order not in dict(paid):\n        paid.append((order, amount))\n"
TEST = """import json
from pathlib import Path

from agents.refunds import create

CALLS = json.loads((Path(__file__).parent / "PM-2026-001.calls.json").read_text())


def test_the_second_refund_is_refused():
    paid = []
    for call in CALLS:
        create(call["order"], 90, paid)
    assert len(paid) == 1
"""


class ReplayDesk(Desk):
    """``main`` has the fix and the replay; ``broken`` is the commit of the incident."""

    def __init__(self, root: Path, test: str = TEST) -> None:
        super().__init__(root)
        self.write(TOOL, BROKEN)
        self.write("agents/__init__.py", "")
        self.broken = self.commit("The route pays twice")
        self.write(TOOL, FIXED)
        self.write(REPLAY, test)
        self.write("tests/conftest.py", "")
        self.write(CALLS, json.dumps([{"order": "A-1"}, {"order": "A-1"}]))
        self.edit(
            "restart:\n", f"restart:\n  replay: {{path: {REPLAY}, broken_at: {self.broken}}}\n"
        )
        self.fixed = self.commit("The route pays once, and the incident is replayed")

    def play(self) -> tuple[str, str]:
        """Run the replay at both commits, as a workflow does; the reports of red and green."""
        files = json.loads(self.run("replay", "list", "--output-format", "json").output)["replays"][
            0
        ]["files"]
        broken = self.root.parent / "broken"
        self.git("worktree", "add", "--quiet", "--detach", str(broken), self.broken)
        for file in files:
            (broken / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.root / file, broken / file)
        return pytest_report(broken, self.root.parent / "red.xml"), pytest_report(
            self.root, self.root.parent / "green.xml"
        )

    def state(self, red: str, green: str, *words: str) -> object:
        return self.run("replay", "state", ID, "--red", red, "--green", green, *words)


def pytest_report(root: Path, report: Path) -> str:
    words = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--junit-xml",
        str(report),
        REPLAY,
    ]
    around = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, *words], cwd=root, env=around, check=False, capture_output=True)
    return str(report)


__all__ = ["CALLS", "FILE", "ID", "REPLAY", "ReplayDesk"]
