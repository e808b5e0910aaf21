"""What is remembered of route files that had nothing wrong with them: their data, by the digest of
their bytes and the installation that read them.
"""

from __future__ import annotations

from typing import Any

from pmlint.check.kept import digest, load, path_of, save


class KnownRoutes:
    """The route files of one repository: opened at the start of a run, saved when all are read."""

    def __init__(self, root: str, installation: str) -> None:
        self.installation = installation
        self._file = path_of(root, "routes")
        self._old: dict[str, Any] = load(self._file, installation)
        self._new: dict[str, Any] = {}

    def data(self, content: bytes) -> object:
        """The data of a file with this content; None where it must be read."""
        name = digest(content)
        found = self._old.get(name)
        if not isinstance(found, dict):  # none, or another shape than is written here
            return None
        self._new[name] = found
        return found

    def keep(self, content: bytes, data: object) -> None:
        """Remember a file that has nothing wrong with it."""
        self._new[digest(content)] = data

    def save(self) -> None:
        """Write what is known of the files of this run."""
        if self._new.keys() != self._old.keys():
            save(self._file, self.installation, self._new)
