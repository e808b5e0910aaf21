"""The rules about facts, one a file."""
