"""The way out of each refusal about a ledger, or about a link to another repository, followed to
the letter in two real repositories: the commands of the help are run where they belong, the ledger
is issued and signed as the other repository's CI does, and the same gate allows the change.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.gate.attack_data import make_keys
from tests.gate.two_repositories import MAIL, NOW, REVIEWS, ROUTE, Answer, Mail, Reviews, run
from tests.gate.world import ALERT, POSTMORTEM, PROOF

LINK = f"postmortems: ['{REVIEWS}//PM-2026-001']\n"
NAME = f"{REVIEWS}//PM-2026-001"
WORDS = {"REASON": "The vendor ships late.", "HANDLE": "@ines"}
FETCH = f"fetch the ledger that {REVIEWS} publishes, and give it: pmlint gate --ledger FILE"
SOMEBODY = FETCH.replace(REVIEWS, "the other repository")
UNSIGNED = (
    f"fetch the ledger that {REVIEWS} publishes as it is; its CI signs it: pmlint sign FILE --key "
    "KEY --by HANDLE; a key that it exchanged is named under 'signers' in a change of its own"
)
ONE_EACH = (
    "give one ledger for each repository under [[tool.pmlint.ledgers]], issued from its 'ref'; a "
    "new one is listed in a change of its own"
)
ANEW = (
    f"let the scheduled job of {REVIEWS} issue a new one: pmlint ledger -o ledger.json; then fetch "
    "it and run the gate again"
)
SILENT = (
    f"let a postmortem of {REVIEWS} name the route by its full name, or take the route out of "
    "'routes' in a change of its own"
)
STRAY = (
    f"if they are one repository, correct 'repository' here, or its name in {REVIEWS}; if "
    "{other} is another one, name it under [repositories]; in a change of its own"
)
UNLINK = f"pmlint amend mail-desk --remove postmortems.{NAME} --reason REASON --approved-by HANDLE"


class Base(NamedTuple):
    """What the base of the repository with the route has: more of the ledger's entry, what its
    configuration leaves out, as a pattern, and the route's file.
    """

    more: str = ""
    leaves_out: str = ""
    route: str = ROUTE


class Fleet:
    """The repository with the route, whose ``change`` restores it, and the one with the review,
    in which everything has landed; ``given`` are the ledgers that the gate gets.
    """

    def __init__(self, root: Path, template: Path, keys: Path, base: Base) -> None:
        self.keys = keys
        self.reviews = Reviews(root / "reviews", template)
        self.mail = Mail(root / "mail", self.public("ci"), base.more)
        self.mail.write("routes/mail-desk.yaml", base.route)
        if base.leaves_out:
            text = self.mail.read("pmlint.toml")
            self.mail.write("pmlint.toml", re.sub(base.leaves_out, "", text, flags=re.DOTALL))
        self.mail.write(
            "people.yaml", '- {handle: "@ines", name: Ines}\n- {handle: "@tom", name: Tom}\n'
        )
        self.mail.commit()
        self.given: list[Path] = []
        self.now = NOW

    def public(self, name: str) -> str:
        return (self.keys / f"{name}.pub").read_text().strip()

    def settle(self) -> None:
        """Everything of the review lands, and the owner of the foreign route signs."""
        self.reviews.ready()
        assert self.over_there("signoff", f"{MAIL}//mail-desk", "--by", "@tom").exit == 0
        self.reviews.commit()

    def restart(self) -> None:
        self.mail.git("checkout", "-q", "-B", "change")
        text = self.mail.read("routes/mail-desk.yaml")
        up = text.replace("restart: false", "restart: true").replace("paused", "running")
        self.mail.write("routes/mail-desk.yaml", up)
        self.mail.commit()

    def over_there(self, *words: str) -> Answer:
        return self._run(self.reviews.root, *words)

    def here(self, *words: str) -> Answer:
        return self._run(self.mail.root, *words)

    def _run(self, folder: Path, *words: str) -> Answer:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            return run(*words, *(() if words[0] == "sign" else ("--now", self.now)))

    def gate(self) -> Answer:
        given = [word for file in self.given for word in ("--ledger", str(file))]
        return self.here(
            *("gate", "--base", "main", "--head", "change", "--author", "dana"),
            *("--output-format", "json"),
            *given,
        )

    def issue(self, *more: str) -> Path:
        """What the first job of the other repository prints."""
        file = self.reviews.root.parent / "ledger.json"
        assert self.over_there("ledger", "-o", str(file), *more).exit == 0
        return file

    def sign(self, file: Path, key: str = "ci") -> Path:
        """What its second job makes of it."""
        out = file.with_name(f"signed-{len(list(file.parent.glob('signed-*')))}.json")
        words = ("sign", str(file), "--key", str(self.keys / key), "--by", "ci-reviews")
        assert self.over_there(*words, "-o", str(out)).exit == 0
        return out

    def publish(self) -> None:
        """The gate gets what the other repository publishes, and nothing else."""
        self.given = [self.sign(self.issue())]

    def alter(self, **fields: object) -> None:
        """The gate gets a ledger in which the CI's own key signed other fields."""
        file = self.issue()
        file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))
        self.given = [self.sign(file)]

    def change(self, edit: Callable[[], None]) -> None:
        """A change of its own, which lands; where the gate asks who approved it, its own command
        says so.
        """
        work = self.mail
        work.git("checkout", "-q", "main")
        work.git("checkout", "-q", "-b", "own")
        edit()
        work.commit()
        for refusal in self._own().data["refusals"]:
            self.command(refusal["help"])
        work.commit()
        assert self._own().exit == 0, self._own().text
        work.git("checkout", "-q", "main")
        work.git("merge", "-q", "--no-ff", "-m", "own", "own")
        work.git("branch", "-q", "-D", "own")
        work.git("checkout", "-q", "change")

    def _own(self) -> Answer:
        words = ("--base", "main", "--head", "own", "--author", "dana", "--output-format", "json")
        return self.here("gate", *words)

    def command(self, help: str) -> None:
        """Run the command that a help ends with."""
        words = shlex.split(help[help.rindex("pmlint ") + len("pmlint ") :])
        ran = self.here(*(WORDS.get(word, word) for word in words))
        assert ran.exit == 0, ran

    def edit(self, old: str, new: str) -> None:
        """Replace a text of the configuration."""
        text = self.mail.read("pmlint.toml")
        assert old in text, text
        self.mail.write("pmlint.toml", text.replace(old, new, 1))


