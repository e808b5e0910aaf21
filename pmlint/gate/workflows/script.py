"""A script or Jenkinsfile, and a file that can only be compared as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.gate.workflows.folding import folded_field
from pmlint.gate.workflows.naming import catches_failures, names_pmlint, up_to_last
from pmlint.gate.workflows.unit import PipelineFile, Unit


def script_units(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """A script or Jenkinsfile: its lines, without the stages of a Jenkinsfile that name no pmlint,
    and of a script without what follows the last line that does.
    """
    is_jenkins = "Jenkinsfile" in file.path or file.path.endswith((".jenkinsfile", ".groovy"))
    text = _without_stages(file.text, local) if is_jenkins else file.text
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines()]
    lines = [line for line in lines if line and not line.startswith(("#", "//"))]
    if not names_pmlint(lines, local):
        return  # it runs nothing of ours: a comment may still speak of it
    # Braces close a Jenkinsfile, and options such as `post` stand behind the stages.
    end = len(lines) if is_jenkins or catches_failures(lines) else up_to_last(lines, local)
    steps = tuple({"job.script[]": folded_field(line, (), "script")} for line in lines[:end])
    yield Unit("script", file.path, f"the script '{file.path}'", {}, steps)


def _without_stages(text: str, local: frozenset[str]) -> str:
    """A Jenkinsfile without the stages that name no pmlint, by their braces."""
    kept, at = [], 0
    for match in re.finditer(r"\bstage\s*\([^)]*\)\s*\{", text):
        if match.start() < at:
            continue  # inside a stage that was looked at
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if not names_pmlint(text[match.start() : end], local):
            kept.append(text[at : match.start()])
            at = end
    return "".join([*kept, text[at:]])
