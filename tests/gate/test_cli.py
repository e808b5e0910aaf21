"""``pmlint gate`` as people and CI call it: events, exit codes, formats, what it prints."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from pmlint.output import FORMATS
from tests.gate.world import ROUTE, World

ROOT = Path(__file__).parents[2]
NOW = ("--now", "2026-10-15")


def gate(
    world: World, *words: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    code = "from pmlint.cli import main; main()"
    scrubbed = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT", "CI", "PRE_COMMIT", "BITBUCKET"))
    }
    command = [sys.executable, "-c", code, "gate", *NOW, *words]
    return subprocess.run(
        command,
        cwd=world.root,
        env={**scrubbed, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def restarted(world: World) -> World:
    world.git("checkout", "-q", "-B", "change")
    world.restart()
    world.commit()
    return world


EXPECTED = """\
routes/refund-triage.yaml:5:10: error route-held: held route 'refund-triage': the restart flag moves from false to true \
while PM-2026-001 A2 holds it (open), and 2 more do; help: pmlint close PM-2026-001 A2 --proof COMMIT|PATH|URI --verified-by HANDLE; \
pmlint why refund-triage lists everything that blocks it
"""


def test_refused(restarted: World) -> None:
    done = gate(restarted, "--base", "main", "--head", "change")
    assert done.returncode == 1
    assert done.stdout.startswith(EXPECTED)
    assert done.stdout.endswith("Judged 1 postmortem and 1 route\n")
    assert done.stderr == ""


def test_allowed(restarted: World) -> None:
    done = gate(restarted, "--base", "change", "--head", "main")
    assert done.returncode == 0, done.stdout
    assert "allowed: the change weakens no hold and restores no held route" in done.stdout


def test_unjudged(restarted: World) -> None:
    done = gate(restarted, "--base", "nowhere")
    assert done.returncode == 2
    assert (
        "error unknown-revision: there is no revision 'nowhere'; help: fetch it: git fetch origin, or check the name"
        in done.stdout
    )


def test_unjudged_outside_a_repository(tmp_path: Path) -> None:
    done = gate(type("Nowhere", (), {"root": tmp_path})())  # type: ignore[arg-type]
    assert done.returncode == 2
    assert "is not in a git repository" in done.stdout


def test_nothing_committed_yet(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert gate(type("Empty", (), {"root": tmp_path})()).returncode == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        ("--staged", "--worktree"),
        ("--head", "main"),
        ("--head", "main", "--staged"),
        ("--approvals", "none.json"),
        ("--now", "soon"),
        ("x",),
    ],
)
def test_wrong_usage(restarted: World, words: tuple[str, ...]) -> None:
    done = gate(restarted, *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_it(restarted: World, name: str) -> None:
    done = gate(restarted, "--base", "main", "--output-format", name)
    assert done.returncode == 1
    assert "refund-triage" in done.stdout


def test_json_has_its_shape(restarted: World) -> None:
    data = json.loads(gate(restarted, "--base", "main", "--output-format", "json").stdout)
    jsonschema.Draft202012Validator(
        json.loads((ROOT / "schema/finding.json").read_text())
    ).validate(data)
    assert data["verdict"] == "refused"
    assert data["routes"][0]["held_by"][0] == {
        "postmortem": "PM-2026-001",
        "action": "A2",
        "owner": "@tom",
        "deadline": "2026-10-30",
        "reason": "open",
    } | {
        name: value
        for name, value in data["routes"][0]["held_by"][0].items()
        if name in ("release", "kind")
    }
    assert data["judged"]["base"] == restarted.git("rev-parse", "main")


def test_staged_is_what_is_asked_where_nobody_says(world: World) -> None:
    world.restart()
    assert gate(world).returncode == 2
    world.git("add", "-A")
    assert gate(world).returncode == 1
    world.git("checkout", "-q", "HEAD", "--", ".")
    world.restart()
    assert gate(world, "--worktree").returncode == 1
    assert gate(world, "--worktree", "--repo", str(world.root / "routes")).returncode == 1


def test_the_same_bytes_whatever_the_hash_seed_and_locale(restarted: World) -> None:
    outputs = {
        gate(
            restarted,
            "--base",
            "main",
            "--output-format",
            "json",
            environment={"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone},
        ).stdout
        for seed, locale, zone in (
            ("0", "C", "UTC"),
            ("1", "C.UTF-8", "Asia/Tokyo"),
            ("2", "POSIX", "America/Lima"),
        )
    }
    assert len(outputs) == 1


def test_a_pull_request_on_github(restarted: World, tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    head, base = restarted.git("rev-parse", "change"), restarted.git("rev-parse", "main")
    restarted.git("update-ref", "refs/remotes/origin/main", base)
    request = {
        "base": {"ref": "main", "sha": base},
        "head": {"sha": head},
        "user": {"login": "tom"},
    }
    event.write_text(json.dumps({"pull_request": request}))
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
    }
    done = gate(
        restarted, environment={**environment, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    )
    assert done.returncode == 1
    assert done.stdout.startswith("::error")
    assert "refund-triage" in (tmp_path / "summary.md").read_text()
    event.write_text("[]")
    done = gate(restarted, environment=environment)
    assert done.returncode == 2
    assert "the event of the workflow cannot be read" in done.stdout + done.stderr


def test_why_looks_proofs_up(world: World) -> None:
    def why() -> str:
        code = "from pmlint.cli import main; main()"
        command = [sys.executable, "-c", code, "why", "refund-triage", *NOW]
        return subprocess.run(
            command, cwd=world.root, capture_output=True, text=True, check=True
        ).stdout

    assert "held by PM-2026-001 A2: open, owner @tom" in why()
    world.close('commit: "4be1f0c"')
    world.meet()
    world.sign()
    world.commit()
    assert "A2: the commit 4be1f0c is not on the base" in why()
    world.git("reset", "-q", "--hard", "HEAD~1")
    world.ready()
    assert "the restart is not signed off" in why()
    world.sign()
    world.commit()
    assert "free: nothing holds it; settled: PM-2026-001\nproofs were looked up on HEAD" in why()
    shutil.rmtree(world.root / ".git")
    assert "proofs were not looked up: " in why()


def test_a_project_in_a_folder_of_a_repository(world: World, tmp_path: Path) -> None:
    top = tmp_path / "monorepo"
    inside = top / "ops" / "agents"
    shutil.copytree(world.root, inside, ignore=shutil.ignore_patterns(".git"))
    (top / "README.md").write_text("x\n")

    def git(*words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
        return subprocess.run(
            command, cwd=top, check=True, capture_output=True, text=True
        ).stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "start")
    git("checkout", "-q", "-b", "change")
    here = World.__new__(World)
    here.root = inside
    here.restart()
    assert gate(here, "--worktree").returncode == 1
    git("commit", "-qam", "restart")
    done = gate(here, "--base", "main")
    assert (done.returncode, "A2 holds it (open)" in done.stdout) == (1, True), done.stdout
    git("reset", "-q", "--hard", "main")
    fix = inside / "deploy/alerts/refund-rescues.yaml"
    fix.parent.mkdir(parents=True)
    fix.write_text("threshold: 3\n")
    (top / "elsewhere.txt").write_text("x\n")
    git("add", "elsewhere.txt")
    git("commit", "-qm", "outside")
    outside = git("rev-parse", "HEAD")
    git("add", "-A")
    git("commit", "-qm", "fix")
    git("branch", "-f", "main")
    here.edit(
        "postmortems/PM-2026-001-refunds.md",
        ("the alert refund-rescues pages", "the alert deploy/alerts/refund-rescues.yaml pages"),
    )
    git("commit", "-qam", "name the file")
    git("branch", "-f", "main")
    for commit, code in ((git("rev-parse", "HEAD~1"), 0), (outside, 1)):
        git("checkout", "-q", ".")
        here.edit(
            "postmortems/PM-2026-001-refunds.md",
            (
                "10 minutes\n    status: open",
                f'10 minutes\n    status: done\n    proof: [{{commit: "{commit}"}}]\n    verified_by: "@maria"',
            ),
        )
        done = gate(here, "--worktree", "--base", "main")
        assert done.returncode == code, done.stdout
    (top / "new").mkdir()
    (top / "new/pmlint.toml").touch()
    here.root = top / "new"
    assert gate(here, "--worktree").returncode == 0


def test_audit_names_what_was_merged_past_the_gate(restarted: World) -> None:
    code = "from pmlint.cli import main; main()"
    restarted.git("checkout", "-q", "main")
    restarted.git("merge", "-q", "--no-ff", "-m", "under pressure", "change")
    restarted.write("README.md", "x\n")
    restarted.commit()
    command = [sys.executable, "-c", code, "audit", *NOW]
    done = subprocess.run(command, cwd=restarted.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    when, who = restarted.git("log", "-1", "--format=%cs %an", "HEAD~1").split(" ", 1)
    assert done.stdout.startswith(
        f"refused {when} {who} {restarted.git('rev-parse', 'HEAD~1')[:9]} under pressure\n"
        "  route 'refund-triage' (restart: false → true) was held by PM-2026-001 A2"
    )
    assert done.stdout.endswith("1 change of 2 would not have been allowed\n")
    said = done.stdout
    done = subprocess.run(
        [*command, "--exit-zero"], cwd=restarted.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, said)
    done = subprocess.run(
        [*command, "--last", "1"], cwd=restarted.root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "0 changes of 1 would not have been allowed\n")


def test_the_demo_plays(tmp_path: Path) -> None:
    code = "from pmlint.cli import main; main()"
    command = [sys.executable, "-c", code, "demo", "--keep", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [
        line.strip().split(":")[0]
        for line in done.stdout.splitlines()
        if line.strip().startswith(("refused:", "allowed:"))
    ]
    assert lines == ["refused", "refused", "allowed", "allowed"]
    asked = [
        line.split()[2] for line in done.stdout.splitlines() if line.startswith("   $ pmlint ")
    ]
    assert asked == ["due", "evidence", "check", "gate", "gate", "gate", "gate"]
    assert "All clean: 1 postmortem and 3 routes" in done.stdout
    assert (tmp_path / "demo" / ROUTE).exists()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_a_project_of_the_base_that_the_merge_result_no_longer_has(world: World) -> None:
    for name in ("pmlint.toml", "people.yaml"):
        world.write(f"desk/{name}", "[]\n" if name == "people.yaml" else 'fail_level = "warning"\n')
    world.commit()
    world.git("checkout", "-q", "-B", "change")
    world.git("mv", "desk/pmlint.toml", "old.toml")
    world.git("rm", "-q", "-r", "desk")
    world.commit()
    (world.root / "desk").mkdir()
    (world.root / "desk" / "pmlint.toml").touch()
    done = gate(world, "--base", "main", "--head", "change", "--repo", "desk")
    assert done.returncode == 2, done.stdout
    assert "nothing-judged: nothing is left to judge" in done.stdout


@pytest.mark.parametrize(
    "words", [("--worktree",), ("--staged",), ("--base", "HEAD~1", "--head", "HEAD")]
)
def test_two_configurations_are_a_refusal_with_code_and_place(
    world: World, words: tuple[str, ...]
) -> None:
    world.write("pyproject.toml", "[tool.pmlint]\nsince = 2026-02-01\n")
    if "--base" in words:
        world.commit()
    world.git("add", "-A")
    done = gate(world, *words, "--output-format", "json")
    assert done.returncode == 2
    found = [(one["code"], one["path"], one["help"]) for one in json.loads(done.stdout)["refusals"]]
    assert found == [("unreadable-configuration", "pmlint.toml", "keep one of them")]


def test_a_new_route_is_called_new(world: World) -> None:
    """No file ever said "retired", which it is compared with; and it may come while it is down."""
    text = (
        world.read(ROUTE)
        .replace("id: refund-triage", "id: refunds-eu")
        .replace("state: paused", "state: running")
    )
    world.write("routes/refunds-eu.yaml", text)
    lines = gate(world, "--worktree").stdout.splitlines()
    assert next(line for line in lines if ":4:" in line) == (
        "routes/refunds-eu.yaml:4:8: error route-held: held route 'refunds-eu': it is new, with the state at running, while PM-2026-001 A2 holds it (open), "
        "and 2 more do; help: add it with 'state: paused' and 'restart: false', or pmlint close PM-2026-001 A2 --proof COMMIT|PATH|URI "
        "--verified-by HANDLE; pmlint why refunds-eu lists everything that blocks it"
    )


def test_a_policy_of_the_base_that_cannot_be_read_is_a_refusal_with_code_and_place(
    world: World,
) -> None:
    world.write("policies/cost.yaml", "id: cost\nlevel: loud\n")
    world.commit()
    world.git("commit", "-q", "--allow-empty", "-m", "the change")
    done = gate(world, "--base", "HEAD~1", "--head", "HEAD", "--output-format", "json")
    assert done.returncode == 2
    found = [
        (one["code"], one["path"], one["location"]["row"])
        for one in json.loads(done.stdout)["refusals"]
    ]
    assert found == [("unreadable-configuration", "policies/cost.yaml", 1)]
