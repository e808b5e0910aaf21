"""The formats that print a report, one module each, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from pmlint.check.report import Report

FORMATS = (
    "text",
    "concise",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "junit",
    "sarif",
    "rdjsonl",
    "markdown",
)


def render(name: str, report: Report, *, color: bool = False) -> str:
    """The report in a format of `FORMATS`, ending in a line feed where it is not empty; only
    ``text`` and ``concise`` know colours.
    """
    module = import_module(f"pmlint.output.{name}")
    text: str = (
        module.render(report, color) if name in ("text", "concise") else module.render(report)
    )
    return text


def choose(environ: Mapping[str, str], is_terminal: bool) -> str:
    """The format where none is asked for: that of the CI we run in, else for people on a terminal
    and for a pipe.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    if environ.get("GITLAB_CI") == "true":
        return "gitlab"
    return "text" if is_terminal else "concise"


def publish(name: str, report: Report, environ: Mapping[str, str]) -> None:
    """Write what a format says outside its own text: for ``github`` the step summary, where GitHub
    names its file.

    Raises `OSError` where that file can't be written.
    """
    path = environ.get("GITHUB_STEP_SUMMARY", "")
    if name == "github" and path:
        from pmlint.output.markdown import step_summary

        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(step_summary(report))
