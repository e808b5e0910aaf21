"""Writes a folder of pages that are made from the code, for the `render_*.py` beside it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def write_folder(folder: Path, files: Mapping[str, str]) -> int:
    """Write the pages that differ and remove those that are no longer made; with ``--check`` only
    print which differ. Returns the exit code: 1 where a check found any.
    """
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    if "--check" in sys.argv:
        for name in sorted(files.keys() | there.keys()):
            if files.get(name) != there.get(name):
                page = f"docs/{folder.name}/{name}"
                print(
                    f"{page} is not what the tool prints; run: python docs/{Path(sys.argv[0]).name}"
                )
        return int(there != files)
    folder.mkdir(exist_ok=True)
    for name in there.keys() - files.keys():
        (folder / name).unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0
