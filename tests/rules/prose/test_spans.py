"""The words of a problem are found in the file, however the YAML writes them, and in the body; code
and quotations are silent.
"""

from __future__ import annotations

from typing import Any

import pytest

from pmlint.model import Postmortem
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Source
from pmlint.rules.prose import RULES
from pmlint.rules.prose.text import is_spaceless
from tests.rules.prose.test_fixtures import context

STYLES = {
    "plain": "    title: We will be more careful with refunds",
    "double": '    title: "We will \\"really\\" be more careful\\twith refunds"',
    "single": "    title: 'Don''t worry, be more careful with refunds'",
    "folded": "    title: >-\n      We talked about it, and everybody\n      will be more careful with refunds",
    "literal": "    title: |\n      We talked.\n      All will be more careful with refunds",
    "flow": None,
}
FRONT = "---\nid: PM-2026-001\nactions:\n  - id: A1\n    layer: communication\n{title}\n    findings: [F1]\n---\n{body}"
BODY = """## Failed controls

The operator should have
seen it. `human error` in code is silent, "human error" in quotes, too.

> The quoted report says human error.

- An item by [human error](https://example.org/human-error), and the engineer forgot the key.

```
human error
```

## Permanent changes

Nothing by human error: we take this seriously.
"""


def found(text: str) -> list[tuple[str, int, str]]:
    """Each problem as its rule, its row and the text that its span covers."""
    document = read_postmortem(Source("postmortems/PM-2026-001.md", text))
    postmortem = Postmortem(document.data, document.source.file, document.body)
    lines = text.split("\n")
    rules: Any = RULES
    spans = [
        (rule.id, document.locate(problem.at))
        for rule in rules
        for problem in rule.check(postmortem, context())
    ]
    return [
        (name, span.row, lines[span.row - 1][span.column - 1 : span.end_column - 1])
        for name, span in spans
    ]


@pytest.mark.parametrize("style", STYLES)
def test_front_matter(style: str) -> None:
    title = STYLES[style]
    if title is None:
        text = FRONT.replace(
            "  - id: A1\n    layer: communication\n{title}\n    findings: [F1]\n", "{title}"
        ).format(
            title="  - {id: A1, layer: communication, title: we will be more careful, findings: [F1]}\n",
            body="",
        )
    else:
        text = FRONT.format(title=title, body="")
    assert [(name, covered) for name, _, covered in found(text)] == [
        ("exhortation", "be more careful")
    ]


def test_words_across_a_folded_line_begin_where_they_begin() -> None:
    text = FRONT.format(
        title="    title: >-\n      All of us will be more\n      careful with refunds", body=""
    )
    assert found(text) == [("exhortation", 7, "be more")]


def test_body() -> None:
    assert found(FRONT.format(title="    title: Cap refunds", body=BODY)) == [
        ("blame", 24, "human error"),
        ("counterfactual", 11, "operator should have"),
        ("vow", 24, "we take this seriously"),
    ]


def test_the_second_of_two_equal_words_is_meant() -> None:
    text = FRONT.format(title='    title: Write "be more careful" off; be more careful', body="")
    document = read_postmortem(Source("postmortems/PM-2026-001.md", text))
    rules: Any = RULES
    problems = [
        problem
        for rule in rules
        for problem in rule.check(Postmortem(document.data, "", ""), context())
    ]
    line = text.split("\n")[5]
    assert [document.locate(problem.at).column for problem in problems] == [
        line.rindex("be more careful") + 1
    ]


def test_a_multi_line_paragraph_with_crlf() -> None:
    text = FRONT.format(
        title="    title: Cap refunds",
        body="## Failed controls\n\nIt was a case\nof human error.\n",
    ).replace("\n", "\r\n")
    assert [(name, covered) for name, _, covered in found(text)] == [("blame", "human error")]


@pytest.mark.parametrize(
    ("text", "spaceless"),
    [
        ("", False),
        ("a", False),
        ("a—b", False),
        ("〿", False),
        ("぀", True),
        ("鿿", True),
        ("ꀀ", False),
        ("an 😀", False),
        ("😀 カ", True),
    ],
)
def test_kana_and_han_put_no_blank_between_words(text: str, spaceless: bool) -> None:
    assert is_spaceless(text) == spaceless
