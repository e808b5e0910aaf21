"""The policies that ship are loaded from `schema/policies.json`, which says what the files of `policies` say.

``pytest --update tests/policy/test_shipped.py`` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from pmlint.model.resources import folder
from pmlint.parsing.tree import WorkTree
from pmlint.policy.file import Policy, from_plain
from pmlint.policy.folder import read_folder

FILE = Path(__file__).parents[2] / "schema" / "policies.json"


def policies() -> list[Policy]:
    return sorted(read_folder(WorkTree(folder("policies")), "", shipped=True), key=lambda policy: policy.id)


def test_the_file_says_what_the_folder_says(update: bool) -> None:
    text = "[\n" + ",\n".join(json.dumps(policy.plain, ensure_ascii=False) for policy in policies()) + "\n]\n"
    if update:
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text, "run: pytest --update tests/policy/test_shipped.py"
    assert [from_plain(said) for said in json.loads(text)] == policies()
