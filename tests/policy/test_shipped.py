"""The policies that ship, as they are read from `policies/`."""

from __future__ import annotations

import re
from pathlib import Path

from pmlint.policy.folder import shipped_policies

FOLDER = Path(__file__).parents[2] / "policies"


def test_every_file_of_the_folder_is_a_policy_that_ships() -> None:
    assert {policy.file for policy in shipped_policies()} == {
        path.name for path in FOLDER.glob("*.yaml")
    }
    assert all(
        policy.shipped and policy.file == f"{policy.id}.yaml" for policy in shipped_policies()
    )


def test_the_help_of_a_finding_reads_like_every_help() -> None:
    """Lower case, no full stop, and not the sentence of the page (docs/spec/cli.md, Messages)."""
    for policy in shipped_policies():
        # by turns texts and expressions; an expression answers with texts of its own, in quotes
        told = [part for part in policy.help[::2] if part.strip()]
        told += [text for part in policy.help[1::2] for text in re.findall(r'[?:] "([^"]+)"', part)]
        assert told, policy.id
        assert [
            text for text in told if re.match(r"\s*[A-Z][a-z]", text) or text.rstrip().endswith(".")
        ] == [], policy.id
        assert "".join(policy.help).strip() != policy.fix, policy.id
