"""What is said under the pointer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lsprotocol.types import MarkupContent

from pmlint.model.postmortem import Clocks
from pmlint.server.hover import duration, gaps, hover
from tests.server.editor import POSTMORTEM, ROUTE, typed


def said(root: Path, old: str, new: str, file: str = POSTMORTEM) -> str:
    found = hover(*typed(root, old, new, file))
    if found is None:
        return ""
    assert isinstance(found.contents, MarkupContent)
    return found.contents.value


def test_a_field(root: Path) -> None:
    assert (
        said(root, "summary:", "summ‸ary:")
        == "**summary**: One paragraph: what happened and what it did to the business."
    )
    assert said(root, "impact:", "im‸pact:").startswith("**impact**: What it did to the business.")


def test_a_value_of_a_closed_list(root: Path) -> None:
    text = said(root, "guards: prevent", "guards: pre‸vent", ROUTE)
    assert text == (
        "**guards**: What it should do about a failure.\n\n- **`prevent`**: It makes a failure impossible.\n"
        "- `detect`: It shows a failure.\n- `contain`: It limits the damage."
    )


def test_names(root: Path) -> None:
    assert said(root, "[refund-triage]", "[refund-‸triage]") == (
        "**routes**: Ids of the routes that failed.\n\n---\n\n"
        "`Refund triage` paused, held by PM-2026-001 A2, PM-2026-001 R1, PM-2026-001 sign-off"
    )
    assert said(root, '"@maria"', '"@mar‸ia"').endswith("`Maria`")
    assert said(root, "[PM-2026-001]", "[PM‸-2026-001]", ROUTE).endswith(
        "`Refund route paid 23 refunds above its limit` accepted, customer-visible-defect"
    )


def test_clocks(root: Path) -> None:
    assert said(root, "containment: 2", "contain‸ment: 2").partition("---\n\n")[2] == (
        "- `route_start` to `first_warning`: 4 min 10 s\n- `first_warning` to `first_impact`: 26 min 50 s\n"
        "- `first_impact` to `containment`: 27 min\n- `first_warning` to `containment`: 53 min 50 s"
    )


def test_clocks_that_are_unknown_or_backwards() -> None:
    clocks = Clocks(
        {
            "route_start": "2026-09-12T06:00:00Z",
            "first_warning": {"unknown": "x"},
            "containment": "2026-09-12T07:30:00+02:00",
        }
    )
    assert gaps(clocks) == ["`route_start` to `containment`: 30 min backwards"]
    assert gaps(Clocks({})) == []


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (3600, "1 h"),
        (93_780, "1 d 2 h"),
        (86_405, "1 d 5 s"),
        (-90, "1 min 30 s backwards"),
    ],
)
def test_durations(seconds: int, shown: str) -> None:
    assert duration(timedelta(seconds=seconds)) == shown


def test_a_finding_has_the_page_of_its_rule(root: Path) -> None:
    text = said(root, "[refund-triage]", "[refund-tri‸ag]")
    assert text.startswith(
        "**error dangling-link**: `there is no route 'refund-triag'`\n\nA link leads nowhere."
    )
    assert "Waive: waivers:" in text


def test_a_finding_in_the_body(root: Path) -> None:
    text = said(
        root,
        "## Timeline\nFrom 06:00 to 06:58 UTC on 2026-09-12, as in the front matter.",
        "## Time‸line\n",
    )
    assert "empty-section" in text


def test_nothing_in_running_text(root: Path) -> None:
    assert said(root, "The index returned", "The in‸dex returned") == ""
