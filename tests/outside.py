"""Where the public data for measurements lies: in a folder beside the checkout, which is never part
of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2] / "shared"


def outside(*parts: str) -> Path | None:
    """A file or folder of the data beside the checkout; None where it is not there."""
    path = _FOLDER.joinpath(*parts)
    return path if path.exists() else None


needs_outside = pytest.mark.skipif(
    outside("corpus") is None, reason="the data beside the checkout is not there"
)
