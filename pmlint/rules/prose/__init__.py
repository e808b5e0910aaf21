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
    praise,
    self_verifying,
    unbounded_done_when,
    unquantified_impact,
    vague_action,
    vague_cause,
    vow,
)
from pmlint.rules.prose.prompt_wording import prompt_only as prompt_only
from pmlint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    layer_contradiction.RULE,
    exhortation.RULE,
    praise.RULE,
    investigate_only.RULE,
    behavioural_norm.RULE,
    vague_action.RULE,
    unbounded_done_when.RULE,
    self_verifying.RULE,
    blame.RULE,
    convenient_story.RULE,
    counterfactual.RULE,
    vague_cause.RULE,
    unquantified_impact.RULE,
    vow.RULE,
    abusive_language.RULE,
)
