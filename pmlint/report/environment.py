"""The templates of the package: autoescaped, with one place for HTML that is safe already."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup, escape

from pmlint import __version__
from pmlint.model.counting import count
from pmlint.report.bodies import is_safe_address
from pmlint.report.figures import ReportData
from pmlint.report.lanes import WIDTH, scale
from pmlint.report.names import PageNames, link_from, part_of
from pmlint.report.options import SiteOptions
from pmlint.report.words import late
from pmlint.tables.cells import moment_text
from pmlint.tables.collect import TableRow


class _Environment(jinja2.Environment):
    """Finds the columns of a row first: jinja2 asks for an attribute of the mapping before, which
    fails 400 times for a page, and would find a method where a column has its name.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What ``row.column`` says in a template."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


class Templates:
    """The templates with what every page of one site shares."""

    def __init__(self, site: SiteOptions, data: ReportData, names: PageNames) -> None:
        self._site = site
        self._environment = _Environment(
            loader=jinja2.PackageLoader("pmlint.report", "templates"),
            autoescape=True,
            # A name that a page forgot is an error here, and not an empty cell there.
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = self._style()
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._environment.globals.update(
            site=site,
            data=data,
            names=names,
            version=__version__,
            style=Markup(style),
            # The policy of the page allows this one style element by its digest, and nothing else.
            style_hash=f"sha256-{digest}",
            width=WIDTH,
            scale=scale(),
            late=late,
            counted=count,
            said=clock_in_words,
            address=_address,
        )

    def render(self, template: str, path: str, values: Mapping[str, Any]) -> str:
        """A page of its own, or a section where all pages are one file."""
        layout = "section.html.j2" if self._site.is_one_file else "base.html.j2"
        is_one_file = self._site.is_one_file
        return self._environment.get_template(template).render(
            layout=layout,
            href=link_from(path, is_one_file=is_one_file),
            part=part_of(path, is_one_file=is_one_file),
            **values,
        )

    def render_file(self, sections: Mapping[str, str]) -> str:
        """One file of all pages, by their ids in it."""
        return self._environment.get_template("file.html.j2").render(
            layout="base.html.j2",
            href=link_from("", is_one_file=True),
            # They came out of these templates a moment ago, escaped.
            sections={id: Markup(text) for id, text in sections.items()},
        )

    def _style(self) -> str:
        """The package's own CSS, and the project's behind it."""
        assert self._environment.loader is not None
        own = self._environment.loader.get_source(self._environment, "style.css")[0].strip()
        return f"{own}\n{self._site.extra_css}".strip()


def clock_in_words(clock: TableRow) -> str:
    """A clock or the time of an event, as far as it is known."""
    if clock["moment"]:
        return moment_text(clock["moment"])
    bounds = [
        f"{words} {clock[name]}"
        for name, words in (("not_before", "not before"), ("not_after", "not after"))
        if clock[name]
    ]
    if not bounds and clock["earliest"] and clock["latest"]:
        # A bare day: both bounds lie on it, as wide as a day can be on Earth.
        middle = clock["earliest"] + (clock["latest"] - clock["earliest"]) / 2
        return str(middle.date().isoformat())
    reason = f"unknown: {clock['unknown']}" if clock["unknown"] else "not set"
    return "; ".join([reason, *bounds])


def _address(address: str) -> str:
    """An address as a link where it is safe, else as text."""
    if not is_safe_address(address):
        return str(escape(address)) if isinstance(address, Markup) else address
    return Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(address)
