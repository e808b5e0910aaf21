"""The guide has a section and a file for each CI system that the gate knows, and names what it
reads there.
"""

from __future__ import annotations

import re
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
