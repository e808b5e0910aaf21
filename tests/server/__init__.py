"""The language server: its parts as functions, and the whole as two editors see it."""
