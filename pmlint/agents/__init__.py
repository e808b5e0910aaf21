"""A server of the Model Context Protocol for agents: it reads and proposes, and writes nothing."""
