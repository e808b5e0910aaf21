"""A pipeline of any other system that is YAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pmlint.gate.workflows.folding import folded_field, without_defaults
from pmlint.gate.workflows.naming import catches_failures, names_pmlint, up_to_last
from pmlint.gate.workflows.unit import Field, Keys, PipelineFile, Unit

_FREE = frozenset(
    "name displayName description timeoutInMinutes max-time timeout artifacts label key".split()
)
_LEVELS = {
    **dict.fromkeys(("jobs", "stages", "commands", "workflows", "tasks", "scripts"), 1),
    "pipelines": 3,  # of Bitbucket: a kind, a pattern of branches, then the list
}
"""Below these keys are jobs, at so many levels: those that name no pmlint are free."""


def pipeline_units(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """A pipeline of any other system that is YAML: all of it but the jobs that name no pmlint."""
    if file.data is None or not names_pmlint(file.data, local):
        return
    names = frozenset(_names_of_jobs(file.data, local))
    data = file.data
    if file.path.startswith(".buildkite/") and isinstance(data, dict) and "steps" in data:
        data = {**data, "jobs": data["steps"]}  # its steps run apart from each other
        del data["steps"]
    pruned = _pruned(data, local | names, 0)
    fields = dict(_leaves(pruned, ()))
    yield Unit("pipeline", file.path, f"the pipeline in '{file.path}'", without_defaults(fields))


def _names_of_jobs(data: Any, local: frozenset[str]) -> Iterator[str]:
    """The names of jobs that name pmlint: workflows of CircleCI call them by name."""
    jobs = data.get("jobs") if isinstance(data, dict) else None
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if names_pmlint(job, local):
            yield str(name)


def _pruned(data: Any, local: frozenset[str], jobs: int) -> Any:
    """Without jobs that name no pmlint, and without steps behind the last that does.

    ``jobs`` is at how many levels from here on the parts are jobs.
    """
    if isinstance(data, dict):
        return {
            key: _pruned(value, local, _LEVELS.get(str(key), max(jobs - 1, 0)))
            for key, value in data.items()
            if key not in _FREE and (not jobs or names_pmlint([key, value], local))
        }
    if isinstance(data, list):
        if jobs or _is_jobs(data):
            data = [one for one in data if names_pmlint(one, local)]
        elif names_pmlint(data, local) and not catches_failures(data):
            data = data[: up_to_last(data, local)]
        return [_pruned(one, local, 0) for one in data]
    return data


def _is_jobs(items: list[Any]) -> bool:
    """Whether the elements of a list are jobs that run apart from each other."""
    words = ("job", "stage", "step", "deployment")
    return any(isinstance(item, dict) and any(word in item for word in words) for item in items)


def _leaves(data: Any, at: Keys) -> Iterator[tuple[str, Field]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*at, key))
    elif isinstance(data, list) and any(isinstance(one, dict | list) for one in data):
        for number, value in enumerate(data):
            yield from _leaves(value, (*at, number))
    else:
        key = str(at[-1]) if at else ""
        yield "job." + ".".join(map(str, at)), folded_field(data, at, key)
