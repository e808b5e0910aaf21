"""The tools to compare with: installed into a folder of their own, and how each is asked to judge
the same documents.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bench.measure import Command

ROOT = Path(__file__).parents[1]
SCHEMA = str(ROOT / "schema" / "postmortem.json")
PYTHON = ("check-jsonschema", "yamllint", "ryl")
NODE = ("ajv-cli", "ajv-formats")


class Peers:
    """The peers that could be installed; ``missing`` says why the others could not, ``versions``
    what was measured.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.missing: dict[str, str] = {}
        self.versions: dict[str, str] = {}

    def install(self) -> None:
        """Install what is not there yet, by pip and npm."""
        self.folder.mkdir(parents=True, exist_ok=True)
        python = self.folder / "venv" / "bin" / "python"
        if not python.exists():
            _do("python", sys.executable, "-m", "venv", str(python.parents[1]))
        for name in PYTHON:
            if not (python.parent / name).exists() and (
                why := _do(name, str(python), "-m", "pip", "install", "-q", name)
            ):
                self.missing[name] = why
        for line in _said(str(python), "-m", "pip", "list", "--format=freeze").splitlines():
            name, _, version = line.partition("==")
            if name in PYTHON:
                self.versions[name] = version
        self._install_node()

    def _install_node(self) -> None:
        if shutil.which("npm") is None:
            self.missing["ajv-cli"] = "npm is not installed"
        elif not self.ajv.exists() and (
            why := _do(
                "ajv-cli",
                "npm",
                "install",
                "--silent",
                "--prefix",
                str(self.folder / "node"),
                *NODE,
            )
        ):
            self.missing["ajv-cli"] = why
        else:
            listed = _said("npm", "ls", "--prefix", str(self.folder / "node"), "--depth=0")
            self.versions["ajv-cli"] = listed.partition("ajv-cli@")[2].split()[0]
            self.versions["node"] = _said("node", "--version").strip()

    @property
    def ajv(self) -> Path:
        """Where the command of ajv-cli stands."""
        return self.folder / "node" / "node_modules" / ".bin" / "ajv"

    def commands(self, corpus: Path, names: tuple[str, ...]) -> dict[str, Command]:
        """The named peers over a corpus with its front matter cut out, those that are missing left
        out.
        """
        scripts = self.folder / "venv" / "bin"
        front = [f"front/{file.name}" for file in sorted((corpus / "front").iterdir())]
        words: dict[str, tuple[str, ...]] = {
            "check-jsonschema": (f"{scripts}/check-jsonschema", "--schemafile", SCHEMA, *front),
            "yamllint": (
                f"{scripts}/yamllint",
                "-d",
                "{extends: default, rules: {line-length: disable}}",
                "front",
            ),
            "script": (
                sys.executable,
                str(Path(__file__).with_name("script_peer.py")),
                SCHEMA,
                "postmortems",
            ),
            "ryl": (
                *(f"{scripts}/ryl", "check", "--no-cache", "--markdown", "postmortems"),
                *("--enable", "ALL", "--disable", "line-length,key-ordering,quoted-strings"),
            ),
            "ajv-cli": (
                *(
                    str(self.ajv),
                    "validate",
                    "--spec=draft2020",
                    "--strict=false",
                    "-c",
                    "ajv-formats",
                ),
                *("-s", SCHEMA, "-d", "front/*.yaml"),
            ),
        }
        return {name: Command(words[name], corpus) for name in names if name not in self.missing}


def _do(name: str, *words: str) -> str:
    """Run an installer: empty where it worked, else why it did not."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or [
        f"exit code {done.returncode}"
    ]
    return "" if done.returncode == 0 else f"{name} could not be installed: {last[0]}"


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
