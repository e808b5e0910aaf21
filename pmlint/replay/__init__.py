"""The incident against the repaired route: a test from the pack, and the statement of its two runs.

`skeleton` writes the test, `junit` reads what a test run says, `state` makes the two in-toto
statements of it. What they have to show is judged by `pmlint.gate.replays`.
"""
