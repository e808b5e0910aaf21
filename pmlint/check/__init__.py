"""Documents and demands become findings."""
