"""Own forms of ids: read, written, recognised in names of files."""

from __future__ import annotations

import pytest

from pmlint.errors import UsageError
from pmlint.project.ids import compile_form, id_of_file, is_postmortem_id, next_id, schema_pattern

OWN = ("INC-{number}", "PM-{year}-{number:3}")


@pytest.mark.parametrize(
    ("forms", "text", "found"),
    [
        ((), "PM-2026-001", True),
        ((), "PM-2026-01", False),
        ((), "INC-7", False),
        (OWN, "INC-7", True),
        (OWN, "INC-x", False),
        (OWN, "PM-2026-001", True),
        (OWN, "PM-2026-01", False),
        (("a.b-{number:2}",), "a.b-07", True),
        (("a.b-{number:2}",), "axb-07", False),
        ((), 7, False),
        ((), None, False),
    ],
)
def test_what_is_an_id(forms: tuple[str, ...], text: object, found: bool) -> None:
    assert is_postmortem_id(text, forms) is found


def test_the_pattern_of_the_schema() -> None:
    assert schema_pattern(()) == ""
    assert schema_pattern(OWN) == r"^(INC\-([0-9]{1,9})|PM\-([0-9]{4})\-([0-9]{3,9}))$"


@pytest.mark.parametrize(
    ("forms", "path", "found"),
    [
        ((), "postmortems/PM-2026-001-mail-desk.md", "PM-2026-001"),
        ((), "postmortems/PM-2026-001.md", "PM-2026-001"),
        ((), "postmortems/notes.md", "notes"),
        (OWN, "a/INC-12-mail.md", "INC-12"),
        (OWN, "a/PM-2026-0012-mail.md", "PM-2026-0012"),
        (("X-{number}", "X-{number}-{year}"), "a/X-1-2026.md", "X-1-2026"),
    ],
)
def test_the_id_in_a_name(forms: tuple[str, ...], path: str, found: str) -> None:
    assert id_of_file(path, forms) == found


@pytest.mark.parametrize(
    ("forms", "taken", "following"),
    [
        ((), [], "PM-2026-001"),
        ((), ["PM-2026-009-x.md", "PM-2025-100", "INC-3"], "PM-2026-010"),
        (OWN, [], "INC-1"),
        (OWN, ["INC-9", "inc-12-a.md", "PM-2026-100"], "INC-13"),
        (("PM-{year}-{number:3}",), ["PM-2025-004", "PM-2026-004"], "PM-2026-005"),
    ],
)
def test_the_next_id(forms: tuple[str, ...], taken: list[str], following: str) -> None:
    assert next_id(forms, taken, 2026) == following


@pytest.mark.parametrize(
    "text",
    ["", "INC", "{year}", "{number}{number}", "a b-{number}", "{nr}", "é{number}", "(a+)+{number}"],
)
def test_what_is_not_a_form(text: str) -> None:
    with pytest.raises(UsageError, match="is not a form of ids"):
        compile_form(text)
