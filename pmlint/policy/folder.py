"""The policies of a repository: those that ship, and its own, which add to them or override them by
id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

from pmlint.errors import UsageError
from pmlint.model import resources
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree, WorkTree
from pmlint.policy.file import read_policy
from pmlint.policy.judge import PolicySet
from pmlint.policy.policy import Policy
from pmlint.project.foreign import is_foreign, naming_the_setting
from pmlint.project.settings import Settings


def load_policies(
    tree: Tree,
    settings: Settings,
    today: date,
    asked: Callable[[str], bool] = lambda name: True,
    *,
    own: bool = True,
    documents: int = 0,
) -> PolicySet:
    """The policies that count in a tree; those that the configuration turns off are left out.

    ``asked`` says of an id whether the policy is to be asked about documents; of changes, every one
    is. Without ``own`` only those that ship are read. ``documents`` is how many will be judged, as
    far as that is known. Raises `UsageError` for a policy that is wrong: there is never a run
    without it.
    """
    shipped = {policy.id: policy for policy in shipped_policies()}
    read = _own(tree, settings.policies) if own else []
    ours = {policy.id: _marked(policy, shipped) for policy in read}
    off = {name for name, said in settings.rules.items() if said.off}
    policies = {name: policy for name, policy in {**shipped, **ours}.items() if name not in off}
    listed = [policies[name] for name in sorted(policies)]
    return PolicySet(listed, settings, today, shipped, asked, documents)


@cache
def shipped_policies() -> tuple[Policy, ...]:
    """The policies that ship, by their files' names, read once."""
    return tuple(read_folder(WorkTree(resources.folder("policies")), "", shipped=True))


def _own(tree: Tree, folder: str) -> list[Policy]:
    """The policies of the repository; an error in a folder of somebody else names the setting."""
    try:
        return read_folder(tree, folder)
    except UsageError as error:
        # What has a code names the setting in its help already.
        if error.code or not is_foreign(tree, folder, "policy"):
            raise
        raise UsageError(
            error.message,
            file=error.file,
            span=error.span,
            help=naming_the_setting(error.help, folder, "policies"),
        ) from None


def _marked(policy: Policy, shipped: dict[str, Policy]) -> Policy:
    """A policy of the repository that says something else than the shipped one of the same id is
    marked as such.
    """
    ours = shipped.get(policy.id)
    return (
        policy._replace(instead=True)
        if ours and ours._replace(file=policy.file, shipped=False) != policy
        else policy
    )


def is_irregular(tree: Tree, folder: str) -> bool:
    """Whether a folder of the configuration is a link, a submodule or a special file.

    Links are never followed: what they point to can change without a change of this repository.
    """
    entry = tree.entry(folder) if folder else None
    return entry is not None and entry.kind in ("symlink", "other")


def read_folder(tree: Tree, below: str, *, shipped: bool = False) -> list[Policy]:
    """The policies of a folder. Raises `UsageError` for one that is wrong, and for what is none."""
    found: dict[str, Policy] = {}
    if is_irregular(tree, below):
        raise UsageError(
            f"'{below}' is a symbolic link or a special file",
            file=below,
            help="name the real place in the configuration: policies = ...",
            code="not-a-regular-file",
        )
    for entry in tree.walk(below):
        name = entry.path.rpartition("/")[2]
        # All else must be a policy: one with a misspelt suffix would be a policy less, and not an
        # error.
        if name == "README.md" or name.startswith("."):
            continue
        if not name.endswith((".yaml", ".yml")):
            raise UsageError(
                "this is not a policy: its name does not end in .yaml",
                file=entry.path,
                help="rename it, or move it away",
            )
        try:
            policy = read_policy(decode(entry.path, tree.read(entry.path)), shipped=shipped)
        except Malformed as error:
            raise UsageError(
                error.message, file=entry.path, span=error.span, help=error.help
            ) from None
        if policy.id in found:
            other = found[policy.id].file
            raise UsageError(
                f"'{policy.id}' is the id of {other}, too",
                file=entry.path,
                help="an id names one policy",
            )
        found[policy.id] = policy
    return list(found.values())
