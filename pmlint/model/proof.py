"""What was approved, proven and amended: the parts that actions, conditions and routes share."""

from __future__ import annotations

from pmlint.model.part import One, Part, Text


class Approval(Part):
    """``{reason, approved_by}``: of a cancelled action, an accepted risk, a withdrawn review."""

    reason = Text()
    approved_by = Text()

    @property
    def given(self) -> bool:
        """Whether both the reason and the approver are written."""
        return bool(self.reason.strip() and self.approved_by.strip())


class Proof(Part):
    """What shows that something has landed: a ``path``, a ``commit``, a ``uri`` with its
    ``sha256``, or a ``commit`` of another ``repository``.

    ``blob`` is the git id of what was there when it was closed; ``older`` allows a fix that is
    older than the review.
    """

    commit = Text()
    path = Text()
    uri = Text()
    sha256 = Text()
    repository = Text()
    blob = Text()
    older = One(Approval)


class Amendment(Part):
    """A change of a field that was approved: of an action, a condition, a postmortem or a route.

    ``field`` is the path below the record that it stands in, with ids for brackets.
    """

    on = Text()
    field = Text()
    reason = Text()
    approved_by = Text()

    @property
    def before(self) -> object:
        """The value before (``from``); None where the field was absent."""
        return self.data.get("from")

    @property
    def after(self) -> object:
        """The value after (``to``); None where the field is absent."""
        return self.data.get("to")
