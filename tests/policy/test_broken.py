"""Policies that are wrong never load: each case of `broken.yaml` changes one good policy and says
what the user reads.

``pytest --update tests/policy`` fills ``says`` in.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pmlint.errors import UsageError
from pmlint.parsing.source import Source
from pmlint.policy.file import read_policy
from tests.yaml_file import read_yaml

HERE = Path(__file__).parent
BASE = (HERE / "base.yaml").read_text()
CASES = read_yaml(HERE / "broken.yaml")


def said(case: dict[str, str]) -> str:
    assert case["from"] in BASE
    try:
        read_policy(Source("policies/action-title.yaml", BASE.replace(case["from"], case["to"], 1)))
    except UsageError as error:
        place = (
            f"{error.span.row}:{error.span.column}-{error.span.end_column}" if error.span else ""
        )
        return f"{place}: {error.message} | {error.help}"
    return "loaded"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_broken(case: dict[str, str], update: bool) -> None:
    if update:
        case["says"] = said(case)
        (HERE / "broken.yaml").write_text(
            yaml.safe_dump(CASES, sort_keys=False, allow_unicode=True, width=200)
        )
    assert said(case) == case["says"]
    assert case["says"] != "loaded"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40


def test_the_base_loads() -> None:
    assert read_policy(Source("policies/action-title.yaml", BASE)).id == "action-title"
