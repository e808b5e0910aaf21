"""A repository's facts: its settings, routes, people, waivers and baseline, and the index of all
its documents.
"""
