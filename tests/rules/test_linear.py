"""Rules take time in proportion to their text: a hostile line costs no more than a long one."""

from __future__ import annotations

from time import process_time

import pytest

from pmlint.rules.facts.empty_section import _meant


@pytest.mark.parametrize(
    "line", ["#" * 200_000, "# " * 100_000, "#timeline" * 20_000, "-#" * 100_000 + "x"]
)
def test_a_line_that_is_meant_as_a_heading_is_sought_once(line: str) -> None:
    start = process_time()
    assert _meant("Timeline", line) is None
    assert process_time() - start < 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("a\n##Timeline\nb", "##Timeline"),
        ("a\n    ## timeline\n", "    ## timeline"),
        ("\\## Timeline ##", "\\## Timeline ##"),
        ("<!-- ## Timeline -->", "<!-- ## Timeline -->"),
        ("Timeline #", ""),
        ("## Timeline of the fix", ""),
        ("#\nTimeline", ""),
    ],
)
def test_what_is_meant_as_a_heading(body: str, found: str) -> None:
    where = _meant("Timeline", body)
    assert (body[slice(*where)] if where else "") == found
