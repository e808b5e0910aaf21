"""Writes `docs/rules/` from the text that ``pmlint rule`` prints: ``python docs/render_rules.py
[--check]``.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from written_folder import write_folder

from pmlint.check.pages import pages
from pmlint.model.resources import folder
from pmlint.parsing.tree import WorkTree
from pmlint.policy.folder import load_policies
from pmlint.project.settings import Settings

HERE = Path(__file__).parent / "rules"


def wanted() -> dict[str, str]:
    """Every file of the folder with its text."""
    known = pages(
        load_policies(WorkTree(folder("policies")), Settings(policies="none"), date(2026, 1, 1))
    )
    files = {f"{name}.md": f"# {name}\n\n{page.text}\n" for name, page in known.items()}
    rows = "\n".join(
        f"| [{name}]({name}.md) | {page.info.level} | {page.origin} | {page.info.title} |"
        for name, page in known.items()
    )
    head = "Written by `python docs/render_rules.py`; `pmlint rule ID` prints the same."
    return files | {
        "README.md": f"# Rules and policies\n\n{head}\n\n| id | level | from | title |\n|---|---|---|---|\n{rows}\n"
    }


if __name__ == "__main__":
    sys.exit(write_folder(HERE, wanted()))
