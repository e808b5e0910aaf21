"""Programs by their full path: never one that lies in the current folder, which may be a hostile
checkout.
"""

from __future__ import annotations

import os
import shutil


def program(name: str) -> str | None:
    """The full path of a program; None where there is none in the absolute folders of the search
    path.
    """
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(part)
    )
    return shutil.which(name, path=path)
