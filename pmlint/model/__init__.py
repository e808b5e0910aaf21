"""The words of the format as types: postmortems, actions, routes, people, each part knowing where
it stands.
"""

from pmlint.model.part import Part
from pmlint.model.people import People, Person
from pmlint.model.postmortem import (
    CLOCKS,
    Action,
    Evidence,
    EvidenceKind,
    FailedControl,
    NamedEpisode,
    Postmortem,
    Waiver,
    WorkflowFinding,
)
from pmlint.model.proof import Amendment, Approval, Proof
from pmlint.model.route import Control, RestartFlag, Route, missing_flags, native_route

__all__ = [
    "CLOCKS",
    "Action",
    "Amendment",
    "Approval",
    "Control",
    "Evidence",
    "EvidenceKind",
    "FailedControl",
    "NamedEpisode",
    "Part",
    "People",
    "Person",
    "Postmortem",
    "Proof",
    "RestartFlag",
    "Route",
    "Waiver",
    "WorkflowFinding",
    "missing_flags",
    "native_route",
]
