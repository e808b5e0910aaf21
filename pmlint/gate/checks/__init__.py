"""What the gate asks, one file a question; each yields refusals (docs/spec/gate.md)."""
