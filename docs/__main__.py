"""Write everything in the docs that is made from the code: ``python -m docs [--check]``.

That is each `docs/render_*.py`, in the order of their names, and the output of the commands in
the README and the guides. Read `git diff` before you commit it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COMMANDS = "tests/docs/test_commands.py"


def steps(check: bool) -> dict[str, list[str]]:
    """The command of each step, by what it writes; with ``check`` they only compare."""
    renderers = sorted(HERE.glob("render_*.py"))
    found = {
        file.stem.removeprefix("render_"): [str(file), *["--check"][: int(check)]]
        for file in renderers
    }
    update = [] if check else ["--update"]
    return found | {"the output in guides": ["-m", "pytest", "-q", *update, COMMANDS]}


def main() -> int:
    """Write, or with ``--check`` say what is not in step; exit 1 where something is not."""
    code = 0
    for name, words in steps("--check" in sys.argv[1:]).items():
        done = subprocess.run([sys.executable, *words], cwd=HERE.parent, check=False)
        print(f"{name}: {'in step' if done.returncode == 0 else 'run: python -m docs'}")
        code |= int(done.returncode != 0)
    return code


if __name__ == "__main__":
    sys.exit(main())
