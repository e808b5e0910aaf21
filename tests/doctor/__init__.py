"""Whether the gate binds."""
