"""Ledgers: the honest one holds, and each forgery leaves a restart unjudged; both ends by the real
command line.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from tests.gate.attack_data import make_keys
from tests.gate.two_repositories import (
    MAIL,
    NOW,
    REVIEWS,
    ROUTE,
    Answer,
    Mail,
    Reviews,
    run,
    signed,
)
from tests.gate.world import POSTMORTEM


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def reviews(tmp_path: Path, template: Path) -> Reviews:
    return Reviews(tmp_path / "reviews", template)


@pytest.fixture
def mail(tmp_path: Path, keys: Path) -> Mail:
    return Mail(tmp_path / "mail", public(keys, "ci"))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory, template: Path) -> dict[str, Any]:
    """What `pmlint ledger` prints in the repository with the postmortem."""
    world = Reviews(tmp_path_factory.mktemp("issued") / "reviews", template)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(world.root)
        data: dict[str, Any] = run("ledger", "--now", NOW).data
    return data


def public(keys: Path, name: str) -> str:
    return (keys / f"{name}.pub").read_text().strip()


def gate(mail: Mail, *files: Path | str, monkeypatch: pytest.MonkeyPatch, now: str = NOW) -> Answer:
    monkeypatch.chdir(mail.root)
    given = [word for file in files for word in ("--ledger", str(file))]
    return run(
        "gate",
        "--base",
        "main",
        "--head",
        "change",
        "--now",
        now,
        "--output-format",
        "json",
        *given,
    )


def test_what_is_issued(issued: dict[str, Any]) -> None:
    issued = dict(issued)
    routes = issued.pop("routes")
    assert issued.pop("commit")
    assert issued.pop("tool").startswith("pmlint ")
    assert issued == {
        "version": 1,
        "kind": "ledger",
        "as_of": NOW,
        "repository": REVIEWS,
        "ref": "refs/heads/main",
        "sequence": 2,
    }
    assert list(routes) == [f"{MAIL}//mail-desk", f"{REVIEWS}//refund-triage"]
    assert routes[f"{MAIL}//mail-desk"][0] == {
        "postmortem": f"{REVIEWS}//PM-2026-001",
        "kind": "action",
        "subject": "A2",
        "owner": "@tom",
        "deadline": "2026-10-30",
        "reason": "open",
        "release": "pmlint close PM-2026-001 A2 --proof COMMIT|PATH|URI --verified-by HANDLE",
    }
    assert [hold["kind"] for hold in routes[f"{MAIL}//mail-desk"]] == [
        "action",
        "condition",
        "sign-off",
    ]


def test_it_is_signed_and_verified_by_ssh_keygen(
    issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second job checks nothing out, so there is no project and no people file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.json").write_text(json.dumps(issued))
    assert (
        run(
            "sign",
            "ledger.json",
            "--key",
            str(keys / "ci"),
            "--by",
            "ci-reviews",
            "-o",
            "signed.json",
        ).exit
        == 0
    )
    data = json.loads((tmp_path / "signed.json").read_text())
    assert data["by"] == "@ci-reviews"
    (tmp_path / "sig").write_text(data["signature"])
    (tmp_path / "allowed").write_text(f"x {public(keys, 'ci')}\n")
    canonical = json.dumps(data["statement"], sort_keys=True, separators=(",", ":")).encode()
    command = [
        "ssh-keygen",
        "-Y",
        "verify",
        "-f",
        "allowed",
        "-I",
        "x",
        "-n",
        "pmlint-ledger",
        "-s",
        "sig",
    ]
    assert (
        subprocess.run(command, input=canonical, capture_output=True, check=False).returncode == 0
    )


def test_the_honest_one_holds(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    mail.restart()
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert answer.exit == 1
    assert set(answer.codes) == {"route-held"}
    held = answer.data["routes"][0]["held_by"]
    assert [(hold["repository"], hold["postmortem"], hold["action"]) for hold in held] == [
        (REVIEWS, f"{REVIEWS}//PM-2026-001", "A2"),
        (REVIEWS, f"{REVIEWS}//PM-2026-001", "R1"),
        (REVIEWS, f"{REVIEWS}//PM-2026-001", ""),
    ]
    used = answer.data["ledgers"]
    assert used == [
        {
            "repository": REVIEWS,
            "commit": issued["commit"],
            "sequence": 2,
            "as_of": "2026-10-15T12:00:00+00:00",
        }
    ]


def test_a_free_route_is_restored(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signed.json"
    file.write_text(
        json.dumps(signed({**issued, "routes": {f"{MAIL}//mail-desk": []}}, keys / "ci"))
    )
    mail.restart()
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert (answer.exit, answer.codes) == (0, [])


def test_only_a_restart_asks_for_it(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    mail.git("checkout", "-q", "-b", "change")
    mail.write("routes/mail-desk.yaml", ROUTE.replace("Answers to", "All answers to"))
    mail.commit()
    assert gate(mail, monkeypatch=monkeypatch).exit == 0


Forged = dict[str, Any]
HOLDS_NOTHING = {f"{MAIL}//mail-desk": []}
ATTACKS: dict[str, tuple[str, Callable[[Forged, Path], Forged | list[Forged]]]] = {
    "stale": (
        "ledger-stale",
        lambda one, keys: signed({**one, "as_of": "2026-10-14T11:59:59Z"}, keys / "ci"),
    ),
    "future": (
        "ledger-stale",
        lambda one, keys: signed({**one, "as_of": "2026-10-15T12:05:01Z"}, keys / "ci"),
    ),
    "unknown route": (
        "ledger-silent",
        lambda one, keys: signed({**one, "routes": {}}, keys / "ci"),
    ),
    "rolled back": (
        "ledger-rolled-back",
        lambda one, keys: signed({**one, "sequence": 1}, keys / "ci"),
    ),
    "other repository": (
        "ledger-wrong-source",
        lambda one, keys: signed({**one, "repository": "github.com/acme/other"}, keys / "ci"),
    ),
    "other branch": (
        "ledger-wrong-source",
        lambda one, keys: signed({**one, "ref": "refs/heads/feature"}, keys / "ci"),
    ),
    "tampered": (
        "ledger-unsigned",
        lambda one, keys: {
            **signed(one, keys / "ci"),
            "statement": {**one, "routes": HOLDS_NOTHING},
        },
    ),
    "other key": ("ledger-unsigned", lambda one, keys: signed(one, keys / "eva")),
    "unsigned": ("ledger-unsigned", lambda one, keys: one),
    "other namespace": (
        "ledger-unsigned",
        lambda one, keys: signed(one, keys / "ci", "pmlint-budgets"),
    ),
    "an approval's namespace": (
        "ledger-unsigned",
        lambda one, keys: signed(one, keys / "ci", "pmlint"),
    ),
    "another kind": (
        "ledger-wrong-source",
        lambda one, keys: signed({**one, "kind": "budgets"}, keys / "ci"),
    ),
    "another version": (
        "ledger-wrong-source",
        lambda one, keys: signed({**one, "version": 2}, keys / "ci"),
    ),
    "an unknown key": (
        "ledger-wrong-source",
        lambda one, keys: signed({**one, "free": True}, keys / "ci"),
    ),
    "two of one": (
        "ledger-wrong-source",
        lambda one, keys: [
            signed(one, keys / "ci"),
            signed({**one, "routes": HOLDS_NOTHING}, keys / "ci"),
        ],
    ),
    "missing": ("ledger-missing", lambda one, keys: []),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_the_restart_unjudged(
    name: str, issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, forge = ATTACKS[name]
    mail = Mail(
        tmp_path / "mail", public(keys, "ci"), 'routes = ["mail-desk", "*"]\nsequence = 2\n'
    )
    mail.restart()
    forged = forge(issued, keys)
    files = []
    for number, one in enumerate(forged if isinstance(forged, list) else [forged]):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(one))
    answer = gate(mail, *files, monkeypatch=monkeypatch)
    assert answer.exit == 2
    assert code in answer.codes
    place = next(refusal for refusal in answer.data["refusals"] if refusal["code"] == code)
    assert (place["path"], place["side"]) == ("pmlint.toml", "base")
    # the way out of each code: the ledger that the other repository publishes now, as it is
    (tmp_path / "fetched.json").write_text(
        json.dumps(signed({**issued, "routes": HOLDS_NOTHING}, keys / "ci"))
    )
    assert gate(mail, tmp_path / "fetched.json", monkeypatch=monkeypatch).exit == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"a": 1, "a": 2}',
        "[" * 100_000,
        '{"statement": {}}',
        f'"{"x" * (4 << 20)}"',
        "\x00",
    ],
)
def test_what_is_not_a_ledger_leaves_it_unjudged(
    text: str, mail: Mail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.json").write_text(text)
    mail.restart()
    answer = gate(mail, tmp_path / "x.json", monkeypatch=monkeypatch)
    assert answer.exit == 2
    assert {"ledger-missing", "ledger-wrong-source"} & set(answer.codes)


def test_without_a_name_of_our_own_no_ledger_can_speak_of_us(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (mail.root / "pmlint.toml").read_text()
    mail.write("pmlint.toml", text.replace(f'repository = "{MAIL}"\n', "", 1))
    mail.commit()
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    mail.restart()
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert (answer.exit, answer.codes) == (2, ["ledger-missing"])
    assert answer.data["refusals"][0]["message"] == (
        "'repository' is not set, so no ledger can name the routes of this project"
    )


def test_what_is_not_required_is_judged_where_it_is_given(
    issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(tmp_path / "mail", public(keys, "ci"), "required = false\n")
    mail.restart()
    assert gate(mail, monkeypatch=monkeypatch).exit == 0
    file = tmp_path / "unsigned.json"
    file.write_text(json.dumps(issued))
    assert gate(mail, file, monkeypatch=monkeypatch).codes == ["ledger-unsigned"]


def test_a_route_that_names_a_foreign_postmortem_needs_its_ledger(
    issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(tmp_path / "mail", public(keys, "ci"))
    mail.write("pmlint.toml", f'repository = "{MAIL}"\n[repositories]\nreviews = "{REVIEWS}"\n')
    mail.write("routes/mail-desk.yaml", ROUTE + "postmortems: [reviews//PM-2026-001]\n")
    mail.commit()
    mail.git("checkout", "-q", "-b", "change")
    mail.write(
        "routes/mail-desk.yaml",
        ROUTE.replace("restart: false", "restart: true") + "postmortems: [reviews//PM-2026-001]\n",
    )
    mail.commit()
    answer = gate(mail, monkeypatch=monkeypatch)
    assert (answer.exit, answer.codes) == (2, ["ledger-missing"])
    assert answer.data["refusals"][0]["path"] == "routes/mail-desk.yaml"


@pytest.mark.parametrize("kept", [False, True])
def test_a_foreign_link_of_a_route_is_a_link(
    kept: bool, issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the link nobody would ask for the ledger of a repository that is not required."""
    mail = Mail(tmp_path / "mail", public(keys, "ci"), "required = false\n")
    mail.write("routes/mail-desk.yaml", ROUTE + f"postmortems: [{REVIEWS}//PM-2026-001]\n")
    mail.commit()
    mail.git("checkout", "-q", "-b", "change")
    mail.write(
        "routes/mail-desk.yaml",
        ROUTE
        + (f"postmortems: [{REVIEWS}//PM-2026-001]\ntitle: x\n" if kept else "").replace(
            "title: x\n", ""
        ),
    )
    mail.git("commit", "-q", "--allow-empty", "-am", "change")
    answer = gate(mail, monkeypatch=monkeypatch)
    assert (answer.exit, answer.codes) == ((0, []) if kept else (1, ["link-removed"]))


