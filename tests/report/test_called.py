"""What people are called: what is hidden, beside what stays readable."""

from __future__ import annotations

import pytest

from pmlint.model.people import Person
from pmlint.report.people import KnownPeople, hide_people
from tests.report.data import entries

PEOPLE = (
    Person({"handle": "@anna", "name": "Anna Lee", "email": "annlee@corp.example"}),
    Person({"handle": "@mark", "name": "Mark", "email": "info@corp.example"}),
    Person({"handle": "@tanaka", "name": "田中 太郎", "email": "t.tanaka@corp.example"}),
    Person({"handle": "@kim", "name": "김철수"}),
    Person({"handle": "@ali", "name": "علي"}),
    Person({"handle": "@mail-bot", "name": "Mail", "kind": "agent"}),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lee, Anna was asked", "person 1 was asked"),
        ("anna.lee wrote", "person 1 wrote"),
        ("Annas lamp, Anna Lees lamp", "Annas lamp, person 1s lamp"),
        ("the Lee side of Anna", "the Lee side of Anna"),
        ("annalee in a word", "annalee in a word"),
        ("see evidence/annalee.json", "see evidence/person 1.json"),
        ("see evidence/annlee.json", "see evidence/person 1.json"),
        ("see evidence/info.json", "see evidence/info.json"),
        ("ssh anna@laptop", "ssh person 1@laptop"),
        ("anna @ the desk", "anna @ the desk"),
        ("user=anna ended", "user=person 1 ended"),
        ('{"login": "anna"}', '{"login": "person 1"}'),
        ("superuser=anna ended", "superuser=anna ended"),
        ("the name=anna ended", "the name=anna ended"),
        ("ask [~anna] and <@U012|anna>", "ask [~person 1] and <@U012|person 1>"),
        ("a mark on the page; Mark made it", "a mark on the page; person 2 made it"),
        ("Marks of Mark", "Marks of person 2"),
        ("田中太郎さんに聞いた", "person 3さんに聞いた"),
        ("太郎・田中が", "person 3が"),
        ("田中さん", "田中さん"),
        ("김철수가 물었다", "person 4가 물었다"),
        ("عليه الأمر", "عليه الأمر"),
        ("the Mail of today", "the Mail of today"),
    ],
)
def test_a_text_without_people(text: str, shown: str) -> None:
    assert KnownPeople([], PEOPLE).hide(text) == shown


def test_an_id_with_a_handle_is_another_one_everywhere() -> None:
    data = entries(
        postmortems=[{"postmortem": "PM-1", "summary": "It ran on anna-inbox, not anna-inboxes."}],
        routes=[
            {"route": "anna-inbox", "file": "routes/anna-inbox.yaml", "owner": "@payments"},
            {"route": "payments-refunds", "owner": "@payments"},
        ],
        links=[{"route": "anna-inbox", "postmortem": "PM-1"}],
    )
    hidden, _ = hide_people(data, PEOPLE)
    names = [route["route"] for route in hidden.rows["routes"]]
    # A route that is called like the team that owns it names nobody.
    assert names == ["person 2-inbox", "payments-refunds"]
    assert hidden.rows["links"][0]["route"] == "person 2-inbox"
    said = "It ran on person 2-inbox, not anna-inboxes."
    assert hidden.rows["postmortems"][0]["summary"] == said
