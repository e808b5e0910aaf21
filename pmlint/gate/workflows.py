"""What a change does to the jobs, pipelines and hooks that run pmlint (spec/gate.md, 9).

Pure functions from two sets of files to `WorkflowChange`; the record ``workflow`` of
transitions.yaml says what frees one.

1. A **unit** is the whole job, hook or script that names pmlint, or that calls a file of the
   repository that does, with what decides whether it runs: triggers, defaults, filters.
2. What is free is folded first: names, time limits, permissions, options that only say where output
   goes, later steps. Versions and digests are taken out and compared by themselves.
3. A unit is compared with the one that is most like it, wherever its file is now. A unit whose
   likeness is nowhere was removed.
4. A file that two readers may read differently (a duplicate key) is compared as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.strict_yaml import Node, parse_foreign
from pmlint.place import Span

Keys = tuple[str | int, ...]
Files = Mapping[str, bytes]


class WorkflowChange(NamedTuple):
    """One thing that a unit demands less, or that is no longer as it was.

    ``file`` and ``span`` are of the merge result, or of the base with ``side``; ``unit`` names what
    changed (``job 'pmlint'``), ``field`` is the row of the table (``job.if``), ``before`` and
    ``after`` are what it holds, None where it is absent.
    """

    file: str
    unit: str
    field: str
    before: object
    after: object
    span: Span = Span()
    side: str = ""

    @property
    def message(self) -> str:
        """What changed, as a sentence without a full stop."""
        if self.field == ".":
            return f"{self.unit}, which runs pmlint, was removed"
        if self.before is None:
            return f"'{self.field}' of {self.unit} was added"
        verb = "was removed" if self.after is None else "was changed"
        return f"'{self.field}' of {self.unit} {verb}"


class Pin(NamedTuple):
    """A version that was taken out of a text: numbers, a digest, or a name such as a branch."""

    numbers: tuple[int, ...] = ()
    digest: bool = False
    name: str = ""

    def allows(self, later: Pin) -> bool:
        """Whether another pin is the same one, a newer one, or a digest."""
        if later == self or (later.digest and not self.name):
            return True
        return bool(self.numbers and later.numbers) and later.numbers >= self.numbers


class Field(NamedTuple):
    """One field of a unit: its value without what is free, its pins, and where it is."""

    value: object
    pins: tuple[Pin, ...] = ()
    at: Keys = ()
    shown: object = None


class Unit(NamedTuple):
    """A job, hook or script that runs pmlint; ``steps`` are compared in their order."""

    system: str
    file: str
    name: str
    fields: Mapping[str, Field]
    steps: tuple[Mapping[str, Field], ...] = ()


class _File(NamedTuple):
    """A file that was read: its values, or its text alone where there are none."""

    path: str
    text: str
    data: Any
    source: Source | None = None
    where: Callable[[], Node] | None = None

    def span(self, keys: Keys) -> Span:
        """The span of the value at a path of keys, or of the part around it."""
        if self.source is None or self.where is None:
            return Span()
        node = self.where()
        for key in keys:
            children = node.children or {}
            if key not in children:
                break
            node = children[key]
        start = min(node.start, max(len(self.source.text) - 1, 0))
        return self.source.span(start, max(node.end, start))


class _System(NamedTuple):
    """Where the files of a system are, and how units are found in one."""

    name: str
    pattern: re.Pattern[str]
    units: Callable[[_File, frozenset[str]], Iterator[Unit]]


# --- folding

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}|--hash=sha256:[0-9a-f]{64}|@[0-9a-f]{40}(?![0-9a-f])")
# `==` pins anything; `@` and `:` only what is called pmlint: behind other names they are ports,
# hosts and paths, where a greater number is another place.
_NUMBER = re.compile(r"((?<=[\w\]])==|(?<=pmlint)[@:])v?(\d+(?:\.\d+)*)(?![\w.])")
_OUTPUT = re.compile(
    r"\s+(?:--(?:output-format|output-file|color)(?:=|\s+)|-o\s+)(?:\"[^\"]*\"|'[^']*'|[^\s|&;<>]+)"
)
_KNOWN_SHELLS = frozenset(("bash", "sh", "pwsh", "powershell", "cmd"))


def fold(text: str) -> tuple[str, tuple[Pin, ...]]:
    """A command without comments, without options that only say where the output of pmlint goes,
    and with its pins taken out.
    """
    lines = []
    for line in text.replace("\\\n", " ").splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        lines.append(_OUTPUT.sub("", bare) if "pmlint" in bare else bare)
    return _unpinned("\n".join(lines))


def _unpinned(text: str) -> tuple[str, tuple[Pin, ...]]:
    pins: list[Pin] = []

    def digest(match: re.Match[str]) -> str:
        pins.append(Pin(digest=True))
        return "@*" if match[0].startswith("@") else "--hash=*"

    def number(match: re.Match[str]) -> str:
        pins.append(Pin(_numbers(match[2])))
        return f"{match[1]}*"

    return _NUMBER.sub(number, _DIGEST.sub(digest, text)), tuple(pins)


def _reference(text: str) -> tuple[str, tuple[Pin, ...]]:
    """An action or repository without its ref, and the ref."""
    if text.startswith("docker://"):
        return _image(text)
    name, _, ref = text.partition("@")
    return name, (_ref(ref),)


def _ref(ref: str) -> Pin:
    if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", ref):
        return Pin(digest=True)
    match = re.fullmatch(r"v?(\d+(?:\.\d+)*)", ref)
    return Pin(_numbers(match[1])) if match else Pin(name=ref or "none")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _image(text: str) -> tuple[str, tuple[Pin, ...]]:
    """An image without its tag and digest: ``python:3.13-slim`` is ``python:*-slim`` at 3.13."""
    bare, digests = re.subn(r"@sha256:[0-9a-f]{64}$", "", text)
    match = re.fullmatch(r"(.*[:-])v?(\d+(?:\.\d+)*)((?:-[\w.-]+)?)", bare)
    name = f"{match[1]}*{match[3]}" if match else bare
    # With a digest the tag beside it says nothing.
    if digests:
        return name, (Pin(digest=True),)
    return name, (Pin(_numbers(match[2])) if match else Pin(name=bare),)


_IMAGES = frozenset(("image", "runs-on", "vmImage", "container"))


def _folded(value: Any, key: str) -> tuple[Any, tuple[Pin, ...]]:
    """A value without what is free by the meaning of its key, and its pins."""
    if isinstance(value, str):
        if key == "uses":
            return _reference(value)
        return _image(value) if key in _IMAGES else fold(value)
    if key == "args" and isinstance(value, list):
        # As one command, since an option and its value are two elements.
        return fold(" ".join(["pmlint", *map(str, value)]))
    if isinstance(value, dict):
        parts = {name: _folded(one, _inner(key, str(name))) for name, one in value.items()}
        pins = tuple(pin for _, own in parts.values() for pin in own)
        return {name: text for name, (text, _) in parts.items()}, pins
    if isinstance(value, list):
        items = [_folded(one, key) for one in value]
        return [text for text, _ in items], tuple(pin for _, own in items for pin in own)
    return value, ()


def _inner(key: str, name: str) -> str:
    """The key that says what a value means: an image may be a mapping with its name."""
    return key if key in _IMAGES and name in ("name", "image") else name


def _field(value: Any, at: Keys, key: str = "") -> Field:
    """A value as a field, folded by what its key means."""
    return Field(*_folded(value, key), at, value)


def _flat(data: Any, prefix: str, at: Keys, free: frozenset[str]) -> dict[str, Field]:
    """The fields of a mapping, without those that are free."""
    if not isinstance(data, dict):
        return {prefix.rstrip("."): Field(data, (), at, data)}
    return {
        f"{prefix}{key}": _field(value, (*at, key), str(key))
        for key, value in data.items()
        if key not in free
    }


def _names(value: object, local: frozenset[str]) -> bool:
    """Whether a part names pmlint, or a file of the repository that does."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return "pmlint" in text or any(path in text for path in local)


