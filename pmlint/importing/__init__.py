"""Old reviews in Markdown become drafts: what is written in them is taken, and nothing is guessed
(docs/spec/adopt.md, *pmlint import*).

`reading` finds headings, tables, lists and front matter; `times` reads days and moments; `draft`
makes the front matter of a draft; `names.json` has the names by section and language.
"""
