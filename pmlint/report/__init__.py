"""The site that people look at: tables become figures, figures become pages.

Data flows one way: rows (`tables`) → `figures` and `lanes` → `pages` → `site`. Every text of the
repository is data, with one encoder for each sink: Jinja's autoescape for HTML and SVG, nh3 for
bodies, icalendar, ElementTree and json. No page has a script, a form, or an address that is
fetched. Nothing of this is imported by another verb.
"""
