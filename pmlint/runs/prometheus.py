"""Recording and alert rules for Prometheus: the same windows, in the team's own pager.

Written as data and dumped as JSON, which is YAML; names of routes are labels, and so quoted by the
rules of PromQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pmlint.project.amounts import decimal_text
from pmlint.runs.budgets import Allowance, BurnPair, usable
from pmlint.runs.settings import MetricNames
from pmlint.runs.statement import span
from pmlint.runs.triggers import Promise

_HEAD = """\
# Written by `pmlint due --emit prometheus`. Prometheus counts in floats, so on an exact edge it may
# differ from `pmlint due`, which is exact; before 3.0 it also counts both edges of a window, so
# evaluate off the phase of the samples.
"""


def prometheus_rules(promises: Iterable[tuple[str, Promise]], metrics: MetricNames) -> str:
    """The rules of all routes that promise something, as a file for ``rule_files``."""
    groups = [
        {"name": f"pmlint {route}", "rules": list(_rules(route, promise, metrics))}
        for route, promise in promises
        if promise.allowances
    ]
    # JSON is YAML too, and quotes every text: no name of a route can become another value.
    return f"{_HEAD}{json.dumps({'groups': groups}, indent=2)}\n"


def _rules(route: str, promise: Promise, metrics: MetricNames) -> Iterator[dict[str, Any]]:
    """Recording rules first: within a group they are evaluated in order."""
    pairs = {one.budget: usable(promise.pairs, one.window) for one in promise.allowances}
    windows = {
        steps for ones in pairs.values() for pair in ones for steps in (pair.long, pair.short)
    }
    counted = {"runs": metrics.runs, "failures": metrics.bad, "rescues": metrics.rescued}
    for name in ("runs", *pairs):
        for steps in sorted(windows):
            yield {
                "record": _recorded(name, steps),
                "expr": _over(counted[name], route, steps, metrics),
                "labels": {"route": route},
            }
    for allowance in promise.allowances:
        for pair in pairs[allowance.budget]:
            yield _alert(route, allowance, pair, promise.min_bad)


def _alert(route: str, allowance: Allowance, pair: BurnPair, min_bad: int) -> dict[str, Any]:
    factor = pair.factor(allowance.window)
    threshold = factor * allowance.share
    parts = [
        # By a product and not a quotient: a window without runs is 0 > 0, and never fires.
        f"{_selected(allowance.budget, steps, route)} * {threshold.denominator} > "
        f"{_selected('runs', steps, route)} * {threshold.numerator}"
        for steps in (pair.long, pair.short)
    ]
    parts.append(f"{_selected(allowance.budget, pair.long, route)} >= {min_bad}")
    return {
        "alert": "RouteBurn",
        "expr": " and ".join(parts),
        "labels": {
            "route": route,
            "budget": allowance.budget,
            "severity": pair.severity,
            "factor": decimal_text(factor),
        },
        "annotations": {
            "summary": f"{route} spends its budget of {allowance.budget} "
            f"{decimal_text(factor)} times too fast, over {span(pair.long)} and {span(pair.short)}"
        },
    }


def _over(metric: str, route: str, steps: int, metrics: MetricNames) -> str:
    # A counter may reset; samples are one value a minute, and add up.
    function = "increase" if metrics.kind == "counter" else "sum_over_time"
    return f"sum({function}({metric}{{route={json.dumps(route)}}}[{span(steps)}]))"


def _recorded(name: str, steps: int) -> str:
    return f"pmlint:route_{name}:{span(steps)}"


def _selected(name: str, steps: int, route: str) -> str:
    return f"{_recorded(name, steps)}{{route={json.dumps(route)}}}"
