"""Reads the data of tests that lies beside them as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# libyaml reads the 2,000 lines of attacks.yaml in a tenth of the time; each process of a run
# collects all tests.
FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """The data of a file."""
    return yaml.load(file.read_bytes(), FastLoader)
