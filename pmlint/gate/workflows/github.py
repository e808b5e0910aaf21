"""The jobs of GitHub, Gitea and Forgejo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.gate.workflows.folding import flat_fields, folded_field, without_defaults
from pmlint.gate.workflows.naming import names_pmlint, up_to_last
from pmlint.gate.workflows.rows import free_names
from pmlint.gate.workflows.unit import Field, Keys, PipelineFile, Unit

_APART = frozenset(("defaults", "needs", "steps", "outputs"))
"""What is read by itself; outputs say nothing of what the job runs."""
_KNOWN_SHELLS = frozenset(("bash", "sh", "pwsh", "powershell", "cmd"))


def github_units(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """The jobs that name pmlint, each with the triggers of its workflow."""
    data = file.data
    jobs = data.get("jobs") if isinstance(data, dict) else None
    if not isinstance(jobs, dict):
        return
    for name, job in _jobs(data, jobs, local):
        fields = dict(_triggers(data.get("on")))
        fields |= flat_fields(data.get("env") or {}, "env.", ("env",), frozenset())
        fields |= _shell(data.get("defaults"), "defaults", ("defaults",))
        at: Keys = ("jobs", name)
        fields |= flat_fields(job, "job.", at, free_names("job.") | _APART)
        fields |= _shell(job.get("defaults"), "job.defaults", (*at, "defaults"))
        needs = job.get("needs") or []
        for need in [needs] if isinstance(needs, str) else needs:
            fields[f"job.needs[{need}]"] = Field(need, (), (*at, "needs"), need)
        listed = job.get("steps")
        steps = listed if isinstance(listed, list) else []
        kept = steps[: up_to_last(steps, local)]
        yield Unit(
            "GitHub",
            file.path,
            f"job '{name}'",
            without_defaults(fields),
            tuple(_step(step, (*at, "steps", number)) for number, step in enumerate(kept)),
        )


def _jobs(
    data: Mapping[Any, Any], jobs: Mapping[Any, Any], local: frozenset[str]
) -> list[tuple[Any, dict[Any, Any]]]:
    """The jobs that name pmlint; where none does, but what all of them have, each may run it."""
    known = [(name, job) for name, job in jobs.items() if isinstance(job, dict)]
    named = [(name, job) for name, job in known if names_pmlint([name, job], local)]
    is_common = names_pmlint([data.get("env"), data.get("defaults")], local)
    return named or (known if is_common else [])


def _triggers(on: Any) -> Iterator[tuple[str, Field]]:
    events = on
    if isinstance(on, str):
        events = {on: None}
    elif isinstance(on, list):
        events = dict.fromkeys(map(str, on))
    for name, filters in (events or {}).items():
        at: Keys = ("on", name) if isinstance(on, dict) else ("on",)
        yield f"on.{name}", Field("", (), at, name)
        for key, value in filters.items() if isinstance(filters, dict) else ():
            yield f"on.{name}.{key}", Field(value, (), (*at, key), value)


def _shell(defaults: Any, prefix: str, at: Keys) -> dict[str, Field]:
    """Defaults of the steps; the shells that the CI knows by name are one."""
    run = defaults.get("run") if isinstance(defaults, dict) else None
    if not isinstance(run, dict):
        return {}
    fields = flat_fields(run, f"{prefix}.run.", (*at, "run"), frozenset())
    shell = fields.get(f"{prefix}.run.shell")
    if shell is not None and shell.value in _KNOWN_SHELLS:
        del fields[f"{prefix}.run.shell"]
    return fields


def _step(step: Any, at: Keys) -> Mapping[str, Field]:
    if not isinstance(step, dict):
        return {"job.steps[]": folded_field(step, at)}
    fields = flat_fields(step, "job.steps[].", at, free_names("job.steps[].") | {"with"})
    inputs = step.get("with")
    free = free_names("job.steps[].with.")
    fields |= flat_fields(inputs or {}, "job.steps[].with.", (*at, "with"), free) if inputs else {}
    return without_defaults(fields)
