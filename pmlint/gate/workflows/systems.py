"""Which files each system runs, and which units are in them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pmlint.gate.workflows.github import github_units
from pmlint.gate.workflows.gitlab import gitlab_units, pipeline_units_of
from pmlint.gate.workflows.gitlab_includes import included_paths, merged_pipeline
from pmlint.gate.workflows.naming import calls
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
    local = _running(read)
    pipeline = merged_pipeline(read)
    taken = {file.path for file in pipeline.files} if pipeline else set()
    of_pipeline = list(pipeline_units_of(pipeline, frozenset(local))) if pipeline else []
    found: list[Unit] = []
    for path, file in read.items():
        others = _named_by(path, local)
        reader = _reader_of(path, read, has_pipeline=pipeline is not None)
        if path in taken:
            own = [unit for unit in of_pipeline if unit.file == path]
        elif reader is None:
            continue
        else:
            own = list(reader(file, others)) if file.data is not None else []
        # What names pmlint at a place that is not looked at is compared as text: never unseen.
        if not own and (file.data is None or "pmlint" in json.dumps(file.data, default=str)):
            own = list(script_units(file, others))
        found += own
    return found, read


def _running(read: Mapping[str, PipelineFile]) -> set[str]:
    """The files in which pmlint runs, by their paths and folders: what is called is looked at like
    what calls it, a script or a local action, and so is a script that calls another one.
    """
    found = {path for path, file in read.items() if "pmlint" in file.text}
    scripts = {path for path in read if _is_script(path)} - found
    while calling := {one for one in scripts if _calls_any(read[one], found)}:
        found |= calling
        scripts -= calling
    return found | {path.rpartition("/")[0] for path in found if path.startswith(".github/actions")}


def _calls_any(file: PipelineFile, paths: set[str]) -> bool:
    return any(calls(file.text, name) for name in _named_by(file.path, paths))


def _named_by(caller: str, paths: set[str]) -> frozenset[str]:
    """How a file may call others: by their paths from the root, or from its own folder."""
    folder = caller.rpartition("/")[0]
    others = paths - {caller}
    beside = {posixpath.relpath(path, folder) for path in others} if folder else set()
    # 'run' would be in any text
    return frozenset(others | {path for path in beside if "." in path})


def _is_script(path: str) -> bool:
    system = _system_of(path)
    return system is None or system.units is script_units


def _reader_of(
    path: str, read: Mapping[str, PipelineFile], *, has_pipeline: bool
) -> Callable[[PipelineFile, frozenset[str]], Iterator[Unit]] | None:
    """How the units of a file are found; None where nothing runs it."""
    system = _system_of(path)
    if system is None:
        is_called = any(_calls_any(file, {path}) for name, file in read.items() if name != path)
        return pipeline_units if is_called else None
    # of GitLab's files only those that the pipeline takes in
    return None if system.name == "GitLab" and has_pipeline else system.units
