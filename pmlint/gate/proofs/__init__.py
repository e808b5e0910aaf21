"""Proofs of what is closed: looked up in git, and not believed (docs/spec/gate.md, 5)."""
