"""`init` makes no repository red that was not pmlint's: shapes of repositories, each green
afterwards, with every file as it was.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KYVERNO = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: no-root}\n"
SHARED = {
    "pyproject.toml",
    ".gitattributes",
    ".pre-commit-config.yaml",
    ".gitlab-ci.yml",
    ".github/CODEOWNERS",
}
"""Files that other tools share: they get lines at their end."""
SHAPES: dict[str, dict[str, str]] = {
    "empty": {},
    "agents": {
        "AGENTS.md": "# Agents\n\nUse make.\n",
        "CLAUDE.md": "@AGENTS.md\n",
        ".claude/settings.json": "{}\n",
    },
    "laravel": {
        "routes/web.php": "<?php\n",
        "policies/UserPolicy.php": "<?php\n",
        "composer.json": "{}\n",
    },
    "fastapi": {
        "routes/__init__.py": "",
        "routes/api.yaml": "paths: {}\n",
        "pyproject.toml": '[project]\nname = "x"\n',
    },
    "kyverno": {
        "policies/root.yaml": KYVERNO,
        "routes/http.yaml": "kind: HTTPRoute\nmetadata: {name: a}\n",
        "schema/a.json": "{}\n",
    },
    "names-of-people": {"people.yaml": "- ana\n- bo\n"},
    "roles": {"people.yaml": "ana: admin\n"},
    "no-people": {"people.yaml": "[]\n"},
    "templates": {
        "postmortems/TEMPLATE.md": "# T\n",
        "postmortems/index.md": "# I\n",
        "postmortems/_draft.md": "# D\n",
        "postmortems/README.md": "# R\n",
    },
    "other-template": {
        "postmortems/template/incident.md": "# T\n\n## Timeline\n",
        "postmortems/img/a.svg": "<svg/>\n",
    },
    "prose": {
        "postmortems/2023/a.md": "# Out\n\n## Timeline\n",
        "postmortems/2024-01-02.md": "It broke.\n",
    },
    "front-matter-of-jekyll": {
        "postmortems/2024-01-02-out.md": "---\nlayout: post\ntitle: Out\n---\n# Out\n"
    },
    "mkdocs": {
        "mkdocs.yml": "site_name: x\nnav: [index.md]\n",
        "docs/index.md": "# x\n",
        "docs/postmortems/2024-01-02-out.md": "---\ntags: [a]\n---\n# Out\n\n## Timeline\n",
    },
    "gitlab": {
        ".gitlab-ci.yml": "stages: [build, deploy]\nbuild:\n  stage: build\n  script: [make]\n"
    },
    "github": {
        ".github/workflows/ci.yml": "on: push\njobs: {}\n",
        ".github/CODEOWNERS": "* @ana\n",
    },
    "monorepo": {
        "packages/c/pyproject.toml": '[project]\nname = "c"\n',
        "services/a/routes/x.json": "{}\n",
        "services/b/postmortems/a.md": "# b\n",
    },
    "hooks": {
        ".pre-commit-config.yaml": "repos:\n- repo: https://example.org/hooks\n  rev: v4\n  hooks:\n  - id: trailing-whitespace\n"
    },
    "evidence-of-others": {"evidence/exhibit.txt": "x\n", "evidence/README.md": "ours\n"},
    "windows": {
        "pyproject.toml": '[project]\r\nname = "x"\r\n',
        ".gitattributes": "*.png binary\r\n",
    },
}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *who, *words], cwd=root, env=ENVIRONMENT, check=True, capture_output=True
    )


def run(root: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "pmlint", *words]
    done = subprocess.run(
        command, cwd=root, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def put(root: Path, name: str) -> dict[str, bytes]:
    git(root, "init", "-q", "-b", "main")
    for path, text in SHAPES[name].items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return {path: text.encode() for path, text in SHAPES[name].items()}


STATES = ("committed", "nothing committed", "shallow")
EACH_IN_ONE_STATE = [(name, STATES[number % 3]) for number, name in enumerate(SHAPES)]
IN_EVERY_STATE = [(name, state) for name in ("prose", "monorepo") for state in STATES]


@pytest.mark.parametrize(
    ("name", "state"), list(dict.fromkeys([*EACH_IN_ONE_STATE, *IN_EVERY_STATE]))
)
def test_no_repository_is_made_red(tmp_path: Path, name: str, state: str) -> None:
    root = tmp_path / "here"
    root.mkdir()
    before = put(root, name)
    if state != "nothing committed":
        git(root, "add", "-A")
        git(root, "commit", "-q", "--allow-empty", "-m", "one")
        git(root, "commit", "-q", "--allow-empty", "-m", "two")
    if state == "shallow":
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "clone")
        root = tmp_path / "clone"
    assert run(root, "init", "--owner", "@ana")[0] == 0
    # where nobody is known nobody can own a route, so there is no example of one
    said = "nothing to check yet" if name == "no-people" else "All clean: 0 postmortems and 1 route"
    assert run(root, "check") == (0, f"{said}\n", "")
    assert {path: (root / path).read_bytes() for path in before.keys() - SHARED} == {
        path: before[path] for path in before.keys() - SHARED
    }
    for path in before.keys() & SHARED:
        # A block list of hooks or includes gets its entry where the list ends, which is the end
        # here.
        assert (root / path).read_bytes().startswith(before[path])
    git(root, "add", "-A")
    assert run(root, "gate", "--staged")[0] == 0
    git(root, "commit", "-q", "-m", "pmlint")
    assert run(root, "init", "--owner", "@ana")[1] == "Nothing to do: everything is in its place\n"


def test_a_people_file_of_somebody_else_is_named(tmp_path: Path) -> None:
    put(tmp_path, "roles")
    _, out, notes = run(tmp_path, "init", "--ci", "none")
    assert "wrote agents/people.yaml\n" in out
    assert (
        notes
        == 'note: people.yaml has nothing of pmlint\'s shape and stays untouched: pmlint.toml says people = "agents/people.yaml"\n'
    )


@pytest.mark.parametrize(
    ("files", "words", "owner"),
    [
        ({}, (), "@example-owner"),
        ({}, ("--owner", "@org/agents", "--owner", "@ana"), "@ana"),
        ({"people.yaml": '- {handle: "@bot", kind: agent}\n- {handle: "@bo"}\n'}, (), "@bo"),
        ({"people.yaml": '- {handle: "@bo"}\n- {handle: "@ana"}\n'}, ("--owner", "@ana"), "@ana"),
        ({"people.yaml": '- {handle: "@bo"}\n'}, ("--owner", "@ana"), "@bo"),
        ({"CODEOWNERS": "* @bo\n"}, (), "@bo"),
        ({"CODEOWNERS": "* @bo\n"}, ("--owner", "@ana"), "@ana"),
        ({"people.yaml": "ana: admin\n"}, ("--owner", "@ana"), "@ana"),
        ({"people.yaml": "ana: admin\n"}, (), "@example-owner"),
    ],
)
def test_the_example_of_a_route_has_an_owner_who_is_known(
    files: dict[str, str], words: tuple[str, ...], owner: str, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert run(tmp_path, "init", *words)[0] == 0
    (example,) = tmp_path.glob("**/example-route.yaml")
    assert f'owner: "{owner}" # one person\n' in example.read_text()
    assert run(tmp_path, "check")[:2] == (0, "All clean: 0 postmortems and 1 route\n")


@pytest.mark.parametrize("text", ['- {handle: "@ana"}\n', "- {handle: 7}\n", "[\n", ""])
def test_a_people_file_of_ours_or_a_broken_one_stays_the_one_that_counts(
    tmp_path: Path, text: str
) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "people.yaml").write_text(text)
    run(tmp_path, "init", "--ci", "none")
    assert "people" not in (tmp_path / "pmlint.toml").read_text()
    assert not (tmp_path / "agents").exists()