Act = Callable[[Fleet], Any]


def given(text: str) -> Act:
    def situation(fleet: Fleet) -> None:
        file = fleet.mail.root.parent / "given.json"
        file.write_text(text)
        fleet.given = [file]

    return situation


def altered(**fields: object) -> Act:
    return lambda fleet: fleet.alter(**fields)


def nowhere(fleet: Fleet) -> None:
    fleet.given = [fleet.mail.root / "nowhere.json"]


def tampered(fleet: Fleet) -> None:
    fleet.publish()
    data = json.loads(fleet.given[0].read_text())
    data["statement"]["sequence"] += 1
    fleet.given[0].write_text(json.dumps(data))


def another_key(fleet: Fleet) -> None:
    fleet.given = [fleet.sign(fleet.issue(), "noah")]


def twice(fleet: Fleet) -> None:
    fleet.publish()
    fleet.given = [*fleet.given, fleet.sign(fleet.issue())]


def side_branch(fleet: Fleet) -> None:
    fleet.reviews.git("checkout", "-q", "-b", "side")
    fleet.given = [fleet.sign(fleet.issue("--ref", "refs/heads/side"))]
    fleet.reviews.git("checkout", "-q", "main")


def known_as(name: str) -> Act:
    """The other repository holds a route of this id by a name that may be ours, by a slip."""

    def situation(fleet: Fleet) -> None:
        fleet.reviews.edit("pmlint.toml", (f'"{MAIL}"', f'"{name}"'))
        fleet.reviews.edit(POSTMORTEM, ("met: true", "met: false"))
        fleet.reviews.commit()
        fleet.publish()

    return situation


