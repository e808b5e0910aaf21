"""What a ledger that counts holds, warns of and leaves unsaid; the statement that one is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from pmlint.errors import UsageError
from pmlint.gate.ledgers.judgement import (
    LARGEST_LEDGER,
    JudgedLedgers,
    UnusableLedger,
    entry_of,
    held_here,
    judge_ledgers,
    read_ledger,
    require_ledger,
    unlisted,
    unsigned_ledger,
    warnings,
)
from pmlint.gate.ledgers.statement import Ledger, as_statement, from_statement, in_full
from pmlint.gate.ledgers.strays import stray_holds
from pmlint.gate.statements import HandedStatement
from pmlint.project.days import clock
from pmlint.project.holds import Hold
from pmlint.project.repositories import ForeignName
from pmlint.project.settings import LedgerSetting, Settings
from tests.gate.test_ledger_forgeries import HOLD, ROUTES, ledger
from tests.gate.two_repositories import MAIL, NOW, REVIEWS

OTHER = "github.com/other/reviews"
HELD = Hold(
    f"{REVIEWS}//PM-2026-001",
    "action",
    "A2",
    "@tom",
    date(2026, 10, 30),
    "open",
    f"in {REVIEWS}: pmlint close PM-2026-001 A2",
    repository=REVIEWS,
)


def counted(*names: str, of: str = REVIEWS, held: bool = True) -> Ledger:
    """A ledger that counts, with some routes by their names in full."""
    routes = dict.fromkeys(names, (HELD,) if held else ())
    moment = datetime(2026, 10, 15, 12, tzinfo=UTC)
    return Ledger(of, "refs/heads/main", "0" * 40, 185, moment, routes)


def settings(*routes: str, own: str = MAIL, **more: Any) -> Settings:
    entry = LedgerSetting(REVIEWS, ("key",), routes=routes or ("*",))
    return Settings(file="pmlint.toml", repository=own, ledgers=(entry,), **more)


# what holds


def test_a_ledger_holds_the_routes_that_it_names_and_the_base_lets_it() -> None:
    judged = JudgedLedgers((counted(f"{MAIL}//mail-desk", f"{REVIEWS}//mail-desk"),))
    assert held_here(judged, settings(), "mail-desk") == (HELD,)
    assert held_here(judged, settings("mail-*"), "mail-desk") == (HELD,)
    assert held_here(judged, settings("refund-*"), "mail-desk") == ()
    assert held_here(judged, settings(), "refund-desk") == ()
    assert held_here(JudgedLedgers(), settings(), "mail-desk") == ()


def test_two_ledgers_hold_together_each_by_its_own_entry() -> None:
    there = LedgerSetting(OTHER, ("key",), routes=("refund-*",))
    both = settings()._replace(ledgers=(*settings().ledgers, there))
    name = f"{MAIL}//mail-desk"
    judged = JudgedLedgers((counted(name), counted(name, of=OTHER)))
    assert held_here(judged, both, "mail-desk") == (HELD,)
    assert entry_of(both, judged.accepted[1]) is there
    assert judged.find(OTHER) is judged.accepted[1]
    assert judged.find("github.com/acme/none") is None


# what is warned of


def test_a_hold_that_holds_nothing_is_warned_of() -> None:
    judged = JudgedLedgers(
        (
            counted(f"{OTHER}//x", f"{MAIL}//mail-desc", f"{MAIL}//zzz", f"{MAIL}//mail-desk"),
            counted(f"{MAIL}//gone", of=REVIEWS, held=False),
            counted(f"{OTHER}//mail-dusk", of=REVIEWS),
        )
    )
    assert list(warnings(judged, settings(), ["mail-desk"])) == [
        f"{REVIEWS} holds 'mail-desc', which is not a route here; did you mean 'mail-desk'?",
        f"{REVIEWS} holds 'zzz', which is not a route here",
    ]
    assert list(warnings(judged, settings("refund-*"), ["mail-desk", "mail-desc", "zzz"])) == [
        f"{REVIEWS} holds 'mail-desc', which 'routes' of its entry leaves out",
        f"{REVIEWS} holds 'zzz', which 'routes' of its entry leaves out",
        f"{REVIEWS} holds 'mail-desk', which 'routes' of its entry leaves out",
    ]
    assert list(warnings(judged, settings(), ["mail-desk", "mail-desc", "zzz"])) == []


# what a route names and no ledger says


def said(judged: JudgedLedgers, names: list[ForeignName], **more: Any) -> list[str]:
    found = unlisted(judged, settings(**more), "mail-desk", names)
    return [f"{one.code} of {one.repository}: {one.message}; {one.help}" for one in found]


def test_a_postmortem_elsewhere_needs_the_ledger_that_names_the_route() -> None:
    there = ForeignName(REVIEWS, "PM-2026-001")
    names = f"the route 'mail-desk' names {REVIEWS}//PM-2026-001, and"
    assert said(JudgedLedgers((counted(f"{MAIL}//mail-desk", held=False),)), [there]) == []
    assert said(JudgedLedgers(), [there]) == [
        f"ledger-missing of {REVIEWS}: {names} no ledger of its repository was given; "
    ]
    assert said(JudgedLedgers((counted(f"{MAIL}//other"),)), [there]) == [
        f"ledger-silent of {REVIEWS}: {names} its ledger does not name the route; "
        f"let {there} name {MAIL}//mail-desk under 'routes', and give the ledger that is issued "
        "then; or take the link out in a change of its own: pmlint amend mail-desk --remove "
        f"postmortems.{there} --reason REASON --approved-by HANDLE"
    ]
    problem = UnusableLedger("ledger-stale", "'x': old", REVIEWS)
    assert said(JudgedLedgers((), (problem,)), [there]) == []  # said by itself


def test_a_postmortem_of_a_repository_that_is_not_listed() -> None:
    there = ForeignName(OTHER, "PM-2026-001")
    assert said(JudgedLedgers(), [there, ForeignName(REVIEWS, "PM-2026-002")]) == [
        f"ledger-missing of {OTHER}: the route 'mail-desk' names {OTHER}//PM-2026-001, and no "
        f"ledger of its repository is listed; list {OTHER} with its 'signers' under "
        "[[tool.pmlint.ledgers]] in a change of its own, then give the ledger that it publishes: "
        "pmlint gate --ledger FILE",
        f"ledger-missing of {REVIEWS}: the route 'mail-desk' names {REVIEWS}//PM-2026-002, and no "
        "ledger of its repository was given; ",
    ]


# a slip in a name


def strays(name: str, own: str, *more: str, routes: str = "*", **declared: str) -> list[str]:
    judged = JudgedLedgers((counted(name, *more),))
    base = settings(routes, own=own, repositories=declared)
    return [f"{one.own} {one.other}" for one in stray_holds(judged, base, "mail-desk")]


def test_which_slips_are_seen() -> None:
    held, slip = f"{MAIL}//mail-desk", "github.com/acme/mial"
    assert strays(held, slip) == [f"{slip} {MAIL}"]
    assert strays(held, "github.com/acme/post") == [f"github.com/acme/post {MAIL}"]
    # who has our name right of another route is mistaken by one letter at most
    assert strays(held, slip, f"{slip}//other") == [f"{slip} {MAIL}"]
    assert strays(held, "github.com/acme/post", "github.com/acme/post//other") == []
    # what is declared to be another repository is one
    assert strays(held, slip, mail=MAIL) == []
    assert strays(held, slip, routes="refund-*") == []
    assert strays(held, MAIL) == []
    assert strays(f"{REVIEWS}//mail-desk", slip) == []
    assert strays(f"{MAIL}//mail-desk-2", slip) == []


def test_every_ledger_is_asked_for_a_slip() -> None:
    slip = "github.com/acme/mial"
    there = LedgerSetting(OTHER, ("key",))
    both = settings(own=slip)._replace(ledgers=(*settings().ledgers, there))
    right, wrong = counted(f"{slip}//mail-desk"), counted(f"{MAIL}//mail-desk", of=OTHER)
    found = stray_holds(JudgedLedgers((right, wrong)), both, "mail-desk")
    assert [one.ledger for one in found] == [OTHER]


def test_a_route_that_is_named_and_not_held_is_no_slip() -> None:
    judged = JudgedLedgers((counted(f"{MAIL}//mail-desk", held=False),))
    assert list(stray_holds(judged, settings(own="github.com/acme/mial"), "mail-desk")) == []


# what is required


def handed(data: object) -> HandedStatement:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return HandedStatement("ledger.json", text)


def problems(base: Settings, *files: HandedStatement) -> list[str]:
    found = judge_ledgers(files, base, clock(NOW))
    return [f"{one.code} of {one.repository}: {one.message}; {one.help}" for one in found.problems]


def test_a_project_without_a_name_is_held_by_nobody() -> None:
    envelope = {**{"version": 1, "kind": "signed", "by": "@ci"}, "statement": ledger()}
    line = (
        f"ledger-missing of {REVIEWS}: 'repository' is not set, so no ledger can name the routes "
        "of this project; name this project at the beginning of pmlint.toml, repository = "
        '"HOST/OWNER/NAME", in a change of its own'
    )
    assert problems(settings(own="")) == [line]
    assert problems(settings(own=""), handed({**envelope, "signature": "x"})) == [line]
    required = (
        f"ledger-missing of {REVIEWS}: the ledger of {REVIEWS} is required, and none was given; "
    )
    assert problems(settings()) == [required]
    free = settings()._replace(ledgers=(settings().ledgers[0]._replace(required=False),))
    assert problems(free) == []


@pytest.mark.parametrize(
    ("file", "code", "message"),
    [
        (HandedStatement("x", b"", problem="no such file"), "ledger-missing", "'x': no such file"),
        (handed(b" " * (LARGEST_LEDGER + 1)), "ledger-missing", "'ledger.json': larger than 4 MiB"),
        (handed(b" " * LARGEST_LEDGER), "ledger-missing", "expecting value"),
        (handed(ledger()), "ledger-unsigned", "'ledger.json': it is not signed"),
        (handed([ledger()]), "ledger-wrong-source", "'ledger.json': not a signed ledger"),
        (handed({"kind": "signed"}), "ledger-wrong-source", "'ledger.json': not a signed ledger"),
        (handed({"statement": 1}), "ledger-wrong-source", "'ledger.json': not a signed ledger"),
        (handed({"statement": {}}), "ledger-wrong-source", "'ledger.json': "),
    ],
)
def test_what_is_not_a_ledger(file: HandedStatement, code: str, message: str) -> None:
    with pytest.raises(UnusableLedger) as error:
        read_ledger(file, settings(), clock(NOW))
    assert error.value.code == code
    assert message in error.value.message
    assert str(error.value) == error.value.message
    with pytest.raises(UsageError) as usage:
        require_ledger(file, settings(), clock(NOW))
    assert usage.value.message == f"{code}: {error.value.message}"
    assert usage.value.help == f"pmlint rule {code}"


def test_a_ledger_that_waits_for_its_signature() -> None:
    assert unsigned_ledger(handed(ledger())) == ledger()
    assert unsigned_ledger(handed({**ledger(), "sequence": "185"})) is None
    assert unsigned_ledger(handed({**ledger(), "kind": "budgets"})) is None
    assert unsigned_ledger(handed([])) is None
    assert unsigned_ledger(handed(b"{")) is None


def test_without_ssh_keygen_no_ledger_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = {
        "version": 1,
        "kind": "signed",
        "by": "@ci",
        "statement": ledger(),
        "signature": "x",
    }
    monkeypatch.setenv("PATH", "")
    (line,) = problems(settings(), handed(envelope))
    assert line.startswith(f"ledger-unsigned of {REVIEWS}: 'ledger.json': ")
    assert "ssh-keygen" in line


# the statement


def test_a_ledger_is_the_statement_that_it_was() -> None:
    read = from_statement(ledger())
    assert read == counted(f"{MAIL}//mail-desk")
    back = as_statement(read, "pmlint 0.1.0")
    hold = {**HOLD, "release": f"in {REVIEWS}: pmlint close PM-2026-001 A2"}
    assert back == {**ledger(), "routes": {f"{MAIL}//mail-desk": [hold]}}
    assert list(back) == list(ledger())


def test_what_is_written_says_also_what_is_absent() -> None:
    hold = HELD._replace(postmortem="PM-2026-002", deadline=None, subject="", release="do it")
    data = as_statement(counted("b//1", "a//1")._replace(routes={"b//1": (hold,), "a//1": ()}), "t")
    assert list(data["routes"]) == ["a//1", "b//1"]
    assert data["routes"]["b//1"] == [
        {
            **HOLD,
            **{"postmortem": f"{REVIEWS}//PM-2026-002", "deadline": None, "subject": ""},
            "release": "do it",
        }
    ]
    east = datetime.fromisoformat("2026-10-15T14:00:00+02:00")
    assert as_statement(counted()._replace(as_of=east), "t")["as_of"] == NOW


def test_a_name_in_full() -> None:
    assert in_full(REVIEWS, "PM-2026-001") == f"{REVIEWS}//PM-2026-001"
    assert in_full(REVIEWS, f"{MAIL}//mail-desk") == f"{MAIL}//mail-desk"


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        ({"mail//mail-desk": []}, "the route 'mail//mail-desk' has an alias in the place of its"),
        (
            {f"{MAIL}//mail-desk": [], f"{MAIL.upper()}//mail-desk": []},
            f"the route '{MAIL}//mail-desk' is there in two spellings",
        ),
    ],
)
def test_a_route_that_nobody_here_can_read(routes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        from_statement(ledger(routes=routes))
    assert list(from_statement(ledger(routes=ROUTES)).routes) == [f"{MAIL}//mail-desk"]


def test_a_hold_without_a_deadline() -> None:
    (held,) = from_statement(
        ledger(routes={f"{MAIL}//mail-desk": [{**HOLD, "deadline": None}]})
    ).routes[f"{MAIL}//mail-desk"]
    assert held == HELD._replace(deadline=None)


def test_every_file_is_judged() -> None:
    """One that does not count leaves the others: all that is wrong is said at once."""
    assert problems(settings(), handed(b"{}"), HandedStatement("y", b"", problem="gone"))[:2] == [
        "ledger-wrong-source of : 'ledger.json': not a signed ledger; ",
        "ledger-missing of : 'y': gone; ",
    ]
