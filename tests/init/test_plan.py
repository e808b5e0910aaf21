"""What `init` would write, in repositories of every kind; and that writing it again changes
nothing.
"""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from pmlint.errors import UsageError
from pmlint.init.ci import find_ci
from pmlint.init.plan import Plan, PlannedChange, plan
from pmlint.init.survey import EARLY
from pmlint.init.write import write
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.settings import RegistrySource, Settings

TODAY = date(2026, 11, 24)
OURS = (Path(__file__).parents[1] / "cases/base/postmortems/PM-2026-001-refunds.md").read_text()
ALWAYS = {
    "postmortems/README.md",
    "evidence/README.md",
    "policies/README.md",
    "routes/example-route.yaml",
    "pmlint.toml",
    ".gitattributes",
    ".pre-commit-config.yaml",
}
GITHUB = {
    ".github/workflows/pmlint.yml",
    ".github/ISSUE_TEMPLATE/postmortem.yml",
    ".github/CODEOWNERS",
}
GITLAB = {".gitlab/pmlint.yml", ".gitlab-ci.yml", "CODEOWNERS"}


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def made(
    root: Path,
    settings: Settings | None = None,
    *,
    ci: tuple[str, ...] | None = None,
    owner: str = "",
    report: bool = False,
) -> Plan:
    return plan(
        WorkTree(str(root)),
        settings or Settings(),
        TODAY,
        ci=ci,
        owners=(owner,) if owner else (),
        report=report,
    )


def after(found: Plan, path: str) -> str:
    (change,) = [change for change in found.changes if change.path == path]
    return change.after


@pytest.mark.parametrize(
    ("ci", "files"),
    [
        (("github",), ALWAYS | GITHUB),
        (("gitlab",), ALWAYS | GITLAB),
        ((), ALWAYS),
        (("github", "gitlab"), ALWAYS | GITHUB | GITLAB),
    ],
)
def test_an_empty_repository(tmp_path: Path, ci: tuple[str, ...], files: set[str]) -> None:
    found = made(tmp_path, ci=ci)
    if ci == ("github", "gitlab"):
        files = files - {"CODEOWNERS"}
    assert {change.path for change in found.changes} == files
    assert all(change.before is None for change in found.changes)
    write(str(tmp_path), found)
    assert {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    } == files


@pytest.mark.parametrize("ci", [("github",), ("gitlab",), ()])
@pytest.mark.parametrize("old", ["# Old\n", "---\ntitle: Old\n---\n", OURS])
def test_a_second_run_changes_nothing(tmp_path: Path, ci: tuple[str, ...], old: str) -> None:
    put(
        tmp_path,
        **{"postmortems/old.md": old, "CODEOWNERS": "* @team\n", "pyproject.toml": "[project]\n"},
    )
    write(str(tmp_path), made(tmp_path, ci=ci))
    assert made(tmp_path, load(WorkTree(str(tmp_path))), ci=ci) == Plan((), ())


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    texts = {name: f"# mine {name}\n" for name in ALWAYS | GITHUB}
    put(tmp_path, **texts)
    found = made(tmp_path, Settings(file="pmlint.toml"), ci=("github",))
    for change in found.changes:
        assert change.before == texts[change.path]
        assert change.after.startswith(texts[change.path])
    assert [change.path for change in found.changes] == [".gitattributes", ".github/CODEOWNERS"]
    assert "`repos` of .pre-commit-config.yaml is not a block list" in found.notes[0]


def test_the_ci_is_found(tmp_path: Path) -> None:
    tree = WorkTree(str(tmp_path))
    assert find_ci(tree) == ()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert find_ci(tree) == ()
    subprocess.run(
        ["git", "-C", str(tmp_path), "remote", "add", "origin", "git@gitlab.example.org:a/b.git"],
        check=True,
    )
    assert find_ci(tree) == ("gitlab",)
    put(tmp_path, **{".github/dependabot.yml": "version: 2\n"})
    assert find_ci(tree) == ("github",)
    put(tmp_path, **{".gitlab-ci.yml": ""})
    assert find_ci(tree) == ("github", "gitlab")


def test_without_a_ci_it_says_how_to_name_one(tmp_path: Path) -> None:
    assert made(tmp_path).notes == (
        "no CI was found: `pmlint init --ci github|forgejo|gitlab|azure|bitbucket|jenkins` writes its job",
    )
    assert made(tmp_path, ci=()).notes == ()


