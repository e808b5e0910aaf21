"""Fields in the order of the schema: which lines move, and what goes with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.edit import ordered
from pmlint.parsing.document import read_postmortem, read_yaml
from pmlint.parsing.source import Source, decode

ROOT = Path(__file__).parents[2]

BEFORE = """\
---
# of the whole file
title: Refunds   # in one line
actions:
  - title: Page the owner
    # before the id
    id: A1

    # above the status
    status: open
      # still of the status
    layer: alert
  - {title: flow stays, id: A2}
  # below the actions
# above the id

# a second one
id: PM-2026-001
summary: |+
  Two lines
  and a blank one.

mine: what no schema knows
status: draft
---
title: of the body
"""
AFTER = """\
---
# of the whole file
# above the id

# a second one
id: PM-2026-001
title: Refunds   # in one line
status: draft
summary: |+
  Two lines
  and a blank one.

actions:
  - # before the id
    id: A1
    title: Page the owner
    layer: alert

    # above the status
    status: open
      # still of the status
  - {title: flow stays, id: A2}
  # below the actions
mine: what no schema knows
---
title: of the body
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_move_with_their_comments(end: str) -> None:
    before, after = BEFORE.replace("\n", end), AFTER.replace("\n", end)
    assert ordered(read_postmortem(Source("a.md", before))) == after
    assert ordered(read_postmortem(Source("a.md", after))) == after


def test_routes_and_people_have_an_order_too() -> None:
    route = read_yaml(Source("a.yaml", "# a route\nstate: paused\nid: a"), "route")
    assert ordered(route) == "# a route\nid: a\nstate: paused"
    people = read_yaml(Source("people.yaml", '- name: Tom\n  handle: "@tom"\n'), "people")
    assert ordered(people) == '- handle: "@tom"\n  name: Tom\n'


def test_what_is_unclear_stays() -> None:
    text = "state: yes\nid: a\n"
    assert ordered(read_yaml(Source("a.yaml", text), "route")) == text


@pytest.mark.parametrize(
    "file", sorted((ROOT / "postmortems").glob("PM-*.md")), ids=lambda file: file.stem[:11]
)
def test_real_postmortems_keep_every_line(file: Path) -> None:
    document = read_postmortem(decode(file.name, file.read_bytes()))
    text = ordered(document)
    again = read_postmortem(Source(file.name, text))
    assert again.data == document.data
    assert sorted(line.lstrip(" -") for line in text.splitlines()) == sorted(
        line.lstrip(" -") for line in document.source.text.splitlines()
    )
