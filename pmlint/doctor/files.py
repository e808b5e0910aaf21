"""What the files of a repository say: configuration, workflows, hooks and code owners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.doctor.answer import Answer, judged
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.code_owners import PLACES
from pmlint.project.patterns import matches
from pmlint.project.settings import Settings

JOBS = (
    ".github/workflows/*.y*ml",
    ".forgejo/workflows/*.y*ml",
    ".gitea/workflows/*.y*ml",
    ".gitlab-ci.yml",
    ".gitlab/*.yml",
    "azure-pipelines.yml",
    ".azuredevops/*.yml",
    ".azure-pipelines/*.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
    ".buildkite/*.yml",
    ".woodpecker.yml",
    ".woodpecker/*.yml",
)
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#|//).*$", re.MULTILINE)
_RUNS = re.compile(r"\bpmlint\s+gate\b|uses:\s*pmlint/pmlint@")
_FILTER = re.compile(r"^\s*(?:-\s+)?(paths|paths-ignore|changes):", re.MULTILINE)
_FULL = re.compile(
    r"fetch-?depth:\s*[\"']?0\b|GIT_DEPTH:\s*[\"']?0\b|depth:\s*full\b", re.IGNORECASE
)
_ISOLATED = re.compile(r"-I -m pmlint\b|uses:\s*pmlint/pmlint@")
_MOST_BYTES = 1 << 18


def is_asked(path: str) -> bool:
    """Whether a file answers a question of the doctor."""
    hooks = ".pre-commit-config.yaml"
    return path == hooks or path in PLACES or any(matches(pattern, path) for pattern in JOBS)


def ask_files(tree: Tree, settings: Settings) -> Iterator[Answer]:
    """The questions that the files of a repository answer."""
    yield judged(
        "configuration",
        bool(settings.file),
        f"{settings.file} can be read",
        "there is no configuration",
        "pmlint init",
    )
    jobs = _jobs(tree)
    yield judged(
        "job",
        bool(jobs),
        f"{', '.join(jobs)} runs the gate",
        "no workflow runs the gate",
        "pmlint init --ci SYSTEM",
    )
    if jobs:
        yield from _of_jobs(jobs)
    hooks = _text(tree, ".pre-commit-config.yaml")
    yield judged(
        "hooks",
        "pmlint-gate" in hooks or "pmlint gate" in hooks,
        ".pre-commit-config.yaml runs the gate",
        "no hook runs the gate before a commit",
        "pmlint init; pre-commit install",
    )
    yield _owners(tree, settings, jobs)


def _of_jobs(jobs: dict[str, str]) -> Iterator[Answer]:
    filtered = [file for file, text in jobs.items() if _FILTER.search(text)]
    yield judged(
        "every change",
        not filtered,
        "no path filter skips the job",
        f"{', '.join(filtered)} has a path filter, and a job that is skipped counts as passed",
        "remove the filter",
    )
    # Jenkins and Buildkite clone in full unless their own settings say otherwise.
    shallow = [
        file
        for file, text in jobs.items()
        if not _FULL.search(text) and not file.startswith(("Jenkinsfile", ".buildkite"))
    ]
    shallow = [
        file for file in shallow if "git fetch" not in jobs[file] and "fetch --" not in jobs[file]
    ]
    yield judged(
        "full history",
        not shallow,
        "the job has the full history",
        f"{', '.join(shallow)} may have one commit",
        'set fetch-depth: 0 (GitHub), GIT_DEPTH: "0" (GitLab), depth: full (Bitbucket)',
    )
    inside = [file for file, text in jobs.items() if not _ISOLATED.search(text)]
    yield judged(
        "outside the checkout",
        not inside,
        "pmlint is installed outside the checkout and runs isolated",
        f"{', '.join(inside)} runs pmlint where a file of the change can become part of it",
        "run 'python -I -m pmlint' from an environment outside the checkout",
    )


def _jobs(tree: Tree) -> dict[str, str]:
    """The texts of the files that run the gate, without comments."""
    files = [entry.path for entry in tree.walk("") if entry.kind == "file"]
    known = {
        file: _COMMENT.sub("", _text(tree, file))
        for file in files
        if any(matches(pattern, file) for pattern in JOBS)
    }
    return {file: text for file, text in known.items() if _RUNS.search(text)}


def _owners(tree: Tree, settings: Settings, jobs: dict[str, str]) -> Answer:
    place = next((place for place in PLACES if tree.entry(place) is not None), "")
    lines = [line.split() for line in _COMMENT.sub("", _text(tree, place)).splitlines()]
    owned = {words[0].strip("/") for words in lines if len(words) > 1}
    wanted = [
        *settings.postmortems,
        *settings.routes,
        settings.policies,
        settings.people,
        settings.file or "pmlint.toml",
        *jobs,
    ]
    missing = [path for path in wanted if not owned & {"*", *_above(path)}]
    return judged(
        "code owners",
        not missing,
        f"{place} names owners of everything that the gate judges by",
        f"nobody owns {', '.join(missing)}",
        "pmlint init --owner HANDLE",
    )


def _above(path: str) -> set[str]:
    """A path and every folder above it, as CODEOWNERS writes them without slashes at the ends."""
    parts = path.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}


def _text(tree: Tree, file: str) -> str:
    if not file or tree.entry(file) is None:
        return ""
    try:
        return tree.read(file, _MOST_BYTES).decode("utf-8", "replace")
    except Malformed:
        return ""
