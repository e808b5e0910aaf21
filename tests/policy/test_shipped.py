"""The policies that ship are loaded from `schema/policies.json`, which says what the files of `policies` say.

``PMLINT_WRITE_POLICIES=1 pytest tests/policy/test_shipped.py`` writes it anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from pmlint.policy.file import from_plain
from pmlint.policy.folder import read_folder
from pmlint.shipped import folder
from pmlint.tree import WorkTree

FILE = Path(__file__).parents[2] / "schema" / "policies.json"


def test_the_file_says_what_the_folder_says() -> None:
    policies = read_folder(WorkTree(folder("policies")), "", shipped=True)
    text = "[\n" + ",\n".join(json.dumps(policy.plain, ensure_ascii=False) for policy in policies) + "\n]\n"
    if os.environ.get("PMLINT_WRITE_POLICIES"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text, "run: PMLINT_WRITE_POLICIES=1 pytest tests/policy/test_shipped.py"
    assert [from_plain(said) for said in json.loads(text)] == policies
