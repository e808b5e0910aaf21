"""``pmlint check`` on the command line: fixes, patches, revisions, what it says beside its
findings.
"""

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
    return subprocess.run(
        command, cwd=root, input=text, capture_output=True, text=True, check=False
    )


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
    (root / FILE).write_text(
        (root / FILE).read_text().replace("status: accepted", "status: acepted")
    )
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
    rules = json.loads(check(root, "--output-format", "sarif").stdout)["runs"][0]["tool"]["driver"][
        "rules"
    ]
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


def bare(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from pmlint.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "check", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_judged_is_no_pass(tmp_path: Path) -> None:
    done = bare(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: nothing to check below '.': looked for postmortems/ and routes/; 'pmlint init' sets it up\n"
    )


def test_set_up_and_still_empty_passes_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "pmlint.toml").touch()
    done = bare(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing to check yet\n", "")


def test_paths_of_which_none_is_a_document(root: Path) -> None:
    (root / "notes.md").write_text("x")
    done = check(root, "notes.md")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: 'notes.md' is not a document\n  help: documents are in postmortems/ and routes/\n"
    )
    (root / "src").mkdir()
    assert "error: 'notes.md', 'src' are not documents" in check(root, "notes.md", "src").stderr
    assert "there is no file 'gone.md'" in check(root, "gone.md").stderr


def test_a_mixture_judges_the_documents_and_names_the_rest(root: Path) -> None:
    (root / "notes.md").write_text("x")
    done = check(root, FILE, "notes.md")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "All clean: 1 postmortem and 1 route\n",
        "not a document: notes.md\n",
    )


@pytest.mark.parametrize("path", ["people.yaml", "pmlint.toml", "routes", "postmortems", "."])
def test_what_is_a_document(root: Path, path: str) -> None:
    assert check(root, path).returncode == 0


def test_a_path_through_a_linked_folder_is_the_same_file(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    breaks(root)
    outside = tmp_path_factory.mktemp("outside")
    (outside / "repo").symlink_to(root)
    found = check(root, FILE).stdout
    assert "error schema" in found
    assert check(root, str(outside / "repo" / FILE)).stdout == found
    (root / "linked").symlink_to(root / "postmortems")
    assert check(root, f"linked/{Path(FILE).name}").stdout == found
    assert check(root, "linked").stdout == found
    done = check(root, str(outside))
    assert done.returncode == 2
    assert "is outside the repository" in done.stderr


def test_paths_are_printed_from_the_current_folder(root: Path) -> None:
    breaks(root)
    assert check(root / "postmortems").stdout.startswith("PM-2026-001-refunds.md:7:9: error schema")
    assert check(root / "routes").stdout.startswith("../postmortems/PM-2026-001-refunds.md:")
    import json

    data = json.loads(check(root / "routes", "--output-format", "json").stdout)
    assert {finding["path"] for finding in data["findings"]} == {FILE}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--select", "action-ownr"),
            "there is no rule 'action-ownr' (--select)\n  help: did you mean 'action-owner'?",
        ),
        (("--ignore", "x"), "there is no rule 'x' (--ignore)"),
        (("--since", "nowhere"), "there is no revision 'nowhere' (--since)"),
        (("--output-format", "sarf"), "there is no 'sarf'; did you mean 'sarif'?"),
        (("--now", "soon"), "'soon' is not a day"),
    ],
)
def test_a_name_that_does_not_exist_is_exit_2_with_the_nearest_and_its_option(
    root: Path, words: tuple[str, ...], message: str
) -> None:
    done = check(root, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_file_for_the_report_gets_its_folder(root: Path) -> None:
    assert check(root, "-o", "out/deep/report.txt").returncode == 0
    assert (root / "out/deep/report.txt").read_text() == "All clean: 1 postmortem and 1 route\n"


@pytest.mark.parametrize(
    ("now", "zone", "said"),
    [
        # west of UTC the day of the deadline has not ended, and east of it the next day has begun
        ("2026-10-16T08:00:00Z", "", []),
        ("2026-10-16T12:00:00Z", "", ["overdue-action"]),
        ("2026-10-16T08:00:00Z", "Asia/Tokyo", ["overdue-action"]),
        ("2026-10-14T11:00:00Z", "", []),
        ("2026-10-14T08:00:00Z", "", ["future-date"]),
        ("2026-10-14T11:00:00Z", "Europe/Berlin", ["future-date"]),
        ("2026-10-15", "", []),
        ("2026-10-14", "", ["future-date"]),
    ],
)
def test_a_day_has_begun_once_it_has_anywhere_and_ended_once_it_has_everywhere(
    root: Path, now: str, zone: str, said: list[str]
) -> None:
    text = (root / FILE).read_text()
    assert "deadline: 2026-10-30" in text
    text = text.replace("deadline: 2026-10-30", "deadline: 2026-10-15").replace(
        "opened: 2026-09-14", "opened: 2026-10-15"
    )
    (root / FILE).write_text(text)
    (root / "pmlint.toml").write_text(f'timezone = "{zone}"\n' if zone else "")
    done = check(root, "--now", now, "--output-format", "concise", "--no-cache")
    codes = [
        line.split()[2].rstrip(":") for line in done.stdout.splitlines() if line.startswith(FILE)
    ]
    assert codes == said, done.stdout


def test_fix_takes_out_what_word_processors_leave_and_keeps_the_line_ends(root: Path) -> None:
    good = (root / FILE).read_bytes().replace(b"\n", b"\r\n")
    (root / FILE).write_bytes(b"\xef\xbb\xbf" + good.replace(b"23 refunds", b"23 re\xc2\xadfunds"))
    done = check(root, "--output-format", "concise")
    assert [line.partition("; help")[0] for line in done.stdout.splitlines()] == [
        f"{FILE}:1:1: error syntax: the file begins with a byte order mark",
        f"{FILE}:3:31: error syntax: the invisible character U+00AD, a soft hyphen, is in the text",
        "Found 2 errors in 1 postmortem and 1 route",
    ]
    assert check(root, "--fix").returncode == 0
    assert (root / FILE).read_bytes() == good


def test_every_verb_keeps_line_ends_and_a_byte_order_mark(root: Path) -> None:
    text = b"\xef\xbb\xbf" + (root / FILE).read_bytes().replace(b"\n", b"\r\n")
    (root / FILE).write_bytes(text)
    code = "from pmlint.cli import main; main()"
    words = ["move", "PM-2026-001", "A2", "in-progress", "--now", "2026-10-15"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    before = text.partition(b"id: A2")
    assert (root / FILE).read_bytes() == before[0] + before[1] + before[2].replace(
        b"status: open", b"status: in-progress", 1
    )