def unnamed(fleet: Fleet) -> None:
    """The review does not name the route."""
    fleet.reviews.edit(POSTMORTEM, (", mail//mail-desk", ""))
    fleet.reviews.commit()
    fleet.publish()


# ways


def published(fleet: Fleet) -> None:
    fleet.publish()


def signed_by_its_ci(fleet: Fleet) -> None:
    fleet.given = [fleet.sign(fleet.given[0])]


def exchanged(fleet: Fleet) -> None:
    old, new = fleet.public("ci"), fleet.public("noah")
    fleet.change(lambda: fleet.edit(f'["{old}"]', f'["{old}", "{new}"]'))


def named(fleet: Fleet) -> None:
    own = fleet.mail.read("pmlint.toml")
    fleet.change(lambda: fleet.mail.write("pmlint.toml", f'repository = "{MAIL}"\n{own}'))
    fleet.publish()


def listed(fleet: Fleet) -> None:
    entry = f'[[ledgers]]\nrepository = "{REVIEWS}"\nsigners = ["{fleet.public("ci")}"]\n'
    own = fleet.mail.read("pmlint.toml")
    fleet.change(lambda: fleet.mail.write("pmlint.toml", own + entry))
    fleet.publish()


def names_the_route(fleet: Fleet) -> None:
    fleet.reviews.edit(
        POSTMORTEM, ("routes: [refund-triage]", f"routes: [refund-triage, '{MAIL}//mail-desk']")
    )
    fleet.reviews.commit()
    fleet.publish()


def out_of_routes(fleet: Fleet) -> None:
    fleet.change(lambda: fleet.edit('routes = ["mail-desk", "*"]', 'routes = ["*"]'))


def unlinked(fleet: Fleet) -> None:
    fleet.change(lambda: fleet.mail.write("routes/mail-desk.yaml", ROUTE))
    fleet.mail.git("checkout", "-q", "change")
    fleet.mail.git("reset", "-q", "--hard", "main")
    fleet.restart()


def our_name_there(fleet: Fleet) -> None:
    text = re.sub(r'mail = ".*"', f'mail = "{MAIL}"', fleet.reviews.read("pmlint.toml"))
    fleet.reviews.write("pmlint.toml", text)
    fleet.reviews.edit(POSTMORTEM, ("met: false", "met: true"))
    fleet.reviews.commit()
    fleet.publish()


def our_name_here(fleet: Fleet) -> None:
    """It was ours, so its holds hold: they end over there."""
    fleet.change(lambda: fleet.edit(f'"{MAIL}"', f'"{OTHER}"'))
    assert fleet.gate().codes == ["route-held"] * 2
    fleet.reviews.edit(POSTMORTEM, ("met: false", "met: true"))
    fleet.reviews.commit()
    fleet.publish()


def another_one(fleet: Fleet) -> None:
    own = fleet.mail.read("pmlint.toml")
    more = f'[repositories]\npost = "{OTHER}"\n'
    fleet.change(lambda: fleet.mail.write("pmlint.toml", own + more))


class Situation(NamedTuple):
    """How a code comes to be given, its help, and every way that the help names."""

    code: str
    help: str
    ways: tuple[Act, ...]
    act: Act = lambda fleet: None
    base: Base = Base()


