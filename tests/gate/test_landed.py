"""What has landed, and what each of the two trees says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.gate.proof import Proofs
from pmlint.gate.side import Memory, Side
from pmlint.model import Action, Postmortem
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings
from tests.gate.memory import Objects

FILES = {"X.py": b"x\n", "fix.py": b"x\n", "empty.txt": b" \n", "deploy/alerts/a.yaml": b"a\n", "postmortems/PM-1.md": b"text\n"}


@pytest.fixture(scope="module")
def history() -> tuple[Objects, Proofs]:
    """Five commits: the files, a touched postmortem, the alert removed, the alert back, and one that is not on the target."""
    objects = Objects()
    objects.add(FILES)
    objects.add({**FILES, "postmortems/PM-1.md": b"more\n"})
    objects.add({name: data for name, data in FILES.items() if "alerts" not in name})
    objects.add({**FILES, "deploy/alerts/b.yaml": b"b\n"})
    objects.add({})
    return objects, Proofs(objects, ("3".zfill(40), "4".zfill(40)), objects.tree("4".zfill(40)), Settings(), "on the target")  # type: ignore[arg-type]


def commit(number: int) -> dict[str, str]:
    return {"commit": f" {number:040X}"}


GONE = "what the commit 000000000000 changed is no longer on the target"


@pytest.mark.parametrize(
    ("proof", "fields", "recorded", "problem"),
    [
        ([], {}, True, "there is no proof"),
        ([{}], {}, True, "the proof names no commit, path, or record with its digest"),
        ([{"uri": "https://x"}], {}, True, "the proof names no commit, path, or record with its digest"),
        ([{"sha256": "0"}], {}, True, "the proof names no commit, path, or record with its digest"),
        ([{"uri": "https://x", "sha256": "0"}], {}, True, ""),
        ([{"uri": "https://x", "sha256": "0"}], {}, False, "the record was not written down on the target before"),
        ([{"path": "fix.py"}], {}, False, ""),
        ([{"path": "none"}, {"path": "fix.py"}], {}, False, ""),
        ([{"path": "none"}, {}], {}, False, "the proof none is no file on the target"),
        ([{"path": "deploy"}], {}, False, "the proof deploy is no file on the target"),
        ([{"path": "empty.txt"}], {}, False, "the proof empty.txt is empty on the target"),
        ([{"path": "../fix.py"}], {}, False, "the proof ../fix.py lies outside the repository"),
        (
            [{"path": "./postmortems/PM-1.md"}],
            {},
            False,
            "the proof ./postmortems/PM-1.md is a postmortem, which proves nothing about itself",
        ),
        ([{"commit": "main"}], {}, False, "the commit main is not on the target"),
        ([{"commit": "0" * 6 + "1"}], {}, False, "the commit 0000001 is not on the target"),
        ([commit(9)], {}, False, "the commit 000000000000 is not on the target"),
        ([commit(5)], {}, False, "the commit 000000000000 is not on the target"),
        ([commit(1)], {}, False, ""),
        ([commit(2)], {}, False, "the commit 000000000000 changes nothing but postmortems"),
        ([commit(1)], {"done_when": "fix.py is there"}, False, ""),
        ([commit(1)], {"title": "write fix.py"}, False, ""),
        ([commit(1)], {"title": "write X.py"}, False, ""),
        ([commit(1)], {"title": "x.py", "done_when": "y.py"}, False, "the commit 000000000000 does not touch x.py or y.py"),
        ([commit(2)], {"title": "Write fix.py"}, False, "the commit 000000000000 does not touch fix.py"),
        ([commit(3)], {"title": "Take deploy/alerts/ away"}, False, ""),
        ([commit(4)], {"title": "Take deploy/alerts/b.yaml away", "layer": "remove"}, False, ""),
        ([commit(4)], {"title": "Write a.yaml"}, False, ""),
        ([commit(4)], {"title": "Write deploy/a.yaml"}, False, "the commit 000000000000 does not touch deploy/a.yaml"),
    ],
)
def test_what_has_landed(
    history: tuple[Objects, Proofs], proof: list[object], fields: dict[str, str], recorded: bool, problem: str
) -> None:
    assert history[1].missing(Action({"proof": proof, **fields}), recorded=recorded) == problem


def test_what_has_landed_and_is_gone(history: tuple[Objects, Proofs]) -> None:
    objects, _ = history
    proofs = Proofs(objects, ("3".zfill(40),), objects.tree("3".zfill(40)), Settings(), "on the target")  # type: ignore[arg-type]
    for layer, problem in (("alert", GONE), ("remove", ""), ("substitute", "")):
        action = Action({"proof": [commit(3)], "title": "deploy/alerts/a.yaml", "layer": layer})
        assert proofs.missing(action, recorded=False) == problem


def test_a_proof_may_be_large(history: tuple[Objects, Proofs]) -> None:
    objects = Objects()
    first = objects.add({"log": b"x" * 300_000, "postmortems2/a": b"x"})
    proofs = Proofs(objects, (first,), objects.tree(first), Settings(), "here")  # type: ignore[arg-type]
    assert [proofs.missing(Action({"proof": [{"path": path}]}), recorded=False) for path in ("log", "postmortems2/a")] == ["", ""]


# sides

TEXT = "---\nid: {0}\n---\n{1}\n"


def side(**files: str) -> Side:
    objects = Objects()
    first = objects.add({f"postmortems/{name}.md": text.encode() for name, text in files.items()})
    return Side(objects.tree(first), Settings(), Memory({}, {}))


def test_which_postmortems_mention_a_word() -> None:
    found = side(a=TEXT.format("PM-1", ""), b=TEXT.format("PM-2", "PM-1"), c=TEXT.format('"PM\\u002d1"', ""), d=TEXT.format("PM-3", "\\"))
    paths = ["postmortems/a.md", "postmortems/b.md", "postmortems/c.md"]
    assert found.mentioning(["PM-1"]) == paths
    assert found.mentioning(["PM-1", "nothing"]) == paths
    assert found.mentioning([]) == []
    assert found.mentioning(["two words"]) == [*paths, "postmortems/d.md"]
    many = [f"x{number}" for number in range(60)]
    assert found.mentioning(many) == ["postmortems/c.md"]
    assert found.mentioning([*many, "PM-1"]) == paths


def test_few_words_are_sought_in_the_text_and_many_among_its_words() -> None:
    found = side(a=TEXT.format("PM-10", ""), b=TEXT.format("PM-2", "a \\ and\n---\n"))
    few, many = ([f"x{number}" for number in range(count)] for count in (48, 49))
    assert found.mentioning([*few, "PM-1"]) == ["postmortems/a.md"]
    assert found.mentioning([*many, "PM-1"]) == []
    assert found.mentioning([*many, "PM-10"]) == ["postmortems/a.md"]


def test_what_is_alike_in_a_commit_and_on_disk(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems/a.md").write_text("text")
    (tmp_path / "link").symlink_to("postmortems")
    committed = side(a="text")
    lying = Side(WorkTree(str(tmp_path)), Settings(), Memory({}, {}))
    path = "postmortems/a.md"
    assert committed.identity(path) == lying.identity(path) == "f3a34851d44d6b97c90fbb99dd3d18c261b9a237"
    assert committed.identity("postmortems") == committed.tree.ids["postmortems"]  # type: ignore[attr-defined]
    assert [lying.identity(name) for name in ("postmortems", "link", "none")] == ["folder postmortems", "symlink link", ""]


def test_what_a_side_reads() -> None:
    found = side(a=TEXT.format("PM-1", "text"), b=TEXT.format("no: no", ""), c="nothing", d=TEXT.format("a\na: &x 1", ""))
    read = found.read("postmortems/a.md")
    assert isinstance(read, Postmortem)
    assert (read.id, read.file, read.body) == ("PM-1", "postmortems/a.md", "text\n")
    assert found.read("postmortems/a.md") is read
    for name in "bcd":
        assert isinstance(found.read(f"postmortems/{name}.md"), Malformed)


def test_a_postmortem_that_is_too_large_may_mention_anything() -> None:
    found = side(a="x" * 300_000)
    assert found.mentioning(["PM-1"]) == ["postmortems/a.md"]
    assert isinstance(found.read("postmortems/a.md"), Malformed)
