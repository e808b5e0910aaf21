"""The colours of the pages, by WCAG 2.2 (1.4.3 and 1.4.11): what axe leaves open on stacked colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmlint.report.pages import _SPACE

STYLE = (Path(__file__).parents[2] / "pmlint" / "report" / "templates" / "style.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
)
TEXTS = ("text", "quiet", "bad", "good", "link")
DRAWN = ("early", "warned", "harm", "after", "line", "text")


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_most_there_is() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21
    assert LIGHT.keys() == DARK.keys() >= {*TEXTS, *DRAWN, "ground", "soft"}


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_drawings_stand_out(colors: dict[str, str]) -> None:
    for ground in ("ground", "soft"):
        for name in TEXTS:
            assert contrast(colors[name], colors[ground]) >= 4.5, (name, ground)
    for name in DRAWN:
        assert contrast(colors[name], colors["ground"]) >= 3, name


def test_neighbours_are_parted_by_the_ground() -> None:
    """Red beside amber has less than 3, and so has a mark on either: ground is between them."""
    assert contrast(LIGHT["harm"], LIGHT["warned"]) < 3
    assert _SPACE >= 2
    assert re.search(r"\.mark \{[^}]*stroke: var\(--ground\)[^}]*paint-order: stroke", STYLE)
