"""The evaluators of other people that read a flag file: the core and the provider of flagd in Python, its core in
JavaScript. Where one is not installed its tests are skipped, and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("evaluate.mjs")
CORE = "@openfeature/flagd-core"


def python_core(text: str, name: str, default: bool | str = True) -> object:
    """What the core of flagd in Python answers; the caller's default where it raises."""
    core = pytest.importorskip("openfeature.contrib.tools.flagd.core").FlagdCore()
    from openfeature.exception import OpenFeatureError

    try:
        core.set_flags(text)
        if isinstance(default, bool):
            return core.resolve_boolean_value(name, default).value
        return core.resolve_string_value(name, default).value
    except (OpenFeatureError, ValueError):
        return default


def node_folder() -> Path:
    """The folder that has flagd's core from npm; skips the test where there is none."""
    folder = os.environ.get("PMLINT_NODE_FOLDER", "")
    if not (Path(folder) / "node_modules" / CORE).is_dir() or shutil.which("node") is None:
        pytest.skip(f"{CORE} of npm is not installed (.ci/run does it, PMLINT_NODE_FOLDER names it)")
    return Path(folder)


def javascript_core(questions: list[tuple[str, dict[str, bool | str]]]) -> list[dict[str, object]]:
    """What the core in JavaScript answers to many texts in one process: each text with its flags and defaults."""
    folder = node_folder()
    done = subprocess.run(
        ["node", str(SCRIPT), str(folder / "node_modules" / CORE / "index.cjs.js")],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
    )
    answers: list[dict[str, object]] = json.loads(done.stdout)
    return answers