OTHER = "github.com/acme/mial"
BY_NAME = Base('routes = ["mail-desk", "*"]\n')
LINKED = Base(route=ROUTE + LINK)
SITUATIONS = {
    "none given": Situation("ledger-missing", FETCH, (published,)),
    "no such file": Situation("ledger-missing", SOMEBODY, (published,), nowhere),
    "no text": Situation("ledger-missing", SOMEBODY, (published,), given("maria")),
    "too large": Situation("ledger-missing", SOMEBODY, (published,), given(f'"{"x" * (4 << 20)}"')),
    "no name of our own": Situation(
        "ledger-missing",
        'name this project at the beginning of pmlint.toml, repository = "HOST/OWNER/NAME", in a '
        "change of its own",
        (named,),
        published,
        Base(leaves_out="^repository = .*?\n"),
    ),
    "no name, and none given": Situation(
        "ledger-missing",
        'name this project at the beginning of pmlint.toml, repository = "HOST/OWNER/NAME", in a '
        "change of its own",
        (named,),
        base=Base(leaves_out="^repository = .*?\n"),
    ),
    "a link, and it is not listed": Situation(
        "ledger-missing",
        f"list {REVIEWS} with its 'signers' under [[tool.pmlint.ledgers]] in a change of its own, "
        "then give the ledger that it publishes: pmlint gate --ledger FILE",
        (listed,),
        base=LINKED._replace(leaves_out=r"\[\[ledgers.*"),
    ),
    "a link, and it is not required": Situation(
        "ledger-missing", FETCH, (published,), base=LINKED._replace(more="required = false\n")
    ),
    "a link that only we have": Situation(
        "ledger-silent",
        f"let {NAME} name {MAIL}//mail-desk under 'routes', and give the ledger that is issued "
        f"then; or take the link out in a change of its own: {UNLINK}",
        (names_the_route, unlinked),
        unnamed,
        LINKED,
    ),
    "not signed": Situation(
        "ledger-unsigned",
        UNSIGNED.replace(REVIEWS, "the other repository"),
        (published, signed_by_its_ci),
        lambda fleet: setattr(fleet, "given", [fleet.issue()]),
    ),
    "tampered": Situation("ledger-unsigned", UNSIGNED, (published,), tampered),
    "another key": Situation("ledger-unsigned", UNSIGNED, (published, exchanged), another_key),
    "another repository": Situation(
        "ledger-wrong-source", ONE_EACH, (published,), altered(repository=OTHER)
    ),
    "another branch": Situation("ledger-wrong-source", ONE_EACH, (published,), side_branch),
    "another kind": Situation("ledger-wrong-source", ONE_EACH, (published,), given("[]")),
    "two of one": Situation("ledger-wrong-source", ONE_EACH, (published,), twice),
    "an alias": Situation(
        "ledger-wrong-source", ONE_EACH, (published,), altered(routes={"mail//mail-desk": []})
    ),
    "stale": Situation("ledger-stale", ANEW, (published,), altered(as_of="2026-10-01T00:00:00Z")),
    "to come": Situation("ledger-stale", ANEW, (published,), altered(as_of="2026-12-01T00:00:00Z")),
    "rolled back": Situation(
        "ledger-rolled-back",
        f"fetch the newest ledger of {REVIEWS} and run the gate again",
        (published,),
        altered(sequence=1),
        Base("sequence = 2\n"),
    ),
    "silent": Situation(
        "ledger-silent", SILENT, (names_the_route, out_of_routes), unnamed, BY_NAME
    ),
    "by another name": Situation(
        "ledger-silent",
        STRAY.format(other=OTHER),
        (our_name_there, our_name_here, another_one),
        known_as(OTHER),
    ),
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name, situation in SITUATIONS.items() for way in situation.ways],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_way_out(name: str, way: Act, template: Path, keys: Path, tmp_path: Path) -> None:
    situation = SITUATIONS[name]
    fleet = Fleet(tmp_path, template, keys, situation.base)
    fleet.settle()
    fleet.restart()
    situation.act(fleet)
    refused = fleet.gate()
    helps = [one["help"] for one in refused.data["refusals"] if one["code"] == situation.code]
    assert (refused.exit, helps[:1]) == (2, [situation.help]), refused.text
    way(fleet)
    answer = fleet.gate()
    assert answer.exit == 0, answer.text


