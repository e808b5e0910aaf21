"""Bringing pmlint into a repository."""
