"""What an agent may edit of the files that configure: a `pyproject.toml` is its own as long as it
does not configure pmlint, before the change and after it.
"""

from __future__ import annotations

import pytest

from tests.gate.memory_repository import MemoryRepository

PLAIN = '[project]\nname = "desk"\n'
OURS = "[tool.pmlint]\nsince = 2026-01-01\n"


@pytest.mark.parametrize(
    ("before", "after", "is_refused"),
    [
        (PLAIN, f'{PLAIN}version = "1"\n', False),
        (None, PLAIN, False),
        (PLAIN, None, False),
        (None, OURS, True),
        (OURS, f"{PLAIN}{OURS}", True),
        (f"{OURS}{PLAIN}", PLAIN, True),
        (OURS, None, True),
    ],
    ids=["edited", "comes", "goes", "ours comes", "beside ours", "ours is cut", "ours goes"],
)
def test_the_file_of_a_project(before: str | None, after: str | None, is_refused: bool) -> None:
    repository = MemoryRepository()
    if before is not None and OURS in before:
        del repository.files_now["pmlint.toml"]  # one file configures
    if before is not None:
        repository.write("pyproject.toml", before)
    repository.target = repository.objects.add(repository.files_now)
    if after is None:
        del repository.files_now["pyproject.toml"]
    else:
        repository.write("pyproject.toml", after)
    verdict = repository.verdict([], "helper[bot]")
    found = {refusal.path for refusal in verdict.refusals if refusal.code == "agent-overreach"}
    assert ("pyproject.toml" in found) is is_refused, [one.message for one in verdict.refusals]
