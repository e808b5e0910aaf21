"""Pages of rules and refusals: headings, fences and examples as an author writes them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
from page_text import escaped, structured  # noqa: E402

RULES = sorted(page for page in (DOCS / "rules").glob("*.md") if page.name != "README.md")
TEXT = """\
A title with ``#`` in it.

why <it> is.

Fix: do this, or
that.

Bad:

    a: 1

    b: <x>

Good:

    # pmlint.toml
    a = 1

    # postmortems/PM-2026-001-x.md
    b: 2

Level: warning.

Waive: waivers: [{rule: x}]"""
PAGE = """\
# x

A title with `#` in it.

Why &lt;it> is.

## Fix

Do this, or
that.

## Bad

```yaml
a: 1

b: <x>
```

## Good

```toml
# pmlint.toml
a = 1
```

```yaml
# postmortems/PM-2026-001-x.md
b: 2
```

## Level

Warning.

## Waive

```yaml
waivers: [{rule: x}]
```
"""


def test_a_text_becomes_a_page() -> None:
    assert structured("x", TEXT) == PAGE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "pmlint meet ID CONDITION --proof COMMIT|PATH|URI",
            "`pmlint meet ID CONDITION --proof COMMIT|PATH|URI`",
        ),
        (
            "keep it; pmlint close ID ACTION --proof X or wait",
            "keep it; `pmlint close ID ACTION --proof X` or wait",
        ),
        ("`<a>` and <b>", "`<a>` and &lt;b>"),
    ],
)
def test_commands_are_code_and_angle_brackets_are_shown(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize("page", RULES, ids=lambda page: page.stem)
def test_every_rule_has_its_headings(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    for heading in ("## Fix", "## Level", "## Waive"):
        assert headings.count(heading) == 1
    assert "\n    " not in text.partition("```")[0]
