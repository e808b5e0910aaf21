"""The jobs of GitLab, with what they extend, as the files of a pipeline say it together."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.gate.workflows.folding import flat_fields, folded_field, without_defaults
from pmlint.gate.workflows.gitlab_includes import GitLabPipeline, merged_pipeline
from pmlint.gate.workflows.naming import catches_failures, names_pmlint, up_to_last
from pmlint.gate.workflows.unit import Field, Keys, PipelineFile, Unit

_GITLAB_WORDS = frozenset(
    "default include stages variables workflow image services cache before_script after_script "
    "pages:deploy spec".split()
)
_COMMON = ("default", "variables", "image", "services", "before_script")
"""What each job has that does not say otherwise."""
_FREE_GITLAB = frozenset(
    "timeout interruptible resource_group artifacts coverage after_script extends needs "
    "script before_script dependencies release description".split()
)


def gitlab_units(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """The jobs and includes of a file that no pipeline is known to take in."""
    pipeline = merged_pipeline({file.path: file}, file.path)
    if pipeline is not None:
        yield from pipeline_units_of(pipeline._replace(foreign={}), local)


def pipeline_units_of(pipeline: GitLabPipeline, local: frozenset[str]) -> Iterator[Unit]:
    """The jobs and includes that name pmlint, each with what holds for the whole pipeline."""
    for file in pipeline.files:
        yield from _includes(file, local - {file.path})
    data = pipeline.data
    jobs = {
        name: _extended(data, job, 0)
        for name, job in data.items()
        if name not in _GITLAB_WORDS and not name.startswith(".") and isinstance(job, dict)
    }
    # of its own file a job says nothing by naming it
    local_to = {name: local - {pipeline.file_of(name).path} for name in jobs}
    named = [name for name, whole in jobs.items() if names_pmlint([name, whole], local_to[name])]
    if not named and names_pmlint([data.get(word) for word in _COMMON], local):
        named = list(jobs)  # what all of them have names it, so each may run it
    for name in named:
        whole = jobs[name]
        fields = {**pipeline.foreign, **dict(_gitlab_globals(data, whole))}
        fields |= flat_fields(whole, "job.", (name,), _FREE_GITLAB)
        if fields.get("job.stage", Field(None)).value == ".pre":
            del fields["job.stage"]  # it is in every pipeline, and nothing is before it
        needs = whole.get("needs")
        for need in needs if isinstance(needs, list) else ():
            fields[f"job.needs[{json.dumps(need)}]"] = Field(need, (), (name, "needs"), need)
        steps = []
        for part in ("before_script", "script"):
            steps += list(_script(whole.get(part), part, (name, part), local_to[name]))
        file = pipeline.file_of(name)
        yield Unit("GitLab", file.path, f"job '{name}'", without_defaults(fields), tuple(steps))


def _includes(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """The files and components with pmlint that a pipeline takes in."""
    listed = file.data.get("include") or []
    entries = listed if isinstance(listed, list) else [listed]
    for number, entry in enumerate(entries):
        if names_pmlint(entry, local):
            at: Keys = ("include", number) if isinstance(listed, list) else ("include",)
            key = "uses" if isinstance(entry, str) else ""
            inside = entry if isinstance(entry, dict) else {"local": entry}
            fields = {
                f"include.{name}": folded_field(value, at, "uses" if name == "component" else key)
                for name, value in inside.items()
            }
            yield Unit("GitLab include", file.path, f"include {number + 1}", fields)


def _extended(data: Mapping[str, Any], job: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """A job with what it extends; GitLab itself allows 11 levels."""
    parents = job.get("extends") or []
    found: dict[str, Any] = {}
    for name in [parents] if isinstance(parents, str) else parents:
        parent = data.get(name) if isinstance(name, str) else None
        if isinstance(parent, dict) and depth < 11:
            found |= _extended(data, parent, depth + 1)
        else:
            found[f"extends {name}"] = name
    return found | dict(job)


def _gitlab_globals(data: Mapping[str, Any], job: Mapping[str, Any]) -> Iterator[tuple[str, Field]]:
    for key in ("workflow", "variables"):
        if key in data:
            value = data[key]
            if key == "workflow" and isinstance(value, dict):
                value = {name: rule for name, rule in value.items() if name != "name"}
            yield key, Field(value, (), (key,), value)
    defaults = data.get("default")
    for key in ("image", "before_script", "services", "cache", "tags"):
        if key in job:
            continue
        at: Keys = (key,) if key in data else ("default", key)
        value = data.get(key, defaults.get(key) if isinstance(defaults, dict) else None)
        if value is not None:
            yield f"job.{key}", folded_field(value, at, key)


def _script(
    value: Any, part: str, at: Keys, local: frozenset[str]
) -> Iterator[Mapping[str, Field]]:
    """The lines of a script. Each ends the job where it fails, so what follows the last that names
    pmlint is free, but where a line catches failures, to be counted by a later one.
    """
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, list):
        return
    end = len(lines) if catches_failures(lines) or part != "script" else up_to_last(lines, local)
    for number, line in enumerate(lines[:end]):
        field = folded_field(line, (*at, number), part)
        if field.value:
            yield {f"job.{part}[]": field}
