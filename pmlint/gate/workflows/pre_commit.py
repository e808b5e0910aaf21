"""The hooks of pre-commit."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.workflows.folding import flat_fields, ref_pin
from pmlint.gate.workflows.naming import names_pmlint
from pmlint.gate.workflows.unit import Field, Keys, PipelineFile, Unit

_FREE_HOOK = frozenset(("name", "verbose", "log_file", "description", "id", "rev"))


def pre_commit_units(file: PipelineFile, local: frozenset[str]) -> Iterator[Unit]:
    """The hooks that name pmlint, each with what filters or skips it."""
    data = file.data
    repos = data.get("repos") if isinstance(data, dict) else None
    for number, repo in enumerate(repos if isinstance(repos, list) else ()):
        hooks = repo.get("hooks") if isinstance(repo, dict) else None
        for index, hook in enumerate(hooks if isinstance(hooks, list) else ()):
            if not isinstance(hook, dict) or not names_pmlint([repo.get("repo"), hook], local):
                continue
            at: Keys = ("repos", number, "hooks", index)
            fields = flat_fields(hook, "hook.", at, _FREE_HOOK)
            fields["hook.id"] = Field(hook.get("id"), (), (*at, "id"), hook.get("id"))
            url = str(repo.get("repo", "")).removesuffix(".git").removesuffix("/").casefold()
            fields["hook.repo"] = Field(url, (), ("repos", number, "repo"), repo.get("repo"))
            if "rev" in repo:
                rev = str(repo["rev"])
                fields["hook.rev"] = Field("", (ref_pin(rev),), ("repos", number, "rev"), rev)
            for key in ("exclude", "files", "default_stages", "default_install_hook_types"):
                if key in data:
                    fields[f"(hooks) {key}"] = Field(data[key], (), (key,), data[key])
            ci = data.get("ci")
            skip = ci.get("skip") if isinstance(ci, dict) else None
            if isinstance(skip, list) and hook.get("id") in skip:
                fields["(hooks) ci.skip"] = Field(hook.get("id"), (), ("ci", "skip"), skip)
            yield Unit("pre-commit", file.path, f"hook '{hook.get('id')}'", fields)
