"""How good the rules about words are.

Every labelled sentence becomes one small document of a folder, the engine judges it as a user's,
and what it says beyond what it says of a control document is counted. No sentence is ever printed.
``public`` and ``public2`` were read while the rules were written, the sentences of ``validation``
were not, so its figures are the ones that count.
"""
