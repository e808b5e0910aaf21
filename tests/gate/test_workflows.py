"""Jobs, pipelines and hooks that run pmlint: what weakens them and what is free, side by side."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pmlint.gate.workflows import WorkflowChange, workflow_changes
from pmlint.gate.workflows.systems import SYSTEMS, is_watched
from tests.gate.said import SaidFile

GITHUB = """\
name: pmlint
on:
  pull_request:
  merge_group:
env: {PYTHONUTF8: "1"}
defaults:
  run: {shell: bash}
jobs:
  pmlint:
    name: pmlint
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions: {contents: read}
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {fetch-depth: 0}
      - uses: actions/setup-python@v6.1.0
      - name: Install pmlint
        run: |
          # outside the checkout
          python -I -m pip install pmlint==0.2.0
      - id: check
        run: pmlint check
      - if: ${{ !cancelled() }}
        run: pmlint gate
      - run: echo done
  lint:
    runs-on: ubuntu-24.04
    steps: [{run: ruff check .}]
"""
GITLAB = """\
variables: {GIT_DEPTH: "0"}
.python: &python
  image: python:3.13-slim
pmlint:
  extends: .python
  stage: .pre
  timeout: 10 minutes
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  before_script:
    - pip install pmlint==0.2.0
  script:
    - pmlint check --output-format gitlab -o report.json
    - pmlint gate
    - echo done
  artifacts: {reports: {codequality: report.json}}
lint:
  script: [ruff check .]
"""
DEFERRED = """\
pmlint:
  image: python:3.13
  script:
    - failed=0
    - pmlint gate || failed=$?
    - exit "$failed"
"""
HOOKS = """\
default_stages: [pre-commit]
repos:
  - repo: https://github.com/pmlint/pmlint
    rev: v0.2.0
    hooks:
      - id: pmlint-check
      - id: pmlint-gate
        name: gate
        args: [--output-format, text]
  - repo: local
    hooks:
      - id: reviews
        entry: pmlint gate --staged
        language: python
        additional_dependencies: [pmlint==0.2.0]
        always_run: true
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.9.0
    hooks: [{id: ruff}]
"""
BITBUCKET = """\
image: python:3.13
pipelines:
  pull-requests:
    '**':
      - step:
          name: reviews
          script:
            - pip install pmlint==0.2.0
            - pmlint gate
            - echo done
      - step: {script: [ruff check .]}
  default:
    - step: {script: [ruff check .]}
"""
AZURE = """\
trigger: none
pr: {branches: {include: [main]}}
jobs:
  - job: reviews
    displayName: reviews
    pool: {vmImage: ubuntu-24.04}
    steps:
      - checkout: self
        fetchDepth: 0
      - script: pip install pmlint==0.2.0
      - script: pmlint gate
        displayName: gate
  - job: lint
    steps: [{script: ruff check .}]
"""
CIRCLE = """\
version: 2.1
jobs:
  reviews:
    docker: [{image: cimg/python:3.13}]
    steps: [checkout, {run: pip install pmlint==0.2.0}, {run: "pmlint gate --base origin/main --head HEAD"}]
  lint:
    docker: [{image: cimg/python:3.13}]
    steps: [{run: ruff check .}]
workflows:
  main:
    jobs: [reviews, lint]
"""
JENKINS = """\
pipeline {
  agent { docker { image 'python:3.13' } }
  stages {
    stage('lint') { steps { sh 'ruff check .' } }
    stage('reviews') {
      when { changeRequest() }
      steps {
        sh 'pip install pmlint==0.2.0'
        sh 'pmlint gate'
      }
    }
  }
}
"""
LEFTHOOK = """\
pre-commit:
  parallel: true
  commands:
    reviews: {run: pmlint gate --staged}
    lint: {run: ruff check .}
"""
HUSKY = "npm test\npmlint gate --staged\necho done\n"
BUILDKITE = """\
steps:
  - label: reviews
    command: pmlint gate
  - label: lint
    command: ruff check .
