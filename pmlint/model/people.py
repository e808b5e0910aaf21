"""The people file: who may own, verify, approve and sign."""

from __future__ import annotations

from pmlint.model.part import Part, Text, Texts
from pmlint.place import Path


class Person(Part):
    """One entry of the people file: a person, or an agent that is marked as one."""

    handle = Text()
    name = Text()
    email = Text()
    allowed_signer = Text()
    signs = Texts()
    """The kinds of statements that a machine signs (docs/spec/trust.md, *Statements*)."""

    @property
    def kind(self) -> str:
        """``agent`` where the entry says so (docs/spec/agents.md) or signs statements, else
        ``person``.
        """
        # Whatever 'signs' holds: one that is empty or misspelt must not make a person of a machine.
        is_machine = self.data.get("kind") == "agent" or "signs" in self.data
        return "agent" if is_machine else "person"


class People:
    """The known people, by handle; handles are compared without case."""

    def __init__(self, data: object, file: str) -> None:
        self._data = data
        items = data if isinstance(data, list) else []
        self.file = file
        self.all = tuple(Person(item, Path() / index) for index, item in enumerate(items))
        # '@Maria' and '@maria' are one account to a forge (docs/spec/security.md, approvals).
        self._by_handle = {person.handle.casefold(): person for person in self.all if person.handle}

    def find(self, handle: str) -> Person | None:
        """The person with this handle, None where nobody has it."""
        return self._by_handle.get(handle.casefold())

    @property
    def half_named(self) -> frozenset[str]:
        """What entries without a handle of the right form name instead, without case and ``@``: the
        name, or the handle as it was misspelt.
        """
        if isinstance(self._data, dict):
            return frozenset(map(_bare, self._data))
        entries = self._data if isinstance(self._data, list) else []
        texts = [text for entry in entries for text in _texts_of(entry)]
        return frozenset(
            bare for text in texts for bare in (_bare(text), _bare(text).split(" ")[0])
        )

    def __contains__(self, handle: str) -> bool:
        return handle.casefold() in self._by_handle


def _bare(text: str) -> str:
    return text.casefold().strip().removeprefix("@")


def _texts_of(entry: object) -> list[str]:
    """The texts of an entry that has no handle of the right form."""
    if isinstance(entry, str):
        return [entry]
    if not isinstance(entry, dict) or "@" in str(entry.get("handle", "")):
        return []
    return [text for text in entry.values() if isinstance(text, str)]
