"""The policies that ship, as they are read from `policies/`."""

from __future__ import annotations

from pathlib import Path

from pmlint.policy.folder import shipped_policies

FOLDER = Path(__file__).parents[2] / "policies"


def test_every_file_of_the_folder_is_a_policy_that_ships() -> None:
    assert {policy.file for policy in shipped_policies()} == {path.name for path in FOLDER.glob("*.yaml")}
    assert all(policy.shipped and policy.file == f"{policy.id}.yaml" for policy in shipped_policies())
