"""Hostile input: coverage-guided fuzzing of everything that reads or writes user text, and a table
of the worst inputs known.
"""
