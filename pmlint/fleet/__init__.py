"""Many repositories, one answer (docs/spec/fleet.md).

`listing` reads which, `task` is what travels, `judging` judges one, `engines` carries tasks to
processes or machines, `store` keeps the rows, `drive` brings them together, and `ask` answers
questions. No other verb imports it.
"""
