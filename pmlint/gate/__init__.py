"""The gate: does a change give trust back to a route whose fixes have not landed? (docs/spec/gate.md,
docs/spec/security.md)

`side` reads one of the two trees, `trust` tells what a route is given, `proof` what has landed,
`holding` what holds a route, `loosening` what a change takes away without fixing anything,
`weakening` the same for configuration, policies and people, `approvals` who agreed, `signing` asks
ssh-keygen, `judge` gives the verdict, `events` finds out what is asked.
"""
