"""Exit 1 when the token of the route inbox-triage could move, trash or delete a message.

Run: python evidence/PM-2026-005/check_mail_scope.py
"""

import sys
import tomllib
from pathlib import Path

ALLOWED = {"mail.read", "mail.labels.write"}


def main() -> int:
    token = tomllib.loads(Path(__file__).with_name("mail-scope.toml").read_text(encoding="utf-8"))
    wider = sorted(set(token["scopes"]) - ALLOWED)
    print(f"wider than allowed: {wider}" if wider else "read and label only")
    return 1 if wider else 0


if __name__ == "__main__":
    sys.exit(main())
