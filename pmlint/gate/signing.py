"""Signatures by SSH keys: what is signed, and asking ssh-keygen to sign and to verify.

The only module that runs it. What is not proven raises `InvalidSignature`: a caller that forgets
to look at an answer cannot let a forgery through.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Literal, NamedTuple

from pmlint.errors import UsageError
from pmlint.git import Repository
from pmlint.git.executable import program
from pmlint.model import People, Route
from pmlint.model.dates import parse_date
from pmlint.model.people import Person
from pmlint.parsing.source import Malformed
from pmlint.project.holds import same

StatementKind = Literal["budgets", "replays"]
NAMESPACE = "pmlint"
"""Of approvals and sign-offs, which people sign."""
STATEMENT_NAMESPACES: Mapping[StatementKind, str] = {
    "budgets": "pmlint-budgets",
    "replays": "pmlint-replay",
}
"""Of the statements that machines sign: ssh-keygen refuses a signature of another namespace, so an
approval is never a statement (docs/spec/trust.md, *Statements*).
"""
LEDGER_NAMESPACE = "pmlint-ledger"
"""Of ledgers, which the CI of another repository signs (docs/spec/fleet.md, *The ledger*)."""
FOLDER = "signoffs"
"""Where sign-offs stand: ``signoffs/ROUTE.json``."""


def statement(route: str, postmortems: Iterable[str], registry: bytes, expires: date) -> bytes:
    """What the owner of a route signs, in one canonical form: the route, its postmortems, its
    file's digest, the last day.
    """
    data: dict[str, object] = {
        "route": route,
        "postmortems": sorted(postmortems),
        "registry": hashlib.sha256(registry).hexdigest(),
        "expires": expires.isoformat(),
    }
    return canonical(data)


def approval_statement(head: str) -> bytes:
    """What a person signs who approves a change by signature: its head, by full id."""
    return canonical({"approves": head})


def sign(what: bytes, key: str, namespace: str = NAMESPACE) -> str:
    """The signature of a statement by a private key's file, good in one namespace alone.

    Raises `UsageError` where ssh-keygen refuses.
    """
    with tempfile.TemporaryDirectory(prefix="pmlint-") as folder:
        file = os.path.join(folder, "statement")
        with open(file, "wb") as out:
            out.write(what)
        command = [_ssh_keygen(), "-Y", "sign", "-f", os.path.abspath(key), "-n", namespace, file]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise UsageError(
                f"ssh-keygen can't sign with '{key}': {said}", help="name a private key with --key"
            )
        with open(f"{file}.sig", "rb") as signed:
            return signed.read().decode()


class InvalidSignature(Exception):
    """A signature is missing, used, expired, or not by whom it should be; the text says which."""


def verify(what: bytes, signature: str, handle: str, people: People | None) -> None:
    """Raise `InvalidSignature` where a signature is not by a known person's key."""
    person = _signer(handle, people)
    if person.kind != "person":
        # its key is good for statements alone: a machine approves and signs off nothing
        raise InvalidSignature(f"{handle} is not a person")
    over = "this route, these postmortems and this file"
    _require_signed(what, signature, person, NAMESPACE, over)


def verify_statement(
    data: Mapping[str, object],
    signature: str,
    handle: str,
    people: People | None,
    kind: StatementKind,
) -> None:
    """Raise `InvalidSignature` where a statement is not signed by a machine of the people file that
    has its kind under ``signs``.
    """
    machine = _signer(handle, people)
    if kind not in machine.signs:
        raise InvalidSignature(f"{handle} has no '{kind}' under 'signs' in the people file")
    namespace = STATEMENT_NAMESPACES[kind]
    _require_signed(canonical(data), signature, machine, namespace, "this statement")


def _signer(handle: str, people: People | None) -> Person:
    """Who signed, with the one key that counts. Raises `InvalidSignature` for anything else."""
    person = people.find(handle) if people else None
    if person is None or not person.allowed_signer.strip():
        raise InvalidSignature(f"{handle} has no allowed_signer in the people file on the base")
    if "\n" in person.allowed_signer:
        # a second line would be a second signer of its own choosing
        raise InvalidSignature(f"the allowed_signer of {handle} has a line break")
    return person


def verify_by_keys(
    data: Mapping[str, object], signature: str, keys: Iterable[str], namespace: str
) -> None:
    """Raise `InvalidSignature` where a statement is not signed by one of some public keys, in a
    namespace; the key decides, whatever name the statement gives.
    """
    listed = "".join(f"{_KEY_OWNER} {key.strip()}\n" for key in keys)
    if not _is_signed(canonical(data), signature, _KEY_OWNER, listed, namespace):
        raise InvalidSignature("it is not signed by one of the signers over this statement")


_KEY_OWNER = "signer"
"""Who a key is called where only the key counts: ssh-keygen asks for a name."""


