"""What `init` notices before it writes: folders of somebody else, files of platforms, old reviews,
the CI; in repositories of git.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.init.ci import NAMES, find_ci
from pmlint.init.survey import platforms
from pmlint.parsing.tree import WorkTree

FORMATS = Path(__file__).parents[1] / "project" / "formats"
GUIDES = {
    "MCP servers": "mcp",
    "LangGraph": "langgraph",
    "flagd": "flagd",
    "Claude Code": "claude-code",
    "kagent": "kagent",
}
KYVERNO = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: no-root}\n"


class Repository:
    """A repository of git in a temporary folder, and the command in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        subprocess.run(["git", "init", "-q", str(root)], check=True)

    def put(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "pmlint", *words]
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


FOREIGN = {
    "routes/web.php": "<?php\nRoute::get('/', 'home');\n",
    "routes/api.yaml": "paths: {/orders: {get: {}}}\n",
    "policies/deny.rego": "package deny\n",
    "policies/root.yaml": KYVERNO,
}


def test_folders_of_somebody_else_stay_untouched(repository: Repository) -> None:
    repository.put(FOREIGN)
    assert repository.run("init", "--ci", "none") == (
        0,
        "wrote postmortems/README.md\n"
        "wrote evidence/README.md\n"
        "wrote agents/policies/README.md\n"
        "wrote agents/routes/example-route.yaml\n"
        "wrote pmlint.toml\n"
        "wrote .gitattributes\n"
        "wrote .pre-commit-config.yaml\n",
        'note: routes/ has no file of pmlint\'s shape and stays untouched: pmlint.toml says routes = "agents/routes"\n'
        'note: policies/ has no file of pmlint\'s shape and stays untouched: pmlint.toml says policies = "agents/policies"\n',
    )
    written = repository.files()
    assert {name: written[name].decode() for name in FOREIGN} == FOREIGN
    assert (
        written["pmlint.toml"].decode()
        == 'fail_level = "error"\nroutes = "agents/routes"\npolicies = "agents/policies"\n'
    )
    assert repository.run("check")[0] == 0
    assert repository.run("init", "--ci", "none") == (
        0,
        "Nothing to do: everything is in its place\n",
        "",
    )
    assert repository.files() == written


@pytest.mark.parametrize(
    ("file", "text", "is_ours"),
    [
        ("routes/mail-desk.yaml", "id: mail-desk\n", True),
        ("routes/other.yaml", "id: mail-desk\nstate: paused\n", True),
        ("routes/other.yaml", "id: mail-desk\n", False),
        ("routes/index.js", "module.exports = {}\n", False),
        ("routes/.keep", "", True),
        ("routes/README.md", "# Routes\n", True),
        ("routes/broken.yaml", "id: [\n", False),
    ],
)
def test_a_folder_is_ours_by_one_file_of_our_shape(
    repository: Repository, file: str, text: str, is_ours: bool
) -> None:
    repository.put({file: text})
    _, _, notes = repository.run("init", "--ci", "none", "--diff")
    assert ("stays untouched" in notes) is not is_ours


def test_where_the_second_folder_is_taken_too(repository: Repository) -> None:
    repository.put({"routes/web.php": "<?php\n", "agents/routes/web.php": "<?php\n"})
    assert 'says routes = "pmlint/routes"' in repository.run("init", "--ci", "none")[2]


def test_errors_about_a_folder_of_somebody_else_name_the_setting(repository: Repository) -> None:
    repository.put(
        {"routes/web.php": "<?php\n", "routes/api.yaml": "paths: {}\n", "postmortems/README.md": ""}
    )
    code, out, _ = repository.run("check", "--output-format", "concise")
    assert code == 1
    lines = [line for line in out.splitlines() if line.startswith("routes/")]
    assert len(lines) > 3
    setting = "; if 'routes/' is not pmlint's, name another folder in the configuration: routes = \"agents/routes\""
    assert [line for line in lines if not line.endswith(setting)] == []
    repository.put({"routes/mail-desk.yaml": "id: mail-desk\n"})
    assert setting not in repository.run("check", "--output-format", "concise")[1]
    repository.put({"policies/deny.rego": "package deny\n"})
    assert repository.run("check") == (
        2,
        "",
        "error: policies/deny.rego: this is not a policy: its name does not end in .yaml\n"
        "  help: rename it, or move it away; if 'policies/' is not pmlint's, name another folder in the configuration: "
        'policies = "agents/policies"\n',
    )