"""

FILES = {
    "github": (".github/workflows/pmlint.yml", GITHUB),
    "gitlab": (".gitlab-ci.yml", GITLAB),
    "deferred": (".gitlab-ci.yml", DEFERRED),
    "hooks": (".pre-commit-config.yaml", HOOKS),
    "bitbucket": ("bitbucket-pipelines.yml", BITBUCKET),
    "azure": ("azure-pipelines.yml", AZURE),
    "circle": (".circleci/config.yml", CIRCLE),
    "jenkins": ("Jenkinsfile", JENKINS),
    "lefthook": ("lefthook.yml", LEFTHOOK),
    "husky": (".husky/pre-commit", HUSKY),
    "buildkite": (".buildkite/pipeline.yml", BUILDKITE),
}


class Edit(NamedTuple):
    """A file, what is replaced in it, and the field that is weakened: empty where the edit is free."""

    file: str
    old: str
    new: str
    field: str = ""


WEAKER = [
    Edit("github", "  pull_request:\n", "", "on.pull_request"),
    Edit(
        "github",
        "  pull_request:\n",
        "  pull_request: {paths: ['postmortems/**']}\n",
        "on.pull_request.paths",
    ),
    Edit(
        "github",
        "  pull_request:\n",
        "  pull_request: {types: [closed]}\n",
        "on.pull_request.types",
    ),
    Edit("github", "on:\n  pull_request:\n  merge_group:\n", "on: [push]\n", "on.pull_request"),
    Edit("github", 'PYTHONUTF8: "1"', 'PYTHONUTF8: "1", PYTHONPATH: shim', "env.PYTHONPATH"),
    Edit("github", "shell: bash", "shell: bash -c true", "defaults.run.shell"),
    Edit("github", "    timeout-minutes: 10", "    if: false", "job.if"),
    Edit("github", "    timeout-minutes: 10", "    needs: lint", "job.needs[lint]"),
    Edit(
        "github", "    timeout-minutes: 10", "    continue-on-error: true", "job.continue-on-error"
    ),
    Edit("github", "    timeout-minutes: 10", "    env: {PATH: ./bin}", "job.env"),
    Edit(
        "github",
        "    timeout-minutes: 10",
        "    defaults: {run: {shell: ./sh}}",
        "job.defaults.run.shell",
    ),
    Edit(
        "github",
        "runs-on: ubuntu-24.04\n    timeout",
        "runs-on: self-hosted\n    timeout",
        "job.runs-on",
    ),
    Edit(
        "github",
        "runs-on: ubuntu-24.04\n    timeout",
        "runs-on: ubuntu-22.04\n    timeout",
        "job.runs-on",
    ),
    Edit("github", "pmlint==0.2.0", "pmlint==0.1.9", "job.steps[].run"),
    Edit("github", "pmlint==0.2.0", "pmlint-ng==0.2.0", "job.steps[].run"),
    Edit("github", "pmlint==0.2.0", "./fork", "job.steps[].run"),
    Edit("github", "run: pmlint gate", "run: pmlint gate || true", "job.steps[].run"),
    Edit(
        "github", "run: pmlint gate", "run: pmlint gate --base HEAD --head HEAD", "job.steps[].run"
    ),
    Edit("github", "run: pmlint gate", "run: echo pmlint gate", "job.steps[].run"),
    Edit(
        "github", "      - if: ${{ !cancelled() }}\n        run: pmlint gate\n", "", "job.steps[]"
    ),
    Edit("github", "if: ${{ !cancelled() }}", "if: ${{ failure() }}", "job.steps[].if"),
    Edit(
        "github",
        "      - id: check\n",
        "      - continue-on-error: true\n",
        "job.steps[].continue-on-error",
    ),
    Edit(
        "github",
        "      - id: check\n",
        "      - run: ln -s /bin/true pmlint\n      - id: check\n",
        "job.steps[]",
    ),
    Edit("github", "fetch-depth: 0", "fetch-depth: 0, ref: main", "job.steps[].with.ref"),
    Edit("github", "setup-python@v6.1.0", "setup-python@v6.0.9", "job.steps[].uses"),
    Edit("github", "setup-python@v6.1.0", "setup-python@main", "job.steps[].uses"),
    Edit("github", "actions/checkout@3d", "elsewhere/checkout@3d", "job.steps[].uses"),
    Edit("github", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v1", "job.steps[].uses"),
    Edit(
        "github",
        "    steps:\n      - name: Check out",
        "    if: true\n    if: false\n    steps:\n      - name: Check out",
        ".",
    ),
    Edit("gitlab", "  stage: .pre", "  stage: .pre\n  allow_failure: true", "job.allow_failure"),
    Edit("gitlab", "  stage: .pre", "  stage: .pre\n  when: manual", "job.when"),
    Edit("gitlab", "  stage: .pre", "  stage: late", "job.stage"),
    Edit("gitlab", 'if: $CI_PIPELINE_SOURCE == "merge_request_event"', "if: $GATE", "job.rules"),
    Edit(
        "gitlab",
        "  rules:\n",
        "  rules:\n    - {changes: [postmortems/*], when: never}\n",
        "job.rules",
    ),
    Edit("gitlab", "python:3.13-slim", "python:3.12-slim", "job.image"),
    Edit("gitlab", "python:3.13-slim", "registry.example.org/python:3.13-slim", "job.image"),
    Edit("gitlab", "pmlint==0.2.0", "pmlint==0.1", "job.before_script[]"),
    Edit("gitlab", "    - pmlint gate\n", "", "job.steps[]"),
    Edit("gitlab", "    - pmlint gate\n", "    - pmlint gate || echo late\n", "job.script[]"),
    Edit(
        "gitlab",
        "  script:\n    - pmlint check",
        "  script:\n    - alias pmlint=true\n    - pmlint check",
        "job.steps[]",
    ),
    Edit("gitlab", 'GIT_DEPTH: "0"', 'GIT_DEPTH: "0", PYTHONPATH: shim', "variables"),
    Edit("gitlab", "pmlint:\n  extends", ".pmlint:\n  extends", "."),
    Edit("gitlab", "variables:", "workflow: {rules: [{if: $GO}]}\nvariables:", "workflow"),
    Edit("deferred", '    - exit "$failed"\n', "", "job.steps[]"),
    Edit("deferred", '    - exit "$failed"\n', "    - exit 0\n", "job.script[]"),
    Edit("hooks", "rev: v0.2.0", "rev: v0.1.0", "hook.rev"),
    Edit("hooks", "rev: v0.2.0", "rev: main", "hook.rev"),
    Edit("hooks", "github.com/pmlint/pmlint", "github.com/fork/pmlint", "hook.repo"),
    Edit(
        "hooks",
        "      - id: pmlint-gate\n        name: gate",
        "      - id: pmlint-gate\n        stages: [manual]",
        "hook.stages",
    ),
    Edit(
        "hooks",
        "      - id: pmlint-gate\n        name: gate",
        "      - id: pmlint-gate\n        exclude: .*",
        "hook.exclude",
    ),
    Edit(
        "hooks",
        "      - id: pmlint-gate\n        name: gate",
        "      - id: pmlint-gate\n        files: ^src",
        "hook.files",
    ),
    Edit("hooks", "args: [--output-format, text]", "args: [--base, HEAD]", "hook.args"),
    Edit(
        "hooks",
        "default_stages: [pre-commit]",
        "default_stages: [manual]",
        "(hooks) default_stages",
    ),
    Edit(
        "hooks",
        "default_stages: [pre-commit]",
        "exclude: ^postmortems\ndefault_stages: [pre-commit]",
        "(hooks) exclude",
    ),
    Edit("hooks", "repos:\n", "ci: {skip: [pmlint-gate]}\nrepos:\n", "(hooks) ci.skip"),
    Edit("hooks", "entry: pmlint gate --staged", "entry: pmlint check", "hook.entry"),
    Edit("hooks", "always_run: true", "files: ^none$", "hook.files"),
    Edit("hooks", "[pmlint==0.2.0]", "[pmlint==0.1.0]", "hook.additional_dependencies"),
    Edit(
        "bitbucket",
        "            - pmlint gate\n",
        "            - true\n",
        "job.pipelines.pull-requests.**.0.step.script",
    ),
    Edit(
        "bitbucket",
        "  pull-requests:\n    '**':",
        "  custom:\n    reviews:",
        "job.pipelines.pull-requests.**.0.step.script",
    ),
    Edit(
        "bitbucket",
        "          name: reviews",
        "          trigger: manual",
        "job.pipelines.pull-requests.**.0.step.trigger",
    ),
    Edit(
        "azure",
        "      - script: pmlint gate",
        "      - script: pmlint gate\n        continueOnError: true",
        "job.jobs.0.steps.2.continueOnError",
    ),
    Edit(
        "azure",
        "  - job: reviews",
        "  - job: reviews\n    condition: false",
        "job.jobs.0.condition",
    ),
    Edit("azure", "include: [main]", "include: [none]", "job.pr.branches.include"),
    Edit("circle", "jobs: [reviews, lint]", "jobs: [lint]", "job.workflows.main.jobs"),
    Edit("circle", '{run: "pmlint gate', '{run: "true pmlint gate', "job.jobs.reviews.steps.2.run"),
    Edit("jenkins", "sh 'pmlint gate'", "sh 'pmlint gate || true'", "job.script[]"),
    Edit("jenkins", "when { changeRequest() }", "when { expression { false } }", "job.script[]"),
    Edit(
        "lefthook",
        "{run: pmlint gate --staged}",
        "{run: pmlint gate --staged, skip: true}",
        "job.pre-commit.commands.reviews.skip",
    ),
    Edit("lefthook", "    reviews: {run: pmlint gate --staged}\n", "", "."),
    Edit("husky", "npm test\n", "npm test\nexit 0\n", "job.steps[]"),
    Edit(
        "buildkite",
        "    command: pmlint gate",
        "    command: pmlint gate\n    soft_fail: true",
        "job.jobs.0.soft_fail",
    ),
]
FREE = [
    Edit("gitlab", "lint:\n  script", "build: {script: [make]}\nlint:\n  script"),
    Edit(
        "github", "name: pmlint\non", "name: reviews\nrun-name: reviews of ${{ github.actor }}\non"
    ),
    Edit(
        "github",
        "  merge_group:\n",
        "  merge_group:\n  workflow_dispatch:\n  schedule: [{cron: '0 0 * * *'}]\n",
    ),
    Edit("github", "  pmlint:\n    name: pmlint", "  reviews:\n    name: Reviews"),
    Edit("github", "timeout-minutes: 10", "timeout-minutes: 3"),
    Edit(
        "github",
        "    permissions: {contents: read}",
        "    permissions: {contents: read, checks: write}\n    concurrency: one",
    ),
    Edit("github", "runs-on: ubuntu-24.04\n    timeout", "runs-on: ubuntu-26.04\n    timeout"),
    Edit("github", "shell: bash", "shell: pwsh"),
    Edit("github", "pmlint==0.2.0", "pmlint==0.10.0"),
    Edit("github", "setup-python@v6.1.0", "setup-python@v7"),
    Edit("github", "setup-python@v6.1.0", "setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97"),
    Edit(
        "github",
        "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        "93cb6efe18208431cddfb8368fd83d5badbf9bfd # v7.1.0",
    ),
    Edit("github", "run: pmlint gate", "run: pmlint gate --output-format github"),
    Edit(
        "github", "run: pmlint check", "run: pmlint check --output-format=sarif -o findings.sarif"
    ),
    Edit("github", "          # outside the checkout\n", ""),
    Edit("github", "name: Install pmlint", "name: Get pmlint"),
    Edit("github", "- id: check", "- id: findings"),
    Edit(
        "github",
        "      - run: echo done\n",
        "      - uses: actions/upload-artifact@v4\n      - run: rm -rf build\n",
    ),
    Edit("github", "[{run: ruff check .}]", "[{run: ruff check . || true}]"),
    Edit("github", "  lint:\n", "  build: {runs-on: x, steps: [{run: make}]}\n  lint:\n"),
    Edit(
        "github",
        "on:\n  pull_request:\n  merge_group:",
        "on: [pull_request, merge_group]\nx-note: none\n#",
    ),
    Edit("gitlab", "pmlint==0.2.0", "pmlint==0.3.0"),
    Edit("gitlab", "python:3.13-slim", "python:3.14-slim"),
    Edit("gitlab", "python:3.13-slim", "python:3.13-slim@sha256:" + "a" * 64),
    Edit("gitlab", "timeout: 10 minutes", "timeout: 5 minutes\n  interruptible: true"),
    Edit("gitlab", "pmlint:\n  extends", "reviews:\n  extends"),
    Edit("gitlab", "  extends: .python\n", "  image: python:3.13-slim\n"),
    Edit("gitlab", "-o report.json", "-o other.json"),
    Edit("gitlab", "    - echo done\n", "    - echo ready\n    - date\n"),
    Edit("gitlab", "reports: {codequality: report.json}", "paths: [report.json]"),
    Edit(
        "gitlab",
        "  script: [ruff check .]",
        "  script: [ruff check ., mypy]\n  allow_failure: true",
    ),
    Edit("deferred", "python:3.13", "python:3.13.1"),
    Edit("hooks", "rev: v0.2.0", "rev: v0.2.1"),
    Edit("hooks", "rev: v0.2.0", "rev: 3d3c42e5aac5ba805825da76410c181273ba90b1 # frozen: v0.3.0"),
    Edit("hooks", "github.com/pmlint/pmlint", "github.com/pmlint/pmlint.git"),
    Edit("hooks", "name: gate", "name: the gate"),
    Edit("hooks", "args: [--output-format, text]", "args: [--output-format, concise]"),
    Edit("hooks", "[pmlint==0.2.0]", "[pmlint==0.3.0]"),
    Edit("hooks", "rev: v0.9.0", "rev: v0.1.0"),
    Edit("hooks", "repos:\n", "ci: {skip: [ruff]}\nrepos:\n"),
    Edit("hooks", "default_stages: [pre-commit]\n", ""),
    Edit("bitbucket", "            - echo done\n", ""),
    Edit(
        "bitbucket", "      - step: {script: [ruff check .]}\n", "      - step: {script: [mypy]}\n"
    ),
    Edit("bitbucket", "image: python:3.13", "image: python:3.14"),
    Edit("azure", "  - job: lint\n    steps: [{script: ruff check .}]\n", ""),
    Edit("azure", "displayName: gate", "displayName: the gate"),
    Edit("circle", "steps: [{run: ruff check .}]", "steps: [{run: mypy}]"),
    Edit("circle", "jobs: [reviews, lint]", "jobs: [reviews]"),
    Edit("jenkins", "sh 'ruff check .'", "sh 'mypy'"),
    Edit("jenkins", "pmlint==0.2.0", "pmlint==0.3.0"),
    Edit("lefthook", "{run: ruff check .}", "{run: mypy}"),
    Edit("husky", "echo done\n", ""),
    Edit("buildkite", "command: ruff check .", "command: mypy"),
]


def changes(edit: Edit) -> list[WorkflowChange]:
    path, text = FILES[edit.file]
    assert edit.old in text, edit.old
    return list(
        workflow_changes(
            {path: text.encode()}, {path: text.replace(edit.old, edit.new, 1).encode()}
        )
    )


SAID = SaidFile("workflows_said.json")


@pytest.mark.parametrize("edit", WEAKER, ids=lambda edit: f"{edit.file} {edit.new[:60]!r}")
def test_weaker(edit: Edit, update: bool) -> None:
    found = changes(edit)
    assert edit.field in [change.field for change in found], found
    name = f"{edit.file}: {edit.old} => {edit.new}"
    SAID.check(name, [said_of(change) for change in found], update)


def said_of(change: WorkflowChange) -> str:
    """A change whole, with its place."""
    place = f"{change.file}:{change.span.row}:{change.span.column} {change.side}".rstrip()
    row = change.row.field
    return f"{change.message} at {place} ({row}): {change.before!r} -> {change.after!r}"


@pytest.mark.parametrize("edit", FREE, ids=lambda edit: f"{edit.file} {edit.new[:60]!r}")
def test_free(edit: Edit) -> None:
    assert changes(edit) == []


def test_there_are_enough_edits() -> None:
    for kind in ("github", "gitlab", "hooks"):
        assert sum(edit.file == kind for edit in (*WEAKER, *FREE)) >= 20
    assert len(WEAKER) + len(FREE) >= 100


# files that move


def moved(old: str, new: str, text: str, **more: str) -> list[str]:
    extra = {name.replace("__", "/"): value.encode() for name, value in more.items()}
    return [
        change.field
        for change in workflow_changes({old: text.encode(), **extra}, {new: text.encode(), **extra})
    ]


def test_a_workflow_may_move() -> None:
    assert moved(".github/workflows/pmlint.yml", ".github/workflows/reviews.yaml", GITHUB) == []


@pytest.mark.parametrize(
    "place",
    [
        ".github/workflows/old/pmlint.yml",
        ".github/pmlint.yml",
        ".forgejo/workflows/pmlint.yml",
        ".github/workflows/pmlint.yml.bak",
        "docs/pmlint.yml",
    ],
)
def test_a_workflow_that_moves_to_where_nobody_runs_it(place: str) -> None:
    assert moved(".github/workflows/pmlint.yml", place, GITHUB) == ["."]


def test_a_pipeline_of_gitlab_moves_with_an_include() -> None:
    root = "include: [{local: ci/pmlint.yml}]\n"
    before = {".gitlab-ci.yml": GITLAB.encode()}
    assert (
        list(
            workflow_changes(
                before, {".gitlab-ci.yml": root.encode(), "ci/pmlint.yml": GITLAB.encode()}
            )
        )
        == []
    )
    nowhere = {
        ".gitlab-ci.yml": b"lint: {script: [ruff check .]}\n",
        "ci/pmlint.yml": GITLAB.encode(),
    }
    assert [change.field for change in workflow_changes(before, nowhere)] == ["."]


def test_the_include_of_a_pipeline() -> None:
    root, pipeline = b"include: [{local: ci/pmlint.yml}]\n", {"ci/pmlint.yml": GITLAB.encode()}
    before = {".gitlab-ci.yml": root, **pipeline}
    fields = {
        change.field
        for change in workflow_changes(before, {".gitlab-ci.yml": b"include: []\n", **pipeline})
    }
    assert fields == {"."}
    older = root.replace(b"local: ci/pmlint.yml", b"component: example.org/pmlint/gate@0.2.0")
    newer = older.replace(b"0.2.0", b"0.3.0")
    assert list(workflow_changes({".gitlab-ci.yml": older}, {".gitlab-ci.yml": newer})) == []
    assert [
        change.field
        for change in workflow_changes({".gitlab-ci.yml": newer}, {".gitlab-ci.yml": older})
    ] == ["include.component"]


def test_a_job_that_calls_a_file_that_names_pmlint() -> None:
    caller = b"on: [pull_request]\njobs:\n  reviews: {uses: ./.github/workflows/reviews.yml}\n"
    called = b"on: [workflow_call]\njobs:\n  gate: {runs-on: x, steps: [{run: pmlint gate}]}\n"
    before = {".github/workflows/a.yml": caller, ".github/workflows/reviews.yml": called}
    skipped = caller.replace(b"reviews: {", b"reviews: {if: false, ")
    found = list(workflow_changes(before, {**before, ".github/workflows/a.yml": skipped}))
    assert [(change.unit, change.field) for change in found] == [("job 'reviews'", "job.if")]


def test_a_condition_that_keeps_a_job_from_being_skipped() -> None:
    base = GITHUB.replace("    timeout-minutes: 10", "    needs: lint\n    if: ${{ always() }}")
    now = base.replace("    if: ${{ always() }}\n", "")
    path = ".github/workflows/pmlint.yml"
    assert [
        change.field for change in workflow_changes({path: base.encode()}, {path: now.encode()})
    ] == ["job.if"]
    harmless = GITHUB.replace("    timeout-minutes: 10", "    if: github.repository == 'a/b'")
    assert list(workflow_changes({path: harmless.encode()}, {path: GITHUB.encode()})) == []


# where, and what


def test_the_place_of_a_change() -> None:
    path, _ = FILES["github"]
    now = GITHUB.replace("run: pmlint gate", "run: pmlint gate || true")
    (change,) = workflow_changes({path: GITHUB.encode()}, {path: now.encode()})
    row = now[: now.index("pmlint gate || true")].count("\n") + 1
    assert (change.span.row, change.side, change.before, change.after) == (
        row,
        "",
        "pmlint gate",
        "pmlint gate || true",
    )
    assert change.message == "'job.steps[].run' of job 'pmlint' was changed"
    (change,) = workflow_changes({path: GITHUB.encode()}, {path: b"jobs: {}\n"})
    assert (change.file, change.side, change.span.row) == (path, "base", 10)
    assert change.message == "job 'pmlint', which runs pmlint, was removed"


def test_a_file_that_cannot_be_read_runs_nothing() -> None:
    path, text = FILES["github"]
    for broken in (b"jobs: [", b"\xff\xfe", text.encode().replace(b"jobs:", b"\tjobs:")):
        assert "." in [
            change.field for change in workflow_changes({path: text.encode()}, {path: broken})
        ]


def test_bombs_cost_nothing() -> None:
    bomb = (
        "a: &a ["
        + "x," * 50
        + "]\n"
        + "".join(f"b{n}: &b{n} [{'*a,' * 50}]\n" for n in range(50))
        + "# pmlint\n"
    )
    path = ".github/workflows/pmlint.yml"
    assert list(workflow_changes({path: bomb.encode()}, {path: bomb.encode()})) == []


def test_what_is_watched() -> None:
    assert all(is_watched(path) for path, _ in FILES.values())
    assert not any(
        map(
            is_watched,
            ("postmortems/PM-2026-001.md", "src/Jenkins.py", ".github/CODEOWNERS", "pmlint.toml"),
        )
    )
    assert {system.name for system in SYSTEMS} == {
        "GitHub",
        "GitLab",
        "pre-commit",
        "pipeline",
        "script",
    }
