"""What is wrong with an answer: a code and the facts of its message, and the designer's own words for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from questionnaires.logic.definition import Question, text_in


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer: a code and the facts of its message."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


MISSING = frozenset({"answer_required", "consent_required", "rows_missing"})
"""Codes for which a question's `required_message` is said, if it has one."""


def own_message(question: Question, problem: Problem, language: str, fallback: str = "") -> str:
    """The designer's own words for a problem; nothing where there are none. Plain text, to be escaped."""
    if problem.code in MISSING:
        return text_in(question.required_message, language, fallback)
    if problem.code == "rule_broken" and 0 <= problem.facts.get("rule", -1) < len(question.rules):
        return text_in(question.rules[problem.facts["rule"]].message, language, fallback)
    return ""
