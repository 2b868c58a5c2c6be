"""What a complete answer leads to: its closing page, and the quotas it counts for."""

from collections.abc import Mapping
from typing import Any

from portal.foundation import conditions
from questionnaires.logic.definition import Definition, Ending
from questionnaires.logic.order import with_arms
from questionnaires.logic.scoring import scores

SCORE = "score."
"""Conditions of closing pages and quotas may read indicators beside answers, as `score.nps`."""
NOTHING: Mapping[str, Any] = {}


def ending(definition: Definition, complete: Mapping[str, Any], context: Mapping[str, Any] = NOTHING) -> Ending | None:
    """The closing page of a complete answer: the first whose condition certainly holds; None for the questionnaire's own words."""
    if not definition.endings:
        return None
    facts = facts_of(definition, complete, context)
    return next((one for one in definition.endings if conditions.holds(one.show_if, facts)), None)


def quotas_met(definition: Definition, complete: Mapping[str, Any], context: Mapping[str, Any] = NOTHING) -> tuple[str, ...]:
    """The codes of the quotas that an answer counts for. Half-way through, those that it is certain to count for."""
    if not definition.quotas:
        return ()
    facts = facts_of(definition, complete, context)
    return tuple(one.code for one in definition.quotas if conditions.holds(one.count_if, facts))


def facts_of(definition: Definition, complete: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """What conditions on the whole answer may read: the context with its arms, the answers, the indicators."""
    found = {SCORE + indicator: value for indicator, value in scores(definition, complete).items()}
    return {**with_arms(definition, context), **complete, **found}
