"""A route: an autonomous workflow that is trusted to act, in a file of ours or of a platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from pmlint.finding import Problem
from pmlint.model.dates import parse_date
from pmlint.model.mapped import MappedField, RouteEntry
from pmlint.model.part import Many, One, Part, Text, Texts, whole_number
from pmlint.model.proof import Amendment, Proof
from pmlint.parsing.values import MISSING
from pmlint.place import Path, Where


class Drill(Part):
    """A trial of a kill switch: the day, how many seconds it took, who made it, what shows it."""

    by = Text()
    proof = Many(Proof)

    @property
    def on(self) -> date | None:
        """The day on which it was made; None where it is not a date."""
        return parse_date(self.data.get("on"))

    @property
    def seconds(self) -> int | None:
        """How long it took; None where that is not a number of seconds."""
        found = whole_number(self.data.get("seconds"))
        # a drill that is faster than nothing would be within every limit
        return None if found is None or found < 0 else found


class Control(Part):
    """A guardrail of a route."""

    id = Text()
    layer = Text()
    guards = Text()
    description = Text()
    drills = Many(Drill)


class RouteStage(Part):
    """The stage that a route is at: of which postmortem, which one, and since which day."""

    postmortem = Text()
    id = Text()

    @property
    def since(self) -> date | None:
        """The day on which it was entered; None where it is not a date."""
        return parse_date(self.data.get("since"))


class RestartFlag(NamedTuple):
    """A field that restores a route: its name as shown, whether it does so now, and its place.

    ``unclear`` says why the field can't be judged; a flag that can't be judged counts as raised.
    ``value`` is what the field holds in a platform's file (`MISSING` where it is not there), and
    ``twins`` are keys beside it that differ from its own only in case.
    """

    name: str
    raised: bool
    at: Path | Where
    unclear: str = ""
    value: object = MISSING
    twins: tuple[str, ...] = ()

    @property
    def state(self) -> Literal["up", "down", "unclear"]:
        """Whether it is up, down, or can't be judged."""
        if self.unclear:
            return "unclear"
        return "up" if self.raised else "down"


class Route(NamedTuple):
    """A route of the registry, in one form for files of ours and for mapped files of other
    platforms.

    ``state`` and ``autonomy`` are empty where the source does not know them. ``trust`` holds the
    values of the fields whose widening counts as a restart, by their names in the source. ``data``
    is a file of ours; where the fields stand in a file of another platform, ``fields`` says.
    """

    id: str
    file: str
    at: Path = Path()
    title: str = ""
    owner: str = ""
    state: str = ""
    autonomy: str = ""
    flags: tuple[RestartFlag, ...] = ()
    read_tools: tuple[str, ...] = ()
    write_tools: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    postmortems: tuple[str, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    trust: Mapping[str, object] = MappingProxyType({})
    fields: Mapping[str, Path] = MappingProxyType({})
    mapped: bool = False
    trusted: tuple[MappedField, ...] = ()
    """The fields of ``trust`` of a mapped route, each in the order of the configuration."""
    guarded: tuple[MappedField, ...] = ()
    """The fields of ``guards``, likewise: narrower restores trust."""
    target: str = ""
    """What a mapped route runs, without tag or digest; empty where its source does not say."""
    entry: RouteEntry | None = None
    """The entry of a mapped route, by which two versions of it are recognised."""
    data: Mapping[str, object] = MappingProxyType({})
    slo: Mapping[str, object] = MappingProxyType({})
    """What it promises, as it is written; empty where it promises nothing."""
    stage: RouteStage | None = None
    """The stage of a postmortem that it has come to (docs/spec/trust.md, *Stages*)."""

    @property
    def guards(self) -> Mapping[str, object]:
        """The values of the fields of ``guards`` that are there, by their names in the source."""
        return {field.name: field.value for field in self.guarded if field.value is not MISSING}

    @property
    def raised(self) -> tuple[RestartFlag, ...]:
        """The restart flags that are up."""
        return tuple(flag for flag in self.flags if flag.raised)

    @property
    def runs(self) -> bool:
        """Whether the route is trusted to act now: its state is running or limited, or a restart
        flag is up.
        """
        return self.state in ("running", "limited") or bool(self.raised)

    def place(self, name: str) -> Path:
        """Where the field ``name`` is; the route itself where the source has no such field."""
        return self.at / name if name in self.data else self.fields.get(name, self.at)


class _RouteFile(Part):
    stage = One(RouteStage)
    id = Text()
    title = Text()
    owner = Text()
    state = Text()
    autonomy = Text()
    controls = Many(Control)
    postmortems = Texts()
    amendments = Many(Amendment)


class _Tools(Part):
    read = Texts()
    write = Texts()


def native_route(data: object, file: str, *, is_mapped: bool = False) -> Route:
    """The route of a file of ours (`schema/route.json`); fields of the wrong type read as empty,
    and the flag as raised.

    ``is_mapped`` says that a registry source of the same id gives the flags: then a file without
    ``restart`` has no flag of its own. Without such a source a missing flag counts as raised.
    """
    at = Path()
    part = _RouteFile(data, at)
    tools = _Tools(part.data.get("tools"), at / "tools")
    # What is not false is raised: 'restart: maybe' must not be a way around the gate.
    value = part.data.get("restart", MISSING)
    slo = part.data.get("slo")
    unclear = "" if isinstance(value, bool) else "it is neither true nor false"
    if value is MISSING:
        unclear = "it is missing"
    flag = RestartFlag("restart", value is not False, at / "restart", unclear)
    return Route(
        id=part.id,
        file=file,
        title=part.title,
        owner=part.owner,
        state=part.state,
        autonomy=part.autonomy,
        flags=() if is_mapped and value is MISSING else (flag,),
        read_tools=tools.read,
        write_tools=tools.write,
        controls=part.controls,
        postmortems=part.postmortems,
        amendments=part.amendments,
        data=part.data,
        slo=slo if isinstance(slo, dict) else MappingProxyType({}),
        stage=part.stage if "stage" in part.data else None,
    )


FLAG_FIELDS = ("state", "restart", "autonomy")
"""What a route's file says of its trust, unless a registry source gives it."""


def missing_flags(data: object) -> Iterator[Problem]:
    """What a file of ours lacks where no registry source of the same id gives the restart flags.

    The schema cannot ask for them, since it knows nothing of the registry (docs/spec/format.md, "A
    route").
    """
    fields = data if isinstance(data, dict) else {}
    for name in FLAG_FIELDS:
        if name not in fields:
            yield Problem(
                f"'route' has no '{name}'",
                help=f"add '{name}', or name a registry source that gives it for this route",
            )
