"""Ledgers: what the postmortems of another repository hold here (docs/spec/fleet.md)."""