def test_a_known_platform_is_noticed_and_nothing_is_mapped(repository: Repository) -> None:
    repository.put({"tools/.mcp.json": '{"mcpServers": {}}\n', "pyproject.toml": "[project]\n"})
    _, _, notes = repository.run("init", "--ci", "none", "--owner", "@org/team", "--owner", "@ana")
    assert notes == (
        "note: tools/.mcp.json of MCP servers: to make what runs there a route, copy this into pyproject.toml\n"
        "[[tool.pmlint.registry]]\n"
        'files = "tools/.mcp.json"\n'
        'each = "mcpServers[*]"\n'
        'id = "$key"\n'
        'owner = "@ana"\n'
        'restart_flags = [{flag = "!disabled", absent = "up"}]\n'
        'trust = [{path = "command", optional = true}, {path = "url", optional = true}, {path = "args", optional = true}, '
        '{path = "env", optional = true}]\n'
        'guards = [{path = "args", optional = true}]\n'
    )
    assert "registry" not in (repository.root / "pyproject.toml").read_text()
    assert "/policies/ @org/team @ana\n" in (repository.root / "CODEOWNERS").read_text()


def _plain(value: Any) -> Any:
    """A mapping without what it declares of fields that may be absent."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        left = {
            name: _plain(item)
            for name, item in value.items()
            if name not in ("optional", "absent", "files")
        }
        return (
            next(iter(left.values()))
            if len(left) == 1 and left.keys() <= {"path", "flag"}
            else left
        )
    return value


@pytest.mark.parametrize("platform", platforms(), ids=lambda platform: platform.name)
def test_each_mapping_is_that_of_the_guide_and_green(repository: Repository, platform: Any) -> None:
    known = yaml.safe_load((FORMATS / f"{GUIDES[platform.name]}.yaml").read_text(encoding="utf-8"))
    own = {name: text for name, text in known["files"].items() if not name.startswith("routes/")}
    repository.put({**own, "people.yaml": '- {handle: "@maria"}\n'})
    _, _, notes = repository.run("init", "--ci", "none", "--owner", "@maria")
    head, _, copied = notes.partition("\n")
    assert head.startswith("note: ")
    assert f" of {platform.name}: " in head
    ours, guide = (
        tomllib.loads(text) for text in (copied, known["mapping"].replace("tool.pmlint.", ""))
    )
    assert _plain(ours) == _plain(guide)
    with (repository.root / "pmlint.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{copied}")
    code, out, error = repository.run("check", "--output-format", "text")
    assert code == 0, out + error
    code, out, _ = repository.run("routes")
    assert (code, len(out.splitlines()) >= 2) == (0, True)
    assert repository.run("init", "--ci", "none", "--owner", "@maria") == (
        0,
        "Nothing to do: everything is in its place\n",
        "",
    )


def test_many_files_of_a_platform_are_a_pattern(repository: Repository) -> None:
    repository.put({f"{name}/langgraph.json": '{"graphs": {}}\n' for name in "abcd"})
    notes = repository.run("init", "--ci", "none")[2]
    assert notes.startswith(
        "note: 4 files of LangGraph: to make what runs there a route, copy this into pmlint.toml\n"
    )
    assert '\nfiles = "**/langgraph.json"\n' in notes


def test_a_manifest_is_an_agent_by_a_line_of_its_own(repository: Repository) -> None:
    repository.put({"k8s/a.yaml": "note: 'kind: Agent'\n", "k8s/b.yaml": "kind: AgentPool\n"})
    assert repository.run("init", "--ci", "none")[2] == ""
    repository.put({"k8s/c.yml": "apiVersion: kagent.dev/v1alpha2\nkind: Agent\n"})
    assert repository.run("init", "--ci", "none")[2].startswith("note: k8s/c.yml of kagent: ")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({".forgejo/x": ""}, ("forgejo",)),
        ({".gitea/x": ""}, ("forgejo",)),
        ({"azure-pipelines.yml": ""}, ("azure",)),
        ({"bitbucket-pipelines.yml": "", ".github/x": ""}, ("github", "bitbucket")),
        ({"Jenkinsfile": ""}, ("jenkins",)),
    ],
)
def test_the_ci_is_found_by_its_files(
    repository: Repository, files: dict[str, str], found: tuple[str, ...]
) -> None:
    repository.put(files)
    assert find_ci(WorkTree(str(repository.root))) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://codeberg.org/a/b.git", ("forgejo",)),
        ("https://dev.azure.com/a/b/_git/c", ("azure",)),
        ("git@bitbucket.org:a/b.git", ("bitbucket",)),
    ],
)
def test_the_ci_is_found_by_its_remote(
    repository: Repository, url: str, found: tuple[str, ...]
) -> None:
    subprocess.run(["git", "-C", str(repository.root), "remote", "add", "origin", url], check=True)
    assert find_ci(WorkTree(str(repository.root))) == found


def test_every_system_has_a_job_once(repository: Repository) -> None:
    asked = [word for name in NAMES for word in ("--ci", name)]
    code, out, _ = repository.run("init", *asked, "--owner", "@ana")
    assert code == 0
    jobs = [
        line.removeprefix("wrote ")
        for line in out.splitlines()
        if "pmlint.yml" in line or "ipelines" in line or "Jenkins" in line
    ]
    assert jobs == [
        ".github/workflows/pmlint.yml",
        ".forgejo/workflows/pmlint.yml",
        ".gitlab/pmlint.yml",
        ".azuredevops/pmlint.yml",
        "bitbucket-pipelines.yml",
        "Jenkinsfile",
    ]
    owners = (repository.root / ".github/CODEOWNERS").read_text()
    assert [job for job in jobs if f"/{job} @ana\n" not in owners] == []
    assert repository.run("init", *asked) == (0, "Nothing to do: everything is in its place\n", "")


@pytest.mark.parametrize(
    ("system", "file"), [("bitbucket", "bitbucket-pipelines.yml"), ("jenkins", "Jenkinsfile")]
)
def test_a_pipeline_of_somebody_is_not_rewritten(
    repository: Repository, system: str, file: str
) -> None:
    repository.put({file: "mine\n"})
    _, out, notes = repository.run("init")
    assert file not in out
    assert notes.startswith("note: add the st")
    assert "pmlint gate" in notes
    assert (repository.root / file).read_text() == "mine\n"
    repository.put({file: "mine\nrun: pmlint gate\n"})
    assert "add the st" not in repository.run("init")[2]


def test_attributes_keep_line_ends_of_evidence(repository: Repository) -> None:
    repository.put({".gitattributes": "*.png binary\r\n"})
    repository.run("init", "--ci", "none")
    assert (
        repository.root / ".gitattributes"
    ).read_bytes() == b"*.png binary\r\n\r\nevidence/** -text\r\n"
    repository.put({"evidence/a.log": "one\n"})
    asked = ["git", "-C", str(repository.root), "check-attr", "text", "evidence/a.log"]
    assert (
        subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        == "evidence/a.log: text: unset\n"
    )


def test_a_wrong_owner_says_what_one_looks_like(repository: Repository) -> None:
    assert repository.run("init", "--owner", "@ana", "--owner", "ops") == (
        2,
        "",
        "error: --owner 'ops' is not a code owner\n  help: write @user, @org/team or an address, such as dana@example.org\n",
    )


REVIEW = "# Outage\n\n## Timeline\n\n- 10:00 down\n\n## Actions\n\n- one\n"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        (
            ("retros/a.md", "retros/b.md"),
            "2 files read like old postmortems: `pmlint import retros`",
        ),
        (("a.md", "b.md", "c.md"), "3 files read like old postmortems: `pmlint import .`"),
        (
            ("old stuff/a.md", "x/b.md"),
            "2 files read like old postmortems: `pmlint import 'old stuff' x`",
        ),
        (
            ("log/1/a.md", "log/2/a.md", "log/3/a.md", "log/4/a.md"),
            "4 files read like old postmortems: `pmlint import log`",
        ),
        (
            ("1/a.md", "2/a.md", "3/a.md", "4/a.md"),
            "4 files read like old postmortems: `pmlint import .`",
        ),
        (("retros/a.md", "retros/template.md"), None),
        (("docs/incidents/a.md", "docs/incidents/b.md"), None),
    ],
)
def test_old_reviews_are_noticed_by_their_headings(
    repository: Repository, files: tuple[str, ...], command: str | None
) -> None:
    repository.put(
        {
            **dict.fromkeys(files, REVIEW),
            "docs/guide.md": "# Guide\n\n## Overview\n\nClick.\n",
            "bin.md": "\0",
        }
    )
    _, _, notes = repository.run("init", "--ci", "none")
    said = [line for line in notes.splitlines() if "read like old postmortems" in line]
    assert said == ([f"note: {command} makes drafts of them"] if command else [])
    assert repository.run("check")[0] == 0
    assert repository.run("init", "--ci", "none") == (
        0,
        "Nothing to do: everything is in its place\n",
        "",
    )
    if command:
        words = (
            command.partition("`pmlint ")[2]
            .rstrip("`")
            .replace("'old stuff'", "old\0stuff")
            .split(" ")
        )
        code, out, _ = repository.run(*(word.replace("\0", " ") for word in words))
        assert (code, out.splitlines()[-2].partition(" draft")[0]) == (0, str(len(files)))
