"""``python -m pmlint``: the command line."""

from pmlint.cli import main

if __name__ == "__main__":
    main()
