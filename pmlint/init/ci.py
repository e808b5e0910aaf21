"""The jobs that `pmlint init` writes, one entry for each CI system.

A system of one file for all jobs (Bitbucket, Jenkins) gets the file where there is none; a file
that is there stays, and the part to add is printed: nobody else's pipeline is rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pmlint.init.repository import FoundRepository, PlannedChange
from pmlint.init.texts import text
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree

WORKFLOW = ".github/workflows/pmlint.yml"
GITLAB_JOB = ".gitlab/pmlint.yml"
_RUNS = re.compile(r"\bpmlint\b.*\bgate\b")


class CiSystem(NamedTuple):
    """A CI system: the paths and the host names by which it is found, the file of its job, the
    template, what a person has to do where the file was written, or is there already, and the files
    and templates of the jobs that publish the report (empty where it has no pages) and that replay
    incidents.
    """

    name: str
    marks: tuple[str, ...]
    hosts: tuple[str, ...]
    file: str
    template: str
    after: str
    by_hand: str = ""
    report_file: str = ""
    report_template: str = ""
    replay_file: str = ""
    replay_template: str = ""


_REQUIRED = "make the check 'pmlint' required in the rules of the default branch"
SYSTEMS = (
    CiSystem(
        "github",
        (".github",),
        ("github",),
        WORKFLOW,
        "workflow.yml",
        _REQUIRED,
        report_file=".github/workflows/pmlint-report.yml",
        report_template="report-workflow.yml",
        replay_file=".github/workflows/pmlint-replay.yml",
        replay_template="replay-workflow.yml",
    ),
    CiSystem(
        "forgejo",
        (".forgejo", ".gitea"),
        ("codeberg", "forgejo", "gitea"),
        ".forgejo/workflows/pmlint.yml",
        "forgejo.yml",
        "make the check 'pmlint' a required status check in the protection of the default branch",
    ),
    CiSystem(
        "gitlab",
        (".gitlab-ci.yml", ".gitlab"),
        ("gitlab",),
        GITLAB_JOB,
        "gitlab.yml",
        "",
        report_file=".gitlab/pmlint-report.yml",
        report_template="report-gitlab.yml",
    ),
    CiSystem(
        "azure",
        ("azure-pipelines.yml", ".azure-pipelines", ".azuredevops"),
        ("dev.azure.com", "visualstudio.com"),
        ".azuredevops/pmlint.yml",
        "azure.yml",
        "create a pipeline of .azuredevops/pmlint.yml, and add it to the branch policies as a "
        "required build validation",
    ),
    CiSystem(
        "bitbucket",
        ("bitbucket-pipelines.yml",),
        ("bitbucket",),
        "bitbucket-pipelines.yml",
        "bitbucket.yml",
        "require a successful build in the merge checks of the default branch",
        "add the step below to `pull-requests` of bitbucket-pipelines.yml, with `clone: {depth: "
        "full}`",
    ),
    CiSystem(
        "jenkins",
        ("Jenkinsfile",),
        (),
        "Jenkinsfile",
        "Jenkinsfile",
        "build pull requests of this file in a multibranch pipeline, and require its status",
        "add the stage below to Jenkinsfile",
    ),
)
"""Every system, in the order in which jobs are written."""
NAMES = tuple(system.name for system in SYSTEMS)


def find_ci(tree: Tree) -> tuple[str, ...]:
    """The systems of a repository: by their own files, else by the remotes of the clone."""
    found = tuple(
        system.name for system in SYSTEMS if any(tree.entry(path) for path in system.marks)
    )
    if found or tree.entry(".git/config") is None:
        return found
    try:
        config = decode(".git/config", tree.read(".git/config")).text
    except Malformed:  # a configuration of git that can't be read says nothing about the CI
        return ()
    # After the files: a clone from GitHub may be a mirror of what runs at GitLab.
    remotes = re.findall(r"^\s*url\s*=\s*(.*)$", config.lower(), re.MULTILINE)
    return tuple(
        system.name
        for system in SYSTEMS
        if any(host in remote for remote in remotes for host in system.hosts)
    )


def jobs(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The job of each system that is asked for, and what is left to a person."""
    for system in SYSTEMS:
        if system.name in here.ci:
            yield from _job(here, system)
    if "github" in here.ci:
        yield from here.new(".github/ISSUE_TEMPLATE/postmortem.yml", "issue-form.yml")
    yield from _reports(here)
    yield from _replays(here)
    if "gitlab" in here.ci:
        yield from _included(here)


def job_files(here: FoundRepository) -> list[str]:
    """The files of jobs, which need owners: who changes them changes what is judged."""
    return [system.file for system in SYSTEMS if system.name in here.ci]


def _job(here: FoundRepository, system: CiSystem) -> Iterator[PlannedChange | str]:
    before = here.text(system.file)
    if before is None:
        yield from here.new(system.file, system.template)
        if system.after:
            yield system.after
    elif system.by_hand and not _RUNS.search(before):
        yield f"{system.by_hand}\n{text(system.template)}".rstrip()


def _reports(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The jobs that publish the report, where they are asked for; else one line that offers it."""
    able = [system for system in SYSTEMS if system.name in here.ci and system.report_file]
    if here.report:
        for system in able:
            yield from here.new(system.report_file, system.report_template)
        if not able:
            yield "no job publishes the report here: `pmlint report DIR` writes the site"
    # Once, together with the first job: a second run has nothing to say.
    elif any(here.text(system.file) is None for system in able):
        yield "`pmlint init --report` also writes a job that publishes the report as pages"


def _replays(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The jobs that replay incidents, where they are asked for."""
    if not here.replay:
        return
    able = [system for system in SYSTEMS if system.name in here.ci and system.replay_file]
    for system in able:
        yield from here.new(system.replay_file, system.replay_template)
    if able:
        yield (
            "create the environment 'pmlint-replay' for the default branch alone, with the secret "
            "PMLINT_REPLAY_KEY of a machine that the people file has with 'signs: [replays]'"
        )
    else:
        yield (
            "no job replays incidents here: `--ci github` writes one; elsewhere "
            "`pmlint replay list` names what one has to run"
        )


def _included(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The lines of `.gitlab-ci.yml` that include the jobs."""
    main = here.text(".gitlab-ci.yml") or ""
    files = [GITLAB_JOB]
    report = next(system.report_file for system in SYSTEMS if system.name == "gitlab")
    if here.report or here.text(report) is not None:
        files.append(report)
    missing = [file for file in files if file not in main]
    if not missing:
        return
    # A second `include` would be a duplicate key, and the first be lost without a word.
    if re.search(r"^include\s*:", main, re.MULTILINE):
        listed = " and ".join(f"`- local: {file}`" for file in missing)
        yield f"add {listed} to `include` of .gitlab-ci.yml"
    else:
        lines = "".join(f"  - local: {file}\n" for file in missing)
        yield here.appended(".gitlab-ci.yml", f"include:\n{lines}")
