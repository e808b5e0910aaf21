"""Folders with one of our names that belong to somebody else: the `routes/` of Laravel and
Express, the `policies/` of OPA and Kyverno (docs/spec/adopt.md, *pmlint init*).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pmlint.parsing.document import read_yaml
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree
from pmlint.project.files import LEFT_OUT

FolderKind = Literal["route", "policy"]


def is_foreign(tree: Tree, folder: str, kind: FolderKind) -> bool:
    """Whether a folder has files, and none that has the shape of this kind."""
    files = [entry for entry in tree.walk(folder) if _counts(entry)]
    return bool(files) and not any(_has_shape(tree, entry, _SHAPES[kind]) for entry in files)


def naming_the_setting(help: str, folder: str, setting: str) -> str:
    """The help of an error about a file in a folder that belongs to somebody else."""
    return (
        f"{help}; if '{folder}/' is not pmlint's, name another folder in the configuration: "
        f'{setting} = "agents/{folder.rpartition("/")[2]}"'
    )


def _counts(entry: Entry) -> bool:
    name = entry.path.rpartition("/")[2]
    return not LEFT_OUT.fullmatch(name) and not name.startswith(".")


def _is_route(data: dict[str, object], stem: str) -> bool:
    return data["id"] == stem or bool({"state", "restart", "autonomy"} & data.keys())


def _is_policy(data: dict[str, object], stem: str) -> bool:
    return data["id"] == stem or bool({"applies_to", "require"} & data.keys())


_Shape = Callable[[dict[str, object], str], bool]
_SHAPES: dict[FolderKind, _Shape] = {"route": _is_route, "policy": _is_policy}
"""What makes a file with an ``id`` one of ours, though it may be wrong in everything else."""


def _has_shape(tree: Tree, entry: Entry, shape: _Shape) -> bool:
    path = entry.path
    if entry.kind != "file" or not path.endswith((".yaml", ".yml")):
        return False
    try:
        data = read_yaml(decode(path, tree.read(path)), "route").data
    except Malformed:
        return False
    stem = path.rpartition("/")[2].rpartition(".")[0]
    return isinstance(data, dict) and isinstance(data.get("id"), str) and shape(data, stem)
