"""What a check of a questionnaire says: findings, each tied to its question, its page or its part of the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An error stops submission and publication; a warning is for the author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found. `finding_<code>` is the translation key, `facts` fill its words; `question` and `page` say where.

    What belongs to neither names its part in the facts: `block`, `experiment`, `quota`, `score` or `ending`, by code.
    """

    code: str
    severity: Severity
    question: str | None = None
    page: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The translation key."""
        return f"finding_{self.code}"

    @property
    def stops(self) -> bool:
        """Whether it stops publication."""
        return self.severity is Severity.ERROR


def error(code: str, question: str | None = None, page: str | None = None, **facts: Any) -> Finding:
    """A finding that stops publication."""
    return Finding(code, Severity.ERROR, question, page, facts)


def warning(code: str, question: str | None = None, page: str | None = None, **facts: Any) -> Finding:
    """A finding that stops nothing."""
    return Finding(code, Severity.WARNING, question, page, facts)