def test_configuration_goes_where_the_project_keeps_it(tmp_path: Path) -> None:
    put(tmp_path, **{"pyproject.toml": '[project]\nname = "x" # mine'})
    assert (
        after(made(tmp_path), "pyproject.toml")
        == '[project]\nname = "x" # mine\n\n[tool.pmlint]\nfail_level = "error"\n'
    )
    put(tmp_path, **{"pyproject.toml": '[project]\r\nname = "x"\r\n'})
    assert (
        after(made(tmp_path), "pyproject.toml")
        == '[project]\r\nname = "x"\r\n\r\n[tool.pmlint]\r\nfail_level = "error"\r\n'
    )


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("postmortems", ""),
        ("docs/postmortems", 'postmortems = "docs/postmortems"\n'),
        ("incidents", 'postmortems = "incidents"\n'),
    ],
)
def test_old_postmortems_are_left_in_peace_and_in_place(
    tmp_path: Path, folder: str, line: str
) -> None:
    put(
        tmp_path,
        **{
            f"{folder}/PM-2026-001.md": OURS,
            f"{folder}/PM-2026-002.md": OURS,
            f"{folder}/README.md": "mine\n",
        },
    )
    found = made(tmp_path, ci=())
    assert after(found, "pmlint.toml") == (
        f'fail_level = "error"\n{line}'
        '# Only postmortems opened since are judged; take the # away to exempt older ones.\n# since = "2026-11-24"\n'
    )
    said = f"{folder}/ has 2 files already: set `since` in pmlint.toml, or accept what is known with `pmlint baseline`"
    assert found.notes == (said, EARLY)[: 1 + (folder == "postmortems")]
    assert {change.path for change in found.changes if "README" in change.path} == {
        "evidence/README.md",
        "policies/README.md",
    }
    put(tmp_path, **{"pmlint.toml": after(found, "pmlint.toml").replace("# since", "since")})
    assert load(WorkTree(str(tmp_path))).since == TODAY


def test_old_postmortems_with_other_fields_need_a_baseline(tmp_path: Path) -> None:
    put(
        tmp_path,
        **{"postmortems/PM-2026-001.md": OURS, "postmortems/2019.md": "---\ntitle: Outage\n---\n"},
    )
    found = made(tmp_path, ci=())
    assert after(found, "pmlint.toml") == 'fail_level = "error"\n'
    said = "postmortems/ has 2 files with other fields than pmlint asks for: accept what is known with `pmlint baseline`"
    assert found.notes == (said, EARLY)


@pytest.mark.parametrize(
    ("folder", "new"), [("postmortems", "postmortems/agents"), ("docs/incidents", "postmortems")]
)
@pytest.mark.parametrize("old", ["# Outage\n", "---\nsafe: no\n---\n", "---\n[\n---\n"])
def test_old_prose_stays_outside(tmp_path: Path, folder: str, new: str, old: str) -> None:
    put(tmp_path, **{f"{folder}/2019.md": old})
    found = made(tmp_path, ci=(), owner="@a")
    line = "" if new == "postmortems" else 'postmortems = "postmortems/agents"\n'
    assert after(found, "pmlint.toml") == f'fail_level = "error"\n{line}'
    said = f"{folder}/ has 1 file, not all of which are data: they stay as they are, and new postmortems go to {new}/; `pmlint import {folder}` makes drafts of old ones"
    assert found.notes == (said, EARLY)[: 1 + (folder == "postmortems")]
    assert after(found, f"{new}/README.md").startswith("# Postmortems\n")
    assert f"\n/{new}/ @a\n" in after(found, "CODEOWNERS")


def test_a_folder_of_readmes_holds_no_old_postmortems(tmp_path: Path) -> None:
    put(tmp_path, **{"incidents/README.md": "how to\n", "incidents/x.txt": ""})
    assert made(tmp_path, ci=()).notes == ()


def test_routes_of_ones_own_make_an_example_needless(tmp_path: Path) -> None:
    put(tmp_path, **{"routes/mine.yaml": "id: mine\n"})
    assert "routes/example-route.yaml" not in {change.path for change in made(tmp_path).changes}
    mapped = Settings(
        file="pmlint.toml",
        routes=("agents",),
        registry=(RegistrySource(("deploy/*.yaml",), "name"),),
    )
    assert not [
        change for change in made(tmp_path, mapped).changes if change.path.startswith("agents")
    ]
    assert after(
        made(tmp_path, Settings(file="pmlint.toml", routes=("agents",))),
        "agents/example-route.yaml",
    ).startswith("# One file")


@pytest.mark.parametrize(
    ("before", "owner", "line"),
    [
        ("", "@org/ops", "/policies/ @org/ops"),
        ("* @all @more  \n", "", "/policies/ @all @more"),
        ("* @all\n", "@org/ops", "/policies/ @org/ops"),
        ("/src/ @devs\n", "", "# /policies/ @who-decides"),
    ],
)
def test_code_owners(tmp_path: Path, before: str, owner: str, line: str) -> None:
    put(tmp_path, **({"docs/CODEOWNERS": before} if before else {}))
    found = made(tmp_path, ci=("github",), owner=owner)
    path = "docs/CODEOWNERS" if before else ".github/CODEOWNERS"
    block = ["# What the gate of pmlint judges by:"]
    for pattern in (
        "/postmortems/",
        "/policies/",
        "/schema/",
        "/routes/",
        "/pmlint.toml",
        "/people.yaml",
        "/.github/workflows/pmlint.yml",
    ):
        block.append(line.replace("/policies/", pattern))
    assert after(found, path) == before + "\n" * bool(before) + "\n".join(block) + "\n"
    assert any(
        note.startswith(f"name in {path} who owns") for note in found.notes
    ) == line.startswith("#")


