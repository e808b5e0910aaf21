"""Who agreed to a change: names written in the files, or approvals that the forge or a signature
vouches for.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from pmlint.model import People
from pmlint.model.owners import owner_problem
from pmlint.project.holds import same
from pmlint.project.settings import UsageError


class Approval(NamedTuple):
    """One entry of the approvals file: a person's state at a commit, and a signature where
    signatures count.
    """

    login: str
    state: str
    commit: str
    signature: str = ""


class Approvals:
    """The approvals of a change, in one of the modes of ``[tool.pmlint.gate] approvals``.

    ``author`` is who made the change, empty where nobody says; ``people`` is the roster of the
    target; ``heads`` are the commits whose approval counts: the head, and what a merge queue merged
    to make it.
    """

    def __init__(
        self,
        mode: str,
        people: People | None,
        author: str,
        heads: Collection[str],
        given: Collection[Approval],
    ) -> None:
        self.mode = mode
        self._people = people
        self._author = author
        last = {entry.login.strip().lstrip("@").casefold(): entry for entry in given}
        self._approving = [
            entry.login
            for entry in last.values()
            if entry.state.upper() == "APPROVED" and entry.commit in heads
        ]
        self.stale = [
            entry.login
            for entry in last.values()
            if entry.state.upper() == "APPROVED" and entry.commit not in heads
        ]

    @property
    def needed(self) -> bool:
        """Whether names in the files are not enough."""
        return self.mode != "recorded"

    def person_problem(
        self, name: str, not_one_of: Collection[str], *, landed: bool = False
    ) -> str:
        """Why a person who is named in a file can't vouch; empty where they can.

        What has ``landed`` was not written by this author.
        """
        if problem := owner_problem(name):
            return problem.replace("has the owner", "names").replace("has no owner", "names nobody")
        if self._people is not None and name not in self._people:
            return f"{name} is not in {self._people.file} on the target"
        if any(
            same(name, other)
            for other in (not_one_of if landed else (*not_one_of, self._author))
            if other
        ):
            return f"{name} is the author or the owner"
        return ""

    def vouches(self, name: str) -> bool:
        """Whether a person stands behind this head by more than a name in a file, where more is
        needed.
        """
        return not self.needed or any(
            same(name, login) for login in (self._author, *self._approving)
        )

    def missing(self, not_one_of: Collection[str] = ()) -> str:
        """Why nobody independent approved this very head; empty where somebody did, or where names
        in the files are enough.
        """
        if not self.needed:
            return ""
        if any(
            not self.person_problem(f"@{login.lstrip('@')}", not_one_of)
            for login in self._approving
        ):
            return ""
        stale = f"; {', '.join(self.stale)} approved an older commit" if self.stale else ""
        return f"nobody on the target's roster beside the author and the owner approved this head{stale}"


def read_approvals(path: str) -> list[Approval]:
    """The approvals that a trusted workflow fetched. Raises `UsageError` for anything else."""
    try:
        with open(path, "rb") as file:
            data = json.load(file)
        return [
            Approval(
                str(entry["login"]),
                str(entry["state"]),
                str(entry["commit"]),
                str(entry.get("signature", "")),
            )
            for entry in data
        ]
    except OSError as error:
        raise UsageError(
            f"the approvals can't be read: {str(error.strerror).lower()}",
            file=path,
            help="check the path",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            "this is no list of approvals",
            file=path,
            help='write [{"login": "tom", "state": "APPROVED", "commit": "<full id>"}]',
        ) from None
