"""Lists of repositories: what is one, what may never reach git, and parts of a list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmlint.errors import UsageError
from pmlint.fleet.listing import from_forge, read_list, shard_of
from tests.fleet.conftest import invoke

A = "a" * 40


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("https://github.com/Acme/Mail", "github.com/acme/mail"),
        ("https://github.com/acme/mail.git", "github.com/acme/mail"),
        ("https://git.example.org:8443/acme/mail/", "git.example.org/acme/mail"),
        ("ssh://git@github.com:22/acme/mail.git", "github.com/acme/mail"),
        ("git@github.com:acme/mail.git", "github.com/acme/mail"),
        (
            '{"url": "https://github.com/acme/mono", "folder": "services/desk"}',
            "github.com/acme/mono/services/desk",
        ),
        ('{"url": "file:///srv/x.git", "name": "example.org/acme/x"}', "example.org/acme/x"),
    ],
)
def test_a_name(line: str, name: str) -> None:
    assert read_list(f"# a comment\n\n{line}\n", "fleet.txt", allow_file=True)[0].name == name


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("-oProxyCommand=x", "'-oProxyCommand=x' is not an address"),
        ("ext::sh -c id", "an address has a blank, a quote or a backslash"),
        ("ext::sh", "'ext::sh' is not an address of https, ssh or git@host:path"),
        ("http://github.com/a/b", "'http' is not https or ssh"),
        ("git://github.com/a/b", "'git' is not https or ssh"),
        ("file:///srv/x.git", "an address of a file needs --allow-file"),
        (
            "https://tom:secret@github.com/a/b",
            "an address has a user or a password: use a credential helper",
        ),
        (
            "https://token@github.com/a/b",
            "an address has a user or a password: use a credential helper",
        ),
        (
            "ssh://tom:secret@github.com/a/b",
            "an address has a user or a password: use a credential helper",
        ),
        ("https://-x.example.org/a/b", "'https://-x.example.org/a/b' has no host"),
        ('{"url": "https://github.com/a/b", "branch": "main"}', "unknown key 'branch'"),
        ('{"url": "https://github.com/a/b", "folder": "x/../../y"}', "'x/../../y' has '..'"),
        (
            '{"url": "https://github.com/a/b", "ref": "main"}',
            "'main' is not a full ref, such as refs/heads/main",
        ),
        (
            '{"url": "https://github.com/a/b", "ref": "-x"}',
            "'-x' is not a full ref, such as refs/heads/main",
        ),
        ('{"url": "https://github.com/a/b", "commit": "abc"}', "'abc' is not a full commit id"),
        (
            '{"url": "https://github.com/a/b\\u0000"}',
            "'url' is not a text without control characters",
        ),
        ('{"url": 7}', "'url' is not a text without control characters"),
        ("https://github.com/a/b\x1b[2J", "a line has a control character"),
        ("/srv/x", "'/srv/x' is not an address of https, ssh or git@host:path"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_what_may_not_reach_git(line: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_list(f"https://github.com/acme/mail\n{line}\n", "fleet.txt")
    assert (
        raised.value.message,
        raised.value.file,
        raised.value.span and raised.value.span.row,
    ) == (says, "fleet.txt", 2)


def test_a_password_is_in_no_message() -> None:
    for line in ("https://tom:secret@github.com/a/b", "tom:secret@host", "x://tom:secret@host/a"):
        with pytest.raises(UsageError) as raised:
            read_list(line, "fleet.txt")
        assert "secret" not in f"{raised.value.message} {raised.value.help}"


def test_two_lines_of_one_name() -> None:
    with pytest.raises(UsageError, match=r"'github\.com/acme/mail' is listed twice"):
        read_list("https://github.com/acme/mail\ngit@github.com:Acme/Mail.git\n", "fleet.txt")


def test_shards_are_parts_of_the_list() -> None:
    listed = read_list(
        "".join(f"https://github.com/acme/r{number}\n" for number in range(100)), "fleet.txt"
    )
    parts = [shard_of(listed, f"{number}/8") for number in range(1, 9)]
    assert sorted(one.name for part in parts for one in part) == sorted(one.name for one in listed)
    assert all(part for part in parts)


@pytest.mark.parametrize("text", ["0/4", "5/4", "1", "a/b", "1/0", "-1/4", "1/4/2"])
def test_what_is_not_a_shard(text: str) -> None:
    with pytest.raises(UsageError, match="is not a shard: shards count from 1"):
        shard_of([], text)


def test_an_export_of_github() -> None:
    entry = {"clone_url": "https://github.com/acme/mail.git", "default_branch": "main"}
    pages = json.dumps([entry, {**entry, "archived": True}]) + json.dumps([{**entry, "fork": True}])
    export = from_forge("github", pages, "repos.json")
    assert export.lines == (
        '{"url": "https://github.com/acme/mail.git", "ref": "refs/heads/main"}',
    )
    assert (export.archived, export.forks) == (1, 1)
    assert read_list(export.lines[0], "x")[0].name == "github.com/acme/mail"


def test_an_export_of_gitlab() -> None:
    entry = {"http_url_to_repo": "https://gitlab.com/acme/mail.git", "default_branch": None}
    lines = f"{json.dumps(entry)}\n{json.dumps({**entry, 'forked_from_project': {'id': 1}})}\n"
    assert from_forge("gitlab", lines, "x") == (
        ('{"url": "https://gitlab.com/acme/mail.git", "ref": null}',),
        0,
        1,
    )


@pytest.mark.parametrize("text", ["[1]", '[{"html_url": "x"}]', "{"])
def test_what_is_not_an_export(text: str) -> None:
    with pytest.raises(UsageError):
        from_forge("github", text, "repos.json")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_a_list_of_nothing_is_not_a_pass(text: str, tmp_path: Path) -> None:
    """An export that failed is an empty file; with it `compact` would delete every row."""
    (tmp_path / "fleet.txt").write_text(text)
    (tmp_path / "store").mkdir()
    for words in (
        ("run", f"{tmp_path}/fleet.txt", "-o", f"{tmp_path}/store"),
        ("compact", f"{tmp_path}/store", "--list", f"{tmp_path}/fleet.txt"),
    ):
        assert invoke("fleet", *words) == (
            2,
            "no repository is listed; help: write one address a line",
        )


def test_a_list_that_windows_wrote() -> None:
    text = "# ours\r\n\r\nhttps://github.com/acme/mail\r\n"
    assert [one.name for one in read_list(text, "fleet.txt")] == ["github.com/acme/mail"]


def test_a_byte_order_mark_is_not_part_of_an_address(tmp_path: Path) -> None:
    (tmp_path / "fleet.txt").write_bytes(b"\xef\xbb\xbfhttp://github.com/acme/mail\r\n")
    assert (
        "'http' is not https or ssh"
        in invoke("fleet", "run", f"{tmp_path}/fleet.txt", "-o", f"{tmp_path}/store")[1]
    )
