"""What a site is asked to be: by the command, else by ``[tool.pmlint.report]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from pmlint.errors import UsageError
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.place import Path
from pmlint.project.configuration import locate_setting
from pmlint.project.settings import Settings
from pmlint.report.bodies import is_safe_address

_REACHES_OUT = re.compile(r"@import|(?:url|src|image|image-set)\s*\(|[<\\]", re.IGNORECASE)
"""What could fetch, and what could hide it or end the element: an escape writes any letter, and
``<`` begins ``</style>``.
"""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


class SiteOptions(NamedTuple):
    """How a site is made: its title, the address where it will lie (empty: unknown, so no feed),
    the limit of its pictures in seconds, the project's own CSS, whether people are hidden, whether
    all pages are sections of one file, and the full name of the repository (empty: unknown).
    """

    title: str
    base_url: str
    limit: int
    extra_css: str = ""
    hides_people: bool = False
    is_one_file: bool = False
    repository: str = ""


def site_options(
    tree: Tree, settings: Settings, title: str | None, base_url: str | None
) -> SiteOptions:
    """The options of a project, where those of the command win. Raises `UsageError`."""
    given = settings.report
    address = given.base_url if base_url is None else base_url
    # The feed and the calendars name it in links that other programs follow.
    if address and not _is_folder_of_a_site(address):
        raise UsageError(
            f"'{address}' is not the https address of a folder",
            file=settings.file if base_url is None else "",
            span=locate_setting(tree, settings, Path(("report", "base_url"))),
            help="write it as https://acme.example/postmortems/",
        )
    return SiteOptions(
        title=given.title if title is None else title,
        base_url=f"{address.rstrip('/')}/" if address else "",
        limit=given.containment or settings.slow_containment_minutes * 60,
        extra_css=_extra_css(tree, settings) if given.extra_css else "",
        hides_people="people" in given.hide,
        repository=settings.repository,
    )


def without_people(site: SiteOptions, hide: Callable[[str], str]) -> SiteOptions:
    """The options of a site that hides people. Raises `UsageError` where its CSS names one."""
    # A comment says nothing to a browser, and its author's name to whoever opens the page.
    css = _COMMENT.sub("", site.extra_css)
    if hide(css) != css:
        raise UsageError(
            "the CSS of a report without people names somebody",
            help="leave the name out of the file of 'extra_css'",
        )
    return site._replace(title=hide(site.title), extra_css=css, repository=hide(site.repository))


def _is_folder_of_a_site(address: str) -> bool:
    """Whether names of pages can follow an address, in links that other programs read."""
    try:
        port = urlsplit(address).port
    except ValueError:
        return False
    return is_safe_address(address) and port != 0 and not re.search(r"[?#]", address)


def _extra_css(tree: Tree, settings: Settings) -> str:
    """The project's CSS. Raises `UsageError` where it can't be read, or could fetch something."""
    file = settings.report.extra_css
    try:
        source = decode(file, tree.read(file))
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None
    found = _REACHES_OUT.search(source.text)
    if found:
        raise UsageError(
            f"'{found[0]}' may not be in the CSS of a report",
            file=file,
            span=source.span(found.start(), found.end()),
            help="a report fetches nothing: leave it out",
        )
    return source.text.strip()
