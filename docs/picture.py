"""Draw the picture of the report that the README shows: ``python docs/picture.py``, with chromium.

By hand and not by ``python -m docs``: two versions of a browser draw no two equal files.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "report.png"
SIZE = (1280, 1180)
"""Pixels: the sentence, the tiles, the routes, the open actions and the first lanes."""


def main() -> int:
    """Write the report of this repository and photograph its index; exit 2 without a browser."""
    browser = shutil.which("chromium")
    if browser is None:
        print("there is no chromium on the path", file=sys.stderr)
        return 2
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        report = [sys.executable, "-m", "pmlint", "report", str(site), "--title", "Our postmortems"]
        subprocess.run(report, cwd=ROOT, check=True)
        photograph = [
            *(browser, "--headless", "--no-sandbox", "--hide-scrollbars"),
            f"--window-size={SIZE[0]},{SIZE[1]}",
            f"--screenshot={PICTURE}",
            (site / "index.html").as_uri(),
        ]
        subprocess.run(photograph, check=True, capture_output=True)
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
