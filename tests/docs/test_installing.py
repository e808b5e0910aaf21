"""No page promises an installation that does not work yet: the versions agree, and who asks the
index says what to do until there is a release.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmlint import __version__

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(
        path
        for path in (ROOT / "docs").rglob("*.md")
        if not {"spec", "decisions", "refusals"} & set(path.parts)
    ),
]
FROM_INDEX = re.compile(r"pip install (?:--\S+ )*'?pmlint\b")
PINNED = re.compile(r"pmlint(?:\[\w+\])?==(\d[\w.]*)|pmlint/pmlint@v(\d[\w.]*)|rev: v(\d[\w.]*)")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_that_asks_the_index_says_what_to_do_until_a_release(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if FROM_INDEX.search(text) and page.stem not in ("versions", "changelog"):
        assert "versions.md#installing" in text


def test_every_pinned_version_is_this_one() -> None:
    found = {
        next(filter(None, match))
        for page in PAGES
        for match in PINNED.findall(page.read_text(encoding="utf-8"))
    }
    assert found == {__version__}
