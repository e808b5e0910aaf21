"""Measurements: `python -m bench` for time and memory, `python -m bench.words` for the word rules."""
