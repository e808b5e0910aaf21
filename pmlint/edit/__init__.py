"""Editing the YAML that people write by hand: one field changes, and every other byte stays as it was."""

from pmlint.edit.change import Change, appending, apply, changed, setting, unified

__all__ = ["Change", "appending", "apply", "changed", "setting", "unified"]
