"""Words of one's own through the whole life of a review: ids, severities, sections, ``x-`` fields,
and the front matter of site generators.
"""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk
from tests.cli.test_life import (
    FIRST,
    FIXES,
    PAGES,
    ROUTE,
    Team,
    begun,
    empty,
    fixed,
    met,
    restarted,
)

__all__ = ["empty"]

FOREIGN = {
    "Jekyll": "layout: post\ndate: 2026-11-21 10:00:00 +0100\ncategories:\n  - incidents\ntags: [agents, mail]\npermalink: /a/:year/:title/\n",
    "Hugo": "lastmod: 2026-11-21T10:00:00+01:00\nweight: 10\ndraft: false\nslug: /old-prices\naliases: [/old/]\nmenu: {main: {weight: 3, parent: ops}}\n",
    "MkDocs": "icon: material/alert\nhide: [toc, navigation]\nsearch: {boost: 2, exclude: true}\ndescription: What the desk did\n",
    "Docusaurus": "sidebar_position: 3\nhide_table_of_contents: true\nimage: ./img/a.png\nlast_update: {date: 11/22/2026, author: Dana}\n",
}
FIELDS = [
    line.partition(":")[0]
    for text in FOREIGN.values()
    for line in text.splitlines()
    if line[0] != " "
]
SETTINGS = f"""\
ids = ["INC-{{number:4}}", "PM-{{year}}-{{number:3}}"]
extra_fields = {FIELDS}
[severities]
SEV1 = "control-breach"
SEV2 = "customer-visible-defect"
[sections]
agent-path = ["Was der Agent tat"]
timeline = ["Ablauf"]
"""
BODY = "\n## Was der Agent tat\n\nDer Index gab die Liste von 2025.\n\nAblauf\n------\n\nEin Kunde schrieb.\n"
ID = "INC-0001"


def review() -> str:
    """The review of the guide in a team's own words."""
    text = (
        PAGES[FIRST]
        .replace("PM-2026-001", ID)
        .replace("severity: customer-visible-defect", "severity: SEV2")
    )
    text = text.replace("2026-12-20", "2026-12-14").replace(
        "2026-12-30", "2026-12-15"
    )  # what SEV1 allows
    own = "x-team: {squad: mail, pager: 7}\n"
    return (
        text.replace("---\n", f"---\n{''.join(FOREIGN.values())}{own}", 1).replace(
            "{id: A1,", "{id: A1, x-points: 3,"
        )
        + BODY
    )


def test_a_review_in_own_words_lives_from_its_skeleton_to_its_end(empty: Desk) -> None:
    team = Team(empty, "merge")
    empty.write("pmlint.toml", SETTINGS)
    empty.edit("autonomy: ", "x-tier: gold\nautonomy: ", ROUTE)
    empty.commit("Own words")
    file = "postmortems/INC-0001-old-prices.md"
    team.merge("Open", begun(team, file, "Old prices", "--severity", "SEV2"))
    assert (
        "severity: SEV2   # near-miss | internal-impact | customer-visible-defect | control-breach | SEV1 | SEV2\n"
        in empty.read(file)
    )
    outcome = team.write(f"evidence/{ID}/outcome.md", "41 replies quoted the price list of 2025.\n")
    team.merge("Write", outcome, team.write(file, review()), team.do("move", ID, "in-review"))
    assert team.run("check").startswith("All clean")
    team.merge("Accept", team.do("move", ID, "accepted"))
    team.merge("Raise", team.do("amend", ID, "--severity", "SEV1"))
    lowered = empty.run("amend", ID, "--severity", "SEV2", now="2026-11-24")
    assert (lowered.code, "severity-lowered" in lowered.output) == (1, True)
    why = ("--reason", "no control was breached after all", "--approved-by", "@maria")
    team.merge("Lower", team.do("amend", ID, "--severity", "SEV2", *why))
    for action, proof in FIXES.items():
        fixed(team, ID, action, proof)
    met(team, ID)
    restarted(team, ID)
    text = empty.read(file)
    assert text.startswith(
        f"---\n{''.join(FOREIGN.values())}x-team: {{squad: mail, pager: 7}}\nid: INC-0001\n"
    )
    assert "{id: A1, x-points: 3," in text
    assert "x-tier: gold\n" in empty.read(ROUTE)
    assert text.endswith(BODY)
    page = team.run("show", ID)
    assert "| closed | SEV2 |" in page
    # the page of six sections has the text of a section under whichever name it was written
    assert "returned the list of 2025\n\nDer Index gab die Liste von 2025.\n" in page
    assert "a customer writes that the price is wrong\n\nEin Kunde schrieb.\n" in page
    assert team.run("new", "Again", "--stdout").splitlines()[1] == "id: INC-0002"


@pytest.mark.parametrize(
    ("words", "error", "help"),
    [
        (
            ("new", "x", "--severity", "SEV9"),
            "--severity 'SEV9' is not one of the closed list",
            "did you mean 'SEV1'?",
        ),
        (
            ("new", "x", "--severity", "sev1"),
            "--severity 'sev1' is not one of the closed list",
            "did you mean 'SEV1'?",
        ),
    ],
)
def test_a_word_that_is_nobodys_is_exit_2(
    empty: Desk, words: tuple[str, ...], error: str, help: str
) -> None:
    empty.write("pmlint.toml", SETTINGS)
    ran = empty.run(*words)
    assert (ran.code, ran.error, ran.help) == (2, error, help)


@pytest.mark.parametrize("name", ["author", "statuss", "title2"])
def test_a_field_of_a_generator_never_hides_a_misspelt_one(empty: Desk, name: str) -> None:
    empty.write("pmlint.toml", f'extra_fields = ["{name}"]\n')
    assert (
        empty.run("check").help == "give it another name, so that a misspelt field is still found"
    )
