"""Generated repositories for a fleet: ``python -m bench.fleet_world DIR --repositories N``.

Each is bare, and has a few postmortems and routes of `bench.corpus`; from ten seeds, since what
they say matters less than that there are many.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path

from bench import corpus

_SEEDS = 10
_CLEAN = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-10-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}


def git(folder: Path, *words: str) -> str:
    """Run git without the user's configuration; what it prints."""
    done = subprocess.run(
        ["git", *words], cwd=folder, env=_CLEAN, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def bare(source: Path, target: Path) -> None:
    """Publish a work tree as a bare repository that gives out single files, as forges do."""
    git(source, "init", "-q", "-b", "main")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "a")
    git(source, "clone", "-q", "--bare", ".", str(target))
    git(target, "config", "uploadpack.allowFilter", "true")
    git(target, "config", "uploadpack.allowAnySHA1InWant", "true")


def write(folder: Path, repositories: int, documents: int = 5, routes: int = 3) -> Path:
    """Write the repositories and their list; the list's path."""
    folder.mkdir(parents=True, exist_ok=True)
    # Git runs in other folders, and addresses of files are absolute.
    folder = folder.resolve()
    for seed in range(min(_SEEDS, repositories)):
        source = folder / f"source-{seed}"
        corpus.write(source, documents, routes, seed, spread=True)
        (source / "notes").mkdir()
        (source / "notes" / "large.bin").write_bytes(os.urandom(200_000))
        bare(source, folder / f"seed-{seed}.git")
    lines = []
    for number in range(repositories):
        target = folder / f"repo-{number:05}.git"
        shutil.copytree(folder / f"seed-{number % _SEEDS}.git", target, copy_function=os.link)
        lines.append(
            json.dumps(
                {
                    "url": f"file://{target}",
                    "name": f"example.org/acme/repo-{number:05}",
                    "team": f"team-{number % 7}",
                }
            )
        )
    listing = folder / "fleet.jsonl"
    listing.write_text("\n".join(lines) + "\n")
    return listing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repositories", type=int, default=30)
    options = parser.parse_args()
    print(write(options.folder, options.repositories))


if __name__ == "__main__":
    main()