def _last(items: list[Any], local: frozenset[str]) -> int:
    """How many items there are up to the last that names pmlint."""
    return max((number for number, item in enumerate(items, 1) if _names(item, local)), default=0)


# --- GitHub, Gitea, Forgejo

_FREE_JOB = frozenset(("name", "timeout-minutes", "permissions", "concurrency", "outputs", "steps"))
_FREE_STEP = frozenset(("name", "id", "timeout-minutes"))


def _github(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    data = file.data
    jobs = data.get("jobs") if isinstance(data, dict) else None
    if not isinstance(jobs, dict):
        return
    for name, job in jobs.items():
        if not isinstance(job, dict) or not _names(job, local):
            continue
        fields = dict(_triggers(data.get("on")))
        fields |= _flat(data.get("env") or {}, "env.", ("env",), frozenset())
        fields |= _shell(data.get("defaults"), "defaults", ("defaults",))
        at: Keys = ("jobs", name)
        fields |= _flat(job, "job.", at, _FREE_JOB | {"defaults", "needs"})
        fields |= _shell(job.get("defaults"), "job.defaults", (*at, "defaults"))
        needs = job.get("needs") or []
        for need in [needs] if isinstance(needs, str) else needs:
            fields[f"job.needs[{need}]"] = Field(need, (), (*at, "needs"), need)
        listed = job.get("steps")
        steps = listed if isinstance(listed, list) else []
        kept = steps[: _last(steps, local)]
        yield Unit(
            "GitHub",
            file.path,
            f"job '{name}'",
            _sure(fields),
            tuple(_step(step, (*at, "steps", number)) for number, step in enumerate(kept)),
        )


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
    fields = _flat(run, f"{prefix}.run.", (*at, "run"), frozenset())
    shell = fields.get(f"{prefix}.run.shell")
    if shell is not None and shell.value in _KNOWN_SHELLS:
        del fields[f"{prefix}.run.shell"]
    return fields


def _step(step: Any, at: Keys) -> Mapping[str, Field]:
    if not isinstance(step, dict):
        return {"job.steps[]": _field(step, at)}
    fields = _flat(step, "job.steps[].", at, _FREE_STEP | {"with"})
    inputs = step.get("with")
    free = frozenset(("sarif",))
    fields |= _flat(inputs or {}, "job.steps[].with.", (*at, "with"), free) if inputs else {}
    return _sure(fields)


def _sure(fields: dict[str, Field]) -> dict[str, Field]:
    """Without what is the default: ``continue-on-error: false``, ``allow_failure: false``."""
    usual = {"continue-on-error": False, "allow_failure": False, "when": "on_success"}
    return {
        name: field
        for name, field in fields.items()
        if not (name.rpartition(".")[2] in usual and field.value == usual[name.rpartition(".")[2]])
    }


# --- GitLab

_GITLAB = ".gitlab-ci.yml"
_GITLAB_WORDS = frozenset(
    "default include stages variables workflow image services cache before_script after_script "
    "pages:deploy spec".split()
)
_FREE_GITLAB = frozenset(
    "timeout interruptible resource_group artifacts coverage after_script extends needs "
    "script before_script dependencies release description".split()
)


def _gitlab(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    if not isinstance(file.data, dict):
        return
    yield from _includes(file, local)
    for name, job in file.data.items():
        if name in _GITLAB_WORDS or name.startswith(".") or not isinstance(job, dict):
            continue
        whole = _extended(file.data, job, 0)
        if not _names([name, whole], local):
            continue
        fields = dict(_gitlab_globals(file.data, whole))
        fields |= _flat(whole, "job.", (name,), _FREE_GITLAB)
        if fields.get("job.stage", Field(None)).value == ".pre":
            del fields["job.stage"]  # it is in every pipeline, and nothing is before it
        needs = whole.get("needs")
        for need in needs if isinstance(needs, list) else ():
            fields[f"job.needs[{json.dumps(need)}]"] = Field(need, (), (name, "needs"), need)
        steps = []
        for part in ("before_script", "script"):
            steps += list(_script(whole.get(part), part, (name, part), local))
        yield Unit("GitLab", file.path, f"job '{name}'", _sure(fields), tuple(steps))


def _includes(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    """The files and components with pmlint that a pipeline takes in."""
    listed = file.data.get("include") or []
    entries = listed if isinstance(listed, list) else [listed]
    for number, entry in enumerate(entries):
        if _names(entry, local):
            at: Keys = ("include", number) if isinstance(listed, list) else ("include",)
            key = "uses" if isinstance(entry, str) else ""
            inside = entry if isinstance(entry, dict) else {"local": entry}
            fields = {
                f"include.{name}": _field(value, at, "uses" if name == "component" else key)
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
            yield f"job.{key}", _field(value, at, key)


def _script(
    value: Any, part: str, at: Keys, local: frozenset[str]
) -> Iterator[Mapping[str, Field]]:
    """The lines of a script. Each ends the job where it fails, so what follows the last that names
    pmlint is free, but where a line catches failures, to be counted by a later one.
    """
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, list):
        return
    end = len(lines) if _catches(lines) or part != "script" else _last(lines, local)
    for number, line in enumerate(lines[:end]):
        field = _field(line, (*at, number), part)
        if field.value:
            yield {f"job.{part}[]": field}


# --- pre-commit

_FREE_HOOK = frozenset(("name", "verbose", "log_file", "description", "id", "rev"))


def _pre_commit(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    data = file.data
    repos = data.get("repos") if isinstance(data, dict) else None
    for number, repo in enumerate(repos if isinstance(repos, list) else ()):
        hooks = repo.get("hooks") if isinstance(repo, dict) else None
        for index, hook in enumerate(hooks if isinstance(hooks, list) else ()):
            if not isinstance(hook, dict) or not _names([repo.get("repo"), hook], local):
                continue
            at: Keys = ("repos", number, "hooks", index)
            fields = _flat(hook, "hook.", at, _FREE_HOOK)
            fields["hook.id"] = Field(hook.get("id"), (), (*at, "id"), hook.get("id"))
            url = str(repo.get("repo", "")).removesuffix(".git").removesuffix("/").casefold()
            fields["hook.repo"] = Field(url, (), ("repos", number, "repo"), repo.get("repo"))
            if "rev" in repo:
                rev = str(repo["rev"])
                fields["hook.rev"] = Field("", (_ref(rev),), ("repos", number, "rev"), rev)
            for key in ("exclude", "files", "default_stages", "default_install_hook_types"):
                if key in data:
                    fields[f"(hooks) {key}"] = Field(data[key], (), (key,), data[key])
            ci = data.get("ci")
            skip = ci.get("skip") if isinstance(ci, dict) else None
            if isinstance(skip, list) and hook.get("id") in skip:
                fields["(hooks) ci.skip"] = Field(hook.get("id"), (), ("ci", "skip"), skip)
            yield Unit("pre-commit", file.path, f"hook '{hook.get('id')}'", fields)


# --- other systems

_FREE_ANY = frozenset(
    "name displayName description timeoutInMinutes max-time timeout artifacts label key".split()
)
_LEVELS = {
    **dict.fromkeys(("jobs", "stages", "commands", "workflows", "tasks", "scripts"), 1),
    "pipelines": 3,  # of Bitbucket: a kind, a pattern of branches, then the list
}
"""Below these keys are jobs, at so many levels: those that name no pmlint are free."""


def _yaml(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    """A pipeline of any other system that is YAML: all of it but the jobs that name no pmlint."""
    if file.data is None or not _names(file.data, local):
        return
    names = frozenset(_kept_names(file.data, local))
    data = file.data
    if file.path.startswith(".buildkite/") and isinstance(data, dict) and "steps" in data:
        data = {**data, "jobs": data["steps"]}  # its steps run apart from each other
        del data["steps"]
    pruned = _pruned(data, local | names, 0)
    fields = dict(_leaves(pruned, ()))
    yield Unit("pipeline", file.path, f"the pipeline in '{file.path}'", _sure(fields))


def _kept_names(data: Any, local: frozenset[str]) -> Iterator[str]:
    """The names of jobs that name pmlint: workflows of CircleCI call them by name."""
    jobs = data.get("jobs") if isinstance(data, dict) else None
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if _names(job, local):
            yield str(name)


def _pruned(data: Any, local: frozenset[str], jobs: int) -> Any:
    """Without jobs that name no pmlint, and without steps behind the last that does.

    ``jobs`` is at how many levels from here on the parts are jobs.
    """
    if isinstance(data, dict):
        return {
            key: _pruned(value, local, _LEVELS.get(str(key), max(jobs - 1, 0)))
            for key, value in data.items()
            if key not in _FREE_ANY and (not jobs or _names([key, value], local))
        }
    if isinstance(data, list):
        if jobs or _is_jobs(data):
            data = [one for one in data if _names(one, local)]
        elif _names(data, local) and not _catches(data):
            data = data[: _last(data, local)]
        return [_pruned(one, local, 0) for one in data]
    return data


def _catches(lines: list[Any]) -> bool:
    """Whether a script goes on where a command fails, so that a later line may count."""
    return any(re.search(r"\|\||set \+e|\btrap\b", str(line)) for line in lines)


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
        yield "job." + ".".join(map(str, at)), _field(data, at, key)


def _text(file: _File, local: frozenset[str]) -> Iterator[Unit]:
    """A script or Jenkinsfile: its lines, without the stages of a Jenkinsfile that name no pmlint,
    and of a script without what follows the last line that does.
    """
    if not _names(file.text, local):
        return
    is_jenkins = "Jenkinsfile" in file.path or file.path.endswith((".jenkinsfile", ".groovy"))
    text = _without_stages(file.text) if is_jenkins else file.text
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("#", "//"))]
    # Braces close a Jenkinsfile, and options such as `post` stand behind the stages.
    end = len(lines) if is_jenkins or _catches(lines) else _last(lines, local)
    steps = tuple({"job.script[]": _field(line, (), "script")} for line in lines[:end])
    yield Unit("script", file.path, f"the script '{file.path}'", {}, steps)


def _without_stages(text: str) -> str:
    """A Jenkinsfile without the stages that name no pmlint, by their braces."""
    kept, at = [], 0
    for match in re.finditer(r"\bstage\s*\([^)]*\)\s*\{", text):
        if match.start() < at:
            continue  # inside a stage that was looked at
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if "pmlint" not in text[match.start() : end]:
            kept.append(text[at : match.start()])
            at = end
    return "".join([*kept, text[at:]])


SYSTEMS = (
    # GitHub and its likes run no workflow of a folder below.
    _System("GitHub", re.compile(r"\.(github|forgejo|gitea)/workflows/[^/]+\.ya?ml"), _github),
    _System(
        "GitLab",
        re.compile(r"\.gitlab-ci\.yml|.*\.gitlab-ci\.yml|\.?(gitlab|ci)/.*\.ya?ml"),
        _gitlab,
    ),
    _System("pre-commit", re.compile(r"\.pre-commit-config\.yaml"), _pre_commit),
    _System(
        "pipeline",
        re.compile(
            r"azure-pipelines[^/]*\.ya?ml|\.(azure-pipelines|azuredevops)/.*\.ya?ml"
            r"|bitbucket-pipelines\.yml|\.circleci/.*\.yml"
            r"|\.(buildkite|harness|semaphore)/.*\.ya?ml"
            r"|\.woodpecker(/.*)?\.ya?ml|\.(drone|travis|cirrus)\.yml|\.?appveyor\.yml"
            r"|(buildspec|cloudbuild)[^/]*\.ya?ml|\.?lefthook\.ya?ml|\.github/actions/.*\.ya?ml"
        ),
        _yaml,
    ),
    _System(
        "script",
        re.compile(
            r"(.*/)?Jenkinsfile[^/]*|.*\.jenkinsfile|\.(ci|husky|githooks)/.*|lefthook\.toml"
        ),
        _text,
    ),
)


def _system_of(path: str) -> _System | None:
    return next((system for system in SYSTEMS if system.pattern.fullmatch(path)), None)


def is_watched(path: str) -> bool:
    """Whether a file may run pmlint: only these are to be handed over."""
    # Asked of every path of a tree: 200,000 of them take 0.8 s without the first line, 0.1 s with.
    may = path[:1] == "." or "/" not in path or path.startswith(("ci/", "gitlab/"))
    if not may and "enkinsfile" not in path and not path.endswith("gitlab-ci.yml"):
        return False
    return _system_of(path) is not None


# --- comparing

_FREE_WHEN_REMOVED = re.compile(
    r"on\.[^.]+\..+|job\.needs\[.*|(?:job|job\.steps\[\])\.(?:if|continue-on-error)"
    r"|job\.allow_failure|\(hooks\) .*"
)
_FREE_WHEN_ADDED = re.compile(r"on\.[^.]+|job\.steps\[\]\.with\.sarif")


def workflow_changes(base: Files, merged: Files) -> Iterator[WorkflowChange]:
    """Everything that a change takes from the jobs and hooks that run pmlint, in their order.

    The files are those of `is_watched`, by path.
    """
    before, files = _units(base)
    now, merged_files = _units(merged)
    for unit in before:
        pairs = [
            (list(_compared(unit, other, merged_files[other.file])), other)
            for other in now
            if other.system == unit.system and _folder(other) == _folder(unit)
        ]
        if not pairs:
            span = files[unit.file].span(_unit_keys(unit))
            yield WorkflowChange(unit.file, unit.name, ".", unit.name, None, span, "base")
            continue
        found, _ = min(
            pairs,
            key=lambda pair: (len(pair[0]), pair[1].file != unit.file, pair[1].name != unit.name),
        )
        yield from found


def _folder(unit: Unit) -> str:
    """GitHub runs no workflow of ``.forgejo``; Forgejo none of ``.gitea`` where it has its own."""
    return unit.file.partition("/")[0] if unit.system == "GitHub" else ""


def _unit_keys(unit: Unit) -> Keys:
    named = unit.name.partition("'")[2].rstrip("'")
    return ("jobs", named) if unit.system == "GitHub" else (named,)


def _units(files: Files) -> tuple[list[Unit], dict[str, _File]]:
    """All units of the files, and the files as they were read."""
    read = {path: _read(path, data) for path, data in sorted(files.items()) if is_watched(path)}
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
            own = list(_text(file, others))
        found += own
    return found, read


def _read(path: str, data: bytes) -> _File:
    text = data.decode(errors="replace")
    if not path.endswith((".yml", ".yaml")):
        return _File(path, text, None)
    try:
        source = decode(path, data)
        parsed = parse_foreign(source)
    except Malformed:
        return _File(path, text, None)
    # Which of two values of one key counts depends on the reader: then it is a text.
    if any(
        "duplicate" in problem.message or "twice" in problem.message for problem in parsed.problems
    ):
        return _File(path, text, None)
    return _File(path, text, parsed.data, source, parsed.where)


def _compared(before: Unit, now: Unit, file: _File) -> Iterator[WorkflowChange]:
    """What a unit lacks of another."""
    yield from _fields_compared(before.fields, now.fields, now, file)
    mine, theirs = ([_key(step) for step in unit.steps] for unit in (before, now))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for what, low, high, first, last in matcher.get_opcodes():
        pairs = min(high - low, last - first)
        for offset in range(pairs):
            steps = before.steps[low + offset], now.steps[first + offset]
            yield from _fields_compared(steps[0], steps[1], now, file)
        for step in before.steps[low + pairs : high] if what != "equal" else ():
            at = next(iter(now.steps[-1].values())).at[:-1] if now.steps else ()
            yield WorkflowChange(
                now.file, now.name, "job.steps[]", _shown(step), None, file.span(at)
            )
        for step in now.steps[first + pairs : last] if what != "equal" else ():
            at = next(iter(step.values())).at
            yield WorkflowChange(
                now.file, now.name, "job.steps[]", None, _shown(step), file.span(at)
            )


def _shown(step: Mapping[str, Field]) -> object:
    """A step as a message shows it: a line of a script, or its fields."""
    fields = {name.rpartition("[]")[2].lstrip("."): field.shown for name, field in step.items()}
    return next(iter(fields.values())) if len(fields) == 1 else fields


def _key(step: Mapping[str, Field]) -> str:
    return json.dumps(
        {name: field.value for name, field in step.items()}, sort_keys=True, default=str
    )


def _fields_compared(
    before: Mapping[str, Field], now: Mapping[str, Field], unit: Unit, file: _File
) -> Iterator[WorkflowChange]:
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name), now.get(name)
        if old is None:
            assert new is not None
            if not _FREE_WHEN_ADDED.fullmatch(name):
                yield WorkflowChange(unit.file, unit.name, name, None, new.shown, file.span(new.at))
        elif new is None:
            # Without `always()` a job is skipped where one that it needs fails, and a skipped one
            # passes.
            runs_anyway = name == "job.if" and re.search(r"(always|cancelled)\(\)", str(old.value))
            if runs_anyway or not _FREE_WHEN_REMOVED.fullmatch(name):
                span = file.span(old.at)
                yield WorkflowChange(unit.file, unit.name, name, old.shown, None, span)
        elif old.value != new.value or not _pins_allow(old.pins, new.pins):
            span = file.span(new.at)
            yield WorkflowChange(unit.file, unit.name, name, old.shown, new.shown, span)


def _pins_allow(before: tuple[Pin, ...], now: tuple[Pin, ...]) -> bool:
    return len(before) == len(now) and all(
        old.allows(new) for old, new in zip(before, now, strict=True)
    )
