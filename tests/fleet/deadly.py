"""A task that ends its own process, for the tests of the pool."""

from __future__ import annotations

import os

from pmlint.fleet.judging import judge_repository
from pmlint.fleet.task import FleetResult, FleetTask

VICTIM = "example.org/acme/repo-00002"


def judge(task: FleetTask) -> FleetResult:
    if task.listed.name == VICTIM:
        os._exit(9)
    return judge_repository(task)
