"""Exit 1 when a hosting token can do more than its purpose, or anything to a volume.

Run: python evidence/PM-2026-008/check_token_scopes.py [FILE]
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def problems(tokens: list[dict[str, Any]]) -> Iterator[str]:
    for token in tokens:
        for permission in token["permissions"]:
            area = permission.partition(".")[0]
            if area == "*" or area != token["purpose"]:
                yield f"{token['name']}: {permission} is wider than the purpose {token['purpose']}"
            if area == "volumes":
                yield f"{token['name']}: {permission} reaches a volume"
        if len(token["environments"]) != 1:
            yield f"{token['name']}: more than one environment"


def main() -> int:
    file = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).with_name("token-scopes.toml")
    found = list(problems(tomllib.loads(file.read_text(encoding="utf-8"))["token"]))
    print("\n".join(found) or "each token does one thing in one environment")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
