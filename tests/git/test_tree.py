"""Trees of git, read folder by folder: what they answer is what `git ls-tree` lists."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest

from pmlint.errors import UsageError
from pmlint.gate.case import GateChange
from pmlint.gate.verdict import judge
from pmlint.git import Repository, Unjudged
from pmlint.git import tree as tree_module
from pmlint.git.tree import parse_folder
from pmlint.parsing.tree import Entry
from tests.gate.world import POSTMORTEM, TODAY, World, said
from tests.git_folder import CLEAN

MODES = {"100644": "file", "100755": "file", "120000": "symlink", "160000": "other"}
NAMES = ("a", "A", "a.b", "a-", "b c", "ä", "\udcff", "z\n", "-x", "postmortems")


def fed(world: World, data: bytes, *words: str) -> str:
    """What git prints for an input."""
    return (
        subprocess.run(
            ["git", *words], cwd=world.root, env=CLEAN, input=data, check=True, capture_output=True
        )
        .stdout.decode()
        .strip()
    )


def random_tree(world: World, random: Random, depth: int = 3) -> str:
    """A tree of files, links, submodules and folders; its id."""
    blobs = [fed(world, text, "hash-object", "-w", "--stdin") for text in (b"1", b"2")]
    lines = []
    for name in random.sample(NAMES, random.randint(1, 4)):
        mode = random.choice([*MODES, "040000"] if depth else list(MODES))
        kind = {"040000": "tree", "160000": "commit"}.get(mode, "blob")
        known = random.choice(blobs if kind == "blob" else ["1" * 40, "2" * 40])
        if kind == "tree":
            known = random_tree(world, random, depth - 1)
        lines.append(f"{mode} {kind} {known}\t{name}\0")
    data = "".join(lines).encode("utf-8", "surrogateescape")
    return fed(world, data, "mktree", "-z", "--missing")


def listed(world: World, tree: str) -> Iterator[tuple[str, str, str]]:
    """Kind, id and path of everything in a tree, as git lists it."""
    done = subprocess.run(
        ["git", "ls-tree", "-r", "-t", "-z", tree],
        cwd=world.root, env=CLEAN, check=True, capture_output=True,
    )  # fmt: skip
    for line in done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        head, _, path = line.partition("\t")
        mode, _, name = head.split(" ")
        yield MODES.get(mode, "folder"), name, path


def test_trees_are_what_git_lists(world: World) -> None:
    random = Random(7)
    trees = [random_tree(world, random) for _ in range(12)]
    known = {
        name: {path: (kind, found) for kind, found, path in listed(world, name)} for name in trees
    }
    with Repository(str(world.root)) as repository:
        for name in trees:
            tree, items = repository.tree(name), known[name]
            for folder in ("", *(path for path, (kind, _) in items.items() if kind == "folder")):
                below = f"{folder}/" if folder else ""
                assert tree.walk(folder) == sorted(
                    Entry(path, kind)  # type: ignore[arg-type]
                    for path, (kind, _) in items.items()
                    if kind != "folder" and path.startswith(below)
                )
            for path, (kind, found) in items.items():
                assert tree.entry(path) == Entry(path, kind)  # type: ignore[arg-type]
                assert tree.identity(path) == (found if kind == "file" else f"{kind} {found}")
        for one, other in product(trees, trees):
            mine, theirs = known[one], known[other]
            assert sorted(repository.tree(one).beside(repository.tree(other))) == sorted(
                path
                for path, item in mine.items()
                if item[0] != "folder" and theirs.get(path) != item
            )


@pytest.mark.parametrize(
    "path", ["", "/", "/pmlint.toml", "//x", "routes/", "routes//x", "none/x", "pmlint.toml/x", "."]
)
def test_what_is_no_path_of_a_tree(world: World, path: str) -> None:
    with Repository(str(world.root)) as repository:
        tree = repository.tree(repository.resolve("HEAD"))
        assert tree.entry(path) is None
        assert tree.identity(path) == ""


def test_what_is_below_a_link_is_a_link(world: World) -> None:
    (world.root / "link").symlink_to("routes")
    commit = world.commit()
    with Repository(str(world.root)) as repository:
        tree = repository.tree(commit)
        assert tree.entry("link/a/b.yaml") == Entry("link/a/b.yaml", "symlink")
        assert tree.walk("link") == [Entry("link", "symlink")]


ID = bytes(range(20))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"100644 a\0" + ID + b"40000 a\0" + ID, id="a name twice"),
        pytest.param(b"100644 a/b\0" + ID, id="a slash"),
        pytest.param(b"100644 \0" + ID, id="no name"),
        pytest.param(b"100644 a\0" + ID[1:], id="half an id"),
        pytest.param(b"100644 a", id="no end of the name"),
        pytest.param(b"100644", id="no name at all"),
        pytest.param(b"1006x4 a\0" + ID, id="no mode"),
    ],
)
def test_a_folder_that_git_would_not_write(world: World, data: bytes) -> None:
    (world.root / "object").write_bytes(data)
    name = world.git("hash-object", "-w", "-t", "tree", "--literally", "object")
    with Repository(str(world.root)) as repository:
        with pytest.raises(Unjudged, match=f"the folder {name[:12]} is not as git writes it"):
            repository.tree(name)
        assert repository.tree(repository.resolve("HEAD")).entry(POSTMORTEM)


def test_git_says_nothing_of_its_own(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """Its hints and warnings would stand among the findings."""
    with Repository(str(world.root)) as repository:
        assert repository.tree(repository.resolve("HEAD")).entry(POSTMORTEM)
    assert capfd.readouterr() == ("", "")


def test_modes_of_old_versions() -> None:
    kinds = {"100664": "file", "0100644": "file", "40755": "folder", "120777": "symlink"}
    for mode, kind in kinds.items():
        assert parse_folder(f"{mode} a\0".encode() + ID, 20)["a"].kind == kind


def test_a_missing_folder_is_not_judged(world: World) -> None:
    name = fed(world, b"040000 tree " + b"1" * 40 + b"\tgone\0", "mktree", "-z", "--missing")
    with (
        Repository(str(world.root)) as repository,
        pytest.raises(Unjudged, match="a folder of the tree is not here"),
    ):
        repository.tree(name).walk("")


def test_folders_that_hold_each_other_ten_times(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = fed(world, b"", "mktree")
    for _ in range(8):
        lines = "".join(f"040000 tree {name}\t{number}\n" for number in range(10))
        name = fed(world, lines.encode(), "mktree")
    monkeypatch.setattr(tree_module, "_MOST", 10_000)
    with Repository(str(world.root)) as repository:
        tree = repository.tree(name)
        assert tree.entry("0/1/2/3") == Entry("0/1/2/3", "folder")
        assert list(tree.beside(repository.tree(name))) == []
        with pytest.raises(UsageError, match=r"'0' has more than 10,000 files and folders"):
            tree.walk("0")


def asked(world: World) -> set[str]:
    """The folders that the gate reads for a change of a postmortem's text."""
    world.git("checkout", "-q", "-B", "change")
    world.write(POSTMORTEM, world.read(POSTMORTEM) + "One sentence more.\n")
    head = world.commit()
    with Repository(str(world.root)) as repository:
        base = repository.resolve("main")
        change = GateChange(repository, base, head, repository.tree(head), TODAY)
        assert said(judge(change)).startswith("allowed")
        return set(repository._folders)


def test_the_gate_reads_no_folder_that_is_alike_and_not_its_own(
    world: World, tmp_path: Path, template: Path
) -> None:
    other = World(tmp_path / "large", template)
    for number in range(30):
        other.write(f"src/p{number}/m/f.py", str(number))
    other.commit()
    alone, among = asked(world), asked(other)
    assert len(among) == len(alone)
    assert other.git("rev-parse", "main:src") not in among
