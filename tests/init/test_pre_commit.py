"""Hooks are added to a configuration without touching a byte of what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pmlint.init.pre_commit import add, present
from pmlint.init.texts import text

OURS = text("pre-commit.yaml")
BLACK = "- repo: https://example.org/black\n  rev: 24.1.0  # pinned\n  hooks:\n  - id: black\n"
INDENTED = "".join(f"  {line}\n" for line in BLACK.splitlines())


def hooks(indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in OURS.splitlines())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "repos:\n" + hooks("  "), id="empty"),
        pytest.param("\n \n", "repos:\n" + hooks("  "), id="blank"),
        pytest.param(f"repos:\n{BLACK}", f"repos:\n{BLACK}{OURS}", id="items at the margin"),
        pytest.param(
            f"repos:\n{INDENTED}", f"repos:\n{INDENTED}{hooks('  ')}", id="items indented"
        ),
        pytest.param(
            f"repos:\n{BLACK.rstrip()}", f"repos:\n{BLACK}{OURS}", id="no line end at the end"
        ),
        pytest.param(
            f"repos:\n{BLACK}\n# the end\n",
            f"repos:\n{BLACK}{OURS}\n# the end\n",
            id="a comment after the list",
        ),
        pytest.param(
            f"# ours\nrepos: # all of them\n\n# first\n{BLACK}ci:\n  autofix_prs: false\n",
            f"# ours\nrepos: # all of them\n\n# first\n{BLACK}{OURS}ci:\n  autofix_prs: false\n",
            id="keys and comments around the list",
        ),
        pytest.param(
            f"repos:\n{INDENTED}  # - repo: old\n{INDENTED}fail_fast: true\n",
            f"repos:\n{INDENTED}  # - repo: old\n{INDENTED}{hooks('  ')}fail_fast: true\n",
            id="a comment inside",
        ),
        pytest.param("repos: []\n", "repos:\n" + hooks("  "), id="an empty flow list"),
        pytest.param(
            "repos: [] # none yet\nci: {}\n",
            "repos: # none yet\n" + hooks("  ") + "ci: {}\n",
            id="an empty flow list, commented",
        ),
        pytest.param(
            f"repos:\n{BLACK}".replace("\n", "\r\n"),
            f"repos:\n{BLACK}{OURS}".replace("\n", "\r\n"),
            id="line ends of Windows",
        ),
        pytest.param("repos: [{repo: meta, hooks: []}]\n", None, id="a flow list"),
        pytest.param("repos: &all\n  - repo: meta\n", None, id="an anchor"),
        pytest.param("fail_fast: true\n", None, id="no repos"),
        pytest.param("repos:\n", None, id="nothing below"),
        pytest.param("- id: black\n", None, id="no mapping"),
    ],
)
def test_add(before: str, after: str | None) -> None:
    assert add(before) == after


@pytest.mark.parametrize(
    ("config", "there"),
    [
        ("repos:\n- repo: local\n  hooks:\n  - id: pmlint\n", True),
        ("repos:\n- repo: local\n  hooks: \n  - name: x\n    id: 'pmlint-gate'\n", True),
        ("repos:\n- repo: local\n  hooks:\n  - id: my-pmlint\n", False),
        ("repos:\n- repo: local\n  hooks:\n  - id: pmlinter\n", False),
        ("# id: pmlint\nrepos: []\n", False),
        ("", False),
    ],
)
def test_present(config: str, there: bool) -> None:
    assert present(config) == there


KEYS = st.sampled_from(
    [
        "fail_fast: true",
        "ci:\n  autofix_prs: false",
        "exclude: '^x'",
        "# a comment",
        "",
        "default_stages:\n- pre-commit",
    ]
)
ITEMS = st.sampled_from(
    [
        "- repo: https://example.org/a\n  rev: v1 # {x}\n  hooks:\n    - id: a\n      args: [--b,\n        --c]\n",
        "- hooks:\n  - id: b\n    entry: |\n      sh -c '\n      - not: an item'\n  repo: local\n",
        "# between\n- {repo: meta, hooks: [{id: identity}]}\n",
        "\n- repo: meta\n  hooks: [{id: check-hooks-apply}]\n",
    ]
)


@given(
    st.lists(KEYS, max_size=2),
    st.lists(ITEMS, min_size=1, max_size=3),
    st.sampled_from(["", "  ", "    "]),
    st.lists(KEYS, max_size=2),
)
def test_any_block_list_gets_one_repo_more_and_keeps_every_byte(
    before: list[str], items: list[str], indent: str, after: list[str]
) -> None:
    listed = "".join(
        f"{indent}{line}\n" if line else "\n" for item in items for line in item.splitlines()
    )
    tail = [key for key in after if key not in before]
    config = (
        "".join(f"{key}\n" for key in before)
        + f"repos:\n{listed}"
        + "".join(f"{key}\n" for key in tail)
    )
    added = add(config)
    assert added is not None
    block = hooks(indent)
    assert added.count(block) == 1
    assert added.replace(block, "") == config
    expected: Any = yaml.safe_load(config)
    expected["repos"] += yaml.safe_load(OURS)
    assert yaml.safe_load(added) == expected
    assert present(added)


def test_pre_commit_accepts_the_result(tmp_path: Path) -> None:
    config = tmp_path / ".pre-commit-config.yaml"
    config.write_text(str(add(f"repos:\n{INDENTED}")))
    checked = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(config)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (checked.returncode, checked.stdout) == (0, "")
