"""All findings in one run: a value that is wrong hides nothing elsewhere, and nobody asks for it
again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.check.engine import check_tree
from pmlint.check.gaps import Gap, Partial, certain, path_at
from pmlint.finding import Problem
from pmlint.model import Postmortem
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Source
from pmlint.parsing.tree import WorkTree
from pmlint.place import Path as Place
from pmlint.project.configuration import load

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
OWNER = ('owner: "@tom"', 'owner: "the team"')
"""What is wrong in every case, far from the value that is wrong: `action-owner` at A2."""


def codes(root: Path, *edits: tuple[str, str], route: tuple[str, str] = ("", "")) -> list[str]:
    """The codes of what ``check`` finds after the edits, with their pointers."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    text = (root / FILE).read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (root / FILE).write_text(text)
    (root / ROUTE).write_text((root / ROUTE).read_text().replace(*route))
    tree = WorkTree(str(root))
    report = check_tree(tree, load(tree), date(2026, 10, 15)).report
    found = [f"{finding.code} {finding.pointer}" for finding in report.findings]
    return [
        one for one in found if not one.startswith("unknown-person ")
    ]  # nor is a team a known person


WRONG = {
    "closed list": (
        ("severity: customer-visible-defect", "severity: customer-visible-defct"),
        "schema /severity",
    ),
    "a layer": (("layer: permissions", "layer: permission"), "schema /actions/0/layer"),
    "a day": (("opened: 2026-09-14", "opened: 2026-02-30"), "schema /opened"),
    "a key": (("    done_when", "    done_wen"), "schema /actions/0/done_wen"),
    "a type": (("routes: [refund-triage]", "routes: refund-triage"), "schema /routes"),
    "two meanings": (("title: ", "title: no # "), "syntax None"),
    "twice": (("severity: c", "severity: near-miss\nseverity: c"), "syntax None"),
    "status": (("status: accepted", "status: acepted"), "schema /status"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_one_finding_and_hides_nothing(name: str, tmp_path: Path) -> None:
    edit, wanted = WRONG[name]
    assert codes(tmp_path / "alone", edit) == [wanted]
    assert sorted(codes(tmp_path, edit, OWNER)) == sorted([wanted, "action-owner /actions/1/owner"])


def test_all_wrong_values_at_once(tmp_path: Path) -> None:
    edits = [WRONG[name][0] for name in ("a layer", "a day", "a key", "status")]
    wanted = [WRONG[name][1] for name in ("a layer", "a day", "a key", "status")]
    assert sorted(codes(tmp_path, *edits, OWNER)) == sorted(
        [*wanted, "action-owner /actions/1/owner"]
    )


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (("severity: customer-visible-defect", "severity: TODO"), "placeholder /severity"),
        (("layer: permissions", "layer: TODO"), "placeholder /actions/0/layer"),
        (("opened: 2026-09-14", "opened: TODO"), "placeholder /opened"),
        (('owner: "@tom"', "owner: TODO"), "placeholder /actions/1/owner"),
        (('owner: "@tom"', "owner: TBD"), "action-owner /actions/1/owner"),
        (("routes: [refund-triage]", "routes: [TODO]"), "placeholder /routes/0"),
    ],
)
def test_a_placeholder_is_the_one_finding_for_its_value(
    edit: tuple[str, str], wanted: str, tmp_path: Path
) -> None:
    assert codes(tmp_path, edit) == [wanted]


