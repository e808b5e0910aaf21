"""Names of repositories: one repository has one name, and what is not a name is refused."""

from __future__ import annotations

import pytest

from pmlint.project.repositories import MalformedName, foreign_name, repository_name

SPELLINGS = [
    ("github.com/acme/mail", "github.com/acme/mail"),
    ("GitHub.com/Acme/MAIL", "github.com/acme/mail"),
    ("github.com/acme/ma%69l", "github.com/acme/mail"),
    ("%67ithub.com/acme/m%41il", "github.com/acme/mail"),
    ("github.com/acme/m%2dl", "github.com/acme/m-l"),
    ("github.com/acme/b%C3%BCcher", "github.com/acme/bücher"),
    # what a name can't have stays escaped, in one spelling
    ("dev.azure.com/acme/My%20Project/_git/mail", "dev.azure.com/acme/my%20project/_git/mail"),
    ("gitlab.com/acme/a%2Fb", "gitlab.com/acme/a%2fb"),
    ("gitlab.com/acme/a%2fb", "gitlab.com/acme/a%2fb"),
    ("gitlab.com/acme/a%40b%3A1", "gitlab.com/acme/a%40b%3a1"),
    ("gitlab.com/acme/50%", "gitlab.com/acme/50%25"),
    ("gitlab.com/acme/50%25", "gitlab.com/acme/50%25"),
]
REFUSED = [
    ("https://github.com/acme/mail", "'https://github.com/acme/mail' has a scheme"),
    ("git@github.com/acme/mail", "'git@github.com/acme/mail' has a user"),
    ("git@github.com:acme/mail", "'git@github.com:acme/mail' has a user"),
    ("github.com:acme/mail", "'github.com:acme/mail' has a port"),
    ("github.com:443/acme/mail", "'github.com:443/acme/mail' has a port"),
    ("github.com/acme/mail/", "'github.com/acme/mail/' has an empty part"),
    ("github.com/acme/mail.git", "'github.com/acme/mail.git' ends in '.git'"),
    ("github.com/acme/mail%2Egit", "'github.com/acme/mail%2Egit' ends in '.git'"),
    ("gitlab.com/acme/desk/mail.GIT", "'gitlab.com/acme/desk/mail.GIT' ends in '.git'"),
    ("github.com/acme/%2e%2e", "'github.com/acme/%2e%2e' has a part '..' or '.'"),
    ("github.com/acme/%ff", "'%ff' has an escape that is not UTF-8"),
    ("github.com/acme", "'github.com/acme' is not the name of a repository"),
    ("github.com/acme/a b", "'github.com/acme/a b' is not the name of a repository"),
    ("b%C3%BCcher.example/acme/mail", "'bücher.example' is not the name of a host"),
    ("a%20b.example/acme/mail", "'a%20b.example' is not the name of a host"),
]


@pytest.mark.parametrize(("text", "name"), SPELLINGS)
def test_one_repository_has_one_name(text: str, name: str) -> None:
    assert repository_name(text) == repository_name(name) == name
    assert foreign_name(f"{text}//Desk", {}) == (name, "Desk")


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_not_a_name_is_refused(text: str, message: str) -> None:
    with pytest.raises(MalformedName) as caught:
        repository_name(text)
    assert caught.value.message == message
