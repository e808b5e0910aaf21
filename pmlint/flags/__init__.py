"""From the registry to what runs: two flags a route, in a file of a flag system.

`decide` says what a route's flags are, `registry` asks the gate what holds it, `systems` write
them, `drift` compares them with a file, and `prove` lets a flag system itself evaluate the text.
"""
