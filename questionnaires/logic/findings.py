"""What a check of a questionnaire says: findings, each tied to its question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An error stops submission and publication; a warning is for the author to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found. `finding_<code>` is the translation key, `facts` fill its words; `question` and `page` say where."""

    code: str
    severity: Severity
    question: str | None = None
    page: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The translation key."""
        return f"finding_{self.code}"


def error(code: str, question: str | None = None, page: str | None = None, **facts: Any) -> Finding:
    """A finding that stops publication."""
    return Finding(code, Severity.ERROR, question, page, facts)


def warning(code: str, question: str | None = None, page: str | None = None, **facts: Any) -> Finding:
    """A finding that stops nothing."""
    return Finding(code, Severity.WARNING, question, page, facts)


def publishable(findings: Iterable[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return not any(finding.severity is Severity.ERROR for finding in findings)
