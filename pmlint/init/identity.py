"""Who works here: the mail address that git is configured with, read without running git."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

# Read by hand: git itself would run in the checkout with its configuration, which `init` may not
# trust yet.
_SECTION = re.compile(r"\s*\[\s*([^\s\]]+)([^\]]*)\]")
_EMAIL = re.compile(r'\s*email\s*=\s*"?([^"\s#;]+)', re.IGNORECASE)


def email(root: str, environment: Mapping[str, str]) -> str:
    """The author's address by ``GIT_AUTHOR_EMAIL``, the repository's configuration, or the user's
    own; empty where none says it.

    Files that a configuration includes are not followed.
    """
    if said := environment.get("GIT_AUTHOR_EMAIL"):
        return said
    return next((found for file in _files(root, environment) if (found := _email(_text(file)))), "")


def _files(root: str, environment: Mapping[str, str]) -> Iterator[str]:
    """The configurations, the one that counts most first."""
    folder = os.path.join(root, ".git")
    if link := _text(folder).partition("gitdir:")[2].strip():  # a further work tree of a repository
        folder = os.path.join(root, link)
        folder = os.path.join(folder, _text(os.path.join(folder, "commondir")).strip())
    yield os.path.join(folder, "config")
    # It takes the place of both files of the user (git 2.32).
    if own := environment.get("GIT_CONFIG_GLOBAL"):
        yield own
        return
    home = os.path.expanduser("~")
    yield os.path.join(home, ".gitconfig")
    yield os.path.join(
        environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "git", "config"
    )


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            # A file in this place that is larger is no configuration.
            return opened.read(1 << 18)
    except OSError:
        return ""


def _email(config: str) -> str:
    """The last ``email`` of the section ``user``."""
    found = section = ""
    for line in config.splitlines():
        if head := _SECTION.match(line):
            section = head[1].lower() + head[2].strip()
            # Git allows `[user] email = ...` on one line.
            line = line[head.end() :]
        if section == "user" and (match := _EMAIL.match(line)):
            found = match[1]
    return found
