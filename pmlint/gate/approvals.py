"""Who may approve, and who did (docs/spec/gate.md, 4; docs/spec/security.md, approvals).

1. An eligible person is on the base's people file (where there is one), a person and no group,
   agent or machine, not the author of the change, not an author of the postmortem, not an owner,
   old or new, of what moves.
2. Case and ``@`` do not count, and two handles with one address are one person.
3. With ``forge`` or ``signature`` an approval at this very head counts; a person's last word is
   what counts. With ``recorded`` the name in the file does.
4. What landed stays landed: whoever was eligible when a name was written need not be now.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.gate.refusal import Lack
from pmlint.model import People
from pmlint.model.owners import owner_problem
from pmlint.project.agents import matches_agent


class GivenApproval(NamedTuple):
    """One entry of the approvals file: a person's state at a commit, and a signature where
    signatures count.
    """

    login: str
    state: str
    commit: str
    signature: str = ""


class UnreadableApprovals(UsageError):
    """The approvals cannot be read."""

    def __init__(self, message: str, *, file: str, help: str) -> None:
        super().__init__(message, file=file, help=help, code="unreadable-approvals")


def folded(handle: str) -> str:
    """A handle as it is compared: without case and the leading ``@``."""
    return handle.strip().lstrip("@").casefold()


class Approvals:
    """The approvals of a change, in one of the modes of ``[tool.pmlint.gate] approvals``.

    ``author`` is who made the change, empty where nobody says; ``people`` are those of the base;
    ``heads`` the commits whose approval counts: the head, and what a merge queue merged to make it.
    ``is_proposed`` is false for a change that nobody could approve yet: the names in its files are
    asked, and not whether those people agreed.
    """

    def __init__(
        self,
        mode: str,
        people: People | None,
        author: str,
        heads: Collection[str],
        given: Collection[GivenApproval],
        agents: Collection[str] = (),
        *,
        is_proposed: bool = True,
    ) -> None:
        self.is_proposed = is_proposed
        self.mode = mode
        self.author = author
        self._people = people
        self._agents = tuple(agents)
        self._addresses = _addresses(people)
        last = {self.identity(entry.login): entry for entry in given}
        approved = [entry for entry in last.values() if entry.state.upper() == "APPROVED"]
        self._approving = [entry.login for entry in approved if entry.commit in heads]
        self._stale = [entry.login for entry in approved if entry.commit not in heads]

    @property
    def needed(self) -> bool:
        """Whether names in the files are not enough."""
        return self.mode != "recorded"

    @property
    def knows_people(self) -> bool:
        """Whether a people file says who is known."""
        return self._people is not None

    def identity(self, handle: str) -> str:
        """What a person is compared by: one address, else the folded handle."""
        return self._addresses.get(folded(handle), folded(handle))

    def is_same(self, one: str, other: str) -> bool:
        """Whether two handles are one person."""
        return self.identity(one) == self.identity(other)

    def is_agent(self, handle: str) -> bool:
        """Whether a handle is an agent's: by a pattern, or marked in the people file."""
        return bool(self.agent_pattern(handle))

    def agent_pattern(self, handle: str) -> str:
        """The pattern by which a handle is an agent's, its handle where the people file marks it,
        empty where it is a person's.
        """
        person = self._people.find(_handle(handle)) if self._people else None
        if person is not None and person.kind != "person":
            return person.handle
        return matches_agent(handle, self._agents) or ""

    def not_known(self, name: str) -> Lack | None:
        """Why a name is not a known person."""
        if problem := owner_problem(name):
            # the words of the rule 'action-owner', told of another field
            return Lack(
                problem.replace("has the owner", "it names").replace(
                    "has no owner", "nobody is named"
                )
            )
        if self.is_agent(name):
            return Lack(f"{name} is an agent")
        if self._people is not None and _handle(name) not in self._people:
            return Lack(f"{name} is not in {self._people.file} on the base")
        return None

    def not_eligible(
        self, name: str, interested: Iterable[str], *, landed: bool = False
    ) -> Lack | None:
        """Why a named person may not approve; ``interested`` are authors and owners.

        What has ``landed`` was not written by the author of this change, and is not asked again
        whether the person is still here.
        """
        if lack := None if landed else self.not_known(name):
            return lack
        if not name.strip():
            return Lack("nobody approved it")
        for other in interested:
            if other.strip() and self.is_same(name, other):
                return Lack(f"{name} is an author or an owner of it")
        if not landed and self.author and self.is_same(name, self.author):
            return Lack(f"{name} is the author of the change")
        return None

    def not_agreed(self, name: str) -> Lack | None:
        """Why a named person has not agreed to this head, where that is asked: they made the
        change, or approved it.
        """
        if not self.needed or not self.is_proposed:
            return None
        agreed = [*([self.author] if self.author else []), *self._approving]
        if any(self.is_same(name, login) for login in agreed):
            return None
        return Lack(f"{name} neither made nor approved this commit")

    def not_approved(self, interested: Iterable[str], *, by: str = "") -> Lack | None:
        """Why no eligible person approved this head, where that is asked; ``by`` is the person
        whom the file names, who must be one of them.
        """
        if not self.needed or not self.is_proposed:
            return None
        people = tuple(interested)
        eligible = [
            login for login in self._approving if self.not_eligible(_handle(login), people) is None
        ]
        if by and not any(self.is_same(by, login) for login in eligible):
            return Lack(f"{by} has not approved this commit{self._older()}")
        if not eligible:
            return Lack(
                "no eligible person other than the author and the owner has approved this commit"
                f"{self._older()}"
            )
        return None

    def _older(self) -> str:
        return f"; {', '.join(self._stale)} approved an older one" if self._stale else ""


def _handle(login: str) -> str:
    return f"@{login.strip().lstrip('@')}"


def _addresses(people: People | None) -> dict[str, str]:
    """What each handle is compared by, where an address is known."""
    known = people.all if people else ()
    return {folded(person.handle): person.email.casefold() for person in known if person.email}


def read_approvals(path: str) -> list[GivenApproval]:
    """The approvals that a trusted workflow fetched.

    Raises `UnreadableApprovals` for anything else.
    """
    try:
        with open(path, "rb") as file:
            data = json.load(file)
        return [
            GivenApproval(
                str(entry["login"]),
                str(entry["state"]),
                str(entry["commit"]),
                str(entry.get("signature", "")),
            )
            for entry in data
        ]
    except OSError as error:
        raise UnreadableApprovals(
            f"the approvals cannot be read: {str(error.strerror).lower()}",
            file=path,
            help="check the path",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableApprovals(
            "not a list of approvals",
            file=path,
            help='write [{"login": "tom", "state": "APPROVED", "commit": "<full id>"}]',
        ) from None
