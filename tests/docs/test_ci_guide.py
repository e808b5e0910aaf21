"""The guide has a section and a file for each CI system that the gate knows, and names what it
reads there.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from pmlint.gate.events import SYSTEMS
from pmlint.gate.workflows import workflow_changes

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "ci.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in GUIDE.split("\n## ")[1:]}
FILES = {
    "GitHub": ".github/workflows/pmlint.yml",
    "GitLab": ".gitlab-ci.yml",
    "Bitbucket": "bitbucket-pipelines.yml",
    "Azure DevOps": "azure-pipelines.yml",
    "Buildkite": ".buildkite/pipeline.yml",
    "Woodpecker": ".woodpecker.yml",
    "Drone, Harness": ".drone.yml",
    "Travis CI": ".travis.yml",
    "AppVeyor": "appveyor.yml",
    "Cirrus CI": ".cirrus.yml",
    "Semaphore": ".semaphore/semaphore.yml",
    "CodeBuild": "buildspec.yml",
    "CircleCI": ".circleci/config.yml",
}


def test_every_system_has_a_section() -> None:
    titles = {title.removesuffix(", Harness") for title in SECTIONS}
    assert {system.name for system in SYSTEMS} - titles == set()


def test_every_variable_that_is_read_is_named() -> None:
    for system in SYSTEMS:
        for name in filter(None, (system.base, system.queue, *system.head)):
            if not name.startswith("'"):
                assert f"`{name}`" in GUIDE or (system.name == "CodeBuild" and name in GUIDE), name


def test_the_files_are_read_and_guarded() -> None:
    """Each file of the guide is one whose gate cannot be taken out."""
    for title, path in FILES.items():
        text = re.findall(r"```yaml\n(.*?)```", SECTIONS[title], re.S)[0]
        assert yaml.safe_load(text), title
        assert "pmlint" in text
        found = list(workflow_changes({path: text.encode()}, {path: b"nothing: {}\n"}))
        assert [change.field for change in found] == ["."], title
        assert list(workflow_changes({path: text.encode()}, {path: text.encode()})) == []


def test_each_line_of_a_script_is_a_text() -> None:
    """An unquoted ``: `` makes a mapping of it, and GitLab refuses the file."""
    blocks = re.findall(r"```yaml\n(.*?)```", SECTIONS["GitLab"], re.DOTALL)
    files = [yaml.safe_load(block) for block in blocks]
    scripts = [
        line
        for file in files
        for job in (file, *file.values())
        if isinstance(job, dict)
        for name in ("script", "after_script")
        for line in job.get(name, ())
    ]
    assert len(scripts) == 11
    assert [line for line in scripts if not isinstance(line, str)] == []


def test_the_author_of_a_request_is_read_from_the_answer(tmp_path: Path) -> None:
    asked = next(
        line for line in SECTIONS["GitLab"].splitlines() if line.startswith("    - 'author=")
    )
    (tmp_path / "curl").write_text('#!/bin/sh\necho \'{"author": {"username": "reviews-bot"}}\'\n')
    (tmp_path / "curl").chmod(0o755)
    [line] = yaml.safe_load(asked)
    command = f'PATH="{tmp_path}:$PATH"; request=u; PMLINT_TOKEN=t; {line}; echo "$author"'
    done = subprocess.run(
        ["bash", "-euc", command], stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    assert done.stdout == "reviews-bot\n"
