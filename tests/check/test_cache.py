"""The cache: at worst a miss, never a wrong answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bench.corpus import write as write_corpus
from pmlint.check.cache import Cache
from pmlint.check.crossing import Crossing, crossings
from pmlint.check.engine import ENOUGH, check_tree
from pmlint.check.kept import digest
from pmlint.output import render
from pmlint.parsing.document import Document, read_as
from pmlint.parsing.source import Source
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.rules.rule import Context

TODAY = date(2026, 10, 15)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder, ENOUGH + 4, routes=10, seed=3)
    return folder


@pytest.fixture
def root(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(corpus, tmp_path / "repository")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "repository"


def check(root: Path, today: date = TODAY, *, cached: bool = True) -> str:
    tree = WorkTree(str(root))
    return render(
        "concise",
        check_tree(tree, load(tree), today, cache_of=str(root) if cached else None).report,
    )


def cache_file(root: Path) -> Path:
    (file,) = (root.parent / "cache" / "pmlint").glob("*.json")
    return file


def hits(root: Path, today: date = TODAY) -> int:
    """How many documents the next run would not read."""
    found: list[int] = []
    save = Cache.save

    def saving(cache: Cache) -> None:
        found.append(cache.hits)
        save(cache)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cache, "save", saving)
        check(root, today)
    return found[0]


def first(root: Path) -> Path:
    return sorted((root / "postmortems").glob("*.md"))[0]


def test_a_second_run_reads_nothing_again_and_says_the_same(root: Path) -> None:
    assert hits(root) == 0
    assert hits(root) == ENOUGH + 4
    assert check(root) == check(root, cached=False)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "what",
    [
        "document",
        "evidence",
        "evidence gone",
        "people",
        "route",
        "settings",
        "policy",
        "day",
        "day of a deadline",
        "proof of a drill",
        "number of documents",
    ],
)
def test_what_changes_is_judged_anew(root: Path, what: str) -> None:
    drill = root / "drill.txt"
    drill.write_text("tried")
    for route in (root / "routes").glob("*.yaml"):
        edit(route, "proof: [{commit: 4be1f0c}]", "proof: [{path: drill.txt}]")
    assert check(root).startswith("All clean")
    day = TODAY
    evidence = sorted((root / "evidence").rglob("*.md"))[0]
    stamp = evidence.stat()
    match what:
        case "document":
            edit(first(root), "status: ", "status: un")
        case "evidence":
            evidence.write_text(evidence.read_text()[:-2] + "x\n")
            os.utime(
                evidence, ns=(stamp.st_atime_ns, stamp.st_mtime_ns)
            )  # the same size and the same time
        case "evidence gone":
            evidence.unlink()
        case "people":
            (root / "people.yaml").write_text('- {handle: "@nobody-here"}\n')
        case "route":
            route = sorted((root / "routes").glob("*.yaml"))[0]
            edit(route, "controls:\n", "controls: []\nx: 1\n")
        case "settings":
            (root / "pmlint.toml").write_text(
                "[horizon]\ncustomer-visible-defect = 1\ninternal-impact = 1\nnear-miss = 1\ncontrol-breach = 1\n"
            )
        case "policy":
            (root / "policies").mkdir()
            text = (
                (Path(__file__).parents[1] / "policy/base.yaml")
                .read_text()
                .replace("> 10", "> 1000")
            )
            (root / "policies/action-title.yaml").write_text(text)
        case "day":
            day = date(2028, 1, 1)
        case "proof of a drill":
            drill.unlink()
        case "number of documents":
            shutil.copy(first(root), root / "postmortems" / "PM-2026-999-again.md")
        case _:
            day = date(2026, 12, 31)
    expected = check(root, day, cached=False)
    assert not expected.startswith("All clean")
    assert check(root, day) == expected
    assert check(root, day) == expected


def test_what_is_asked_of_the_whole_repository_is_remembered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(of: str, context: Context) -> Iterator[Crossing]:
        asked.append(of)
        yield from crossings(of, context)

    monkeypatch.setattr("pmlint.check.engine.crossings", noted)
    for expected in (["repository", "waivers"], ["waivers"], ["waivers"]):
        asked.clear()
        assert check(root) == check(root, cached=False)
        # The run without the cache asks both.
        assert asked == [*expected, "repository", "waivers"]
    edit(first(root), "\n## Timeline", "\nA sentence more.\n\n## Timeline")
    for expected in (["repository", "waivers"], ["waivers"]):
        asked.clear()
        check(root)
        assert asked == expected


@pytest.mark.parametrize("whole", ["x", 1, [1], [["a"]], [["routes", "nothing"]], {"a": "b"}])
def test_a_whole_of_another_shape_is_a_miss(root: Path, whole: object) -> None:
    check(root)
    known = remembered(root)["whole"]
    rewrite(cache_file(root), {"whole": whole})
    assert check(root) == check(root, cached=False)
    assert remembered(root)["whole"] == known


def remembered(root: Path) -> dict[str, Any]:
    """What the cache has."""
    found: dict[str, Any] = json.loads(cache_file(root).read_text().partition("\n")[2])
    return found


def rewrite(file: Path, changed: dict[str, object]) -> None:
    """The cache with other entries, and the digest that fits them."""
    head, _, text = file.read_text().partition("\n")
    text = json.dumps(json.loads(text) | changed)
    file.write_text(f"{head.split(' ')[0]} {digest(text.encode())}\n{text}")


def test_one_change_is_one_miss(root: Path) -> None:
    check(root)
    edit(first(root), "\n## Timeline", "\nA sentence more.\n\n## Timeline")
    assert hits(root) == ENOUGH + 3
    assert hits(root) == ENOUGH + 4


@pytest.mark.parametrize("damage", ["", "x", "[]", "{}", "\0" * 100])
def test_a_damaged_cache_is_a_miss(root: Path, damage: str) -> None:
    check(root)
    file = cache_file(root)
    head, _, text = file.read_text().partition("\n")
    for broken in (
        damage,
        f"{head}\n{damage}",
        f"{head}\n{text[:-20]}",
        f"{head}\n{text.replace('open', 'done', 1)}",
    ):
        file.write_text(broken)
        assert hits(root) == 0


def test_entries_of_another_shape_are_a_miss(root: Path) -> None:
    check(root)
    documents = remembered(root)["documents"]
    for number, entry in enumerate(documents.values()):
        entry["facts"] = [[], entry["facts"][:5], None, entry["facts"][:9] + [[1]] * 3][number % 4]
    rewrite(cache_file(root), {"documents": documents})
    assert hits(root) == 0


def test_a_folder_that_cannot_be_written_is_no_fault(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert check(root) == check(root, cached=False)


def parsed_routes(root: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many route files a run parses."""
    parsed: list[str] = []
    with monkeypatch.context() as patch:

        def noted(name: str, source: Source) -> Document:
            parsed.append(source.file)
            return read_as(name, source)

        patch.setattr("pmlint.project.kinds.read_as", noted)
        check(root)
    return sum(file.startswith("routes/") for file in parsed)


