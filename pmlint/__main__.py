"""``python -m pmlint`` and ``pmlint``: the command line, also when it is interrupted before it has
begun.
"""

from __future__ import annotations

import gc
import sys

_COLLECT_AFTER = 50_000
"""Objects made before cycles are looked for: by default some hundred, though imports and documents
leave none behind.
"""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_COLLECT_AFTER)
    try:
        from pmlint.cli import main as run

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(2)
    finally:
        # An end looks for cycles in all that is left, though the process goes with it: 6% of the
        # instructions of one file.
        gc.freeze()


if __name__ == "__main__":
    main()
