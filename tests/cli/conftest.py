"""What the tests of verbs begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Desk(tmp_path_factory.mktemp("desk")).root


@pytest.fixture
def desk(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The valid repository, in which A2, owned by @tom, and R1 are open."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, template)
