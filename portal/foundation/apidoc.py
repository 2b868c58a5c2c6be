"""What the description of the HTTP interface says of a view; `portal.shell.openapi` makes the document of it.

Bodies and answers are pydantic types; nothing here checks anything, so that an error never repeats the input.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
MARK = "soundings_apidoc"
JSON = "application/json"


@dataclass(frozen=True)
class Described:
    """One operation: what it does, what it takes, what it answers.

    body        by media type, the type of the body
    answers     by status, the type of the answer; None where it has no body
    problems    the statuses of problem JSON besides 400, 401, 403 and 429, which every operation may answer
    query       names of query parameters and what they mean
    """

    summary: str
    body: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[int, Any] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)


def described(
    summary: str,
    *,
    body: Any = None,
    answers: Mapping[int, Any] | None = None,
    problems: tuple[int, ...] = (),
    query: Mapping[str, str] | None = None,
) -> Callable[[View], View]:
    """Describe a view; `body` is a type, or several by media type."""
    bodies = body if isinstance(body, Mapping) else {} if body is None else {JSON: body}

    def mark(view: View) -> View:
        setattr(view, MARK, Described(summary, bodies, answers or {200: None}, problems, query or {}))
        return view

    return mark
