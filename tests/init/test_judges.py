"""What others say of the files that we write: their schemas and linters, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.init.ci import NAMES, SYSTEMS
from pmlint.init.plan import plan
from pmlint.init.texts import text
from pmlint.init.write import write
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with everything that `init` writes."""
    root = tmp_path_factory.mktemp("written")
    write(
        str(root),
        plan(
            WorkTree(str(root)),
            Settings(),
            date(2026, 11, 24),
            ci=NAMES,
            owners=("@org/ops",),
            report=True,
            replay=True,
        ),
    )
    subprocess.run(
        ["git", "init", "-q", str(root)], check=True
    )  # actionlint looks for the root of a repository
    shutil.copy(TOP / "action.yml", root / "action.yml")
    return root


def _tool(name: str) -> str:
    """A linter of the environment that the tests run in, or of the path; skips where it is not
    installed.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _run(root: Path, *command: str) -> tuple[int, str]:
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_actionlint(written: Path) -> None:
    files = sorted(
        str(file.relative_to(written)) for file in (written / ".github" / "workflows").iterdir()
    )
    assert files == [
        f".github/workflows/{name}.yml" for name in ("pmlint-replay", "pmlint-report", "pmlint")
    ]
    assert _run(written, _tool("actionlint"), *files) == (0, "")


@pytest.mark.parametrize(
    "file",
    [
        ".github/workflows/pmlint.yml",
        ".github/workflows/pmlint-report.yml",
        ".github/workflows/pmlint-replay.yml",
        "action.yml",
    ],
)
def test_zizmor_as_an_auditor(written: Path, file: str) -> None:
    code, said = _run(
        written, _tool("zizmor"), "--offline", "--persona=auditor", "--color=never", file
    )
    assert "No findings to report" in said, said
    assert code == 0


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-workflows", ".github/workflows/pmlint.yml"),
        ("github-workflows", ".github/workflows/pmlint-report.yml"),
        ("github-workflows", ".github/workflows/pmlint-replay.yml"),
        ("github-actions", "action.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/postmortem.yml"),
        ("gitlab-ci", ".gitlab/pmlint.yml"),
        ("gitlab-ci", ".gitlab/pmlint-report.yml"),
        ("gitlab-ci", ".gitlab-ci.yml"),
        ("azure-pipelines", ".azuredevops/pmlint.yml"),
        ("bitbucket-pipelines", "bitbucket-pipelines.yml"),
    ],
)
def test_check_jsonschema(written: Path, schema: str, file: str) -> None:
    code, said = _run(
        written, _tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", file
    )
    assert code == 0, said


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def test_the_workflow_has_no_secret_no_filter_and_every_change(written: Path) -> None:
    workflow = _yaml(written / ".github/workflows/pmlint.yml")
    assert workflow["on"] == {"pull_request": "", "merge_group": ""}
    assert workflow["permissions"] == {}
    job, comment = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    assert comment["permissions"] == {"pull-requests": "write"}
    assert [step.get("uses") for step in comment["steps"]] == [
        None
    ]  # nothing is checked out where something may be written
    assert job["steps"][0]["with"] == {"fetch-depth": "0", "persist-credentials": "false"}
    assert "secrets." not in (written / ".github/workflows/pmlint.yml").read_text()


@pytest.mark.parametrize(
    "file",
    [
        ".github/workflows/pmlint.yml",
        ".github/workflows/pmlint-report.yml",
        ".github/workflows/pmlint-replay.yml",
        "action.yml",
    ],
)
def test_actions_are_pinned_by_digest_and_say_their_version(written: Path, file: str) -> None:
    uses = re.findall(r"uses: (.*)", (written / file).read_text())
    assert uses
    for name in uses:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", name)


@pytest.mark.parametrize("file", ["action.yml", *(system.file for system in SYSTEMS)])
def test_python_is_always_isolated(written: Path, file: str) -> None:
    """The scripts run in the checkout, where a file json.py would be imported by a Python that is
    not.
    """
    calls = re.findall(
        r"(?:/python\"?|\bpython3?|\"\$PYTHON\") (-\S+) -m", (written / file).read_text()
    )
    assert len(calls) >= 4
    assert set(calls) == {"-I"}


def test_inputs_of_the_action_reach_its_scripts_by_the_environment() -> None:
    for step in _yaml(TOP / "action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_gitlab_template_is_the_one_that_init_writes() -> None:
    assert (TOP / "templates" / "gitlab.yml").read_text(encoding="utf-8") == text("gitlab.yml")
