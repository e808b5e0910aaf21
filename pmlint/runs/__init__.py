"""From traces to runs: what an agent's platform writes becomes events, and events become runs.

Data flows one way: bytes → lines → spans (`readers`) → events (`dialects`) → runs (`fold`). Nothing
here is imported by `check` or `gate`, and nothing asks a network.
"""
