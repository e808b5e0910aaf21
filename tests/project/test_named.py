"""A setting that names nothing is an error at its line; a link is one, too."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.errors import UsageError
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.policy.folder import load_policies
from pmlint.project.configuration import load
from pmlint.project.registry.readers import ENDINGS, INSTEAD

DESKS = (
    "desks:\n  - {name: mail, spec: {on: true, replicas: 1}, tools: [{name: a}], owner: '@maria'}\n"
)


def printed(root: Path, settings: str, **files: str) -> list[str]:
    """What a check says of the configuration, one line each."""
    for name, text in {"postmortems/README.md": "", "routes/README.md": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "pmlint.toml").write_text(settings)
    tree = WorkTree(str(root))
    report = check_tree(tree, load(tree), date(2026, 10, 15), whole=True).report
    return [
        line
        for line in render("concise", report).splitlines()
        if line.startswith("pmlint.toml") or "nested" in line
    ]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            'postmortems = "postmortms"',
            "1:15: error configuration-names-nothing: there is no folder 'postmortms'",
        ),
        (
            'postmortems = ["postmortems", "x"]',
            "1:31: error configuration-names-nothing: there is no folder 'x'",
        ),
        (
            'postmortems = "teams/*/postmortems"',
            "1:15: error configuration-names-nothing: no folder matches 'teams/*/postmortems'",
        ),
        ('routes = "routs"', "1:10: error configuration-names-nothing: there is no folder 'routs'"),
        (
            'policies = "polices"',
            "1:12: error configuration-names-nothing: there is no folder 'polices'",
        ),
        (
            'people = "peple.yaml"',
            "1:10: error configuration-names-nothing: there is no file 'peple.yaml'",
        ),
        (
            'baseline = "known.json"',
            "1:12: error configuration-names-nothing: there is no file 'known.json'",
        ),
        (
            'exclude = ["postmortems/old/*"]',
            "1:12: warning configuration-names-nothing: 'postmortems/old/*' leaves out nothing",
        ),
    ],
)
def test_folders_and_files(tmp_path: Path, settings: str, line: str) -> None:
    (found,) = printed(tmp_path, settings)
    assert found.startswith(f"pmlint.toml:{line}")


def test_the_nearest_folder_is_suggested(tmp_path: Path) -> None:
    tree = WorkTree(str(tmp_path))
    printed(tmp_path, 'postmortems = "postmortms"')
    (finding,) = check_tree(tree, load(tree), date(2026, 10, 15)).report.findings
    assert finding.help == "did you mean 'postmortems'?"


@pytest.mark.parametrize(
    "settings",
    [
        "",
        'postmortems = "postmortems"\nroutes = ["routes"]\npeople = "people.yaml"',
        'exclude = ["routes/README.md"]',
    ],
)
def test_what_may_be_absent(tmp_path: Path, settings: str) -> None:
    assert printed(tmp_path, settings) == []


SOURCE = '[[registry]]\nfiles = "deploy/*.yaml"\neach = "desks[*]"\nid = "name"\n'


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("deploy/*.yaml", "deploi/*.yaml"),
            "2:9: error configuration-names-nothing: no file matches 'deploi/*.yaml'",
        ),
        (("desks[*]", "desk[*]"), "3:8: error configuration-names-nothing: no file has 'desk[*]'"),
        (('"name"', '"nam"'), "4:6: error configuration-names-nothing: no entry has 'nam'"),
        (
            ('"name"\n', '"name"\nwhere = "kind == \'Agent\'"\n'),
            "5:9: error configuration-names-nothing: no entry has kind == 'Agent'",
        ),
        (
            ('"name"\n', '"name"\nowner = "ownr"\n'),
            "5:9: error configuration-names-nothing: no entry has 'ownr'",
        ),
        (
            ('"name"\n', '"name"\nrestart_flags = ["spec.on", "!spec.replica"]\n'),
            "5:29: error configuration-names-nothing: no entry has '!spec.replica'",
        ),
        (
            ('"name"\n', '"name"\ntrust = ["tool[*].name"]\n'),
            "5:10: error configuration-names-nothing: no entry has 'tool[*].name'",
        ),
        (
            ('"name"\n', '"name"\ntarget = "img"\n'),
            "5:10: error configuration-names-nothing: no entry has 'img'",
        ),
        (
            ('"name"\n', '"name"\nguards = ["tools", {path = "deny"}]\n'),
            "5:28: error configuration-names-nothing: no entry has 'deny'",
        ),
    ],
)
def test_a_registry_source(tmp_path: Path, change: tuple[str, str], line: str) -> None:
    assert printed(tmp_path, SOURCE, **{"deploy/a.yaml": DESKS}) == []
    assert [one.partition("; help")[0] for one in printed(tmp_path, SOURCE.replace(*change))] == [
        f"pmlint.toml:{line}"
    ]


@pytest.mark.parametrize(
    ("setting", "help"),
    [
        (
            'restart_flags = ["!disabled"]',
            'say what its absence means: {flag = "!disabled", absent = "down"}',
        ),
        ('trust = ["env"]', 'say that it may come later: {path = "env", optional = true}'),
    ],
)
def test_a_path_that_is_right_and_not_there_yet_can_be_declared(
    tmp_path: Path, setting: str, help: str
) -> None:
    (line,) = printed(tmp_path, f"{SOURCE}{setting}\n", **{"deploy/a.yaml": DESKS})
    assert line.endswith(
        f"; help: correct the path, or {help}; 'pmlint check --show-settings' shows entries"
    )


def test_what_is_declared_may_come_later(tmp_path: Path) -> None:
    later = (
        'restart_flags = [{flag = "spec.paused", absent = "up"}, "$present"]\n'
        'trust = [{path = "env", optional = true}]\nguards = [{path = "deny", optional = true}]\n'
    )
    assert printed(tmp_path, SOURCE + later, **{"deploy/a.yaml": DESKS}) == []


@pytest.mark.parametrize(
    ("file", "advice"),
    [
        *((f"deploy/a{ending.upper()}", advice) for ending, advice in INSTEAD.items()),
        ("deploy/a.txt", f"map files that end in {', '.join(ENDINGS)}"),
    ],
)
def test_an_ending_that_is_not_read(tmp_path: Path, file: str, advice: str) -> None:
    printed(tmp_path, '[[registry]]\nfiles = "deploy/*"\nid = "$stem"\n', **{file: "x"})
    tree = WorkTree(str(tmp_path))
    (finding,) = check_tree(tree, load(tree), date(2026, 10, 15)).report.findings
    assert (finding.message, finding.help) == (f"'{file}' is in no format that is read", advice)


def test_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    os.symlink("real", tmp_path / "linked")
    (tmp_path / "team").mkdir()
    os.symlink("../real", tmp_path / "team" / "postmortems")
    found = printed(tmp_path, 'postmortems = ["postmortems", "linked", "*/postmortems"]')
    assert [line.partition("; help")[0] for line in found] == [
        "pmlint.toml:1:31: error not-a-regular-file: 'linked' is a symbolic link",
        "pmlint.toml:1:41: error not-a-regular-file: 'team/postmortems' is a symbolic link or a submodule",
    ]


@pytest.mark.parametrize(
    ("settings", "place"),
    [("", "policies:1:1"), ("people = 'people.yaml'\npolicies = 'rules'", "pmlint.toml:2:12")],
)
def test_policies_below_a_link_are_a_finding_and_not_read(
    tmp_path: Path, settings: str, place: str
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "not-a-policy.txt").write_text("x")
    name = "rules" if settings else "policies"
    os.symlink("real", tmp_path / name)
    if settings:
        (tmp_path / "pmlint.toml").write_text(settings)
    tree = WorkTree(str(tmp_path))
    (finding,) = check_tree(tree, load(tree), date(2026, 10, 15)).report.findings
    assert (
        f"{finding.path}:{finding.span.row}:{finding.span.column} {finding.code}: {finding.message}"
        == (f"{place} not-a-regular-file: '{name}' is a symbolic link")
    )
    with pytest.raises(UsageError, match=f"'{name}' is a symbolic link or a special file") as error:
        load_policies(tree, load(tree), date(2026, 10, 15))
    assert error.value.code == "not-a-regular-file"


def test_a_submodule(tmp_path: Path) -> None:
    (found,) = printed(
        tmp_path,
        'postmortems = "sub"',
        **{"sub/.git": "gitdir: ../.git/modules/sub\n", "sub/a.txt": ""},
    )
    assert found.startswith(
        "pmlint.toml:1:15: error not-a-regular-file: 'sub' is a submodule or a special file"
    )


def test_a_project_below(tmp_path: Path) -> None:
    below = {
        "services/mail/pmlint.toml": "",
        "services/mail/postmortems/PM-2026-001-x.md": "---\nid: PM-2026-001\n---\n",
    }
    (found,) = printed(tmp_path, "", **below)
    assert found.startswith(
        "services/mail/pmlint.toml:1:1: warning nested-project: the project 'services/mail' is not judged by a run here"
    )
    assert printed(tmp_path, 'postmortems = ["postmortems", "services/*/postmortems"]') == []


def test_nobody_can_choose_to_do_without(tmp_path: Path) -> None:
    settings = 'ignore = ["overdue-action"]\nselect = ["overdue-action"]\npostmortems = "nope"\n'
    assert len(printed(tmp_path, settings)) == 1


def test_an_exclude_that_leaves_out_everything(tmp_path: Path) -> None:
    (line,) = printed(
        tmp_path,
        'exclude = ["**"]\n',
        **{"postmortems/PM-2026-001-x.md": "---\nid: PM-2026-001\n---\n"},
    )
    assert line == (
        "pmlint.toml:1:11: error configuration-names-nothing: 'exclude' leaves out every postmortem; "
        "help: narrow the patterns: they are written from the root"
    )


def test_a_signed_route_that_is_not_there(tmp_path: Path) -> None:
    route = {"routes/refund-triage.yaml": "id: refund-triage\n"}
    (line,) = printed(
        tmp_path, '[gate]\nsigned_routes = ["refund-triage", "refund-triag"]\n', **route
    )
    assert (
        line
        == "pmlint.toml:2:35: error configuration-names-nothing: there is no route 'refund-triag'; help: did you mean 'refund-triage'?"
    )
