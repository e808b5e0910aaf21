"""The Markdown of a postmortem as HTML: rendered, then cleaned down to what a text needs."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import nh3

from pmlint.parsing.markdown import to_html

_TAGS = frozenset(
    "a abbr b blockquote br code dd del dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s strong "
    "sub sup table tbody td tfoot th thead tr ul".split()
)
_HEADING = re.compile(r"<(/?)h([1-6])>")
_LINK = re.compile(r'<a href="(https:[^"]*)"')
_PAGE_LEVEL = 2
"""The page has its own first and second headings; those of a body come below them."""
_SCROLLS = {
    # What is wider than a phone scrolls by itself, and the keyboard reaches it.
    "<pre>": '<pre role="group" tabindex="0" aria-label="Preformatted text">',
    "<table>": '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table>',
    "</table>": "</table></div>",
    # nh3 says it of every link, also of one whose address it took away.
    '<a rel="noreferrer noopener">': "<a>",
}


def body_html(markdown: str) -> str:
    """Safe HTML: no picture, style, class or id; links are https, mailto or a relative path."""
    if not markdown.strip():
        return ""
    rendered = to_html(markdown)
    cleaned = nh3.clean(
        rendered,
        tags=set(_TAGS),
        # Without the second entry every element keeps its title and lang.
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"https", "mailto"},
        link_rel="noreferrer noopener",
        attribute_filter=_attribute,
    )
    for plain, shown in _SCROLLS.items():
        cleaned = cleaned.replace(plain, shown)
    return _below_the_page(cleaned)


def addresses(html: str) -> tuple[str, ...]:
    """The https addresses that a body of `body_html` links to, each once: paper has no links."""
    return tuple(dict.fromkeys(map(unescape, _LINK.findall(html))))


def is_safe_address(address: str) -> bool:
    """Whether an address may be a link: https, with a host and without a user part."""
    try:
        parts = urlsplit(address)
        host, user = parts.hostname, parts.username
    except ValueError:
        return False
    plain = not re.search(r"[\s\x00-\x1f\x7f<>\"'\\]", address)
    return parts.scheme == "https" and bool(host) and user is None and plain


def _attribute(tag: str, name: str, value: str) -> str | None:
    """An attribute that nh3 would keep; None drops it. ``//host`` is an address, not a path."""
    return None if value.lstrip().startswith(("//", "\\", "/\\")) else value


def _below_the_page(html: str) -> str:
    """Headings below those of the page, with none left out: a level that is skipped loses whoever
    reads by headings.
    """
    level, parts, end = _PAGE_LEVEL, [], 0
    # What nh3 returned has no attribute in a heading, so this pattern sees every one.
    for match in _HEADING.finditer(html):
        if not match[1]:
            level = min(int(match[2]) + _PAGE_LEVEL, level + 1, 6)
        parts += [html[end : match.start()], f"<{match[1]}h{level}>"]
        end = match.end()
    return "".join([*parts, html[end:]])
