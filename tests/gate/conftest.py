"""A world for each test, copied from one that is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.attack_data import MODES, PreparedBases, Repository, make_keys
from tests.gate.memory import MemoryWorld
from tests.gate.world import World


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return World(tmp_path_factory.mktemp("template")).root


@pytest.fixture
def world(tmp_path: Path, template: Path) -> World:
    return World(tmp_path / "repository", template)


@pytest.fixture
def ready() -> MemoryWorld:
    """A world in memory in which only the restart is missing."""
    world = MemoryWorld()
    world.ready()
    return world


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def bases(
    tmp_path_factory: pytest.TempPathFactory, repositories: dict[str, Repository]
) -> PreparedBases:
    """The base of every case, to be copied."""
    return PreparedBases(tmp_path_factory.mktemp("bases"), repositories)


@pytest.fixture(scope="session")
def repositories(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> dict[str, Repository]:
    """The base repository in each mode of approvals, to be copied."""
    return {mode: Repository.create(tmp_path_factory.mktemp(mode), mode, keys) for mode in MODES}
