"""One of the two trees of a change: what both have alike is read once, and the answers are as if it
were not.
"""

from __future__ import annotations

from collections import Counter

import pytest

from pmlint.check.verdict import Verdict
from pmlint.errors import UsageError
from pmlint.gate.case import GateChange
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.gate.verdict import judge
from pmlint.model import Postmortem
from pmlint.parsing.overlay import FilesTree
from pmlint.parsing.source import MAX_BYTES
from pmlint.project.configuration import load
from tests.gate.memory import Objects
from tests.gate.row_examples import examples, worlds
from tests.gate.row_world import TODAY

TEXTS = {
    "postmortems/PM-2026-002-a.md": "---\nid: PM-2026-002\n---\n",
    "postmortems/PM-2026-003-b.md": "it follows PM-2026-002 and mail-desk\n",
    "postmortems/PM-2026-004-c.md": 'a backslash: "\\u0050M"\n',
    "postmortems/PM-2026-005-d.md": "",
    "postmortems/PM-2026-006-e.md": "x" * (MAX_BYTES + 1),
}
WORDS = ("PM-2026-002", "mail-desk", "mail desk", "none", "PM")


class Counting(Objects):
    """Objects that count how often each content is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Counter[str] = Counter()

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        self.read[name] += 1
        return super().blob(name, limit)


@pytest.fixture
def sides() -> tuple[Snapshot, Snapshot, Counting]:
    objects = Counting()
    changed = {**TEXTS, "postmortems/PM-2026-003-b.md": "it follows nothing\n"}
    changed["postmortems/PM-2026-007-f.md"] = TEXTS["postmortems/PM-2026-002-a.md"]
    memory = Memory()
    found = [
        objects.tree(objects.add({path: text.encode() for path, text in texts.items()}))
        for texts in (TEXTS, changed)
    ]
    one, other = (Snapshot(tree, load(tree), memory) for tree in found)
    return one, other, objects


def alone(side: Snapshot) -> Snapshot:
    return Snapshot(side.tree, side.settings, Memory())


def test_who_mentions_a_word(sides: tuple[Snapshot, Snapshot, Counting]) -> None:
    one, other, _ = sides
    doubtful = ["postmortems/PM-2026-004-c.md", "postmortems/PM-2026-006-e.md"]
    assert one.mentioning(["none"]) == doubtful
    assert one.mentioning(["mail-desk"]) == ["postmortems/PM-2026-003-b.md", *doubtful]
    assert other.mentioning(["mail-desk"]) == doubtful
    assert one.mentioning(["mail desk"]) == list(TEXTS)
    assert one.mentioning([]) == []


def test_a_path_is_found_by_its_last_part_beside_few_words_and_many() -> None:
    objects = Objects()
    texts = {
        f"postmortems/PM-2026-00{number}-a.md": f"---\nevidence: [{{path: {path}}}]\n---\n"
        for number, path in enumerate(
            ("evidence/chat.md", "./evidence//chat.md", '"evidence/a/../chat.md"', "chat.md.old")
        )
    }
    tree = objects.tree(objects.add({path: text.encode() for path, text in texts.items()}))
    side = Snapshot(tree, load(tree), Memory())
    others = [f"other{number}.py" for number in range(100)]
    assert side.mentioning(["chat.md"]) == list(texts)
    assert side.mentioning(["chat.md", *others]) == list(texts)[:3]


def test_shared_answers_are_those_of_each_side_alone(
    sides: tuple[Snapshot, Snapshot, Counting],
) -> None:
    one, other, _ = sides
    for word in WORDS:
        for side in (one, other):
            assert side.mentioning([word]) == alone(side).mentioning([word])
    assert one.mentioning(WORDS) == alone(one).mentioning(WORDS)


def test_each_content_is_read_once_for_both_sides_and_all_names(
    sides: tuple[Snapshot, Snapshot, Counting],
) -> None:
    one, other, objects = sides
    objects.read.clear()
    for side in (one, other):
        for word in WORDS:
            side.mentioning([word])
    assert set(objects.read.values()) == {1}


def test_other_settings_read_another_record() -> None:
    objects = Objects()
    file, text = "postmortems/PM-2026-002-a.md", b"---\nid: PM-2026-002\nseverity: P1\n---\n"
    memory = Memory()
    found = []
    for meant in ("near-miss", "control-breach"):
        settings = f'[severities]\nP1 = "{meant}"\n'.encode()
        tree = objects.tree(objects.add({file: text, "pmlint.toml": settings}))
        side = Snapshot(tree, load(tree), memory)
        read = side.read(file)
        assert isinstance(read, Postmortem)
        assert read is Snapshot(tree, load(tree), memory).read(file)
        found.append(read.severity)
    assert found == ["near-miss", "control-breach"]


def test_changes_that_share_what_was_read_are_judged_as_if_they_did_not() -> None:
    # settings, policies, people, routes and postmortems all differ from one to the next
    sample = [one for one in examples() if one.mode == "recorded" and one.is_refused][::10]
    objects, memory = Objects(), Memory()
    for example in sample:
        base, after = worlds(example)
        before, head = objects.add(base.files()), objects.add(after.files())
        change = GateChange(objects, before, head, objects.tree(head), TODAY)  # type: ignore[arg-type]
        assert _answer(change, memory) == _answer(change, Memory()), example.id


def _answer(change: GateChange, memory: Memory) -> Verdict | str:
    try:
        return judge(change, memory)
    except UsageError as error:
        return error.message


def test_a_tree_of_git_and_one_of_files_have_the_same_identities_and_names() -> None:
    files = {path: text.encode() for path, text in TEXTS.items()} | {
        "pmlint.toml": b"",
        "a/b/c": b"1",
    }
    objects = Objects()
    settings = load(FilesTree(files))
    ours = Snapshot(objects.tree(objects.add(files)), settings, Memory())
    theirs = Snapshot(FilesTree(files), settings, Memory())
    for path in files:
        if len(files[path]) <= MAX_BYTES:
            assert ours.identity(path) == theirs.identity(path) != ""
    assert (ours.identity("none"), theirs.identity("none")) == ("", "")
    large = "postmortems/PM-2026-006-e.md"
    assert theirs.identity(large) == f"file {large}"
    for folder in ("", "a", "a/b", "postmortems", "none"):
        assert sorted(ours.names(folder)) == sorted(theirs.names(folder))
    assert sorted(theirs.names("a")) == ["b"]
    other = Snapshot(FilesTree({**files, "a/b/c": b"2", "new": b"3"}), settings, Memory())
    assert sorted(theirs.beside(other)) == ["a/b/c"]
    assert sorted(other.beside(theirs, lambda path: path != large)) == ["a/b/c", "new"]
    assert ours.document("none") is None
    assert ours.document(large) is None


def test_a_name_in_full_may_be_written_by_an_alias() -> None:
    name = "github.com/acme/mail//mail-desk"
    files = {
        "postmortems/a.md": b"routes: [mail//mail-desk]\n",
        "postmortems/b.md": b"routes: [mail/mail-desk]\n",
        "postmortems/c.md": b"see github.com/acme/mail\n",
        "pmlint.toml": b"",
    }
    side = Snapshot(FilesTree(files), load(FilesTree(files)), Memory())
    assert side.mentioning([name]) == ["postmortems/a.md"]
    assert side.mentioning(["mail-desk"]) == ["postmortems/a.md", "postmortems/b.md"]
    assert side.mentioning([]) == []
