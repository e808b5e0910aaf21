"""``pmlint check`` on the command line: fixes, patches, revisions, what it says beside its findings."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
WRONG = (('verified_by: "@tom"', "verified_by: tom"), ("opened: 2026-09-14", "opened: 2026-9-14"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "pmlint.toml").touch()
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    return tmp_path


def check(root: Path, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    code = "from pmlint.cli import main; main()"
    command = [sys.executable, "-c", code, "check", "--now", "2026-10-15", *words]
    return subprocess.run(command, cwd=root, input=text, capture_output=True, text=True, check=False)


def breaks(root: Path) -> str:
    good = (root / FILE).read_text()
    bad = good
    for old, new in WRONG:
        assert old in bad
        bad = bad.replace(old, new)
    (root / FILE).write_text(bad)
    return good


def test_fix_writes_what_has_one_right_answer(root: Path) -> None:
    good = breaks(root)
    done = check(root, "--fix")
    assert (done.returncode, done.stderr) == (0, "Fixed 2 findings\n")
    assert (root / FILE).read_text() == good


def test_diff_writes_nothing(root: Path) -> None:
    breaks(root)
    before = (root / FILE).read_text()
    done = check(root, "--diff")
    assert done.returncode == 1
    assert "-opened: 2026-9-14\n+opened: 2026-09-14\n" in done.stdout
    assert (root / FILE).read_text() == before
    subprocess.run(["git", "apply"], cwd=root, input=done.stdout, text=True, check=True)
    assert "opened: 2026-09-14" in (root / FILE).read_text()
    assert check(root, "--fix").returncode == 0
    assert check(root, "--diff").returncode == 0


def test_fix_of_the_standard_input_prints_it(root: Path) -> None:
    text = (root / FILE).read_text().replace("opened: 2026-09-14", "opened: 2026-9-14")
    done = check(root, "-", "--stdin-filename", FILE, "--fix", text=text)
    assert done.stdout == (root / FILE).read_text()


def test_sort_fields(root: Path) -> None:
    good = (root / FILE).read_text()
    lines = good.split("\n")
    title, status = lines.index("status: accepted") - 1, lines.index("status: accepted")
    lines[title], lines[status] = lines[status], lines[title]
    (root / FILE).write_text("\n".join(lines))
    assert check(root).returncode == 0
    assert check(root, "--diff").returncode == 0
    assert check(root, "--sort-fields", "--diff").returncode == 1
    done = check(root, "--sort-fields")
    assert (done.returncode, done.stderr) == (0, "Sorted the fields of 1 file\n")
    assert (root / FILE).read_text() == good
    assert check(root, "--sort-fields", "--diff").returncode == 0


def test_since(root: Path) -> None:
    (root / FILE).write_text((root / FILE).read_text().replace("status: accepted", "status: acepted"))
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, "commit", "-qam", "wrong"], cwd=root, check=True)
    other = root / "postmortems/PM-2026-002-other.md"
    other.write_text((root / FILE).read_text().replace("id: PM-2026-001", "id: PM-2026-002"))
    assert f"{FILE}:4:9: error schema" in check(root).stdout
    done = check(root, "--since", "HEAD")
    assert FILE not in done.stdout
    assert "postmortems/PM-2026-002-other.md:4:9: error schema" in done.stdout
    assert FILE in check(root, "--since", "HEAD~1").stdout
    done = check(root, "--since", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no revision 'nowhere'" in done.stderr


def test_verbose_speaks_on_the_standard_error(root: Path) -> None:
    done = check(root, "-v")
    assert done.stdout == "All clean: 1 postmortem and 1 route\n"
    assert "configuration pmlint.toml, 1 postmortem and 1 route" in done.stderr


def test_sarif_has_the_pages_of_the_rules(root: Path) -> None:
    import json

    (root / FILE).write_text((root / FILE).read_text().replace('owner: "@maria"', "owner: team", 1))
    rules = json.loads(check(root, "--output-format", "sarif").stdout)["runs"][0]["tool"]["driver"]["rules"]
    page = next(rule for rule in rules if rule["id"] == "action-owner")
    assert "What a team owns, nobody does" in json.dumps(page)
    assert page["helpUri"].endswith("docs/rules/action-owner.md")


def test_more_files_than_are_read(root: Path) -> None:
    (root / "pmlint.toml").write_text("max_files = 1\n")
    assert check(root).returncode == 0
    shutil.copy(root / FILE, root / "postmortems/PM-2026-002-other.md")
    done = check(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pmlint.toml:1:13: there are 2 postmortems, more than max_files = 1" in done.stderr
