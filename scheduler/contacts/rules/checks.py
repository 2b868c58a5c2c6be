"""What a check is: it looks at one candidate and names why it fails, or says nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from scheduler.contacts.rules.facts import Candidate, Person

Evidence = Mapping[str, Any]


class Failure(NamedTuple):
    """Why a candidate fails. With `until` it is put off rather than dropped."""

    code: str
    evidence: Evidence
    until: datetime | None = None


Check = Callable[[Candidate, Person, datetime], Failure | None]
NOTHING: Evidence = {}
