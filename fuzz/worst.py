"""placeholder"""


def table() -> None:
    """."""
