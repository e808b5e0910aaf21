"""The one pipeline that GitLab makes of `.gitlab-ci.yml` and the files that it includes.

1. Files are merged key by key, the including file last: what it does not say itself, an included
   file may add, such as ``allow_failure`` to a job of the same name.
2. What lies elsewhere (a project, a component, a remote file) or cannot be read could add anything;
   only GitLab's own templates are known not to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pmlint.gate.workflows.folding import folded_field
from pmlint.gate.workflows.unit import Field, Keys, PipelineFile

MAIN = ".gitlab-ci.yml"


class GitLabPipeline(NamedTuple):
    """A pipeline as it is merged: ``files`` with the including one last, and ``foreign``, a field
    for each include whose contents nobody here knows.
    """

    data: Mapping[str, Any]
    files: tuple[PipelineFile, ...]
    foreign: Mapping[str, Field]

    def file_of(self, name: str) -> PipelineFile:
        """The file in which a job has its script, else the last that names it."""
        named = [file for file in self.files if isinstance(file.data.get(name), dict)]
        scripted = [file for file in named if "script" in file.data[name]]
        return (scripted or named or list(self.files))[-1]


def merged_pipeline(files: Mapping[str, PipelineFile], path: str = MAIN) -> GitLabPipeline | None:
    """The pipeline that begins with a file; None where that file cannot be read."""
    if path not in files or not isinstance(files[path].data, dict):
        return None
    included = _Included(files)
    included.take(files[path])
    data: dict[str, Any] = {}
    for file in included.taken:
        data = _over(data, file.data)
    return GitLabPipeline(data, tuple(included.taken), included.foreign)


def included_paths(data: object) -> Iterator[str]:
    """The paths and patterns of this repository that a file includes."""
    for _, entry in _entries(data):
        local = _local(entry)
        if local is not None:
            yield local


def is_included(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path is one of those that are included, or matches one of their patterns."""
    return any(_matches(path, pattern) for pattern in patterns)


class _Included:
    """Walks from a file to those that it includes: ``taken`` has each once, the including one
    last.
    """

    def __init__(self, files: Mapping[str, PipelineFile]) -> None:
        self._files = files
        self._seen: set[str] = set()
        self.taken: list[PipelineFile] = []
        self.foreign: dict[str, Field] = {}

    def take(self, file: PipelineFile) -> None:
        """Take a file, behind what it includes."""
        self._seen.add(file.path)
        for keys, entry in _entries(file.data):
            local = _local(entry)
            paths = [path for path in sorted(self._files) if local and _matches(path, local)]
            found = [self._files[path] for path in paths]
            readable = [item for item in found if isinstance(item.data, dict)]
            for item in readable:
                if item.path not in self._seen:
                    self.take(item)
            known = bool(readable) and len(readable) == len(found)
            if not known and not (isinstance(entry, dict) and "template" in entry):
                field = _reference(entry, keys)
                name = json.dumps(field.value, sort_keys=True, default=str)
                self.foreign[f"include[{name}]"] = field
        self.taken.append(file)


def _reference(entry: object, keys: Keys) -> Field:
    """What is included, without its version, which may move."""
    if not isinstance(entry, dict):
        return folded_field(entry, keys)
    if "component" in entry:
        return folded_field(entry["component"], keys, "uses")
    return folded_field({name: entry[name] for name in entry if name != "ref"}, keys)


def _entries(data: object) -> Iterator[tuple[Keys, object]]:
    listed = data.get("include") if isinstance(data, Mapping) else None
    if isinstance(listed, list):
        for number, entry in enumerate(listed):
            yield ("include", number), entry
    elif listed is not None:
        yield ("include",), listed


def _local(entry: object) -> str | None:
    """The path of an include that is a file of this repository."""
    named = entry.get("local") if isinstance(entry, Mapping) else entry
    if not isinstance(named, str) or "://" in named:
        return None
    return named.strip("/")


def _matches(path: str, pattern: str) -> bool:
    return path == pattern or ("*" in pattern and fnmatchcase(path, pattern))


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two files as one: mappings key by key, of anything else the later."""
    found = dict(below)
    for name, value in above.items():
        known = found.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            value = _over(known, value)
        found[name] = value
    return found
