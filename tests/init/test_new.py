"""`pmlint new`: the next free id, what it fills in by itself, and that a fresh file can be read but
is red.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlint.check.engine import check_tree
from pmlint.check.levels import clean
from pmlint.cli.new import command
from pmlint.edit.skeleton import Typed, postmortem
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.init.identity import email
from pmlint.model.schema import check
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import INVISIBLE, decode
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings
from tests.init.test_issue_form import FULL

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
TODAY = date(2026, 10, 15)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The valid repository; its git knows nobody."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "people.yaml").write_text(
        '- {handle: "@dana", email: dana@example.org}\n- {handle: "@maria"}\n- {handle: "@tom"}\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("GIT_AUTHOR_EMAIL", "GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def new(*arguments: str, text: str | None = None) -> str:
    done = CliRunner().invoke(command, [*arguments, "--now", "2026-10-15"], input=text)
    if done.exception:
        raise done.exception
    return done.stdout


def fresh(root: Path, name: str) -> tuple[dict[str, object], list[Finding]]:
    """The data of a file, and what a check says of it."""
    judged = check_tree(WorkTree(str(root)), Settings(), TODAY)
    assert not clean(judged.report.summary, Level.ERROR)
    data = read_postmortem(decode(name, (root / name).read_bytes())).data
    assert isinstance(data, dict)
    return data, [finding for finding in judged.report.findings if finding.path == name]


def test_a_fresh_file_is_one_page_of_placeholders(root: Path) -> None:
    name = "postmortems/PM-2026-002-refund-route-paid-again.md"
    said = new(
        "Refund route: paid again, €",
        "--route",
        "refund-triage",
        "--severity",
        "near-miss",
        "--trigger",
        "near-miss",
    )
    assert said == f"wrote {name}\nnext: fill in its 19 places; 'pmlint check {name}' lists them\n"
    data, _ = fresh(root, name)
    assert [
        data[field]
        for field in ("id", "title", "status", "severity", "trigger", "opened", "routes")
    ] == [
        *(
            "PM-2026-002",
            "Refund route: paid again, €",
            "draft",
            "near-miss",
            "near-miss",
            "2026-10-15",
        ),
        ["refund-triage"],
    ]
    lines = (root / name).read_text().splitlines()
    assert len(lines) <= 45
    assert {finding.code for finding in fresh(root, name)[1]} == {"placeholder"}
    new()
    bare = (root / "postmortems/PM-2026-003.md").read_text().splitlines()
    places = sum("TODO" in line for line in bare)
    assert len(fresh(root, "postmortems/PM-2026-003.md")[1]) == places <= 26


def test_stdout_writes_nothing(root: Path) -> None:
    before = list((root / "postmortems").iterdir())
    assert new("Refunds", "--stdout").startswith(
        "---\nid: PM-2026-002\ntitle: Refunds\nstatus: draft\n"
    )
    assert list((root / "postmortems").iterdir()) == before


def test_a_folder_of_ones_own(root: Path) -> None:
    (root / "postmortems/2026").mkdir()
    assert new("Refunds", "--folder", "postmortems/2026").startswith(
        "wrote postmortems/2026/PM-2026-002-refunds.md\n"
    )
    with pytest.raises(
        UsageError, match="--folder 'routes' is not a folder of postmortems"
    ) as refused:
        new("Refunds", "--folder", "routes")
    assert refused.value.help == "postmortems are in 'postmortems'"


def test_a_route_that_does_not_exist_is_refused(root: Path) -> None:
    with pytest.raises(UsageError, match="--route 'refund-triag' is not a route") as refused:
        new("Refunds", "--route", "refund-triag")
    assert refused.value.help == "did you mean 'refund-triage'?"


def test_what_is_printed_can_be_opened_from_here(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "routes")
    assert new("Refunds").startswith("wrote ../postmortems/PM-2026-002-refunds.md\n")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "PM-2026-002"),
        ({"postmortems/PM-2026-007-broken.md": "no front matter"}, "PM-2026-008"),
        ({"postmortems/deep/pm-2026-1041.md": "x"}, "PM-2026-1042"),
        ({"postmortems/PM-2025-090.md": "x", "postmortems/PM-2027-001.md": "x"}, "PM-2026-002"),
        (
            {"postmortems/PM-2026-002-²³.md": "x", f"postmortems/PM-2026-{'9' * 200}.md": "x"},
            "PM-2026-003",
        ),
        ({"evidence/PM-2026-004/log.md": "of a review that was removed"}, "PM-2026-005"),
        (
            {
                "postmortems/INC-2026-030.md": "x",
                "postmortems/INC-2025-001.md": "x",
                "postmortems/INC-2024-001.md": "x",
            },
            "INC-2026-031",
        ),
        (
            {"routes/linked.yaml": "id: linked\nstate: paused\npostmortems: [PM-2026-011]\n"},
            "PM-2026-012",
        ),
    ],
)
def test_the_next_free_id(root: Path, change: dict[str, str], name: str) -> None:
    for path, text in change.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    assert new().startswith(f"wrote postmortems/{name}.md\n")
    assert (
        read_postmortem(decode("", (root / f"postmortems/{name}.md").read_bytes())).data["id"]
        == name
    )  # type: ignore[index]


def test_nothing_is_overwritten_and_no_link_followed(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = (root / FILE).read_bytes()
    assert new("Refunds").startswith("wrote postmortems/PM-2026-002-refunds.md")
    assert new("Refunds").startswith("wrote postmortems/PM-2026-003-refunds.md")
    assert (root / FILE).read_bytes() == before
    outside = tmp_path_factory.mktemp("outside")
    shutil.rmtree(root / "postmortems")
    (root / "postmortems").symlink_to(outside)
    with pytest.raises(UsageError, match="'postmortems' is not a folder"):
        new("Refunds")
    assert list(outside.iterdir()) == []


# The author ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "author"),
    [
        ("[user]\n\tname = Dana\n\temail = Dana@example.org\n", "@dana"),
        ('[User] email="dana@example.org" ; mine\n', "@dana"),
        (
            "[user]\nemail = tom@example.org\n[user]\nemail = dana@example.org\n[core]\nemail = x@example.org\n",
            "@dana",
        ),
        ('[user "work"]\nemail = dana@example.org\n', "TODO"),
        ("[user]\n# email = dana@example.org\n", "TODO"),
        ("[user]\nemail = stranger@example.org\n", "TODO"),
        ("[user]\nemail =\n", "TODO"),
        ("", "TODO"),
    ],
)
def test_the_author_is_whom_git_knows(root: Path, config: str, author: str) -> None:
    (root / ".git/config").write_text(config)
    new()
    assert fresh(root, "postmortems/PM-2026-002.md")[0]["authors"] == [author]


def test_which_configuration_counts(root: Path) -> None:
    home = root / "home"
    (home / ".config/git").mkdir(parents=True)
    assert email(str(root), {}) == ""
    (home / ".config/git/config").write_text("[user]\nemail = xdg")
    assert email(str(root), {}) == "xdg"
    (home / ".gitconfig").write_bytes(b"\xff\n[user]\nemail = home")
    assert email(str(root), {}) == "home"
    (home / "own").write_text("[user]\nemail = own")
    assert email(str(root), {"GIT_CONFIG_GLOBAL": str(home / "own")}) == "own"
    (root / ".git/config").write_text("[user]\nemail = here")
    assert email(str(root), {"GIT_CONFIG_GLOBAL": str(home / "own")}) == "here"
    assert email(str(root), {"GIT_AUTHOR_EMAIL": "environment"}) == "environment"


def test_a_further_work_tree_has_the_configuration_of_its_repository(root: Path) -> None:
    (root / ".git/config").write_text("[user]\nemail = here")
    (root / ".git/worktrees/b").mkdir(parents=True)
    (root / ".git/worktrees/b/commondir").write_text("../..\n")
    (root / "b").mkdir()
    (root / "b/.git").write_text(f"gitdir: {root}/.git/worktrees/b\n")
    assert email(str(root / "b"), {}) == "here"


def test_an_author_is_a_person_of_the_roster(root: Path) -> None:
    new("--author", "Maria")
    assert fresh(root, "postmortems/PM-2026-002.md")[0]["authors"] == ["@maria"]
    with pytest.raises(UsageError, match=r"'@marai' is not in people\.yaml") as refused:
        new("--author", "@marai")
    assert refused.value.help == "did you mean '@maria'?"


# Texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["a\u202eb"], ["--route", "a\u200bb"], ["\udcff"]])
def test_what_a_reviewer_can_not_see_is_refused(root: Path, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="has an invisible character"):
        new(*arguments)
    assert [path.name for path in (root / "postmortems").iterdir()] == [Path(FILE).name]


def test_the_answers_of_an_issue(root: Path) -> None:
    (root / "issue.md").write_text(FULL)
    new("--from-issue", "issue.md", "--route", "refund-triage")
    name = "postmortems/PM-2026-002-refund-route-paid-23-refunds.md"
    data, found = fresh(root, name)
    assert "syntax" not in {finding.code for finding in found}
    assert (
        data["summary"]
        == "It paid twice.\n\n#### Not a heading of the form\n### Nor This\n\n- because"
    )
    assert data["impact"] == {"description": "23 customers were refunded twice.", "customers": 23}
    assert data["clocks"] == {
        "route_start": "2026-09-12T06:00:00Z",
        "first_warning": {"unknown": "TODO"},
        "first_impact": {"unknown": "TODO"},
        "containment": "2026-09-12T08:02:00+02:00",
    }
    assert (data["routes"], data["severity"], data["trigger"]) == (
        ["refund-triage"],
        "customer-visible-defect",
        "repeated-rescue",
    )
    assert "  first_warning: {unknown: TODO}   # about noon\n" in (root / name).read_text()
    assert "summary: |-\n  It paid twice.\n\n  #### Not a heading" in (root / name).read_text()
    new("Another title", "--from-issue", "-", text=FULL)
    assert fresh(root, "postmortems/PM-2026-003-another-title.md")[0]["routes"] == [
        "refund-triage",
        "order-lookup",
    ]


def test_what_is_no_issue_form_writes_nothing(root: Path) -> None:
    with pytest.raises(UsageError, match="this is not the issue form"):
        new("--from-issue", FILE)
    with pytest.raises(FileNotFoundError):
        new("--from-issue", "nothing.md")
    assert [path.name for path in (root / "postmortems").iterdir()] == [Path(FILE).name]


VISIBLE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda text: not re.search(INVISIBLE, text)
)
LONG = (
    st.lists(
        VISIBLE | st.sampled_from(["", "---", "# a", "  - b: c", "\tx", "...", "a: b # c"]),
        min_size=1,
        max_size=4,
    )
    .map("\n".join)
    .filter(str.strip)
)
REASON = st.builds(lambda text: {"unknown": text}, LONG)
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "title": LONG,
        "routes": st.lists(VISIBLE, min_size=1, max_size=3),
        "authors": st.lists(VISIBLE, min_size=1, max_size=2),
        "summary": LONG,
        "impact": st.fixed_dictionaries(
            {}, optional={"description": LONG, "customers": st.integers(0, 10**12) | REASON}
        ),
        "clocks": st.fixed_dictionaries(
            {},
            optional={"route_start": REASON, "containment": st.just("2026-09-12T08:02:00+02:00")},
        ),
    },
)


@given(TOLD)
@settings(max_examples=300, deadline=None)
def test_every_answer_reads_back_as_it_was_given(told: dict[str, object]) -> None:
    given = {"severity": "near-miss", "trigger": "near-miss", **told}
    document = read_postmortem(decode("a.md", postmortem("PM-2026-001", TODAY, given).encode()))
    assert not document.problems
    assert isinstance(document.data, dict)
    wrong = [
        problem for problem in check("postmortem", document.data) if "'TODO'" not in problem.message
    ]
    assert wrong == []
    for field, value in given.items():
        found = document.data[field]
        assert found == value or (isinstance(value, dict) and value.items() <= found.items())
    assert document.body == ""


@given(LONG)
@settings(max_examples=100, deadline=None)
def test_what_somebody_typed_is_kept_as_a_comment(answer: str) -> None:
    text = postmortem("PM-2026-001", TODAY, {"clocks": {"containment": Typed(answer)}})
    document = read_postmortem(decode("a.md", text.encode()))
    assert isinstance(document.data, dict)
    assert document.data["clocks"]["containment"] == {"unknown": "TODO"}
    assert f"  containment: {{unknown: TODO}}   # {' '.join(answer.split())}" in text
