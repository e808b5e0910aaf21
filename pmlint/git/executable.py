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
    # An empty part of PATH and "." both mean the current folder to POSIX, where a hostile checkout
    # may have a program named git.
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(part)
    )
    return shutil.which(name, path=path)
