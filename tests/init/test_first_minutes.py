"""The first five minutes, from `init` to a refused restart, with real git and real hooks: with and
without a past.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
BASE = TOP / "tests" / "cases" / "base"
REVIEW = (BASE / "postmortems/PM-2026-001-refunds.md").read_text()
ROUTE = "routes/refund-triage.yaml"
HOOKS = """\
# ours since 2019
repos:
  - repo: local   # no network
    hooks:
      - id: spelling
        name: spelling
        entry: "true"
        language: system
"""
PAST = {
    ".github/workflows/ci.yml": "name: ci\n",
    ".github/CODEOWNERS": "* @org/all\n",
    ".pre-commit-config.yaml": HOOKS,
    "pyproject.toml": '[project]\nname = "shop"   # mine\nversion = "1"\n',
    "src/shop.py": "PRICE = 1\n",
}
LINKLESS = (BASE / ROUTE).read_text().replace("postmortems: [PM-2026-001]\n", "")
OPEN = (
    REVIEW.replace("PM-2026-001", "PM-2025-001")
    .replace("opened: 2026-09-14", "opened: 2025-09-14")
    .replace('    owner: "@tom"\n', "")
)
OPEN = OPEN.replace("{control: refund-approval", "{absent: amount-check").replace(
    "control: refund-approval", "control: amount-check"
)
OPEN = OPEN.replace("class: exceeded-authority", "class: detected-late")
"""An old postmortem with an open action that nobody owns."""
FOREIGN = "---\ntitle: Outage\ndate: 2019-01-01\n---\nIt broke.\n"
PROSE = "# Outage\n\nIt broke.\n"


class Repository:
    """A repository of somebody, with the environment of a shell in which pmlint is installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        programs = root.parent / "bin"
        programs.mkdir()
        (programs / "pmlint").write_text(f'#!/bin/sh\nexec {sys.executable} -m pmlint "$@"\n')
        (programs / "pmlint").chmod(0o755)
        self.environment = {
            "PATH": f"{programs}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(TOP),
            "HOME": str(root.parent),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PMLINT_NOW": "2026-10-15",
        }
        self.run("git", "init", "-q", "-b", "main")
        self.run("git", "config", "user.email", "dana@example.org")
        self.run("git", "config", "user.name", "Dana")

    def run(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            words,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    def put(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, message: str) -> tuple[int, str]:
        self.run("git", "add", "-A")
        return self.run("git", "commit", "-q", "-m", message)

    def localise_hooks(self) -> None:
        """Let the hooks that `init` wrote be run by this installation: no package index is needed."""
        file = self.root / ".pre-commit-config.yaml"
        text, count = re.subn(
            r"language: python\n +additional_dependencies: \[pmlint==\S+\]",
            "language: system",
            file.read_text(),
        )
        assert count == 2
        file.write_text(text)

    def install_hooks(self) -> None:
        assert self.run("pre-commit", "install")[0] == 0

    def replace(self, path: str, before: str, after: str) -> None:
        text = (self.root / path).read_text()
        assert before in text
        (self.root / path).write_text(text.replace(before, after))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def live_through_an_incident(repository: Repository, folder: str) -> None:
    """From a new postmortem that can't be committed, by one that can, to a restart that can't."""
    people = (
        '- {handle: "@dana", email: dana@example.org}\n- {handle: "@maria"}\n- {handle: "@tom"}\n'
    )
    repository.put({ROUTE: LINKLESS, "people.yaml": people})
    code, said = repository.run(
        "pmlint",
        "new",
        "Refunds",
        "--route",
        "refund-triage",
        "--severity",
        "near-miss",
        "--trigger",
        "near-miss",
    )
    file = f"{folder}/PM-2026-001-refunds.md"
    assert (code, said) == (
        0,
        f"wrote {file}\nnext: fill in its 18 places; 'pmlint check {file}' lists them\n",
    )
    assert 'authors: ["@dana"]' in (repository.root / file).read_text()
    code, said = repository.commit("a postmortem that nobody has filled")
    assert code == 1
    assert "placeholder" in said

    shutil.copytree(BASE / "evidence", repository.root / "evidence", dirs_exist_ok=True)
    review = REVIEW.replace("opened: 2026-09-14", "opened: 2026-10-15")
    proof = "tests/agents/test_refund_scope.py"  # what A1 promises, so what shows that it is done
    review = review.replace(
        "proof: [{path: evidence/PM-2026-001/outcome.md}]", f"proof: [{{path: {proof}}}]"
    )
    repository.put({file: review, proof: "def test_scope() -> None: ...\n"})
    code, said = repository.commit("a postmortem that somebody has filled")
    assert code == 0, said

    repository.run("git", "checkout", "-q", "-b", "restart")
    repository.replace(ROUTE, "restart: false", "restart: true")
    code, said = repository.run("pmlint", "gate", "--worktree")
    assert (code, "refused" in said, "A2" in said) == (1, True, True), said
    assert repository.commit("turn it on again")[0] == 1
    repository.run(
        "git", "commit", "-q", "--no-verify", "-m", "turn it on again, without the hooks"
    )
    code, said = repository.run("pmlint", "gate", "--base", "main", "--head", "restart")
    assert (code, "refused" in said) == (1, True), said
    repository.run("git", "checkout", "-q", "main")


def lint_the_workflow(repository: Repository) -> None:
    workflow = ".github/workflows/pmlint.yml"
    for tool, *options in (
        ["actionlint"],
        ["zizmor", "--offline", "--persona=auditor", "--color=never"],
    ):
        if shutil.which(tool, path=repository.environment["PATH"]):
            code, said = repository.run(tool, *options, workflow)
            assert code == 0, said
            assert tool == "actionlint" or "No findings to report" in said


def test_an_empty_repository(repository: Repository) -> None:
    code, said = repository.run("pmlint", "init", "--ci", "github", "--owner", "@org/ops")
    assert code == 0, said
    hooks = (repository.root / ".pre-commit-config.yaml").read_text()
    assert hooks.index("id: pmlint-repository") < hooks.index("id: pmlint-gate")
    repository.localise_hooks()
    repository.install_hooks()
    code, said = repository.commit("Adopt pmlint")
    assert code == 0, said
    assert repository.run("pmlint", "init", "--ci", "github", "--owner", "@org/ops") == (
        0,
        "Nothing to do: everything is in its place\n",
    )
    lint_the_workflow(repository)
    (repository.root / "routes/example-route.yaml").unlink()
    live_through_an_incident(repository, "postmortems")


@pytest.mark.parametrize(
    ("file", "old", "folder", "way"),
    [
        ("postmortems/PM-2025-001-old.md", OPEN, "postmortems", "since"),
        ("docs/postmortems/PM-2025-001-old.md", OPEN, "docs/postmortems", "baseline"),
        ("incidents/outage.md", FOREIGN, "postmortems", ""),
        ("postmortems/2019.md", PROSE, "postmortems/agents", ""),
    ],
    ids=["since", "baseline", "other-fields", "prose"],
)
def test_a_repository_with_a_past(
    repository: Repository, file: str, old: str, folder: str, way: str
) -> None:
    past = {**PAST, file: old, ROUTE: LINKLESS}
    repository.put(past)
    shutil.copytree(BASE / "evidence/PM-2026-001", repository.root / "evidence/PM-2025-001")
    assert repository.commit("long ago") == (0, "")
    code, said = repository.run("pmlint", "init")
    assert (code, "`since`" in said, "`pmlint baseline`" in said) == (0, old == OPEN, way != "")
    for name, text in past.items():
        now = (repository.root / name).read_text()
        assert now.startswith(text), name
        assert now == text or name not in (file, ROUTE)
    owners = (repository.root / ".github/CODEOWNERS").read_text()
    for path in (
        f"{folder}/",
        "policies/",
        "schema/",
        "routes/",
        "pyproject.toml",
        ".github/workflows/pmlint.yml",
    ):
        assert f"\n/{path} @org/all\n" in owners
    assert repository.run("pmlint", "check")[0] == (1 if way else 0)
    if way == "since":
        repository.replace("pyproject.toml", '# since = "2026-10-15"', 'since = "2026-10-15"')
    elif way == "baseline":
        assert repository.run("pmlint", "baseline")[0] == 0
    code, said = repository.run("pmlint", "check")
    assert code == 0, said
    assert repository.run("pmlint", "init") == (0, "Nothing to do: everything is in its place\n")
    lint_the_workflow(repository)
    repository.localise_hooks()
    assert repository.commit("Adopt pmlint") == (0, "")
    repository.install_hooks()
    repository.replace("src/shop.py", "1", "2")
    code, said = repository.commit("Work goes on")
    assert (code, said.count("Passed")) == (0, 3), said
    live_through_an_incident(repository, folder)