def test_routes_are_remembered_by_their_content(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert parsed_routes(root, monkeypatch) == 10
    assert parsed_routes(root, monkeypatch) == 0
    route = sorted((root / "routes").glob("*.yaml"))[0]
    stamp = route.stat()
    edit(route, "state: paused", "state: pau5ed")
    os.utime(route, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the same size and the same time
    expected = check(root, cached=False)
    assert "'state' is 'pau5ed'" in expected
    assert check(root) == check(root) == expected
    assert parsed_routes(root, monkeypatch) == 1, "one that has a finding is not remembered"
    route.rename(route.with_suffix(".yml"))
    assert check(root) == check(root, cached=False)


def test_damaged_routes_are_read_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = check(root)
    (file,) = (root.parent / "cache" / "pmlint").glob("*.routes")
    whole = file.read_text()
    head, _, text = whole.partition("\n")
    lists = json.dumps({name: [] for name in json.loads(text)})
    other = f"{head.split(' ')[0]} {digest(lists.encode())}\n{lists}"
    for broken in ("", whole[:-20], whole.replace("paused", "limited", 1), f"x{whole}", other):
        file.write_text(broken)
        assert parsed_routes(root, monkeypatch) == 10
        assert check(root) == expected


def test_runs_at_once_agree(root: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: check(root), range(8)))) == 1
    assert hits(root) == ENOUGH + 4


def test_the_option_and_small_repositories(root: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "pmlint", "check", "--now", "2026-10-15"]
    subprocess.run(
        [*command, "--no-cache"], cwd=root, env=environment, check=True, capture_output=True
    )
    assert not (root.parent / "cache").exists()
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    assert (
        cache_file(root).stat().st_mode & 0o077 == 0
        or cache_file(root).parent.stat().st_mode & 0o077 == 0
    )
    for file in sorted((root / "postmortems").glob("*.md"))[5:]:
        file.unlink()
    cache_file(root).unlink()
    subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True)
    assert not list((root.parent / "cache" / "pmlint").glob("*.json"))
