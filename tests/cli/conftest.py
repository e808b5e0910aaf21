"""What the tests of verbs begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The valid repository, in which A2, owned by @tom, and R1 are open."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)
