"""The evaluators of other people that read flag files: those that pmlint proves with, and in
JavaScript the core of flagd and the client of Unleash. Where one is not installed its tests are
skipped, and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pmlint.flags.systems import SYSTEMS

SCRIPTS = Path(__file__).parent
JAVASCRIPT = {
    "flagd": ("evaluate.mjs", "@openfeature/flagd-core", "index.cjs.js"),
    "unleash": ("evaluate_unleash.mjs", "unleash-client", "lib/index.js"),
}
"""By system: our script, the package of npm, and the file of it that is asked."""
Questions = list[tuple[str, dict[str, bool | str]]]
"""Texts, each with the flags that are asked and the caller's defaults."""
Answers = list[dict[str, object]]


def python_answers(system: str, questions: Questions) -> Answers:
    """What the evaluator in Python answers."""
    found = []
    for text, asked in questions:
        try:
            evaluate = SYSTEMS[system].evaluator(text)
        except ImportError as error:
            pytest.skip(f"could not import {error.name}")
        found.append({name: evaluate(name, default) for name, default in asked.items()})
    return found


def python_core(text: str, name: str, default: bool | str = True) -> object:
    """What the core of flagd in Python answers to one question."""
    return python_answers("flagd", [(text, {name: default})])[0][name]


def javascript_answers(system: str, questions: Questions) -> Answers:
    """What the evaluator in JavaScript answers to many texts in one process; skips the test where
    it is not there.
    """
    script, package, file = JAVASCRIPT[system]
    folder = Path(os.environ.get("PMLINT_NODE_FOLDER", "")) / "node_modules" / package
    if not folder.is_dir() or shutil.which("node") is None:
        pytest.skip(
            f"{package} of npm is not installed (.ci/run does it, PMLINT_NODE_FOLDER names it)"
        )
    entry = folder if system == "unleash" else folder / file
    done = subprocess.run(
        ["node", str(SCRIPTS / script), str(entry)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
    )
    answers: Answers = json.loads(done.stdout)
    return answers