def test_only_missing_code_owners_are_added(tmp_path: Path) -> None:
    put(
        tmp_path,
        CODEOWNERS="/postmortems/ @z\n/policies/ @a\n# /schema/ @b\n/pmlint.toml @c\n/people.yaml @d\n",
    )
    assert after(made(tmp_path, ci=(), owner="@e"), "CODEOWNERS").endswith(
        "@d\n\n# What the gate of pmlint judges by:\n/routes/ @e\n"
    )


@pytest.mark.parametrize(
    ("before", "result"),
    [
        (
            "test:\n  script: [true]\n",
            "test:\n  script: [true]\n\ninclude:\n  - local: .gitlab/pmlint.yml\n",
        ),
        ("include: x.yml\n", None),
        ("include:\n  - local: .gitlab/pmlint.yml\n", None),
    ],
)
def test_the_gitlab_job_is_included_where_that_can_be_done(
    tmp_path: Path, before: str, result: str | None
) -> None:
    put(tmp_path, **{".gitlab-ci.yml": before})
    found = made(tmp_path)
    assert [change.after for change in found.changes if change.path == ".gitlab-ci.yml"] == [
        result
    ] * (result is not None)
    told = "add `- local: .gitlab/pmlint.yml` to `include` of .gitlab-ci.yml" in found.notes
    assert told == (before == "include: x.yml\n")


def test_a_file_that_cannot_be_read_stops_it_with_its_place(tmp_path: Path) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_bytes(b"repos:\n- \xff\n")
    with pytest.raises(UsageError) as caught:
        made(tmp_path)
    assert (caught.value.file, caught.value.message) == (
        ".pre-commit-config.yaml",
        "byte 0xff is not UTF-8",
    )
    assert caught.value.span is not None
    assert caught.value.span[:2] == (2, 3)


# Writing ------------------------------------------------------------------------------------------


def test_modes_are_those_of_the_file_or_of_the_umask(tmp_path: Path) -> None:
    put(tmp_path, CODEOWNERS="* @a\n")
    (tmp_path / "CODEOWNERS").chmod(0o640)
    old = os.umask(0o027)
    try:
        write(str(tmp_path), made(tmp_path, ci=()))
    finally:
        os.umask(old)
    assert (tmp_path / "CODEOWNERS").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "pmlint.toml").stat().st_mode & 0o777 == 0o640


def test_a_file_that_came_or_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    for before, now in ((None, "mine\n"), ("old\n", "new\n")):
        put(tmp_path, file=now)
        with pytest.raises(UsageError, match="changed while pmlint was running"):
            write(str(tmp_path), Plan((PlannedChange("file", before, "ours\n"),), ()))
        assert (tmp_path / "file").read_text() == now
    (tmp_path / "file").unlink()
    with pytest.raises(UsageError, match="changed while pmlint was running"):
        write(str(tmp_path), Plan((PlannedChange("file", "old\n", "ours\n"),), ()))
    assert list(tmp_path.iterdir()) == []


def test_no_link_leads_out_of_the_repository(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "policies").symlink_to(outside)
    (root / "pmlint.toml").symlink_to(outside / "stolen")
    found = made(root, Settings(file="pmlint.toml"), ci=())
    assert not [
        change
        for change in found.changes
        if change.path.startswith("policies") or change.path == "pmlint.toml"
    ]
    for path in ("policies/README.md", "pmlint.toml", "policies/a/b.md"):
        with pytest.raises(UsageError):
            write(str(root), Plan((PlannedChange(path, None, "ours\n"),), ()))
    assert list(outside.iterdir()) == []


def test_a_disk_that_refuses_leaves_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, CODEOWNERS="* @a\n")

    def refuse(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        write(str(tmp_path), Plan((PlannedChange("CODEOWNERS", "* @a\n", "ours\n"),), ()))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["CODEOWNERS"]
    assert (tmp_path / "CODEOWNERS").read_text() == "* @a\n"


def test_a_job_that_publishes_the_report_comes_where_it_is_asked_for(tmp_path: Path) -> None:
    asked = made(tmp_path, ci=("github", "gitlab", "jenkins"), report=True)
    files = {change.path for change in asked.changes if "report" in change.path}
    assert files == {".github/workflows/pmlint-report.yml", ".gitlab/pmlint-report.yml"}
    (included,) = [change.after for change in asked.changes if change.path == ".gitlab-ci.yml"]
    assert (
        included
        == "include:\n  - local: .gitlab/pmlint.yml\n  - local: .gitlab/pmlint-report.yml\n"
    )
    offer = "`pmlint init --report` also writes a job that publishes the report as pages"
    assert offer not in asked.notes
    assert offer in made(tmp_path, ci=("gitlab",)).notes
    assert (
        "no job publishes the report here: `pmlint report DIR` writes the site"
        in made(tmp_path, ci=("jenkins",), report=True).notes
    )
