"""Forged and odd ledgers, written from docs/spec/fleet.md alone before any was tried, each with an
honest twin.

A case changes the statement that is signed, its envelope, its bytes, or what the base lists. What
counts is said by the judgement itself, with real signatures: ``held``, ``free``, or the codes that
leave a restart unjudged. Of 54, 12 left the route free at first: eleven names that nobody here
could read held nothing, and so did a host in other letters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pmlint.errors import UsageError
from pmlint.gate.ledgers.judgement import held_here, judge_ledgers, unlisted
from pmlint.gate.ledgers.strays import stray_holds
from pmlint.gate.statements import hand_over
from pmlint.parsing.overlay import FilesTree
from pmlint.project.configuration import load
from pmlint.project.days import clock
from tests.gate import DATA
from tests.gate.attack_data import make_keys
from tests.gate.two_repositories import MAIL, NOW, REVIEWS, signed

HELD, FREE = "held", "free"
ODD = "ledger-missing ledger-wrong-source"
"""Of a file that names no listed repository: nobody can tell for which one it was meant."""
HOLD = {
    "postmortem": f"{REVIEWS}//PM-2026-001",
    "kind": "action",
    "subject": "A2",
    "owner": "@tom",
    "deadline": "2026-10-30",
    "reason": "open",
    "release": "pmlint close PM-2026-001 A2",
}
ROUTES = {f"{MAIL}//mail-desk": [HOLD]}
OTHER = "github.com/other/reviews"
Statement = dict[str, Any]


class Keys(NamedTuple):
    """A folder of private keys, and their public halves by name."""

    folder: Path
    public: Mapping[str, str]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = make_keys(tmp_path_factory.mktemp("keys"))
    return Keys(
        folder, {name: (folder / f"{name}.pub").read_text().strip() for name in ("ci", "eva")}
    )


def ledger(**changes: Any) -> Statement:
    """A statement as `pmlint ledger` issues it."""
    return {
        "version": 1,
        "kind": "ledger",
        "tool": "pmlint 0.1.0",
        "as_of": NOW,
        "repository": REVIEWS,
        "ref": "refs/heads/main",
        "commit": "0" * 40,
        "sequence": 185,
        "routes": ROUTES,
        **changes,
    }


def base(
    keys: Keys,
    *,
    own: str = MAIL,
    repository: str = REVIEWS,
    signers: tuple[str, ...] = ("ci",),
    more: str = "",
) -> str:
    """The configuration of the base, with one ledger listed."""
    listed = ", ".join(f'"{keys.public[name]}"' for name in signers)
    return f'repository = "{own}"\n' + entry(repository, listed, more)


def entry(repository: str, signers: str, more: str = "") -> str:
    return f'[[ledgers]]\nrepository = "{repository}"\nsigners = [{signers}]\n{more}'


class Answer(NamedTuple):
    """What comes of a restart: ``held``, ``free``, the codes, or ``configuration``; and the words."""

    short: str
    lines: list[str]


def judged(
    configuration: str, files: list[bytes], folder: Path, route: str = "mail-desk"
) -> Answer:
    """What comes of a restart by the ledgers that are given."""
    try:
        settings = load(FilesTree({"pmlint.toml": configuration.encode()}))
    except UsageError:
        return Answer("configuration", [])
    handed = []
    for number, data in enumerate(files):
        (folder / f"{number}.json").write_bytes(data)
        handed.append(hand_over(str(folder / f"{number}.json")))
    found = judge_ledgers(handed, settings, clock(NOW))
    problems = [*found.problems, *unlisted(found, settings, route, ())]
    strays = list(stray_holds(found, settings, route))
    holds = held_here(found, settings, route)
    lines = [f"{one.code} of {one.repository}: {one.message}; {one.help}" for one in problems]
    lines += [f"{one.ledger} on {one.route}: {one.message}; {one.help}" for one in strays]
    lines += [f"{one.repository}: {one.postmortem} {one.subject}; {one.release}" for one in holds]
    words = [line.replace(f"{folder}/", "") for line in lines]
    if strays:
        return Answer("ledger-silent", words)
    if problems:
        return Answer(" ".join(sorted({problem.code for problem in problems})), words)
    return Answer(HELD if holds else FREE, words)


class Case(NamedTuple):
    """What the base lists and which files are given, of the attack and of its honest twin."""

    expected: str
    attack: Callable[[Keys], tuple[str, list[bytes]]]
    twin: Callable[[Keys], tuple[str, list[bytes]]]
    twin_expected: str = HELD


def file(statement: Statement, keys: Keys, by: str = "ci") -> bytes:
    return json.dumps(signed(statement, keys.folder / by)).encode()


def one(
    configuration: Mapping[str, Any] | None = None, by: str = "ci", **changes: Any
) -> Callable[[Keys], tuple[str, list[bytes]]]:
    """One ledger with some fields of its own, signed by a key, for a base."""
    return lambda keys: (base(keys, **(configuration or {})), [file(ledger(**changes), keys, by)])


def of_bytes(change: Callable[[bytes], bytes]) -> Callable[[Keys], tuple[str, list[bytes]]]:
    return lambda keys: (base(keys), [change(file(ledger(), keys))])


def of_envelope(
    change: Callable[[Statement], Statement],
) -> Callable[[Keys], tuple[str, list[bytes]]]:
    return of_bytes(lambda data: json.dumps(change(json.loads(data))).encode())


HONEST = one()
FULL = {"more": 'routes = ["mail-desk", "*"]\n'}
FREE_OF = {f"{MAIL}//mail-desk": []}
CASES: dict[str, Case] = {
    # time and sequence
    "an older one is played again": Case(
        "ledger-stale",
        one(as_of="2026-10-14T11:59:59Z", routes=FREE_OF),
        one(as_of="2026-10-14T12:00:00Z"),
    ),
    "an older one of today, below the floor": Case(
        "ledger-rolled-back",
        one({"more": "sequence = 186\n"}, routes=FREE_OF),
        one({"more": "sequence = 185\n"}),
    ),
    "a time in the future": Case(
        "ledger-stale", one(as_of="2026-10-15T12:05:01Z"), one(as_of="2026-10-15T12:04:59Z")
    ),
    "an offset that hides the age": Case(
        "ledger-stale",
        one(as_of="2026-10-15T01:59:59+14:00"),
        one(as_of="2026-10-15T02:00:01+14:00"),
    ),
    "a time without an offset": Case(
        ODD, one(as_of="2026-10-15T12:00:00"), one(as_of="2026-10-15T12:00:00+00:00")
    ),
    "a second that no clock shows": Case(
        ODD, one(as_of="2026-10-15T11:59:60Z"), one(as_of="2026-10-15T11:59:59Z")
    ),
    "a day that no calendar has": Case(ODD, one(as_of="2026-02-30T12:00:00Z"), HONEST),
    "a time in lower case": Case(HELD, one(as_of="2026-10-15t12:00:00z"), HONEST),
    "the year 9999 with an offset": Case(ODD, one(as_of="9999-12-31T23:59:59-23:59"), HONEST),
    "a sequence that is true": Case(
        ODD,
        one({"more": "sequence = 1\n"}, sequence=True),
        one({"more": "sequence = 1\n"}, sequence=1),
    ),
    "a sequence with a fraction": Case("ledger-missing", one(sequence=185.5), HONEST),
    # two of them
    "the old one beside the young one": Case(
        "ledger-wrong-source",
        lambda keys: (
            base(keys),
            [
                file(ledger(), keys),
                file(ledger(as_of="2026-10-15T00:00:00Z", sequence=180, routes=FREE_OF), keys),
            ],
        ),
        HONEST,
    ),
    "the same file twice": Case(
        "ledger-wrong-source", lambda keys: (base(keys), [file(ledger(), keys)] * 2), HONEST
    ),
    "another spelling of the same repository": Case(
        "ledger-wrong-source",
        lambda keys: (
            base(keys),
            [
                file(ledger(), keys),
                file(ledger(repository="GitHub.com/Acme/Reviews", routes=FREE_OF), keys),
            ],
        ),
        HONEST,
    ),
    # keys
    "the ledger of another organisation": Case(
        ODD,
        lambda keys: (base(keys), [file(ledger(repository=OTHER, routes=FREE_OF), keys, "eva")]),
        lambda keys: (
            base(keys, more="required = false\n") + entry(OTHER, f'"{keys.public["eva"]}"'),
            [file(ledger(repository=OTHER), keys, "eva")],
        ),
    ),
    "another listed repository speaks for this one": Case(
        "ledger-missing ledger-unsigned",
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["eva"]}"'),
            [file(ledger(routes=FREE_OF), keys, "eva")],
        ),
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["eva"]}"'),
            [file(ledger(), keys), file(ledger(repository=OTHER, routes={}), keys, "eva")],
        ),
    ),
    "one key for two repositories, one ledger for both": Case(
        "ledger-missing",
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["ci"]}"'),
            [file(ledger(repository=OTHER, routes=FREE_OF), keys)],
        ),
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["ci"]}"'),
            [file(ledger(), keys), file(ledger(repository=OTHER, routes={}), keys)],
        ),
    ),
    "signed by a key that was removed": Case(
        "ledger-unsigned",
        one({"signers": ("eva",)}, routes=FREE_OF),
        one({"signers": ("eva", "ci")}),
    ),
    "its signature emptied": Case(ODD, of_envelope(lambda data: {**data, "signature": ""}), HONEST),
    "its signature cut": Case(
        "ledger-unsigned",
        of_envelope(lambda data: {**data, "signature": data["signature"][:120]}),
        HONEST,
    ),
    "its signature of another ledger": Case(
        "ledger-unsigned",
        lambda keys: (
            base(keys),
            [
                json.dumps(
                    {
                        **json.loads(file(ledger(routes=FREE_OF), keys)),
                        "signature": json.loads(file(ledger(), keys))["signature"],
                    }
                ).encode()
            ],
        ),
        HONEST,
    ),
    "a second statement beside the signed one": Case(
        ODD, of_envelope(lambda data: {**data, "routes": FREE_OF}), HONEST
    ),
    # bytes
    "cut in the middle": Case(
        "ledger-missing", of_bytes(lambda data: data[: len(data) // 2]), HONEST
    ),
    "empty": Case("ledger-missing", of_bytes(lambda data: b""), HONEST),
    "with a byte order mark": Case(
        "ledger-missing", of_bytes(lambda data: b"\xef\xbb\xbf" + data), HONEST
    ),
    "in UTF-16": Case(
        "ledger-missing", of_bytes(lambda data: data.decode().encode("utf-16")), HONEST
    ),
    "two documents in one file": Case(
        "ledger-missing", of_bytes(lambda data: data + data), of_bytes(lambda data: data + b"\n\n")
    ),
    "a route twice": Case(
        "ledger-missing",
        of_bytes(
            lambda data: data.replace(
                b'"routes": {', b'"routes": {"github.com/acme/mail//mail-desk": [], ', 1
            )
        ),
        HONEST,
    ),
    # names
    "its route in capitals": Case(
        HELD, one(routes={"GitHub.com/ACME/Mail//mail-desk": [HOLD]}), HONEST
    ),
    "its route in two spellings, one of them free": Case(
        "ledger-wrong-source",
        one(routes={f"{MAIL}//mail-desk": [], "GitHub.com/acme/mail//mail-desk": [HOLD]}),
        HONEST,
    ),
    "its route with .git": Case(
        "ledger-wrong-source", one(routes={"github.com/acme/mail.git//mail-desk": [HOLD]}), HONEST
    ),
    "its route with a scheme": Case(
        "ledger-wrong-source",
        one(routes={"https://github.com/acme/mail//mail-desk": [HOLD]}),
        HONEST,
    ),
    "its route with a slash too many": Case(
        "ledger-wrong-source", one(routes={"github.com/acme/mail///mail-desk": [HOLD]}), HONEST
    ),
    "its route with a port": Case(
        "ledger-wrong-source", one(routes={"github.com:443/acme/mail//mail-desk": [HOLD]}), HONEST
    ),
    "its route by an alias": Case(
        "ledger-wrong-source", one(routes={"mail//mail-desk": [HOLD]}), HONEST
    ),
    "its route by the id alone": Case(
        "ledger-wrong-source", one(routes={"mail-desk": [HOLD]}), HONEST
    ),
    "its route with a host that ends in a dot": Case(
        "ledger-wrong-source", one(routes={"github.com./acme/mail//mail-desk": [HOLD]}), HONEST
    ),
    "its host in other letters": Case(
        "ledger-wrong-source", one(routes={"g\u0456thub.com/acme/mail//mail-desk": [HOLD]}), HONEST
    ),
    "our host in letters, theirs in punycode": Case(
        "configuration",
        one(
            {"own": "b\u00fccher.example/acme/mail"},
            routes={"xn--bcher-kva.example/acme/mail//mail-desk": [HOLD]},
        ),
        one(
            {"own": "xn--bcher-kva.example/acme/mail"},
            routes={"xn--bcher-kva.example/acme/mail//mail-desk": [HOLD]},
        ),
    ),
    "our name written with a percent sign": Case(
        "held", one({"own": "github.com/acme/m%61il", **FULL}), one(FULL)
    ),
    "the repository in capitals": Case(
        ODD, one(repository="GitHub.com/acme/reviews", routes=FREE_OF), HONEST
    ),
    "the repository with .git": Case(
        ODD, one(repository="github.com/acme/reviews.git", routes=FREE_OF), HONEST
    ),
    "the repository with a trailing slash": Case(
        ODD, one(repository="github.com/acme/reviews/", routes=FREE_OF), HONEST
    ),
    "the name of before it was moved": Case(
        ODD, one(repository="github.com/old/reviews", routes=FREE_OF), HONEST
    ),
    "our name of before we were moved": Case(
        "ledger-silent", one(FULL, routes={"github.com/old/mail//mail-desk": [HOLD]}), one(FULL)
    ),
    "a folder of the repository": Case(
        ODD,
        one(repository=f"{REVIEWS}/desk", routes=FREE_OF),
        one({"repository": f"{REVIEWS}/desk"}, repository=f"{REVIEWS}/desk"),
    ),
    # a slip in our own name, or in the one that they have for us, where only a pattern asks for it
    "our own name with two letters swapped": Case(
        "ledger-silent", one({"own": "github.com/acme/mial"}), HONEST
    ),
    "our own name on another host": Case(
        "ledger-silent", one({"own": "gitlab.com/acme/mail"}), HONEST
    ),
    "our own name of before we were moved": Case(
        "ledger-silent", one({"own": "github.com/old/mail"}), HONEST
    ),
    "our own name with a folder that they do not write": Case(
        "ledger-silent", one({"own": f"{MAIL}/desk"}), HONEST
    ),
    "our own name without the folder that they write": Case(
        "ledger-silent",
        one(routes={f"{MAIL}/desk//mail-desk": [HOLD]}),
        one({"own": f"{MAIL}/desk"}, routes={f"{MAIL}/desk//mail-desk": [HOLD]}),
    ),
    "their name of us with a letter too many, beside the right one": Case(
        "ledger-silent",
        one(routes={f"{MAIL}//other": [], f"{MAIL}s//mail-desk": [HOLD]}),
        # who names both of one route knows two repositories
        one(routes={f"{MAIL}//mail-desk": [], f"{MAIL}s//mail-desk": [HOLD]}),
        FREE,
    ),
    "a slip in a name that is declared to be another repository": Case(
        "ledger-silent",
        one({"own": "github.com/acme/mial"}),
        one({"own": "github.com/acme/mial", "more": f'[repositories]\nmail = "{MAIL}"\n'}),
        FREE,
    ),
    "a slip in one that is not required": Case(
        "ledger-silent",
        one({"own": "github.com/acme/mial", "more": "required = false\n"}),
        # the same word over there is a route of theirs
        one({"more": "required = false\n"}, routes={f"{REVIEWS}//mail-desk": [HOLD]}),
        FREE,
    ),
    "a slip in the name that the second of two ledgers has for us": Case(
        "ledger-silent",
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["eva"]}"'),
            [
                file(ledger(routes=FREE_OF), keys),
                file(
                    ledger(repository=OTHER, routes={"github.com/acme/mial//mail-desk": [HOLD]}),
                    keys,
                    "eva",
                ),
            ],
        ),
        lambda keys: (
            base(keys) + entry(OTHER, f'"{keys.public["eva"]}"'),
            [file(ledger(routes=FREE_OF), keys), file(ledger(repository=OTHER), keys, "eva")],
        ),
    ),
    "a tag of the branch's name": Case(
        "ledger-wrong-source", one(ref="refs/tags/main", routes=FREE_OF), HONEST
    ),
    # what holds
    "a hold of a kind that nobody knows": Case(
        ODD, one(routes={f"{MAIL}//mail-desk": [{**HOLD, "kind": "maybe"}]}), HONEST
    ),
    "a hold that is null": Case(ODD, one(routes={f"{MAIL}//mail-desk": None}), HONEST),
    "a hold with a deadline that is not a day": Case(
        ODD, one(routes={f"{MAIL}//mail-desk": [{**HOLD, "deadline": "soon"}]}), HONEST
    ),
    # what the base lists
    "an age of no time": Case("configuration", one({"more": 'max_age = "0h"\n'}), HONEST),
    "no signers": Case("configuration", one({"signers": ()}), HONEST),
    "a signer with a line break": Case(
        "configuration",
        lambda keys: (
            base(keys, signers=()).replace(
                "signers = []", f'signers = ["{keys.public["eva"]}\\nsigner {keys.public["ci"]}"]'
            ),
            [file(ledger(), keys)],
        ),
        HONEST,
    ),
    "the same repository listed in two spellings": Case(
        "configuration",
        lambda keys: (
            base(keys) + entry("GitHub.com/Acme/Reviews", f'"{keys.public["eva"]}"'),
            [file(ledger(), keys)],
        ),
        HONEST,
    ),
}


SAID_FILE = DATA / "ledgers_said.json"
SAID: dict[str, list[str]] = json.loads(SAID_FILE.read_text("utf-8")) if SAID_FILE.exists() else {}
"""What is said of every attack, whole: ``pytest --update`` writes it."""


@pytest.mark.parametrize("name", CASES)
def test_a_forgery_frees_nothing(name: str, keys: Keys, tmp_path: Path, update: bool) -> None:
    case = CASES[name]
    attack = judged(*case.attack(keys), tmp_path)
    if update:
        SAID[name] = attack.lines
        text = json.dumps(dict(sorted(SAID.items())), indent=1, ensure_ascii=False)
        SAID_FILE.write_text(f"{text}\n", "utf-8")
    assert attack == (case.expected, SAID[name])
    assert judged(*case.twin(keys), tmp_path).short == case.twin_expected
