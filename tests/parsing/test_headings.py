"""A section is what CommonMark renders with its name."""

from __future__ import annotations

import pytest

from pmlint.parsing.markdown import plain_title, sections

BEFORE, AFTER = (
    "## Agent path\nOne step.\n\n",
    "\nThe approval showed no amount.\n\n## Permanent changes\nTwo.\n",
)
HEADINGS = (
    "##  Failed controls|   ## Failed controls|## Failed Controls|## Failed controls ##|##\tFailed controls|# Failed controls|### Failed controls"
    "|Failed controls\n===|Failed controls\n---|Failed\ncontrols\n---|## Failed controls:|## *Failed controls*|## **Failed controls**"
    "|## __Failed controls__|## `Failed controls`|## \U0001f525 Failed controls|## 4. Failed controls|## 4 Failed controls|## 4) Failed controls"
    '|## IV. Failed controls|## 2.1 Failed controls|## [Failed controls](#x)|## [4. Failed controls](#x):|## <a id="fc"></a>Failed controls'
    "|## Failed controls {#fc}|## Failed controls {.unnumbered}|## Failed\tcontrols|## Failed   controls|## Failed&#32;controls|## Failed&nbsp;controls"
    "|> ## Failed controls|- ## Failed controls|## ✅ Failed controls ✅|## *Failed* **controls**|## Failed \\controls"
).split("|")
NONE = (
    "##Failed controls|    ## Failed controls|```\n## Failed controls\n```|<!-- ## Failed controls -->|\\## Failed controls|####### Failed controls"
    "|<div>\n## Failed controls\n</div>|Failed controls\n\n---|`## Failed controls`|~~~\nFailed controls\n---\n~~~"
).split("|")


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading(heading: str) -> None:
    found = sections(BEFORE + heading + AFTER)
    titles = [plain_title(section.title) for section in found]
    if heading == "## Failed \\controls":  # the backslash is shown
        assert "failed controls" not in titles
        return
    assert titles == ["agent path", "failed controls", "permanent changes"]
    body = BEFORE + heading + AFTER
    assert "approval" in body[found[1].start : found[1].end if heading[0] not in ">-" else None]
    assert body[found[1].heading_start : found[1].heading_end] in heading


@pytest.mark.parametrize("text", NONE)
def test_not_a_heading(text: str) -> None:
    titles = [plain_title(section.title) for section in sections(BEFORE + text + AFTER)]
    assert titles == ["agent path", "permanent changes"]


def test_offsets_count_code_points() -> None:
    body = "ÄÖ\U0001f525\n---\n\n## Ünde\ntext\n"
    first, second = sections(body)
    assert body[first.heading_start : first.heading_end] == "ÄÖ\U0001f525"
    assert body[second.start : second.end] == "text\n"
    assert plain_title(second.title) == "ünde"
