"""Writes `docs/guides/formats.md` from the formats that the tests play: ``python
docs/render_formats.py [--check]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PAGE = HERE / "guides" / "formats.md"
FORMATS = HERE.parent / "tests" / "project" / "formats"
ORDER = (
    "helm-map helm-list kagent argo-rollouts flagd launchdarkly unleash langgraph crewai autogen "
    "n8n dify openai-assistants claude-code mcp agentic-workflows compose terraform cronjob"
).split()
HEAD = """\
# Formats of platforms

<!-- Written by `python docs/render_formats.py`. -->

Eighteen kinds of files that configure agents, each with the mapping that makes its agents routes. Copy the mapping into
`pyproject.toml` (in `pmlint.toml` the table is `[[registry]]`), change the names, and look at two commands:

```text
pmlint check --show-settings     what each source matched
pmlint routes -v                 each place, its flags with their values, and what is unclear
```

What counts as up, down and unclear, and what as wider, is in [the contract](../spec/adopt.md). An owner is a path or a
handle; it may as well be in `routes/ID.yaml`, which adds controls and promises. A path that no file has is an error with
the nearest one: `{path = "env", optional = true}` declares one that may come later, `{flag = "replicas > 0", absent = "up"}`
what a missing field means.

Measured with `python -m bench.foreign FOLDER...` on clones of twenty public repositories: of 1,251 files of these kinds 1,244 are read (99.4 %).
The others are read by nobody, and no file was refused that PyYAML, json or tomllib reads."""
SUFFIXES = {"yml": "yaml", "md": "markdown"}


def section(known: dict[str, Any]) -> str:
    """One format: what it is, its file, and its mapping."""
    parts = [f"## {known['title']}", known["about"]]
    for path, text in known["files"].items():
        if not path.startswith("routes/"):
            suffix = path.rpartition(".")[2]
            fence = f"```{SUFFIXES.get(suffix, suffix)}\n{text.rstrip()}\n```"
            parts += [f"`{path}`:", fence]
    parts += ["The mapping:", f"```toml\n{known['mapping'].rstrip()}\n```"]
    return "\n\n".join(parts)


def page() -> str:
    """The whole page."""
    known = {
        file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
        for file in FORMATS.glob("*.yaml")
    }
    names = [*ORDER, *sorted(known.keys() - set(ORDER))]
    return "\n\n".join([HEAD, *(section(known[name]) for name in names)]) + "\n"


def main() -> int:
    """Write the page; with ``--check`` only say whether it differs."""
    if "--check" in sys.argv:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
