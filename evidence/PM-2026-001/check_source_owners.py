"""Exit 1 when a quotable policy page has no owner or its review is too old.

Run: python evidence/PM-2026-001/check_source_owners.py [YYYY-MM-DD]
"""

import datetime
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

REGISTER = Path(__file__).with_name("source-owners.toml")


def problems(today: datetime.date) -> Iterator[str]:
    register = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    limit = register["max_review_age_days"]
    for page in register["page"]:
        if not page.get("owner", "").startswith("@"):
            yield f"{page['path']}: no owner"
        age = (today - page["reviewed"]).days
        if age > limit:
            yield f"{page['path']}: reviewed {age} days ago, limit {limit}"


def main() -> int:
    today = datetime.date.fromisoformat(sys.argv[1]) if sys.argv[1:] else datetime.date.today()
    found = list(problems(today))
    print("\n".join(found) or "every page has an owner and a recent review")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
