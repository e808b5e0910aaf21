"""What a pipeline of GitLab takes in from other files: they may add to the job that runs pmlint."""

from __future__ import annotations

import pytest

from pmlint.gate.workflows import workflow_changes
from tests.gate.world import World, said

JOB = "pmlint:\n  script: [pmlint gate]\n"
PLAIN = {".gitlab-ci.yml": JOB}


def changed(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    sides = ({path: text.encode() for path, text in files.items()} for files in (before, after))
    return [(change.field, change.file) for change in workflow_changes(*sides)]


WEAKENED = {
    "a file of ours lets the job fail": {
        ".gitlab-ci.yml": "include: [{local: ci/more.yml}]\n" + JOB,
        "ci/more.yml": "pmlint: {allow_failure: true}\n",
    },
    "in a folder where nothing else is looked at": {
        ".gitlab-ci.yml": "include: /build/jobs/more.yml\n" + JOB,
        "build/jobs/more.yml": "pmlint: {allow_failure: true}\n",
    },
    "by a pattern": {
        ".gitlab-ci.yml": "include: [{local: 'build/*.yml'}]\n" + JOB,
        "build/more.yml": "pmlint: {allow_failure: true}\n",
    },
    "by a file that a file takes in": {
        ".gitlab-ci.yml": "include: ci/one.yml\n" + JOB,
        "ci/one.yml": "include: ci/two.yml\n",
        "ci/two.yml": "include: ci/one.yml\npmlint: {allow_failure: true}\n",
    },
    "for the whole pipeline": {
        ".gitlab-ci.yml": "include: ci/more.yml\n" + JOB,
        "ci/more.yml": "workflow: {rules: [{when: never}]}\n",
    },
    "before each job": {
        ".gitlab-ci.yml": "include: ci/more.yml\n" + JOB,
        "ci/more.yml": "default: {before_script: [alias pmlint=true]}\n",
    },
}


@pytest.mark.parametrize("name", WEAKENED)
def test_an_included_file_weakens_the_job(name: str) -> None:
    fields = {"for the whole pipeline": "workflow", "before each job": "job.before_script"}
    assert changed(PLAIN, WEAKENED[name]) == [
        (fields.get(name, "job.allow_failure"), ".gitlab-ci.yml")
    ]


FOREIGN = {
    "remote": "https://ci.example.org/more.yml",
    "project": "{project: acme/ci, file: more.yml, ref: v1}",
    "component": "{component: ci.example.org/acme/more@1.0.0}",
    "not there": "{local: ci/nowhere.yml}",
}


@pytest.mark.parametrize("entry", FOREIGN.values(), ids=FOREIGN)
def test_what_nobody_here_can_read_may_add_anything(entry: str) -> None:
    after = {".gitlab-ci.yml": f"include: [{entry}]\n{JOB}"}
    found = changed(PLAIN, after)
    assert [field.partition("[")[0] for field, _ in found] == ["include"]
    assert changed(after, PLAIN) == []


def test_a_file_that_cannot_be_read_may_add_anything() -> None:
    after = {".gitlab-ci.yml": f"include: ci/more.yml\n{JOB}", "ci/more.yml": "a: 1\na: 2\n"}
    assert [field for field, _ in changed(PLAIN, after)] == ['include["ci/more.yml"]']


FREE = {
    "other jobs": (
        PLAIN,
        {
            ".gitlab-ci.yml": f"include: ci/more.yml\n{JOB}",
            "ci/more.yml": "build: {script: [make]}\n",
        },
    ),
    "a template of GitLab": (
        PLAIN,
        {".gitlab-ci.yml": f"include: [{{template: Jobs/SAST.gitlab-ci.yml}}]\n{JOB}"},
    ),
    "a newer component": (
        {".gitlab-ci.yml": f"include: [{{component: ci.example.org/acme/more@1.0.0}}]\n{JOB}"},
        {".gitlab-ci.yml": f"include: [{{component: ci.example.org/acme/more@1.1.0}}]\n{JOB}"},
    ),
    "another ref of a project": (
        {".gitlab-ci.yml": f"include: [{{project: acme/ci, file: more.yml, ref: v1}}]\n{JOB}"},
        {".gitlab-ci.yml": f"include: [{{project: acme/ci, file: more.yml, ref: v2}}]\n{JOB}"},
    ),
    "the job moves into a file that is taken in": (
        PLAIN,
        {".gitlab-ci.yml": "include: build/pmlint.yml\n", "build/pmlint.yml": JOB},
    ),
    "what the job says itself counts": (
        {".gitlab-ci.yml": JOB.replace("script", "allow_failure: false\n  script")},
        {
            ".gitlab-ci.yml": "include: ci/more.yml\n"
            + JOB.replace("script", "allow_failure: false\n  script"),
            "ci/more.yml": "pmlint: {allow_failure: true}\n",
        },
    ),
}


@pytest.mark.parametrize(("before", "after"), FREE.values(), ids=FREE)
def test_what_a_pipeline_may_take_in(before: dict[str, str], after: dict[str, str]) -> None:
    assert changed(before, after) == []


def test_a_file_that_is_taken_in_already_changes(world: World) -> None:
    """Also in a folder that is no place for pipelines, where nothing else is looked at."""
    world.write(".gitlab-ci.yml", "include: build/*.yml\n" + JOB)
    world.write("build/more.yml", "build: {script: [make]}\n")
    world.commit()
    world.write("build/more.yml", "build: {script: [make]}\npmlint: {allow_failure: true}\n")
    assert said(world.verdict()) == (
        "refused\nworkflow-weakened: 'job.allow_failure' of job 'pmlint' was added without an approved amendment"
    )
    world.write("build/more.yml", "build: {script: [make all]}\n")
    assert said(world.verdict()) == "allowed"
