"""``pmlint mcp``: a server for agents, over the Model Context Protocol."""

from __future__ import annotations

import click

from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.project.files import is_judged
from pmlint.project.patterns import walk

EXAMPLES = """
\b
Example, started by a client that talks to it through standard input and output:
  pmlint mcp --root .
  {"mcpServers": {"pmlint": {"command": "pmlint", "args": ["mcp", "--root", "."]}}}
"""


@click.command("mcp", epilog=EXAMPLES)
@click.option(
    "--root",
    metavar="DIR",
    default=".",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of the repository (default: the current one).",
)
def command(root: str) -> None:
    """Serve agents: tools that check and propose, and write no file."""
    try:
        from pmlint.agents.server import serve
    except ModuleNotFoundError as error:
        # Another missing module is a fault of ours, and an advice to install would hide it.
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise UsageError(
            "the server for agents is not installed", help="pip install 'pmlint[mcp]'"
        ) from None
    project = find(root)
    settings = project.settings
    places = (*settings.postmortems, *settings.routes)
    if not settings.file and not any(
        is_judged(entry.path, settings) for entry in walk(project.tree, places)
    ):
        raise UsageError(
            f"no configuration, postmortem or route in '{root}'", help="'pmlint init' sets it up"
        )
    serve(project.root, settings)
