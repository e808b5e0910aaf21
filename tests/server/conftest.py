"""The repository of each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.editor import repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path)
