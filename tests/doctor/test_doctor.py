"""The doctor in repositories of git, with settings as the APIs of GitHub and GitLab export them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PULL: dict[str, Any] = {
    "type": "pull_request",
    "ruleset_source_type": "Repository",
    "ruleset_id": 1,
    "parameters": {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
    },
}
CHECK: dict[str, Any] = {
    "type": "required_status_checks",
    "parameters": {
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": "pmlint", "integration_id": 15368}],
    },
}
RULES = [{"type": "deletion"}, {"type": "non_fast_forward"}, PULL, CHECK]
RULESET = {"id": 1, "enforcement": "active", "bypass_actors": [], "rules": RULES}
PROTECTION = {
    "required_status_checks": {"strict": True, "checks": [{"context": "pmlint", "app_id": 15368}]},
    "required_pull_request_reviews": {
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
    },
    "enforce_admins": {"enabled": True},
    "allow_force_pushes": {"enabled": False},
}
BRANCHES = [
    {
        "name": "main",
        "push_access_levels": [{"access_level": 0, "user_id": None}],
        "merge_access_levels": [{"access_level": 40}],
        "allow_force_push": False,
        "code_owner_approval_required": True,
    }
]
PROJECT = {
    "only_allow_merge_if_pipeline_succeeds": True,
    "allow_merge_on_skipped_pipeline": False,
    "merge_method": "ff",
}
APPROVALS = {"reset_approvals_on_push": True}


def run(root: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "pmlint", *words]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def adopted(empty: Path) -> Path:
    assert run(empty, "init", "--ci", "github", "--owner", "@org/ops")[0] == 0
    return empty


def asked(root: Path, *exports: object) -> tuple[int, dict[str, str]]:
    """The exit code, and the mark of each question."""
    words = ["doctor"]
    for number, export in enumerate(exports):
        file = root / f"settings-{number}.json"
        file.write_text(json.dumps(export), encoding="utf-8")
        words += ["--settings", file.name]
    code, out, error = run(root, *words)
    assert error == ""
    lines = out.splitlines()[:-1]
    return code, {line[4:].partition(":")[0]: line[:4].strip() for line in lines}


STEPS = {
    "github": "require 'pmlint' from GitHub Actions, not from any source",
    "gitlab": "merge requests: pipelines must succeed",
    "forgejo": "any token that may write a status can report 'pmlint': keep those few",
    "azure": "branch policies: build validation, not a status of another service",
    "bitbucket": "any app that may write a build status can report 'pmlint': keep those few",
    "jenkins": "require 'pmlint' from the CI itself, not from any source",
}


@pytest.mark.parametrize("system", STEPS)
def test_the_next_step_is_in_the_words_of_the_forge(empty: Path, system: str) -> None:
    run(empty, "init", "--ci", system, "--owner", "@ana")
    (line,) = [
        line for line in run(empty, "doctor")[1].splitlines() if "source of the check" in line
    ]
    is_read = system in ("github", "gitlab", "jenkins")
    fact = (
        "no file says it; next: name the forge's settings with --settings FILE; "
        if is_read
        else "no export of this forge is read; next: "
    )
    assert line == f"?   source of the check: {fact}{STEPS[system]}"


def test_it_fits_a_terminal(empty: Path) -> None:
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "pmlint", "doctor"]
    subprocess.run(
        command, cwd=empty, env={**os.environ, "COLUMNS": "60"}, stdout=terminal, check=False
    )
    os.close(terminal)
    lines = os.read(keyboard, 1 << 16).decode().splitlines()
    os.close(keyboard)
    assert max(map(len, lines)) <= 60
    assert lines[:3] == [
        "NO  configuration: there is no configuration; next: pmlint",
        "    init",
        "NO  job: no workflow runs the gate; next: pmlint init --ci",
    ]


def test_an_empty_repository(empty: Path) -> None:
    code, out, _ = run(empty, "doctor")
    assert code == 1
    assert out.splitlines()[:4] == [
        "NO  configuration: there is no configuration; next: pmlint init",
        "NO  job: no workflow runs the gate; next: pmlint init --ci SYSTEM",
        "NO  hooks: no hook runs the gate before a commit; next: pmlint init; pre-commit install",
        "NO  code owners: nobody owns postmortems, routes, policies, people.yaml, pmlint.toml; next: pmlint init --owner HANDLE",
    ]
    assert out.splitlines()[-1] == "0 of 10 hold, 4 do not, 6 are not known"


def test_what_init_writes_holds(adopted: Path) -> None:
    code, out, _ = run(adopted, "doctor", "--settings", "/dev/null")
    assert (code, out) == (2, "")
    (adopted / "ruleset.json").write_text(json.dumps(RULESET), encoding="utf-8")
    assert run(adopted, "doctor", "--settings", "ruleset.json") == (
        0,
        "ok  configuration: pmlint.toml can be read\n"
        "ok  job: .github/workflows/pmlint.yml runs the gate\n"
        "ok  every change: no path filter skips the job\n"
        "ok  full history: the job has the full history\n"
        "ok  outside the checkout: pmlint is installed outside the checkout and runs isolated\n"
        "ok  hooks: .pre-commit-config.yaml runs the gate\n"
        "ok  code owners: .github/CODEOWNERS names owners of everything that the gate judges by\n"
        "ok  required check: the check 'pmlint' is required\n"
        "ok  source of the check: the check comes from the CI itself\n"
        "ok  up to date: a branch must be up to date, or a queue tests it\n"
        "ok  stale approvals: a push dismisses approvals\n"
        "ok  no bypass: nobody may bypass it, push directly or force\n"
        "ok  review of owners: code owners must approve\n"
        "13 of 13 hold, 0 do not, 0 are not known\n",
        "",
    )


def test_what_nobody_could_ask_is_no_yes_unless_it_is_only_read(adopted: Path) -> None:
    """All that can be asked here holds, and the forge was not asked."""
    code, out, _ = run(adopted, "doctor")
    assert (code, out.splitlines()[-1]) == (1, "7 of 13 hold, 0 do not, 6 are not known")
    assert run(adopted, "doctor", "--exit-zero") == (0, out, "")
    # What cannot be read stays 2: there is no report to read.
    assert run(adopted, "doctor", "--exit-zero", "--settings", "/dev/null")[0] == 2


@pytest.mark.parametrize("system", ["github", "forgejo", "gitlab", "azure", "bitbucket", "jenkins"])
def test_the_job_of_each_system_is_in_order(empty: Path, system: str) -> None:
    run(empty, "init", "--ci", system, "--owner", "@ana")
    _, marks = asked(empty)
    assert {
        marks[name]
        for name in ("job", "every change", "full history", "outside the checkout", "code owners")
    } == {"ok"}


@pytest.mark.parametrize(
    ("before", "after", "question"),
    [
        ("  pull_request:\n", "  pull_request:\n    paths: [routes/**]\n", "every change"),
        ("          fetch-depth: 0\n", "", "full history"),
        ("-I -m pmlint", "-m pmlint", "outside the checkout"),
        ("-m pmlint gate", "-m pmlint check", "job"),
    ],
)
def test_what_a_job_lacks_is_named(adopted: Path, before: str, after: str, question: str) -> None:
    file = adopted / ".github/workflows/pmlint.yml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")
    code, marks = asked(adopted, RULESET)
    assert code == 1
    assert [name for name, mark in marks.items() if mark == "NO"] == [question]


def test_owners_that_are_comments_are_none(adopted: Path) -> None:
    file = adopted / ".github/CODEOWNERS"
    file.write_text(
        file.read_text(encoding="utf-8").replace("/policies/", "# /policies/"), encoding="utf-8"
    )
    _, out, _ = run(adopted, "doctor")
    assert "NO  code owners: nobody owns policies; next: pmlint init --owner HANDLE\n" in out


FORGE = (
    "required check",
    "source of the check",
    "up to date",
    "stale approvals",
    "no bypass",
    "review of owners",
)


@pytest.mark.parametrize(
    ("exports", "marks"),
    [
        ([], "??????"),
        ([RULES], ["ok", "ok", "ok", "ok", "?", "ok"]),
        ([RULESET], ["ok"] * 6),
        ([RULES, RULESET], ["ok"] * 6),
        ([PROTECTION], ["ok"] * 6),
        ([BRANCHES], ["?", "?", "?", "?", "ok", "ok"]),
        ([BRANCHES, PROJECT, APPROVALS], ["ok"] * 6),
        ([[]], ["NO"] * 6),
        ([RULESET | {"enforcement": "evaluate"}], ["NO"] * 6),
        (
            [RULESET | {"bypass_actors": [{"actor_type": "RepositoryRole"}]}],
            ["ok", "ok", "ok", "ok", "NO", "ok"],
        ),
        (
            [PROTECTION | {"enforce_admins": {"enabled": False}}],
            ["ok", "ok", "ok", "ok", "NO", "ok"],
        ),
        (
            [[PULL, {"type": "non_fast_forward"}, {"type": "merge_queue"}]],
            ["NO", "NO", "ok", "ok", "?", "ok"],
        ),
        ([[CHECK]], ["ok", "ok", "ok", "NO", "NO", "NO"]),
        ([PROJECT | {"allow_merge_on_skipped_pipeline": True}], ["NO", "ok", "ok", "?", "?", "?"]),
        ([PROJECT | {"merge_method": "merge"}], ["ok", "ok", "NO", "?", "?", "?"]),
        (
            [[BRANCHES[0] | {"push_access_levels": [{"access_level": 40}]}]],
            ["?", "?", "?", "?", "NO", "ok"],
        ),
        ([[BRANCHES[0] | {"allow_force_push": True}]], ["?", "?", "?", "?", "NO", "ok"]),
    ],
)
def test_settings_of_a_forge(adopted: Path, exports: list[object], marks: list[str]) -> None:
    code, found = asked(adopted, *exports)
    assert [found[name] for name in FORGE] == list(marks)
    assert code == (0 if set(marks) == {"ok"} else 1)


def test_any_app_may_report_a_check_without_a_source(adopted: Path) -> None:
    any_source = {
        "type": "required_status_checks",
        "parameters": {"required_status_checks": [{"context": "pmlint"}]},
    }
    _, found = asked(adopted, [any_source, PULL])
    assert (found["required check"], found["source of the check"]) == ("ok", "NO")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "not json",
            "error: s.json: this is not JSON\n  help: save the answer of the forge's API as it is\n",
        ),
        (
            '{"message": "Not Found"}',
            "error: s.json: this is not an export of branch rules that is known\n",
        ),
    ],
)
def test_what_cannot_be_read_is_no_answer(adopted: Path, text: str, message: str) -> None:
    (adopted / "s.json").write_text(text, encoding="utf-8")
    code, out, error = run(adopted, "doctor", "--settings", "s.json")
    assert (code, out) == (2, "")
    assert error.startswith(message)


def test_a_configuration_that_cannot_be_read(empty: Path) -> None:
    (empty / "pmlint.toml").write_text("fail_level = 1\n", encoding="utf-8")
    code, out, error = run(empty, "doctor")
    assert (code, out) == (2, "")
    assert error.startswith("error: pmlint.toml:1:")
