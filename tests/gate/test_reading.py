"""What the gate reads by: an error of it is a refusal with a code."""

from __future__ import annotations

import pytest

from pmlint.errors import UsageError
from pmlint.gate.reading import must_be_readable


@pytest.mark.parametrize(
    ("file", "code", "expected"),
    [
        ("", "", ("pmlint.toml", "unreadable-configuration")),
        ("people.yaml", "", ("people.yaml", "unreadable-configuration")),
        ("people.yaml", "unreadable-file", ("people.yaml", "unreadable-file")),
    ],
)
def test_an_error_becomes_a_refusal(file: str, code: str, expected: tuple[str, str]) -> None:
    with pytest.raises(UsageError) as error, must_be_readable():
        raise UsageError("it is wrong", file=file, help="mend it", code=code)
    found = error.value
    assert (found.file, found.code) == expected
    assert (found.message, found.help) == ("it is wrong", "mend it")
