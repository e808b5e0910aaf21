"""Documents become rows, in one place: what `export`, the report and other tools count with.

`schema/tables.json` is the contract: 24 tables with their keys, types and descriptions. Nothing of
it is imported by another verb.
"""
