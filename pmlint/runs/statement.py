"""The statement of `pmlint due`: what a workflow hands to the gate (`schema/budgets.json`).

Numbers are integers, decimals are texts, nothing is rounded; routes by id. The same runs, registry
and moment give the same bytes, whatever format the runs had.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pmlint import __version__
from pmlint.project.amounts import STEP, decimal_text
from pmlint.runs.budgets import FiringPair
from pmlint.runs.due import OwedReview, RouteDue, StageCounts, moment_of
from pmlint.runs.sources import CountedRuns, RunFile

_DAY = 86_400 // STEP
_HOUR = 3600 // STEP


class StatementFrame(NamedTuple):
    """What a statement says beside its routes: the moment, the commit whose registry and
    postmortems were read (empty: none that a gate could take), the digest of the settings, and
    whether the whole log was judged.
    """

    moment: datetime
    commit: str
    settings: str
    history: bool


def statement(
    judged: Sequence[RouteDue], counted: CountedRuns, frame: StatementFrame
) -> dict[str, object]:
    """The statement as data."""
    return {
        "version": 1,
        "kind": "budgets",
        "tool": f"pmlint {__version__}",
        "as_of": rfc3339(frame.moment),
        "commit": frame.commit or None,
        "settings": frame.settings,
        "history": frame.history,
        "sources": [_source(one) for one in sorted(counted.files)],
        "unassigned": counted.unassigned,
        "routes": [_route(one) for one in judged],
    }


def rfc3339(moment: datetime) -> str:
    """A moment in UTC and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(steps: int) -> str:
    """A length in steps as it is written: ``30d``, ``6h``, ``5m``."""
    if steps % _DAY == 0:
        return f"{steps // _DAY}d"
    return f"{steps // _HOUR}h" if steps % _HOUR == 0 else f"{steps * STEP // 60}m"


def _source(one: RunFile) -> dict[str, object]:
    return {
        "file": one.file,
        "sha256": one.sha256,
        "rows": one.rows,
        "from": _second(one.first),
        "to": _second(one.last),
    }


def _second(at: int | None) -> str | None:
    return None if at is None else rfc3339(datetime.fromtimestamp(at, UTC))


def _route(one: RouteDue) -> dict[str, object]:
    return {
        "route": one.route.id,
        "answer": one.answer,
        "why": list(one.why),
        "slo": _slo(one),
        "since": rfc3339(moment_of(one.since)),
        "runs": one.counts.runs,
        "bad": one.counts.bad,
        "rescued": one.counts.rescued,
        "unknown": one.counts.unknown,
        "budgets": [
            {
                "budget": state.budget,
                "count": state.counted,
                "allowed": state.allowed,
                "spent": state.spent,
                **({"within_again": day(state.within_again)} if state.within_again else {}),
            }
            for state in one.budgets
        ],
        "firing": [_firing(pair) for pair in one.firing],
        **({"stage": _stage(one.stage)} if one.stage is not None else {}),
        "episodes": [_episode(owed) for owed in one.owed],
    }


def _slo(one: RouteDue) -> dict[str, str] | None:
    """What the route promises; null where it promises nothing."""
    allowances = {allowance.budget: allowance for allowance in one.promise.allowances}
    if not allowances:
        return None
    found: dict[str, str] = {}
    if "failures" in allowances:
        found["objective"] = decimal_text(1 - allowances["failures"].share)
    found["window"] = span(next(iter(allowances.values())).window)
    if "rescues" in allowances:
        found["rescues"] = decimal_text(allowances["rescues"].share)
    return found


def _firing(one: FiringPair) -> dict[str, object]:
    windows = (("long", one.pair.long, one.long), ("short", one.pair.short, one.short))
    return {
        "budget": one.budget,
        "severity": one.pair.severity,
        "share": decimal_text(one.pair.share),
        **{
            name: {"window": span(length), "runs": counts.runs, "count": counts.of(one.budget)}
            for name, length, counts in windows
        },
    }


def _stage(one: StageCounts) -> dict[str, object]:
    counts, since = one.counts, one.stage.since
    return {
        "postmortem": one.stage.postmortem,
        "id": one.stage.id,
        "since": since.isoformat() if since is not None else None,
        "runs": counts.runs,
        "bad": counts.bad,
        "rescued": counts.rescued,
    }


def _episode(owed: OwedReview) -> dict[str, object]:
    episode = owed.episode
    return {
        "trigger": episode.trigger,
        "from": rfc3339(moment_of(episode.first)),
        "to": rfc3339(moment_of(episode.last)),
        "runs": episode.runs,
        "peak": {"count": episode.peak.counted, "of": episode.peak.of},
        "answered_by": owed.answered_by or None,
        "draft": owed.draft or None,
        "grace_until": owed.grace_until.isoformat(),
    }


def day(step: int) -> str:
    """The day on which a step begins."""
    return moment_of(step).date().isoformat()
