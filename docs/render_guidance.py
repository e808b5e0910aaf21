"""Puts what `pmlint init --agents` writes for agents into its guide: ``python
docs/render_guidance.py [--check]``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pmlint.init.texts import text

PAGE = Path(__file__).parent / "guides" / "agents-that-write-postmortems.md"
BLOCK = re.compile(r"(?P<open><!-- guidance: .*? -->)\n.*?<!-- /guidance -->", re.DOTALL)


def rendered(page: str) -> str:
    """The page with the text between its marks made anew."""
    guidance = text("guidance.md").rstrip("\n")
    shown = f"\n```markdown\n{guidance}\n```\n\n<!-- /guidance -->"
    return BLOCK.sub(lambda match: f"{match['open']}{shown}", page)


def main() -> int:
    """Write the page, or with ``--check`` say whether it is in step; exit 1 where it is not."""
    before = PAGE.read_text(encoding="utf-8")
    after = rendered(before)
    if "--check" in sys.argv:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
