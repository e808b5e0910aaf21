"""The query that counts runs where they are: one text for each dialect, which differ in one step.

It reads a view ``runs`` of the columns of `docs/spec/runs.md`. The windows are not in it: those are
judged here, from its answer.
"""

from __future__ import annotations

from typing import NamedTuple

_OUTCOMES = ("failed", "near-miss", "customer-visible-defect", "control-breach", "unsafe-action")


class SqlDialect(NamedTuple):
    """How a warehouse says the step of a run; ``is_executed`` where our tests have run it."""

    step: str
    is_executed: bool = False


_EPOCH = "cast(floor(extract(epoch from coalesce(ended, started)) / 300) as bigint)"
DIALECTS = {
    "duckdb": SqlDialect(_EPOCH, is_executed=True),
    "sqlite": SqlDialect(
        "cast(strftime('%s', coalesce(ended, started)) as integer) / 300", is_executed=True
    ),
    "postgres": SqlDialect(_EPOCH),
    "clickhouse": SqlDialect("intDiv(toUnixTimestamp(coalesce(ended, started)), 300)"),
    "bigquery": SqlDialect("div(unix_seconds(coalesce(ended, started)), 300)"),
    "snowflake": SqlDialect("floor(date_part(epoch_second, coalesce(ended, started)) / 300)"),
    "spark": SqlDialect("cast(floor(unix_timestamp(coalesce(ended, started)) / 300) as bigint)"),
    "trino": SqlDialect("cast(floor(to_unixtime(coalesce(ended, started)) / 300) as bigint)"),
}


def count_query(name: str) -> str:
    """The query of a dialect, one statement without a semicolon."""
    dialect = DIALECTS[name]
    head = "" if dialect.is_executed else "-- not executed by us\n"
    return head + counting(dialect.step)


def counting(step: str) -> str:
    """The query that counts by an expression for the step."""
    columns = [
        f"  sum(case when outcome = '{outcome}' then 1 else 0 end) as {outcome.replace('-', '_')}"
        for outcome in (*_OUTCOMES, "ok")
    ]
    columns += [
        f"  sum(case when {condition} then 1 else 0 end) as {column}"
        for condition, column in (
            ("rescues > 0", "rescued"),
            ("corrections > 0", "corrected"),
            ("rescues > 0 or corrections > 0", "touched"),
        )
    ]
    return (
        f"select route, {step} as step,\n"
        f"  coalesce(autonomy, '') as autonomy, count(*) as runs,\n"
        + ",\n".join(columns)
        + "\nfrom runs group by 1, 2, 3\n"
    )
