"""The shapes of five public collections of old reviews, in own words: headings as hours, hours with
a dot, names above lists, two columns of time, front matter of a catalogue; and what an unfriendly
folder has.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any, NamedTuple

import pytest

from pmlint.importing.draft import read_old, render, why_not
from pmlint.importing.found import Imported
from pmlint.importing.reading import read_review
from pmlint.importing.times import find_day, find_time
from pmlint.model.schema import check
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode

TODAY = date(2026, 11, 28)
HANDLES = {"ana": "@ana", "ana ruiz": "@ana", "bo": "@bo"}


def imported(text: str, file: str = "old/x.md") -> Imported:
    return read_old(read_review(file, text.encode()), HANDLES, TODAY)


def events(text: str) -> list[tuple[str, str]]:
    return [(event.at, event.event) for event in imported(text).events]


def actions(text: str) -> list[tuple[str, str]]:
    return [(action.title, action.owner) for action in imported(text).actions]


def left(text: str, file: str = "old/x.md") -> list[tuple[int, str, str]]:
    return [tuple(entry) for entry in imported(text, file).left if entry.became != "kept as text"]


class Timeline(NamedTuple):
    """A timeline and its events: moment or day, and text."""

    text: str
    events: list[tuple[str, str]]


TIMELINES = {
    "hours with a dot, each on its line": Timeline(
        "# Retro\n\n## Timeline\n\n6 December 2021\n\nSee the channel.\n\n15.42 alerts for\nStories\nHome\n\n15.43 JP deployed\n",
        [("2021-12-06", "15.42 alerts for Stories Home"), ("2021-12-06", "15.43 JP deployed")],
    ),
    "hours as headings, over midnight": Timeline(
        "# 2018-07-08, too many pods\n\n## Timeline\n\nAll times in CEST (UTC+2)\n\n### 2018-07-08 ca. 18:30\n\nLaunches fail.\n\n### 22:48\n\n- reported\n\n"
        "### 2018-07-09 08:00\n\nCulled.\n",
        [
            ("2018-07-08T18:30:00+02:00", "2018-07-08 ca. 18:30 Launches fail."),
            ("2018-07-08T22:48:00+02:00", "22:48 reported"),
            ("2018-07-09T08:00:00+02:00", "2018-07-09 08:00 Culled."),
        ],
    ),
    "the day of the heading ends at midnight": Timeline(
        "## Timeline (2020-02-03, UTC)\n\n- 23:50 down\n- 00:10 up\n",
        [("2020-02-03T23:50:00Z", "23:50 down"), ("", "00:10 up")],
    ),
    "a day without its year ends the one above": Timeline(
        "# 2023-09-02 site\n\n## Timeline\n\n### Saturday 2 September 2023\n\n16.50 alerts\n\n### Monday 4 September\n\n08.46 NP asks\n",
        [("2023-09-02", "16.50 alerts"), ("", "08.46 NP asks")],
    ),
    "a range of days is no day": Timeline(
        "## Timeline (all times PST) 07/27/2023 - 07/31/2023\n\n07-27-2023 2:14 pm - approved\n\n9:13 am - reported\n",
        [("2023-07-27", "07-27-2023 2:14 pm - approved"), ("", "9:13 am - reported")],
    ),
    "a column for the day and one for the hour": Timeline(
        "## Timeline\n\n| Day | Date | Time (UTC) | Event |\n|---|---|---|---|\n| Mon | 2022-06-27 | 13:47 | off |\n| Tue | 2022-06-28 | 7:05 | on |\n",
        [("2022-06-27T13:47:00Z", "off"), ("2022-06-28T07:05:00Z", "on")],
    ),
    "a table without a zone keeps the hour": Timeline(
        "## Timeline\n\n| Time | Event |\n|---|---|\n| 2023-04-11 11:20 | upgraded |\n",
        [("2023-04-11", "2023-04-11 11:20 upgraded")],
    ),
    "a zone below the heading": Timeline(
        "## Timeline\nAll times in UTC.\n\n| Time | Event |\n|---|---|\n| 2023-04-11 11:20 | upgraded |\n",
        [("2023-04-11T11:20:00Z", "upgraded")],
    ),
    "another zone in a row": Timeline(
        "## Timeline (UTC) 2023-04-11\n\n- 11:20 CEST upgraded\n- 12:05 pm noon or midnight\n- 2:30 pm UTC back\n",
        [
            ("2023-04-11", "11:20 CEST upgraded"),
            ("2023-04-11", "12:05 pm noon or midnight"),
            ("2023-04-11T14:30:00Z", "2:30 pm UTC back"),
        ],
    ),
    "a French hour": Timeline(
        "## Chronologie\n\nle 1er mars 2024\n\n- 09h30 alerte\n", [("2024-03-01", "09h30 alerte")]
    ),
    "two timelines": Timeline(
        "# A\n\n## Timeline of events (2024-01-02 UTC)\n\n- 10:00 a\n\n## Detailed timeline\n\n- 11:00 b\n",
        [("2024-01-02T10:00:00Z", "10:00 a"), ("", "11:00 b")],
    ),
}


@pytest.mark.parametrize("name", TIMELINES)
def test_a_timeline(name: str) -> None:
    assert events(TIMELINES[name].text) == TIMELINES[name].events


ACTIONS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "names above the lists": (
        "## Actions\n\n**Ana Ruiz**\n- Document the order\n- Remove it\n\n**David**\n- Look into it\n\n**Ana, Bo**\n- Meet\n\nBo:\n1. Write\n",
        [
            ("Document the order", "@ana"),
            ("Remove it", "@ana"),
            ("Look into it", ""),
            ("Meet", ""),
            ("Write", "@bo"),
        ],
    ),
    "a heading for each person": (
        "## Action items\n\n### Ana\n\n- one\n\n### Technical\n\n- two\n",
        [("one", "@ana"), ("two", "")],
    ),
    "groups in the list": (
        "## Action items\n\n* Prevent\n    * Add a limit\n    * Add a test @bo\n* **Ana**\n    * Add an alert\n* Write the runbook now\n    * Owner: Ana\n",
        [
            ("Add a limit", ""),
            ("Add a test @bo", "@bo"),
            ("Add an alert", "@ana"),
            ("Write the runbook now", "@ana"),
        ],
    ),
    "an item over several lines": (
        "## Action items\n\n- [ ] Set up a notification\n  for downtime,\nand test it\n- Second\n",
        [("Set up a notification for downtime, and test it", ""), ("Second", "")],
    ),
    "a bold title with a text below": (
        "## Remediation\n\n1. **Move the table**\nIt was full.\n2. **Page us**\n",
        [("Move the table", ""), ("Page us", "")],
    ),
    "a heading with a remark": (
        "## Follow-up actions - agreed on Monday\n\n- one\n\n## Actions: later\n\n- two\n",
        [("one", ""), ("two", "")],
    ),
    "underlined headings": ("Report\n======\n\nNext steps\n----------\n\n- one\n", [("one", "")]),
    "a table without borders, with pipes": (
        "## Action items\n\nOwner | What | When\n--- | :-: | --:\n@ana | a \\| b | 3 May 2024\n<b>bo</b> | <br>short\n",
        [("a | b", "@ana"), ("short", "@bo")],
    ),
    "two people in a cell": (
        "## Action items\n\n| Action | Who |\n|---|---|\n| a | ana / bo |\n| b | ana<br>bo |\n",
        [("a", ""), ("b", "")],
    ),
    "quoted code is no action": ("## Actions\n\n```\n- [ ] no\n```\n\n- yes\n", [("yes", "")]),
    "an empty item": ("## Actions\n\n- one\n- \n", [("one", "")]),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_actions(name: str) -> None:
    text, wanted = ACTIONS[name]
    assert actions(text) == wanted


def test_what_is_not_read_is_in_the_ledger() -> None:
    text = "## Actions\n\n**David**\n- Look\n\n## Corrective and preventative measure\n\nWe will do more.\n"
    assert left(text) == [
        (3, "line 'David'", "not a known person"),
        (
            6,
            "section 'Corrective and preventative measure'",
            "kept as text: it has no list and no table",
        ),
    ]


@pytest.mark.parametrize(
    ("file", "text", "day"),
    [
        ("old/2021-12-06_home.md", "# Home\n", date(2021, 12, 6)),
        ("old/20210302_home.md", "# Home\n", date(2021, 3, 2)),
        ("2023-05/notes.md", "# Home\n", None),
        ("old/x.md", "# 2018-03-26, no space\n", date(2018, 3, 26)),
        ("old/x.md", "# Outage of 5 May 2020\n", date(2020, 5, 5)),
        ("old/2021-12-06_home.md", "# Home\n\n**Incident from:** 2021-12-04\n", date(2021, 12, 4)),
        ("old/x.md", "---\nstart_time: 2014-03-11T21:25:00Z\n---\n\ntext\n", date(2014, 3, 11)),
        ("old/x.md", "| Date | 2020-02-03 |\n|---|---|\n| Authors | Ana |\n", date(2020, 2, 3)),
        ("old/2202-05-20_home.md", "# Home\n", None),
    ],
)
def test_the_day(file: str, text: str, day: date | None) -> None:
    assert imported(text, file).fields.get("opened") == day


def test_a_day_in_the_future_is_left() -> None:
    assert left("# Home\n", "old/2202-05-20_home.md") == [
        (1, "2202-05-20 in the name of the file", "later than today")
    ]


class Words(NamedTuple):
    """A review in a language: its headings, a table of one action, and a day in words."""

    summary: str
    timeline: str
    actions: str
    columns: tuple[str, str, str, str]
    done: str
    day: str


LANGUAGES = {
    "de": Words(
        "Zusammenfassung",
        "Zeitverlauf",
        "Maßnahmen",
        ("Maßnahme", "Verantwortlich", "Fällig am", "Stand"),
        "erledigt",
        "4. März 2024",
    ),
    "fr": Words(
        "Résumé",
        "Chronologie",
        "Actions correctives",
        ("Action", "Responsable", "Échéance", "Statut"),
        "terminé",
        "4 mars 2024",
    ),
    "es": Words(
        "Resumen",
        "Cronología",
        "Acciones correctivas",
        ("Acción", "Responsable", "Fecha límite", "Estado"),
        "hecho",
        "4 de marzo de 2024",
    ),
    "pt": Words(
        "Resumo",
        "Linha do tempo",
        "Próximos passos",
        ("Ação", "Responsável", "Prazo", "Status"),
        "concluído",
        "4 de março de 2024",
    ),
    "it": Words(
        "Riepilogo",
        "Cronologia",
        "Azioni correttive",
        ("Azione", "Responsabile", "Scadenza", "Stato"),
        "completato",
        "4 marzo 2024",
    ),
    "nl": Words(
        "Samenvatting",
        "Tijdlijn",
        "Actiepunten",
        ("Actie", "Eigenaar", "Termijn", "Status"),
        "afgerond",
        "4 maart 2024",
    ),
    "pl": Words(
        "Podsumowanie",
        "Przebieg zdarzeń",
        "Działania naprawcze",
        ("Działanie", "Odpowiedzialny", "Termin", "Status"),
        "zrobione",
        "4 marca 2024",
    ),
    "sv": Words(
        "Sammanfattning",
        "Händelseförlopp",
        "Åtgärder",
        ("Åtgärd", "Ansvarig", "Slutdatum", "Status"),
        "klar",
        "4 mars 2024",
    ),
    "ja": Words(
        "概要",
        "タイムライン",
        "再発防止策",
        ("対応", "担当者", "期限", "状況"),
        "完了",
        "2024年3月4日",
    ),
    "zh": Words(
        "摘要",
        "时间线",
        "改进措施",
        ("行动", "负责人", "截止日期", "状态"),
        "已完成",
        "2024年3月4日",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language(language: str) -> None:
    words = LANGUAGES[language]
    text = (
        f"# X\n\n## {words.summary}\n\nShort.\n\n## {words.timeline} ({words.day})\n\n- 10:00 UTC a\n\n## {words.actions}\n\n"
        f"| {' | '.join(words.columns)} |\n|---|---|---|---|\n| Limit | Ana | {words.day} | {words.done} |\n"
    )
    found = imported(text)
    assert found.fields["summary"] == "Short."
    assert [event.at for event in found.events] == ["2024-03-04T10:00:00Z"]
    (action,) = found.actions
    assert action[1:5] == ("Limit", "@ana", "2024-03-04", "done")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-04", date(2024, 3, 4)),
        ("2024/3/4", date(2024, 3, 4)),
        ("2024.03.04", date(2024, 3, 4)),
        ("4.3.2024", date(2024, 3, 4)),
        ("25/12/2023", date(2023, 12, 25)),
        ("12-25-2023", date(2023, 12, 25)),
        ("04/04/2024", date(2024, 4, 4)),
        ("03/04/2024", None),
        ("Monday, March 4th, 2024", date(2024, 3, 4)),
        ("4th of March 2024", date(2024, 3, 4)),
        ("Sep. 4, 2024", date(2024, 9, 4)),
        ("2024-03-04T10:00:00Z", date(2024, 3, 4)),
        ("4 March", None),
        ("March 2024", None),
        ("2024-02-30", None),
        ("4/3/24", None),
        ("version 1.2.2024.5", None),
    ],
)
def test_a_day_is_read_where_it_means_one(text: str, day: date | None) -> None:
    assert find_day(text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10:00 UTC", "2024-03-04T10:00:00Z"),
        ("10:00 UTC+2", "2024-03-04T10:00:00+02:00"),
        ("10:00 GMT-05:30", "2024-03-04T10:00:00-05:30"),
        ("10:00+0200", "2024-03-04T10:00:00+02:00"),
        ("10:00 UTC+15", "2024-03-04"),
        ("10:00 CET", "2024-03-04"),
        ("10:00 (PST)", "2024-03-04"),
        ("10:00", "2024-03-04T10:00:00Z"),
        ("14:55 PM", "2024-03-04T14:55:00Z"),
        ("2:55 pm", "2024-03-04T14:55:00Z"),
        ("12:55 am", "2024-03-04"),
        ("no hour", "2024-03-04"),
    ],
)
def test_a_moment_below_a_heading_in_utc(text: str, moment: str) -> None:
    assert find_time(text, date(2024, 3, 4), "Z") == moment


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("old/a.md", "", "it has no text"),
        ("old/a.md", "---\ntitle: x\n---\n\n", "it has no text"),
        (
            "old/README.md",
            "# Reviews\n\n- [a](a.md)\n",
            "it is an index: no timeline and no actions",
        ),
        ("old/README.md", "# Outage\n\n## Timeline\n\n- 10:00 a\n", None),
        ("old/Postmortem template.md", "## Timeline\n", "it is a template by its name"),
        ("old/template-incident.md", "## Timeline\n", "it is a template by its name"),
        ("old/broken-templates.md", "## Timeline\n", None),
        ("old/_draft.md", "## Timeline\n", "it is a template by its name"),
        (
            "old/log.md",
            "# Log\n\n## A\n\n### Impact\n\nx\n\n### Actions\n\n- a\n\n## B\n\n### Impact\n\nx\n\n### Actions\n\n- b\n",
            "it has 2 reviews ('A', 'B'): split it into a file for each",
        ),
        (
            "old/same.md",
            "# A\n\n## Impact\n\n## Actions\n\n# A\n\n## Impact\n\n## Actions\n",
            "it has 2 reviews ('A', 'A'): split it into a file for each",
        ),
        (
            "old/one.md",
            "# A\n\n## Impact\n\n### Timeline\n\n### Impact\n\n## Actions\n\n- a\n",
            None,
        ),
    ],
)
def test_what_makes_no_draft(file: str, text: str, reason: str | None) -> None:
    assert why_not(read_review(file, text.encode())) == reason


def test_bytes_that_are_not_a_text() -> None:
    with pytest.raises(Malformed, match="the file has a NUL byte and is not a text"):
        read_review("old/a.md", b"GIF89a\0\n")


@pytest.mark.parametrize(
    ("front", "kept"),
    [
        ("---\ntitle: [a\n---\n", "```yaml\ntitle: [a\n```"),
        ("---\nuuid: 1\ntext: '```'\n---\n", "````yaml\nuuid: 1\ntext: '```'\n````"),
        ("+++\nweight = 1\n+++\n", "```toml\nweight = 1\n```"),
        ("---\ntitle: all of it\n---\n", None),
        ("---\nhalf: 1\n\n", None),
    ],
)
def test_front_matter_of_another_tool_is_kept(front: str, kept: str | None) -> None:
    review = read_review("old/x.md", f"{front}text\n".encode())
    draft = render("PM-2026-001", TODAY, review, read_old(review, {}, TODAY))
    end = f"\n---\n\ntext\n\nThe front matter of old/x.md:\n\n{kept}\n" if kept else "text\n"
    assert draft.endswith(end)


FRAGMENTS = (
    "# Title\n",
    "## Timeline (all times UTC)\n",
    "### 2023-04-05 10:11\n",
    "## Action items\n",
    "### Ana\n",
    "- [x] do @ana due 2024-02-03\n",
    "- **Ana**:\n  - one\n  - two\n",
    "| Action | Owner | Due |\n|---|---|---|\n| a \\| b | @x | 2024-01-02 |\n| only |\n||||\n",
    "|a|b|\n|-|-|\n|1|2|3|4|\n",
    "---\n",
    "```\n# no\n- [ ] x\n",
    "```\n",
    "~~~\n",
    "<div>\n# in html\n</div>\n",
    "<!-- \n## Timeline\n",
    "-->\n",
    "10:00 foo: bar # baz\n",
    "15.42 dots\n",
    "**Date:** 12.03.2022\n",
    "**Date**: 2022-13-45\n",
    "Author: {a: b}\n",
    "&anchor *alias !tag\n",
    "\u2028sep\u2029\u202e\ufeff\n",
    "- \n",
    "* * *\n",
    "\ttab\n",
    "'quoted' \"x\" \\ % @ `\n",
    "First impact: 2022-03-04T05:06:07+02:00\n",
    "## Summary\n",
    "null\n",
    "- 2024-05-05\n",
    "- 12\n",
    "> quote: x\n",
    "\n",
    "Zeile eins\nZeile zwei\n",
    "日本語 2023年4月5日 10:30\n",
    "- owner: , due:\n",
    "=====\n",
)
FRONTS = (
    "",
    "---\ntitle: [a, b\n---\n",
    "---\n- x\n---\n",
    "---\ntitle: 'it''s: x'\ndate: 2022-02-30\nauthor: [a, {b: c}]\ndescription: |\n  a\n  b\n---\n",
    "+++\ntitle = 'x'\ndate = 2022-01-02T10:00:00Z\n+++\n",
    "---\nhalf: 1\n",
    "---\na: &x 1\nb: *x\ndate: .nan\n1: 2\n---\n",
    "---\ntitle: 5\nsummary: null\nauthors: {}\n---\n",
)


def problems(data: bytes) -> list[str]:
    """What is wrong with the shape of the draft of a file, beside its placeholders."""
    review = read_review("old/x.md", data)
    if why_not(review):
        return []
    draft = render("PM-2024-001", TODAY, review, read_old(review, HANDLES, TODAY))
    document: Any = read_postmortem(decode("postmortems/PM-2024-001.md", draft.encode()))
    found = [
        problem.message for problem in (*document.problems, *check("postmortem", document.data))
    ]
    return [message for message in found if "'TODO'" not in message]


@pytest.mark.parametrize("seed", range(8))
def test_no_draft_has_a_broken_shape(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        text = chance.choice(FRONTS) + "".join(chance.choices(FRAGMENTS, k=chance.randrange(25)))
        ends = chance.choice(("\n", "\r\n", "\r"))
        assert problems(text.replace("\n", ends).encode()) == [], text
