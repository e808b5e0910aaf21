"""``[tool.pmlint.report]``, and the CSS of a project: it may look different, and fetch nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pmlint.cli import commands
from tests.report.data import NOW


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "routes").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(project: Path, *lines: str, css: str = "") -> Result:
    (project / "pmlint.toml").write_text("[report]\n" + "\n".join(lines) + "\n")
    (project / "docs").mkdir(exist_ok=True)
    (project / "docs" / "report.css").write_text(css)
    return CliRunner().invoke(commands, ["report", "site", "--now", NOW])


def refusal(done: Result) -> str:
    from pmlint.errors import UsageError

    assert isinstance(done.exception, UsageError), done
    error = done.exception
    place = (
        f"{error.file}:{error.span.row}:{error.span.column}: " if error.file and error.span else ""
    )
    return f"{place}{error.message}; {error.help}"


def test_the_configuration_names_the_site(project: Path) -> None:
    done = configure(project, 'title = "Agents of Acme"', 'base_url = "https://acme.example/pm"')
    assert done.exit_code == 0, done
    assert "<title>Agents of Acme</title>" in (project / "site" / "index.html").read_text()
    assert "<id>https://acme.example/pm/</id>" in (project / "site" / "feed.xml").read_text()


def test_the_command_wins_over_the_configuration(project: Path) -> None:
    configure(project, 'title = "Agents of Acme"', 'base_url = "https://acme.example/pm"')
    words = ["report", "site", "--now", NOW, "--title", "Others", "--base-url", ""]
    assert CliRunner().invoke(commands, words).exit_code == 0
    assert "<title>Others</title>" in (project / "site" / "index.html").read_text()
    assert not (project / "site" / "feed.xml").exists()


def test_css_of_the_project_comes_last_and_is_allowed_by_the_policy(project: Path) -> None:
    done = configure(project, 'extra_css = "docs/report.css"', css="body { max-width: 60rem; }\n")
    assert done.exit_code == 0, done
    page = (project / "site" / "index.html").read_text()
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert style.endswith("}\nbody { max-width: 60rem; }")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert re.search(rf"style-src 'sha256-{re.escape(digest)}'", page)


@pytest.mark.parametrize(
    ("css", "found", "column"),
    [
        ('@import "https://evil.example/a.css";', "@import", 1),
        ("a { background: URL( https://evil.example ) }", "URL(", 17),
        ("a { background: image-set('https://evil.example' 1x) }", "image-set(", 17),
        ("@font-face { src: src ('https://evil.example') }", "src (", 19),
        (r"a { background: u\72l(//evil.example) }", "\\", 18),
        ("</style><script>alert(1)</script>", "<", 1),
    ],
)
def test_css_that_could_fetch_or_act_is_refused(
    project: Path, css: str, found: str, column: int
) -> None:
    done = configure(project, 'extra_css = "docs/report.css"', css=css)
    assert refusal(done) == (
        f"docs/report.css:1:{column}: '{found}' may not be in the CSS of a report; a report fetches nothing: leave it out"
    )
    assert not (project / "site").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('extra_css = "docs/none.css"', "docs/none.css"),
        ('extra_css = "../elsewhere.css"', "'../elsewhere.css' is outside the project"),
        ('base_url = "http://acme.example"', "pmlint.toml:2:12"),
        ('containment = "soon"', "pmlint.toml:2:15"),
        ('hide = ["everything"]', "pmlint.toml:2:9"),
        ('titel = "x"', "pmlint.toml:2:1"),
    ],
)
def test_what_is_wrong_is_named_at_its_place(project: Path, line: str, words: str) -> None:
    assert words in refusal(configure(project, line))


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "https://user:word@acme.example/",
        "https://acme.example/a b",
        "https://acme.example/?q=1",
        "https://acme.example/#part",
        'https://acme.example/"><script>',
        "https://acme.example/\nX: y",
        "https://acme.example/\x00",
        "https://acme.example:99999999/",
        "https://[::1",
    ],
)
def test_an_address_that_no_page_can_follow_is_refused(project: Path, address: str) -> None:
    """A line break in it ended a report with a traceback, and others became dead links."""
    refused = refusal(CliRunner().invoke(commands, ["report", "site", "--base-url", address]))
    assert "is not the https address of a folder" in refused
    assert not (project / "site").exists()


def test_an_entry_of_the_feed_has_a_host_without_a_port(project: Path) -> None:
    text = "---\nid: PM-2026-001\nopened: 2026-11-01\n---\n"
    (project / "postmortems" / "PM-2026-001.md").write_text(text)
    words = ["report", "site", "--base-url", "https://acme.example:8443/pm", "--now", NOW]
    assert CliRunner().invoke(commands, words).exit_code == 0
    feed = (project / "site" / "feed.xml").read_text()
    assert "<id>tag:acme.example,2026-11-01:PM-2026-001</id>" in feed
    assert "https://acme.example:8443/pm/postmortems/" in feed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report"], "there is no place to write to; pmlint report site"),
        (["report", "site", "-o", "a.html"], "DIR and -o name two places; keep one of them"),
        (
            ["report", "--check", "-o", "a.html"],
            "--check compares a folder; pmlint report --check site",
        ),
    ],
)
def test_one_place_is_named(project: Path, words: list[str], message: str) -> None:
    assert refusal(CliRunner().invoke(commands, words)) == message
