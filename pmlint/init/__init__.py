"""Bringing pmlint into a repository: which files are put there (`plan`), how they are written, and
reading the issue form.
"""
