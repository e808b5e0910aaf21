"""Which files each system runs, and which units are in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pmlint.gate.workflows.github import github_units
from pmlint.gate.workflows.gitlab import gitlab_units
from pmlint.gate.workflows.pipeline import pipeline_units
from pmlint.gate.workflows.pre_commit import pre_commit_units
from pmlint.gate.workflows.script import script_units
from pmlint.gate.workflows.unit import PipelineFile, Unit, read_file

Files = Mapping[str, bytes]
_GITLAB = ".gitlab-ci.yml"


class PipelineSystem(NamedTuple):
    """Where the files of a system are, and how units are found in one."""

    name: str
    pattern: re.Pattern[str]
    units: Callable[[PipelineFile, frozenset[str]], Iterator[Unit]]


SYSTEMS = (
    # GitHub and its likes run no workflow of a folder below.
    PipelineSystem(
        "GitHub", re.compile(r"\.(github|forgejo|gitea)/workflows/[^/]+\.ya?ml"), github_units
    ),
    PipelineSystem(
        "GitLab",
        re.compile(r"\.gitlab-ci\.yml|.*\.gitlab-ci\.yml|\.?(gitlab|ci)/.*\.ya?ml"),
        gitlab_units,
    ),
    PipelineSystem("pre-commit", re.compile(r"\.pre-commit-config\.yaml"), pre_commit_units),
    PipelineSystem(
        "pipeline",
        re.compile(
            r"azure-pipelines[^/]*\.ya?ml|\.(azure-pipelines|azuredevops)/.*\.ya?ml"
            r"|bitbucket-pipelines\.yml|\.circleci/.*\.yml"
            r"|\.(buildkite|harness|semaphore)/.*\.ya?ml"
            r"|\.woodpecker(/.*)?\.ya?ml|\.(drone|travis|cirrus)\.yml|\.?appveyor\.yml"
            r"|(buildspec|cloudbuild)[^/]*\.ya?ml|\.?lefthook\.ya?ml|\.github/actions/.*\.ya?ml"
        ),
        pipeline_units,
    ),
    PipelineSystem(
        "script",
        re.compile(
            r"(.*/)?Jenkinsfile[^/]*|.*\.jenkinsfile|\.(ci|husky|githooks)/.*|lefthook\.toml"
        ),
        script_units,
    ),
)


def _system_of(path: str) -> PipelineSystem | None:
    return next((system for system in SYSTEMS if system.pattern.fullmatch(path)), None)


def is_watched(path: str) -> bool:
    """Whether a file may run pmlint: only these are to be handed over."""
    # Asked of every path of a tree: 200,000 of them take 0.8 s without the first line, 0.1 s with.
    may = path[:1] == "." or "/" not in path or path.startswith(("ci/", "gitlab/"))
    if not may and "enkinsfile" not in path and not path.endswith("gitlab-ci.yml"):
        return False
    return _system_of(path) is not None


def units_of(files: Files) -> tuple[list[Unit], dict[str, PipelineFile]]:
    """All units of the files, and the files as they were read."""
    read = {path: read_file(path, data) for path, data in sorted(files.items()) if is_watched(path)}
    # What is called is looked at like what calls it: a job may run a script or a local action.
    local = {path for path, file in read.items() if "pmlint" in file.text}
    local |= {path.rpartition("/")[0] for path in local if path.startswith(".github/actions/")}
    included = "\n".join(file.text for file in read.values() if "include" in file.text)
    found: list[Unit] = []
    for path, file in read.items():
        system = _system_of(path)
        assert system is not None
        if system.name == "GitLab" and path != _GITLAB and _GITLAB in read and path not in included:
            continue  # no pipeline takes it in
        others = frozenset(local - {path})
        own = [] if file.data is None else list(system.units(file, others))
        # What names pmlint at a place that is not looked at is compared as text: never unseen.
        if not own and (file.data is None or "pmlint" in json.dumps(file.data, default=str)):
            own = list(script_units(file, others))
        found += own
    return found, read
