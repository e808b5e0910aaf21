"""Which files are records: folders, patterns, what is left out, and that nothing hides under a
name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.parsing.tree import WorkTree
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.patterns import covers, matches
from pmlint.project.settings import RegistrySource, Settings


def tree(root: Path, files: dict[str, str]) -> WorkTree:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return WorkTree(str(root))


def paths(tree: WorkTree, settings: Settings) -> list[str]:
    return [entry.path for entry in postmortem_files(tree, settings)]


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("postmortems", "postmortems/a/b.md", True),
        ("postmortems", "postmortems2/a.md", False),
        ("services/*/postmortems", "services/mail/postmortems/x.md", True),
        ("services/*/postmortems", "services/mail/eu/postmortems/x.md", False),
        ("**/postmortems", "a/b/postmortems/x.md", True),
        ("**/postmortems", "postmortems/x.md", True),
        ("docs/PM-*.md", "docs/PM-1.md", True),
        ("docs/PM-?.md", "docs/PM-12.md", False),
        ("", "anything.md", True),
    ],
)
def test_what_a_pattern_covers(pattern: str, path: str, covered: bool) -> None:
    assert covers(pattern, path) is covered


def test_a_pattern_that_would_take_exponential_time() -> None:
    assert not matches("a*" * 60 + "b", "a" * 200)
    assert not matches("**/" * 30 + "x", "/".join("a" * 60))


def test_folders_patterns_and_lists(tmp_path: Path) -> None:
    files = (
        "postmortems/a.md",
        "services/x/postmortems/b.md",
        "services/y/postmortems/deep/c.md",
        "services/y/other/d.md",
        "e.md",
    )
    here = tree(tmp_path, dict.fromkeys(files, ""))
    assert paths(here, Settings()) == ["postmortems/a.md"]
    both = Settings(postmortems=("services/*/postmortems", "postmortems"))
    assert paths(here, both) == [
        "postmortems/a.md",
        "services/x/postmortems/b.md",
        "services/y/postmortems/deep/c.md",
    ]
    assert paths(here, both._replace(exclude=("services/y",))) == [
        "postmortems/a.md",
        "services/x/postmortems/b.md",
    ]
    overlapping = Settings(postmortems=("services", "**/postmortems"))
    assert paths(here, overlapping).count("services/x/postmortems/b.md") == 1


@pytest.mark.parametrize(
    "name", ["README.md", "readme.MD", "index.md", "TEMPLATE.md", "_draft.md", "sub/Index.md"]
)
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("# Our postmortems\n", False),
        ("", False),
        ("---\nlayout: page\n---\n", False),
        ("---\nid: PM-YYYY-NNN\n---\n", False),
        ("---\nid: PM-2026-001\n---\n", True),
        ("---\r\nid: PM-2026-001\r\n---\r\n", True),
        ("---\nid: PM-2026-001\n", True),
        ("---\nid: [\n---\n", True),
        ("\ufeff---\nid: PM-2026-001\n---\n", True),
        ("---\nid: PM-2026-001\nid: x\n---\n", True),
        ("\ufeff# Our postmortems\n", False),
    ],
)
def test_nothing_hides_under_a_name(tmp_path: Path, name: str, text: str, counts: bool) -> None:
    if not name.endswith(".md"):  # a suffix in capitals was never a postmortem
        counts = False
    path = f"postmortems/{name}"
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(text.encode())
    assert paths(WorkTree(str(tmp_path)), Settings()) == ([path] if counts else [])


def test_an_own_id_counts_under_such_a_name(tmp_path: Path) -> None:
    here = tree(tmp_path, {"postmortems/README.md": "---\nid: INC-7\n---\n"})
    assert paths(here, Settings()) == []
    assert paths(here, Settings(ids=("INC-{number}",))) == ["postmortems/README.md"]


def test_what_stands_beside_routes(tmp_path: Path) -> None:
    names = [
        "a.yaml",
        "b.yml",
        "OWNERS",
        "Thumbs.db",
        ".DS_Store",
        "a.yaml.orig",
        "a.yaml.rej",
        "a.yaml~",
        "README.md",
        "c.txt",
    ]
    here = tree(tmp_path, {f"routes/{name}": "" for name in names})
    assert [path for path, _ in route_files(here, Settings())] == [
        "routes/a.yaml",
        "routes/b.yml",
        "routes/c.txt",
    ]


def test_files_of_a_source(tmp_path: Path) -> None:
    here = tree(
        tmp_path,
        dict.fromkeys(
            ["deploy/a.yaml", "deploy/eu/b.yaml", "deploy/eu/x.yaml", "other/c.json"], ""
        ),
    )
    source = RegistrySource(("deploy/**/*.yaml", "other/*"), "id", exclude=("deploy/**/x*",))
    found = [
        path
        for path, mapping in route_files(here, Settings(registry=(source,)))
        if mapping is source
    ]
    assert found == ["deploy/a.yaml", "deploy/eu/b.yaml", "other/c.json"]
