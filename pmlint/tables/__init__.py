"""Documents become rows, in one place: what `export`, the report, `routes`, `actions`, `why` and
other tools count with.

`schema/tables.json` is the contract: 24 tables with their keys, types and descriptions. The formats
of an export, below `writers`, are imported by no other verb.
"""
