"""A page as the answer page shows it, and a check as publishing reads it."""

from collections.abc import Iterable, Mapping
from typing import Any

from questionnaires.answering.rules.possible import Possible, possible
from questionnaires.logic import paging
from questionnaires.logic.definition import Definition
from questionnaires.logic.findings import Finding


def asked(definition: Definition, page: int, known: Mapping[str, Any], context: Mapping[str, Any] | None = None) -> list[Possible]:
    """What a page shows to somebody, or may come to show by what they answer on it."""
    return possible(definition, definition.pages[page], paging.arrive(definition, page, known, context or {}).facts)


def publishable(findings: Iterable[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return not any(finding.stops for finding in findings)
