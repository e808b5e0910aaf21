"""The gate: does a change weaken what blocks a route, or restore a route whose fixes have not
landed? (docs/spec/gate.md, docs/spec/security.md)

Data flows one way. `case` reads both sides of a change by `snapshot`; `comparison` finds every
field that moved, by the rows of `transitions` and the orders of `values`; `checks` ask one
question a file, of `settled`, `proof` and `approvals`; `verdict` adds up what they refuse.
`events` finds out what is compared, `signing` asks ssh-keygen.
"""
