"""Whether the gate binds (docs/spec/adopt.md, *pmlint doctor*).

`files` asks what is in the repository, `forge` what an export of the forge's settings says. A
question that nothing answers is not a pass.
"""
