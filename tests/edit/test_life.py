"""Steps in the life of a postmortem as changes of its data."""

from __future__ import annotations

from pmlint.edit import changed
from pmlint.edit.amendment import Decision, changes_of, field_of, setting_to
from pmlint.edit.life import signing, signoffs, unsigned
from pmlint.model import Postmortem
from pmlint.parsing.document import Document, read_postmortem
from pmlint.parsing.source import Source
from pmlint.place import Path

TEXT = """\
---
id: PM-2026-001
routes: [mail-desk, mail.desk]
restart:
  conditions: [{id: R1, text: "50 replies", met: true}]
  signoff: {by: "@maria", on: 2026-11-24}   # of the mail desk
---
"""


def document(text: str = TEXT) -> Document:
    return read_postmortem(Source("a.md", text))


def test_a_second_owner_signs_beside_the_first() -> None:
    before = document()
    after = changed(before, *signing(Postmortem(before.data), "@tom", "2026-11-25"))
    assert [one["by"] for one in signoffs(Postmortem(after.data))] == ["@maria", "@tom"]
    again = changed(after, *signing(Postmortem(after.data), "@Maria", "2026-11-26"))
    assert [(one["by"], one["on"]) for one in signoffs(Postmortem(again.data))] == [
        ("@tom", "2026-11-25"),
        ("@Maria", "2026-11-26"),
    ]


def test_a_sign_off_is_taken_out_with_its_line() -> None:
    before = document()
    after = changed(before, *unsigned(Postmortem(before.data)))
    line = '  signoff: {by: "@maria", on: 2026-11-24}   # of the mail desk\n'
    assert after.source.text == TEXT.replace(line, "")
    assert unsigned(Postmortem(after.data)) == []


def test_ids_stand_for_positions_also_with_dots() -> None:
    assert field_of(document(), Path(), "routes.mail.desk") == Path(("routes", 1))
    assert field_of(document(), Path(), "restart.conditions.R1.text") == Path(
        ("restart", "conditions", 0, "text")
    )


def test_a_decision_is_recorded_before_the_value_changes() -> None:
    before = document()
    amended = setting_to(before, Path(), "restart.conditions.R1.text", "60 replies")
    decision = Decision("more replies", "@dana", "2026-11-24")
    entry, value = changes_of(amended, Path(), decision)
    assert (entry.at, entry.append, value.value) == (Path(("amendments",)), True, "60 replies")
    assert changed(before, entry, value).data["amendments"] == [  # type: ignore[index]
        {
            "on": "2026-11-24",
            "field": "restart.conditions.R1.text",
            "from": "50 replies",
            "to": "60 replies",
            "reason": "more replies",
            "approved_by": "@dana",
        }
    ]
