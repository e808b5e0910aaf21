"""Policies: what an organisation demands, as data (`policies/*.yaml`), in CEL.

`language` knows the engine, `complete` the documents that policies see, `names` what an expression
may say, `file` reads one policy, `judge` applies a set of them, `examples` runs their examples.
"""
