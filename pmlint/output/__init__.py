"""The formats that print a report, one module each, imported when it is asked for.

Adding one is a module with a `pmlint.output.interface.Format`, and its name in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from pmlint.check.report import Report
from pmlint.output.interface import Format, Page

FORMATS = (
    "text",
    "concise",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "azure",
    "junit",
    "sarif",
    "rdjsonl",
    "markdown",
)
PLAIN = Page()


def format_of(name: str) -> Format:
    """The format of a name in `FORMATS`."""
    found: Format = import_module(f"pmlint.output.{name}").FORMAT
    return found


def render(name: str, report: Report, page: Page = PLAIN) -> str:
    """The report in a format of `FORMATS`; only those for people look at the page."""
    return format_of(name).render(report, page)


def choose(environ: Mapping[str, str], is_terminal: bool, *, to_file: bool = False) -> str:
    """The format where none is asked for (docs/spec/adopt.md, CI).

    A job's log on GitLab gets ``concise``, since nobody reads Code Quality JSON there; a file is
    what GitLab shows. Forgejo and Gitea say that they are GitHub, and read its commands.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    if environ.get("TF_BUILD", "").lower() == "true":  # the agent writes it as "True"
        return "azure"
    if environ.get("GITLAB_CI") == "true":
        return "gitlab" if to_file else "concise"
    return "text" if is_terminal else "concise"


def publish(name: str, report: Report, environ: Mapping[str, str]) -> None:
    """Write what a format says outside its own text. Raises `OSError` where that fails."""
    format_of(name).publish(report, environ)
