"""What a job calls: by a path from the root, or from the folder of its caller."""

from __future__ import annotations

from pmlint.gate.workflows.called import called_files, may_be_called

JOB = ".github/workflows/a.yml"
FILES = {
    "scripts/gate.sh": b"./more/gate.sh\n",
    "scripts/more/gate.sh": b"pmlint gate\n",
    "more/gate.sh": b"ruff check .\n",
    "tools/gate.py": b"import pmlint\n",
    "docs/gate.md": b"./scripts/gate.sh\n",
    "Gatefile": b"pmlint gate\n",
}


def called(text: bytes) -> list[str]:
    return sorted(called_files({JOB: text}, FILES.get))


def test_what_is_called() -> None:
    both = ["more/gate.sh", "scripts/gate.sh", "scripts/more/gate.sh"]  # which of two is not asked
    assert called(b"run: ./scripts/gate.sh --fast\n") == both
    assert called(b"\xff\nrun: ./scripts/gate.sh\n") == both
    assert called(b"run: python tools/gate.py\n") == ["tools/gate.py"]
    assert called(b"run: ../../scripts/more/gate.sh\n") == ["scripts/more/gate.sh"]
    assert called(b"run: /scripts/more/gate.sh\n") == ["scripts/more/gate.sh"]
    assert called(b"run: ./Gatefile\n") == ["Gatefile"]
    # A page runs nothing, a word is no path, and nothing leads out of the repository.
    assert called(b"paths: [docs/gate.md]\n") == []
    assert called(b"run: Gatefile\n") == []
    assert called(b"run: ../../../scripts/more/gate.sh ../scripts/none.sh\n") == []


def test_what_may_be_called() -> None:
    assert may_be_called("scripts/lint.sh", FILES.get)
    assert may_be_called("Makefile", FILES.get)
    assert may_be_called("tools/gate.py", FILES.get)
    assert not may_be_called("tools/none.py", FILES.get)
    assert not may_be_called("docs/gate.md", FILES.get)
