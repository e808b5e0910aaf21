"""zstd, of Python itself from 3.14 on, else of the extra `traces`."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def zstd_module() -> Any:
    """The module with `ZstdFile` and `ZstdError`. Raises `ModuleNotFoundError` without either."""
    return import_module("compression.zstd" if _has_own() else "backports.zstd")


def zip_module() -> Any:
    """A `zipfile` that reads members which are compressed by zstd (method 93). Raises as above."""
    return import_module("zipfile" if _has_own() else "backports.zstd.zipfile")


def _has_own() -> bool:
    try:
        import_module("compression.zstd")
    except ModuleNotFoundError:
        return False
    return True
