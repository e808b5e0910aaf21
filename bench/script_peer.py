"""The script that a team writes for itself: ``python script_peer.py SCHEMA FOLDER``.

CSafeLoader and jsonschema, nothing else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.CSafeLoader):
    """Leaves dates as texts."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
schema: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
found = 0
for file in sorted(Path(sys.argv[2]).glob("*.md")):
    front = file.read_text(encoding="utf-8").split("---\n", 2)[1]
    for error in validator.iter_errors(yaml.load(front, Loader)):
        print(f"{file}: {error.json_path}: {error.message}")
        found += 1
sys.exit(1 if found else 0)
