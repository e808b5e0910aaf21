"""What a document leaves behind is its index: the rest is freed as soon as it is judged, without
the garbage collector.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from weakref import ReferenceType, ref

import pytest

from pmlint.check.engine import check_tree
from pmlint.model import Postmortem
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load

BASE = Path(__file__).parents[1] / "cases" / "base"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No garbage collection, which would free what is in a circle, too."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_a_postmortem_is_freed_once_it_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ReferenceType[Postmortem]] = []

    def noted(*arguments: Any) -> Postmortem:
        postmortem = Postmortem(*arguments)
        made.append(ref(postmortem))
        return postmortem

    monkeypatch.setattr("pmlint.check.batch.Postmortem", noted)
    tree = WorkTree(str(BASE))
    judged = check_tree(tree, load(tree), date(2026, 10, 15))
    assert judged.report.summary.postmortems == len(made) > 0
    assert [one() for one in made] == [None] * len(made)
