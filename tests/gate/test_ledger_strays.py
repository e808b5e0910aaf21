"""A slip in the name of a repository loses no hold: every verb that takes a ledger says so, with
both ways out.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gate.attack_data import make_keys
from tests.gate.test_ledger_forgeries import ledger
from tests.gate.two_repositories import MAIL, NOW, REVIEWS, ROUTE, Answer, Mail, run, signed

SLIP = "github.com/acme/mial"
SAYS = f"the ledger of {REVIEWS} holds '{MAIL}//mail-desk', and names no '{SLIP}//mail-desk'"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def mail(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Mail:
    """The repository with the route, which has a slip in its own name, and a ledger beside it."""
    mail = Mail(tmp_path / "mail", (keys / "ci.pub").read_text().strip())
    name(mail, SLIP)
    (tmp_path / "ledger.json").write_text(json.dumps(signed(ledger(), keys / "ci")))
    monkeypatch.chdir(mail.root)
    return mail


def name(mail: Mail, own: str, more: str = "") -> None:
    settings = (mail.root / "pmlint.toml").read_text()
    first, _, rest = settings.partition("\n")
    assert first.startswith("repository = ")
    mail.write("pmlint.toml", f'repository = "{own}"\n{rest}{more}')
    mail.commit()


def gate() -> Answer:
    words = ["gate", "--base", "main", "--head", "change", "--now", NOW, "--output-format", "json"]
    return run(*words, "--ledger", "../ledger.json")


def change(mail: Mail, files: dict[str, str | None]) -> None:
    mail.git("checkout", "-q", "-b", "change")
    for path, text in files.items():
        if text is None:
            (mail.root / path).unlink()
        else:
            mail.write(path, text)
    mail.commit()


def test_a_restart_is_not_judged(mail: Mail) -> None:
    mail.restart()
    answer = gate()
    assert (answer.exit, answer.codes) == (2, ["ledger-silent"])
    [refusal] = answer.data["refusals"]
    assert (refusal["message"], refusal["path"]) == (SAYS, "pmlint.toml")
    assert (refusal["side"], refusal["location"]["row"]) == ("base", 1)
    assert (refusal["subject"], refusal["field"]) == (REVIEWS, "repository")
    assert refusal["help"] == (
        f"if they are one repository, correct 'repository' here, or its name in {REVIEWS}; "
        f"if {MAIL} is another one, name it under [repositories]; in a change of its own"
    )


def test_the_way_out_where_they_are_one(mail: Mail) -> None:
    name(mail, MAIL)
    mail.restart()
    answer = gate()
    assert (answer.exit, set(answer.codes)) == (1, {"route-held"})


def test_the_way_out_where_they_are_two(mail: Mail) -> None:
    name(mail, SLIP, f'[repositories]\nmail = "{MAIL}"\n')
    mail.restart()
    answer = gate()
    assert (answer.exit, answer.codes) == (0, [])


def test_a_change_that_restores_nothing_is_judged(mail: Mail) -> None:
    change(mail, {"routes/other.yaml": ROUTE.replace("mail-desk", "other").replace("mail.", "x.")})
    answer = gate()
    assert (answer.exit, answer.codes) == (0, [])


POST = ROUTE.replace("mail-desk", "post")


@pytest.mark.parametrize(
    "files",
    [
        {"routes/mail-desk.yaml": None},
        {"routes/mail-desk.yaml": None, "routes/post.yaml": POST},
        {"routes/post.yaml": POST.replace("paused", "running")},
    ],
    ids=["removed", "renamed", "cloned"],
)
def test_an_id_that_goes_is_not_judged(files: dict[str, str | None], mail: Mail) -> None:
    change(mail, files)
    answer = gate()
    assert (answer.exit, "ledger-silent" in answer.codes) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ("ledger", "--check", "../ledger.json"),
        ("why", "mail-desk", "--ledger", "../ledger.json"),
        ("report", "../site", "--ledger", "../ledger.json"),
    ],
    ids=["check", "why", "report"],
)
def test_no_verb_says_that_it_is_free(words: tuple[str, ...], mail: Mail) -> None:
    answer = run(*words, "--now", NOW)
    assert (answer.exit, f"ledger-silent: {SAYS}" in answer.text) == (2, True), answer.text
    name(mail, MAIL)
    assert run(*words, "--now", NOW).exit == 0


def test_its_flag_is_off(mail: Mail) -> None:
    text = ROUTE.replace("restart: false", "restart: true").replace("paused", "running")
    mail.write("routes/mail-desk.yaml", text)
    mail.commit()
    answer = run("flags", "--ledger", "../ledger.json", "--now", NOW)
    assert answer.exit == 0
    [flag] = [
        name for name in answer.data["flags"] if "mail-desk" in name and "autonomy" not in name
    ]
    assert answer.data["flags"][flag]["defaultVariant"] == "off"
