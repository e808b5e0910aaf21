"""All rules: those about facts, one a file, in the order of the docs, and those about prose from
`pmlint.rules.prose`.
"""

from __future__ import annotations

from pmlint.rules.facts import (
    clock_missing,
    clock_order,
    copied_action,
    dangling_link,
    duplicate_id,
    empty_section,
    evidence_digest,
    filename_id,
    invalid_waiver,
    overdue_action,
    placeholder,
    repeat_failure,
    restart_with_open_actions,
    running_with_open_actions,
    unclear_flag,
    unknown_control,
    unknown_person,
    unknown_taxonomy,
    unused_waiver,
)
from pmlint.rules.prose import RULES as WORD_RULES
from pmlint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    duplicate_id.RULE,
    filename_id.RULE,
    dangling_link.RULE,
    dangling_link.INSIDE,
    unknown_control.RULE,
    unknown_person.RULE,
    unknown_taxonomy.RULE,
    clock_missing.RULE,
    clock_order.RULE,
    evidence_digest.RULE,
    overdue_action.RULE,
    repeat_failure.RULE,
    copied_action.RULE,
    empty_section.RULE,
    placeholder.RULE,
    restart_with_open_actions.RULE,
    running_with_open_actions.RULE,
    unclear_flag.RULE,
    invalid_waiver.RULE,
    unused_waiver.RULE,
    *WORD_RULES,
)
