"""``python -m pmlint`` and ``pmlint``: the command line, also when it is interrupted before it has begun."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from pmlint.cli import main as run

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