def test_a_link_is_free_to_go_when_the_ledger_says_that_nothing_holds(
    issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(tmp_path / "mail", public(keys, "ci"))
    mail.write("routes/mail-desk.yaml", ROUTE + f"postmortems: [{REVIEWS}//PM-2026-001]\n")
    mail.commit()
    mail.git("checkout", "-q", "-b", "change")
    mail.write("routes/mail-desk.yaml", ROUTE)
    mail.commit()
    file = tmp_path / "free.json"
    file.write_text(json.dumps(signed({**issued, "routes": HOLDS_NOTHING}, keys / "ci")))
    assert gate(mail, file, monkeypatch=monkeypatch).exit == 0
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    assert gate(mail, file, monkeypatch=monkeypatch).codes == ["link-removed"]


def test_a_hold_on_a_route_that_is_not_here_is_a_warning(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds = issued["routes"][f"{MAIL}//mail-desk"]
    file = tmp_path / "signed.json"
    file.write_text(
        json.dumps(signed({**issued, "routes": {f"{MAIL}//mail-dsk": holds}}, keys / "ci"))
    )
    mail.restart()
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert answer.exit == 0
    assert answer.data["warnings"] == [
        f"{REVIEWS} holds 'mail-dsk', which is not a route here; did you mean 'mail-desk'?"
    ]


@pytest.mark.parametrize(
    "name", ["github.com/acme/ma%69l", "GitHub.com/Acme/%6d%61il", "%67ithub.com/acme/mail"]
)
def test_an_escape_in_our_own_name_leaves_no_hold_out(
    name: str,
    issued: dict[str, Any],
    mail: Mail,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = (mail.root / "pmlint.toml").read_text()
    mail.write("pmlint.toml", settings.replace(MAIL, name))
    mail.commit()
    mail.restart()
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert (answer.exit, set(answer.codes)) == (1, {"route-held"})


def test_a_ledger_holds_only_what_the_base_lets_it_hold(
    issued: dict[str, Any], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = Mail(tmp_path / "mail", public(keys, "ci"), 'routes = ["refund-*"]\n')
    mail.restart()
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    answer = gate(mail, file, monkeypatch=monkeypatch)
    assert answer.exit == 0
    assert answer.data["warnings"] == [
        f"{REVIEWS} holds 'mail-desk', which 'routes' of its entry leaves out"
    ]


POST_DESK = ROUTE.replace("id: mail-desk", "id: post-desk")
RUNS = POST_DESK.replace("restart: false", "restart: true").replace("paused", "running")


@pytest.mark.parametrize(
    ("mail_desk", "post_desk", "codes"),
    [
        (None, RUNS, ["route-removed", "route-cloned"]),
        (None, POST_DESK, ["route-removed", "route-cloned"]),
        (ROUTE, RUNS, ["route-cloned"]),
        (ROUTE.replace("paused", "retired"), None, []),
    ],
    ids=["renamed and restarted", "renamed", "cloned", "retired"],
)
def test_a_held_route_keeps_its_name(
    mail_desk: str | None,
    post_desk: str | None,
    codes: list[str],
    mail: Mail,
    issued: dict[str, Any],
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under another name it would be a route that no ledger knows."""
    mail.git("checkout", "-q", "-b", "change")
    for name, text in (("mail-desk", mail_desk), ("post-desk", post_desk)):
        if text is None:
            (mail.root / f"routes/{name}.yaml").unlink(missing_ok=True)
        else:
            mail.write(f"routes/{name}.yaml", text)
    mail.commit()
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    assert gate(mail, file, monkeypatch=monkeypatch).codes == codes


@pytest.mark.parametrize(
    ("more", "removed", "codes"),
    [
        ("", "mail-desk", ["ledger-missing"]),
        ('routes = ["mail-desk"]\n', "mail-desk", ["ledger-missing"]),
        ('routes = ["refund-*"]\n', "mail-desk", []),
        ("required = false\n", "mail-desk", []),
        ("", "", []),
    ],
    ids=["renamed", "renamed, by name", "not of this ledger", "not required", "one more route"],
)
def test_a_route_that_a_ledger_may_hold_keeps_its_name_while_none_is_given(
    more: str,
    removed: str,
    codes: list[str],
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second step, to restart it by a name that no ledger has, would pass."""
    mail = Mail(tmp_path / "mail", public(keys, "ci"), more)
    mail.git("checkout", "-q", "-b", "change")
    mail.write("routes/post-desk.yaml", POST_DESK)
    if removed:
        mail.git("rm", "-q", f"routes/{removed}.yaml")
    mail.commit()
    answer = gate(mail, monkeypatch=monkeypatch)
    assert (answer.exit, answer.codes) == (2 if codes else 0, codes)


def test_the_day_of_now_means_its_end(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    mail.restart()
    assert gate(mail, file, monkeypatch=monkeypatch, now="2026-10-15").exit == 1
    assert gate(mail, file, monkeypatch=monkeypatch, now="2026-10-16").codes == ["ledger-stale"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda world: world.write("pmlint.toml", ""),
            "'repository' is not set, so no route has a name that others know; help: add "
            'repository = "host/owner/name" to the configuration',
        ),
        (
            lambda world: world.write("postmortems/PM-2026-002-x.md", "---\nid: [\n---\n"),
            "nobody knows what it holds: this is not YAML: did not find expected node content; help: repair the file; 'pmlint check' lists "
            "what is wrong",
        ),
        (
            lambda world: world.git("checkout", "-q", "-b", "side"),
            "HEAD is HEAD12, and refs/heads/main is MAIN12; help: check main out: a ledger is of the "
            "branch that counts",
        ),
        (
            lambda world: world.git("branch", "-m", "main", "trunk"),
            "there is no branch 'refs/heads/main'; help: fetch it, or name another with --ref",
        ),
    ],
)
def test_nothing_is_issued_where_silence_could_mean_free(
    change: Callable[[Reviews], object],
    says: str,
    reviews: Reviews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(reviews)
    reviews.commit()
    monkeypatch.chdir(reviews.root)
    answer = run("ledger", "--now", NOW, "-o", "ledger.json")
    assert answer.exit == 2
    for name, revision in (("HEAD12", "HEAD"), ("MAIN12", "main")):
        if name in says:
            says = says.replace(name, reviews.git("rev-parse", revision)[:12])
    assert answer.text == says
    assert not (reviews.root / "ledger.json").exists()


def test_a_shallow_clone_issues_nothing(
    reviews: Reviews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{reviews.root}", str(tmp_path / "shallow")],
        check=True,
    )
    monkeypatch.chdir(tmp_path / "shallow")
    answer = run("ledger", "--now", NOW)
    assert answer == Answer(
        2,
        "this clone is shallow, so proofs and the sequence cannot be found; help: git fetch "
        "--unshallow origin (in CI: fetch-depth: 0)",
    )


def test_check_says_the_same_without_a_gate(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mail.root)
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    answer = run("ledger", "--check", str(file), "--now", NOW)
    assert answer == Answer(
        0, f"{file} counts: {REVIEWS} at {issued['commit'][:12]}, sequence 2; it holds 2 routes\n"
    )
    file.write_text(json.dumps(issued))
    answer = run("ledger", "--check", str(file), "--now", NOW)
    assert answer == Answer(
        2, f"ledger-unsigned: '{file}': it is not signed; help: pmlint rule ledger-unsigned"
    )


def test_unlinking_a_foreign_route_in_a_postmortem_is_refused(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.git("checkout", "-q", "-b", "change")
    reviews.edit(POSTMORTEM, (", mail//mail-desk", ""))
    reviews.commit()
    monkeypatch.chdir(reviews.root)
    answer = run(
        "gate", "--base", "main", "--head", "change", "--now", NOW, "--output-format", "json"
    )
    assert (answer.exit, answer.codes) == (1, ["link-removed"])


def test_another_spelling_of_the_repository_is_the_same_link(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.git("checkout", "-q", "-b", "change")
    reviews.edit(POSTMORTEM, ("mail//mail-desk", '"GitHub.com/Acme/mail//mail-desk"'))
    reviews.commit()
    monkeypatch.chdir(reviews.root)
    assert run("gate", "--base", "main", "--head", "change", "--now", NOW).exit == 0


def test_why_shows_what_others_hold(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mail.root)
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    lines = run("why", "mail-desk", "--now", NOW, "--ledger", str(file)).text.splitlines()
    assert lines[:3] == [
        "mail-desk is paused, owner @tom; restart flags up: none",
        f"  held by {REVIEWS}//PM-2026-001 A2: open, owner @tom, deadline 2026-10-30",
        f"    to release: in {REVIEWS}: pmlint close PM-2026-001 A2 --proof COMMIT|PATH|URI --verified-by HANDLE",
    ]
    file.write_text(json.dumps(issued))
    assert run("why", "mail-desk", "--now", NOW, "--ledger", str(file)).exit == 2


def test_the_report_shows_what_others_hold(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.restart()
    monkeypatch.chdir(mail.root)
    file, site = tmp_path / "signed.json", tmp_path / "site"
    words = ("report", str(site), "--now", NOW, "--ledger", str(file))
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    assert run(*words).exit == 0
    assert (
        '<p class="verdict bad">1 route runs while held; 1 of 1 is held;'
        in (site / "index.html").read_text()
    )
    page = (site / "routes" / "mail-desk.html").read_text()
    assert "Held by 1 action, 1 condition, 1 sign-off, and it runs." in page
    assert f'{REVIEWS}//PM-2026-001 <span class="quiet">(not in this repository)</span> A2' in page
    assert f"in {REVIEWS}: pmlint close PM-2026-001 A2" in page
    assert json.loads((site / "badge.json").read_text())["color"] == "red"
    assert run(*words, "--check").exit == 0
    assert run("report", str(site), "--now", NOW, "--check").exit == 1

    file.write_text(json.dumps(issued))
    assert run(*words) == (
        2,
        f"ledger-unsigned: '{file}': it is not signed; help: pmlint rule ledger-unsigned",
    )


def test_a_report_without_a_listed_ledger_is_not_green(
    mail: Mail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mail.root)
    ran = CliRunner().invoke(commands, ["report", str(tmp_path / "site"), "--now", NOW])
    assert ran.stderr.startswith(
        f"note: no ledger of {REVIEWS} was given, so what it holds is not in the report\n"
    )
    page = (tmp_path / "site" / "index.html").read_text()
    sentence = "No route runs while held; 0 of 1 are held; no action is overdue; what 1 other repository may hold is not known."
    assert f'<p class="verdict empty">{sentence}</p>' in page
    assert (
        f"<p>No ledger of {REVIEWS} was given, so what it holds is not on these pages.</p>" in page
    )
    ran = CliRunner().invoke(commands, ["why", "mail-desk", "--now", NOW])
    assert ran.stdout.endswith(
        f"\nnote: no ledger of {REVIEWS} was given, so what it holds is not in the answer\n"
    )


def flag(text: str) -> tuple[object, object]:
    """The default of the route's run flag, and what holds it."""
    found = json.loads(text)["flags"]["route.mail-desk.run"]
    return found["defaultVariant"], found.get("metadata", {}).get("heldBy")


def test_flags_turn_off_what_others_hold(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.restart()
    monkeypatch.chdir(mail.root)
    file = tmp_path / "signed.json"
    words = ("flags", "--now", NOW, "--ledger", str(file))
    file.write_text(json.dumps(signed(issued, keys / "ci")))
    name = f"{REVIEWS}//PM-2026-001"
    assert flag(run(*words).text) == ("off", f"{name}#A2, {name}#R1, {name}")

    # a review that nobody has accepted yet stops nothing that runs, and starts nothing
    holds = issued["routes"][f"{MAIL}//mail-desk"]
    waiting = {**holds[0], "kind": "review", "subject": "", "reason": "its status is 'in-review'"}
    for held, expected in (
        ([waiting, *holds], "on"),
        ([{**waiting, "reason": "2 errors"}, *holds], "off"),
        ([], "on"),
    ):
        data = {**issued, "routes": {f"{MAIL}//mail-desk": held}}
        file.write_text(json.dumps(signed(data, keys / "ci")))
        assert flag(run(*words).text)[0] == expected


def test_flags_say_which_ledgers_are_left_out_and_refuse_those_that_do_not_count(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.restart()
    monkeypatch.chdir(mail.root)
    ran = CliRunner().invoke(commands, ["flags", "--now", NOW])
    assert (
        ran.stderr
        == f"note: no ledger of {REVIEWS} was given, so what it holds is not in the flags\n"
    )
    assert flag(ran.stdout) == ("on", None)
    file = tmp_path / "unsigned.json"
    file.write_text(json.dumps(issued))
    answer = run("flags", "--now", NOW, "--ledger", str(file))
    assert answer == (
        2,
        f"ledger-unsigned: '{file}': it is not signed; help: pmlint rule ledger-unsigned",
    )


def test_flags_turn_off_a_route_of_which_a_ledger_says_nothing(
    issued: dict[str, Any], mail: Mail, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.restart()
    mail.write(
        "routes/mail-desk.yaml",
        (mail.root / "routes/mail-desk.yaml").read_text()
        + f"postmortems: ['{REVIEWS}//PM-2026-001']\n",
    )
    mail.commit()
    monkeypatch.chdir(mail.root)
    file = tmp_path / "signed.json"
    file.write_text(json.dumps(signed({**issued, "routes": {}}, keys / "ci")))
    assert flag(run("flags", "--now", NOW, "--ledger", str(file)).text) == ("off", REVIEWS)


@pytest.mark.parametrize("name", ["mail//mail-desk", f"{MAIL}//mail-desk"])
def test_why_shows_what_is_held_elsewhere(
    name: str, reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reviews.root)
    lines = run("why", name, "--now", NOW).text.splitlines()
    assert lines[:2] == [
        f"{MAIL}//mail-desk is a route of another repository",
        "  held by PM-2026-001 A2: open, owner @tom, deadline 2026-10-30",
    ]
    assert lines[-2] == (
        f"    to release: let the owner of the route run pmlint signoff {MAIL}//mail-desk --by HANDLE"
    )


def test_the_report_shows_what_is_held_elsewhere(
    reviews: Reviews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reviews.root)
    assert run("report", str(tmp_path / "site"), "--now", "2026-10-15").exit == 0
    page = (tmp_path / "site" / "routes" / "index.html").read_text()
    section = page.partition("<h2>Routes of other repositories</h2>")[2]
    rows = re.findall(rf'<tr><th scope="row">{MAIL}//mail-desk</th>.*?</tr>', section)
    assert [re.sub("<.*?>", " ", row).split()[1:3] for row in rows] == [
        ["PM-2026-001", "A2"],
        ["PM-2026-001", "R1"],
        ["PM-2026-001", "sign-off"],
    ]


def test_the_tables_have_the_holds_of_foreign_routes(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.edit(
        POSTMORTEM, ("restart:\n  cond", "recurrence_of: [mail//PM-2025-004]\nrestart:\n  cond")
    )
    reviews.commit()
    monkeypatch.chdir(reviews.root)
    for words in ([], ["--proofs"]):
        rows = [
            json.loads(line)
            for line in run("export", "--now", "2026-10-15", *words).text.splitlines()
        ]
        holds = [row for row in rows if row["table"] == "holds"]
        names = (f"{MAIL}//mail-desk", "refund-triage")
        assert [(row["route"], row["subject"]) for row in holds] == [
            (name, subject) for name in names for subject in ("A2", "R1", "")
        ]
        links = [row for row in rows if row["table"] == "links" and "//" in row["route"]]
        assert [(row["route"], row["in_postmortem"], row["resolved"]) for row in links] == [
            (f"{MAIL}//mail-desk", True, False)
        ]
        assert [row["earlier"] for row in rows if row["table"] == "recurrences"] == [
            f"{MAIL}//PM-2025-004"
        ]
