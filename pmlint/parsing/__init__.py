"""Bytes become data with places: trees of files, text, strict YAML, Markdown, documents, and
writing them back.
"""
