"""Which files each system runs, and which units are in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pmlint.gate.workflows.github import github_units
from pmlint.gate.workflows.gitlab import gitlab_units, pipeline_units_of
from pmlint.gate.workflows.gitlab_includes import MAIN, included_paths, merged_pipeline
from pmlint.gate.workflows.pipeline import pipeline_units
from pmlint.gate.workflows.pre_commit import pre_commit_units
from pmlint.gate.workflows.script import script_units
from pmlint.gate.workflows.unit import PipelineFile, Unit, read_file

Files = Mapping[str, bytes]


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


def included_by(read: Callable[[str], bytes | None], patterns: Iterable[str]) -> set[str]:
    """The paths and patterns that a pipeline of GitLab takes in, and those that these take in."""
    wanted = list(patterns)
    found: set[str] = set()
    while wanted:
        path = wanted.pop()
        data = read(path)
        for own in included_paths(read_file(path, data).data) if data else ():
            if own not in found:
                found.add(own)
                wanted.append(own)
    return found


def units_of(files: Files) -> tuple[list[Unit], dict[str, PipelineFile]]:
    """All units of the files, and the files as they were read."""
    read = {path: read_file(path, data) for path, data in sorted(files.items())}
    # What is called is looked at like what calls it: a job may run a script or a local action.
    local = {path for path, file in read.items() if "pmlint" in file.text}
    local |= {path.rpartition("/")[0] for path in local if path.startswith(".github/actions/")}
    pipeline = merged_pipeline(read)
    taken = {file.path for file in pipeline.files} if pipeline else set()
    of_pipeline = list(pipeline_units_of(pipeline, frozenset(local))) if pipeline else []
    found: list[Unit] = []
    for path, file in read.items():
        system = _system_of(path)
        others = frozenset(local - {path})
        own: list[Unit] = []
        if path in taken:
            own = [unit for unit in of_pipeline if unit.file == path]
        elif system is None or (system.name == "GitLab" and MAIN in read and pipeline):
            continue  # no pipeline takes it in
        elif file.data is not None:
            own = list(system.units(file, others))
        # What names pmlint at a place that is not looked at is compared as text: never unseen.
        if not own and (file.data is None or "pmlint" in json.dumps(file.data, default=str)):
            own = list(script_units(file, others))
        found += own
    return found, read
