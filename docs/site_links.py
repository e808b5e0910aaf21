"""The hooks of the site: links that leave `docs/` lead to the file in the repository, so that one
page serves both readers, and everybody reaches what a page shows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\((?P<path>(?:\.\./)+[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")


def outward(text: str, page: str, url: str) -> str:
    """A page's text with its links to files outside `docs/` made absolute; what leads to no file
    stays, for the build to refuse.

    ``page`` is the page's path below `docs/`, ``url`` the address of the repository.
    """

    def link(match: re.Match[str]) -> str:
        target = (ROOT / "docs" / page).parent.joinpath(match["path"]).resolve()
        if (
            not target.exists()
            or not target.is_relative_to(ROOT)
            or target.is_relative_to(ROOT / "docs")
        ):
            return match[0]
        return f"]({url}/blob/main/{target.relative_to(ROOT).as_posix()}{match['anchor'] or ''})"

    return LINK.sub(link, text)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Called by the builder for each page."""
    if page.file.src_uri == "changelog.md":
        # One text for both readers: the file in the root is the one that people edit.
        markdown = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return outward(markdown, page.file.src_uri, config.extra["repository"])


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Called by the builder for the body of each page: a table that scrolls on a telephone is
    reached by the keyboard, and a corner without a word is not a heading (WCAG 2.1.1, 1.3.1).
    """
    html = html.replace("<table>", '<table tabindex="0">')
    return re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Called by the builder for each finished page: the theme's search is a dialog without a name."""
    return _named_search(output)


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Called by the builder for what is no page of ours, such as `404.html`."""
    return _named_search(output)


def _named_search(html: str) -> str:
    return html.replace('role="dialog"', 'role="dialog" aria-label="Search"')
