"""What must be true before a route is trusted again: the part ``restart`` of a postmortem."""

from __future__ import annotations

from pmlint.model.part import Day, Flag, Many, One, Part, Text, Texts, whole_number
from pmlint.model.proof import Amendment, Proof


class Condition(Part):
    """One condition under which the route may start again."""

    id = Text()
    text = Text()
    met = Flag()
    proof = Many(Proof)
    met_on = Day()
    amendments = Many(Amendment)


class SignOff(Part):
    """Who signs the restart, and when."""

    by = Text()
    on = Day()


class StageDemand(Part):
    """What a route has to show at a stage: days, runs, and the share of them that may be
    rescued; None where it asks for none.
    """

    @property
    def days(self) -> int | None:
        """So many days at least."""
        return whole_number(self.data.get("days"))

    @property
    def runs(self) -> int | None:
        """So many runs at least."""
        return whole_number(self.data.get("runs"))

    @property
    def rescues(self) -> object:
        """The largest share of rescued runs, as it is written."""
        return self.data.get("rescues")


class Stage(Part):
    """One step of a route on its way back."""

    id = Text()
    state = Text()
    autonomy = Text()
    at_least = One(StageDemand)


class Replay(Part):
    """The incident, played against the repaired route: the test's file, the commit at which it must
    fail, and the names of the tests that count (all of the file where none is named).
    """

    path = Text()
    broken_at = Text()
    tests = Texts()


class Restart(Part):
    """What must be true before the route is trusted again."""

    conditions = Many(Condition)
    stages = Many(Stage)
    replay = One(Replay)

    @property
    def signoffs(self) -> tuple[SignOff, ...]:
        """Each sign-off: one mapping, or a list where the routes have several owners."""
        if "signoff" not in self.parts:
            value, at = self.data.get("signoff"), self.at / "signoff"
            if isinstance(value, dict):
                self.parts["signoff"] = (SignOff(value, at),)
            else:
                items = enumerate(value) if isinstance(value, list) else ()
                self.parts["signoff"] = tuple(
                    SignOff(item, at / number) for number, item in items if isinstance(item, dict)
                )
        found: tuple[SignOff, ...] = self.parts["signoff"]
        return found

    @property
    def signoff(self) -> SignOff:
        """The first sign-off; an empty one where nobody has signed."""
        return self.signoffs[0] if self.signoffs else SignOff(None, self.at / "signoff")