def test_where_placeholders_are_ignored_the_schema_judges_them(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pmlint.toml").write_text('ignore = ["placeholder"]\n')
    assert codes(tmp_path, WRONG["closed list"][0]) == ["schema /severity"]


def test_a_wrong_route_hides_nothing_of_its_postmortem(tmp_path: Path) -> None:
    found = codes(tmp_path, OWNER, route=("state: paused", "state: pausd"))
    assert found == ["action-owner /actions/1/owner", "schema /state"]


def test_a_file_without_data_has_syntax_alone(tmp_path: Path) -> None:
    assert codes(tmp_path, ("title: ", "title: [")) == ["syntax None"]


def test_a_problem_counts_when_it_is_there_for_every_value() -> None:
    data = {"kind": "hihg", "parts": [{"id": "A", "size": "x"}, {"id": "B"}]}
    gaps = [Gap(Place(("kind",)), ("high", "low")), Gap(Place(("parts", 0, "size")))]

    def ask(found: object) -> list[Problem]:
        assert isinstance(found, dict)
        problems = [
            Problem("a part has no size", Place(("parts", at)))
            for at, part in enumerate(found["parts"])
            if "size" not in part
        ]
        if found.get("kind") != "high":
            problems.append(Problem("not for high", Place(("parts",))))
        return problems

    assert certain(ask, data, gaps) == [Problem("a part has no size", Place(("parts", 1)))]


def test_a_document_with_a_gap_is_read_once_for_all_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views: list[object] = []

    def counted(*arguments: Any) -> Postmortem:
        views.append(arguments)
        return Postmortem(*arguments)

    monkeypatch.setattr("pmlint.check.postmortem.Postmortem", counted)
    assert codes(tmp_path, WRONG["a key"][0]) == [WRONG["a key"][1]]
    # For the rules that find gaps, and for all others: there are 50 rules.
    assert len(views) == 2


def test_what_is_absent_keeps_the_places_of_the_others() -> None:
    data = {"names": ["a", 5, "c"], "left": {"x": 1}}
    partial = Partial(data, [Gap(Place(("names", 1)))])
    assert partial.data == {"names": ["a", None, "c"], "left": {"x": 1}}
    assert data["names"] == ["a", 5, "c"]


def test_the_path_of_a_place_in_the_text() -> None:
    text = '---\nid: PM-2026-001\nactions:\n  - {id: A1, owner: "@maria"}\nid: twice\n---\n'
    document = read_postmortem(Source("a.md", text))
    at = {
        word: path_at(document.node, text, text.index(word)).pointer
        for word in ("PM-2026", "A1", "owner", '"@m', "id: twice")
    }
    assert at == {
        "PM-2026": "/id",
        "A1": "/actions/0/id",
        "owner": "/actions/0/owner",
        '"@m': "/actions/0/owner",
        "id: twice": "/id",
    }


def test_whoever_the_people_file_names_without_a_handle_is_unknown_where_nobody_reports_on_it(
    tmp_path: Path,
) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    people = tmp_path / "people.yaml"
    people.write_text(people.read_text().replace('handle: "@tom", ', ""))
    tree = WorkTree(str(tmp_path))

    def found(only: frozenset[str] | None) -> list[str]:
        report = check_tree(tree, load(tree), date(2026, 10, 15), only=only).report
        return [f"{finding.path} {finding.code} {finding.pointer}" for finding in report.findings]

    assert found(None) == ["people.yaml schema /2/handle"]
    # Nothing judged is not a pass: without the finding of the people file each name is one.
    assert found(frozenset((FILE,))) == [
        f"{FILE} unknown-person /actions/0/verified_by",
        f"{FILE} unknown-person /actions/1/owner",
    ]


def test_a_waiver_of_a_group_does_not_hide_that_nobody_verified(tmp_path: Path) -> None:
    waiver = (
        "restart:\n  cond",
        'waivers:\n  - {rule: unknown-person, reason: "they are new", approved_by: "@eva", until: 2026-11-01}\nrestart:\n  cond',
    )
    team = ('verified_by: "@tom"', "verified_by: platform team")
    assert codes(tmp_path / "plain", team) == []  # unknown-person alone, which `codes` leaves out
    assert codes(tmp_path / "waived", team, waiver) == ["done-without-proof /actions/0/status"]


def places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value below one."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, inner in items:
        yield (*at, step)
        yield from places(inner, (*at, step))


@pytest.mark.parametrize("written", [None, 7])
def test_a_field_that_is_empty_or_a_number_is_one_finding(written: object, tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    base = read_postmortem(Source(FILE, (BASE / FILE).read_text()))
    several = []
    for at in places(base.data):
        data = deepcopy(base.data)
        inner: Any = data
        for step in at[:-1]:
            inner = inner[step]
        inner[at[-1]] = written
        (tmp_path / FILE).write_text(
            f"---\n{yaml.safe_dump(data, sort_keys=False)}---\n{base.body}"
        )
        tree = WorkTree(str(tmp_path))
        found = check_tree(tree, load(tree), date(2026, 10, 15)).report.findings
        if len(found) > 1:
            several.append((at, [(finding.code, finding.pointer) for finding in found]))
    assert several == []