def _require_signed(what: bytes, signature: str, person: Person, namespace: str, over: str) -> None:
    """Raise `InvalidSignature` unless a signature is of a person's key, in a namespace; ``over``
    says what is signed.
    """
    name = person.handle.lstrip("@")
    signers = f"{name} {person.allowed_signer.strip()}\n"
    if not _is_signed(what, signature, name, signers, namespace):
        raise InvalidSignature(f"the signature is not by {person.handle} over {over}")


def _is_signed(what: bytes, signature: str, name: str, signers: str, namespace: str) -> bool:
    """Whether ssh-keygen finds a signature to be of one of the ``signers`` of a name."""
    with tempfile.TemporaryDirectory(prefix="pmlint-") as folder:
        listed, signed = os.path.join(folder, "signers"), os.path.join(folder, "signature")
        _write(listed, signers)
        _write(signed, signature)
        options = ("-f", listed, "-I", name, "-n", namespace, "-s", signed)
        command = [_ssh_keygen(), "-Y", "verify", *options]
        done = subprocess.run(command, input=what, capture_output=True, check=False)
    return done.returncode == 0


def _write(path: str, text: str) -> None:
    with open(path, "wb") as file:
        file.write(text.encode())


def signed_names(data: bytes) -> frozenset[str]:
    """The postmortems that a sign-off file names; none where it cannot be read.

    Who signed was asked when the file came; what landed is not asked again.
    """
    try:
        names = json.loads(data)["postmortems"]
        return frozenset(map(str, names))
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


class Signoff(NamedTuple):
    """What a sign-off file says: who signed what, and until when it is good."""

    by: str
    expires: date
    postmortems: tuple[str, ...]
    signature: str


def read_signoff(file: str, text: str) -> Signoff:
    """A sign-off file as data. Raises `InvalidSignature` for anything else."""
    try:
        data = json.loads(text)
        expires = parse_date(data["expires"])
        names = tuple(map(str, data["postmortems"]))
        signature, by = str(data["signature"]), str(data["by"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidSignature(f"{file} is not a sign-off") from None
    if expires is None:
        raise InvalidSignature(f"the sign-off expired on {data['expires']}")
    return Signoff(by, expires, names, signature)


def require_signoff(
    text: str | None,
    route: Route,
    registry: bytes,
    needed: Iterable[str],
    people: People | None,
    today: date,
) -> None:
    """Raise `InvalidSignature` where a sign-off file does not free a route.

    It must be by the owner of record, over the route's file as it will be and over every postmortem
    that links the route.
    """
    file = signoff_file(route.id)
    if text is None:
        raise InvalidSignature(f"there is no {file}")
    found = read_signoff(file, text)
    if found.expires < today:
        raise InvalidSignature(f"the sign-off expired on {found.expires}")
    if not same(found.by, route.owner):
        owner = route.owner or "nobody"
        raise InvalidSignature(f"the sign-off is by {found.by}, and the owner of record is {owner}")
    if missing := sorted(set(needed) - set(found.postmortems)):
        raise InvalidSignature(f"the sign-off does not name {', '.join(missing)}")
    _require_good(found, route, registry, people)


def require_unused(
    text: str, earlier: Iterable[str], route: Route, registry: bytes, people: People | None
) -> None:
    """Raise `InvalidSignature` where one of the ``earlier`` texts is a sign-off of the same.

    Its bytes do not tell: a line break behind it, or another form of its signature, would make it
    a new one. What was signed does: the postmortems, the last day, and this very file.
    """
    file = signoff_file(route.id)
    new = read_signoff(file, text)
    for old in earlier:
        try:
            found = read_signoff(file, old)
            if _what(found) != _what(new):
                continue
            _require_good(found, route, registry, people)
        except InvalidSignature:
            continue  # of another file of the route, so it is another statement
        raise InvalidSignature(f"{file} is used: it was on the base before")


def _what(found: Signoff) -> tuple[date, list[str]]:
    return found.expires, sorted(found.postmortems)


def _require_good(found: Signoff, route: Route, registry: bytes, people: People | None) -> None:
    what = statement(route.id, found.postmortems, registry, found.expires)
    verify(what, found.signature, route.owner, people)


def signoff_file(route: str) -> str:
    """Where the signature of a route's restart lies."""
    return f"{FOLDER}/{route}.json"


def earlier_signoffs(repository: Repository, base: str, route: str) -> Iterator[str]:
    """The texts of a route's sign-off file on the first-parent history of a commit, its own
    first.
    """
    file = signoff_file(route)
    for blob in chain(
        (repository.blob_at(base, file),), repository.log.former_blobs(base, (file,))
    ):
        try:
            yield repository.blob(blob).decode(errors="replace") if blob else ""
        except Malformed:
            continue  # too large for a sign-off, on the base as in a change


def canonical(data: Mapping[str, object]) -> bytes:
    """The bytes that are signed: JSON in ASCII, keys sorted, no blanks."""
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _ssh_keygen() -> str:
    found = program("ssh-keygen")
    if found is None:
        raise UsageError("there is no ssh-keygen", help="install OpenSSH 8.2 or newer")
    return found