def test_what_another_repository_holds_is_released_there(
    template: Path, keys: Path, tmp_path: Path
) -> None:
    """Each release that the gate prints, as it is printed, until nothing holds."""
    fleet = Fleet(tmp_path, template, keys, Base())
    fleet.reviews.land()
    fleet.reviews.write(PROOF, "14 days without a rescue\n")
    fleet.reviews.commit()
    fleet.restart()
    fleet.publish()
    answer, steps = fleet.gate(), []
    while answer.exit == 1 and len(steps) < 9:
        release = answer.data["routes"][0]["held_by"][0]["release"]
        assert answer.data["refusals"][0]["help"].startswith(release)
        where, _, command = release.partition(": ")
        assert where == f"in {REVIEWS}"
        words = shlex.split(command[command.index("pmlint ") + len("pmlint ") :])
        proof = PROOF if words[0] == "meet" else ALERT
        known = {"HANDLE": "@maria", "COMMIT|PATH|URI": proof}
        ran = fleet.over_there(*(known.get(word, word) for word in words))
        assert ran.exit == 0, ran
        fleet.reviews.commit()
        fleet.publish()
        steps.append(words[0])
        answer = fleet.gate()
    assert (answer.exit, steps) == (0, ["close", "meet", "signoff"]), answer.text


@pytest.mark.parametrize(
    "way",
    ["restored", "the ledger", "approved"],
)
def test_a_link_to_a_foreign_review(way: str, template: Path, keys: Path, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, template, keys, LINKED._replace(more="required = false\n"))
    fleet.settle()
    fleet.mail.git("checkout", "-q", "-b", "change")
    fleet.mail.write("routes/mail-desk.yaml", ROUTE)
    fleet.mail.commit()
    refused = fleet.gate()
    (help,) = [one["help"] for one in refused.data["refusals"]]
    assert help == (
        "restore the link, or give the ledger that says that it holds nothing: pmlint gate "
        f"--ledger FILE; or record who approved: {UNLINK}"
    )
    if way == "restored":
        fleet.mail.write("routes/mail-desk.yaml", ROUTE + LINK)
    elif way == "the ledger":
        fleet.publish()
    else:
        fleet.command(UNLINK)
    fleet.mail.commit()
    assert fleet.gate().exit == 0


def test_a_link_to_a_foreign_route(template: Path, keys: Path, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, template, keys, Base())
    work = fleet.reviews
    work.git("checkout", "-q", "-b", "change")
    work.edit(POSTMORTEM, (", mail//mail-desk", ""))
    work.commit()
    words = ("gate", "--base", "main", "--head", "change", "--output-format", "json")
    (refusal,) = fleet.over_there(*words).data["refusals"]
    assert refusal["code"] == "link-removed"
    command = shlex.split(refusal["help"].partition("pmlint ")[2])
    known = {"REASON": "The vendor ships late.", "HANDLE": "@maria"}
    assert fleet.over_there(*(known.get(word, word) for word in command)).exit == 0
    work.commit()
    assert fleet.over_there(*words).exit == 0


@pytest.mark.parametrize("way", ["retired", "linked", "off and settled"])
def test_a_route_that_a_ledger_holds_goes_by_another_name(
    way: str, template: Path, keys: Path, tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path, template, keys, Base())
    work = fleet.mail
    other = ROUTE.replace("id: mail-desk", "id: post-desk")
    work.git("checkout", "-q", "-b", "change")
    work.write("routes/post-desk.yaml", other)
    if way == "retired":
        work.git("mv", "routes/mail-desk.yaml", "routes/old.yaml")
        work.git("rm", "-q", "-f", "routes/old.yaml")
        (work.root / "routes/post-desk.yaml").unlink()
        work.write(
            "routes/clock.yaml", other.replace("post-desk", "clock").replace("mail.", "clock.")
        )
    work.commit()
    fleet.publish()
    (refusal,) = fleet.gate().data["refusals"]
    if way == "retired":
        assert refusal["help"] == "keep it and set its state to 'retired'"
        work.write("routes/mail-desk.yaml", ROUTE.replace("paused", "retired"))
    elif way == "linked":
        assert refusal["help"] == f"link it to {NAME}, or keep it off until that is settled"
        work.write("routes/post-desk.yaml", other + LINK)
    else:
        fleet.settle()
        fleet.publish()
    work.commit()
    answer = fleet.gate()
    assert answer.exit == 0, answer.text
