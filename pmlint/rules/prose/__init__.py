"""The rules about prose, one a file, in the order of the docs; the word lists stand in
`schema/words`.
"""

from __future__ import annotations

from pmlint.rules.prose import (
    abusive_language,
    behavioural_norm,
    blame,
    convenient_story,
    counterfactual,
    exhortation,
    investigate_only,
    layer_contradiction,
    layer_without_end,
    non_commitment,
    praise,
    prompt_wording,
    self_verifying,
    unbounded_done_when,
    unquantified_impact,
    unread_language,
    vague_action,
    vague_cause,
    vow,
)
from pmlint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    layer_without_end.RULE,
    self_verifying.RULE,
    layer_contradiction.RULE,
    prompt_wording.RULE,
    exhortation.RULE,
    praise.RULE,
    investigate_only.RULE,
    non_commitment.RULE,
    behavioural_norm.RULE,
    vague_action.RULE,
    unbounded_done_when.RULE,
    blame.RULE,
    convenient_story.RULE,
    counterfactual.RULE,
    vague_cause.RULE,
    unquantified_impact.RULE,
    vow.RULE,
    abusive_language.RULE,
    unread_language.RULE,
)
