"""Pages of rules and refusals: headings, fences and examples as an author writes them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from pmlint.model.resources import folder
from pmlint.policy.examples import overlay, valid

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
from author_notation import authored  # noqa: E402
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

## Level

Warning.

## Waive

```yaml
waivers: [{rule: x}]
```
"""


def test_a_text_becomes_a_page() -> None:
    assert structured("x", TEXT) == PAGE
    assert structured("x", TEXT, {"Bad": "c: 2\n"}) == PAGE.replace("a: 1\n\nb: <x>", "c: 2")


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


@pytest.mark.parametrize(
    "file", sorted(Path(folder("policies")).glob("*.yaml")), ids=lambda file: file.stem
)
def test_an_example_is_what_the_policy_is_tested_with(file: Path) -> None:
    policy = yaml.safe_load(file.read_text(encoding="utf-8"))
    kind = "route" if policy["applies_to"] == "route" else "postmortem"
    for example in policy["examples"]:
        written = yaml.load(authored(kind, {"set": example.get("set", {})}), yaml.BaseLoader) or {}
        whole = yaml.load(
            yaml.safe_dump(overlay(valid(kind), example.get("set", {}))), yaml.BaseLoader
        )
        for name, value in written.items():
            parts = value if isinstance(value, list) else [value]
            known = whole[name] if isinstance(whole[name], list) else [whole[name]]
            for part in parts:
                assert any(
                    part == one or (isinstance(one, dict) and part.items() <= one.items())
                    for one in known
                )
