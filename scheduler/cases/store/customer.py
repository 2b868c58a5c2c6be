"""What a case's page shows of its customer: his row, what he answered before, his other cases."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, String, cast, func, literal, null, select, type_coerce, union_all
from sqlalchemy import case as sql_case
from sqlmodel import Session, col

from portal.foundation.db import UtcDateTime
from portal.people.models import Customer
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import QuestionnaireVersion
from scheduler.cases.models import Case
from scheduler.cases.work_models import CaseTask
from scheduler.contacts.models import Contact


class Past(NamedTuple):
    """One line of a customer's past.

    Shape   `what`: contact (sent, with what was answered, if anything), self (an answer nobody asked for), case, promise
            `about`: a touchpoint's code, a case's kind, or a promise's words; `state`: a case's state, or when a promise was kept
    """

    what: str
    at: datetime
    id: UUID
    about: str
    number: str
    state: str
    indicator: str | None
    value: float | None
    touchpoint: str

    @property
    def metric(self) -> str:
        """nps, csat or ces: how the score's box is coloured."""
        return (self.indicator or "").partition(".")[0].partition("_")[0]


def customer(session: Session, customer_id: UUID) -> Customer | None:
    """The customer's row."""
    return session.get(Customer, customer_id)


def response(session: Session, response_id: UUID) -> Response | None:
    """An answer."""
    return session.get(Response, response_id)


def definition(session: Session, version_id: UUID) -> tuple[int, dict[str, Any]]:
    """A published version: its number and its definition."""
    row = session.execute(
        select(col(QuestionnaireVersion.number), col(QuestionnaireVersion.definition)).where(col(QuestionnaireVersion.id) == version_id)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, {})


def past(session: Session, case: Case, scope: Scope, now: datetime, since: datetime, limit: int) -> list[Past]:
    """A customer's contacts, answers, cases and promises, the newest first; one statement. Cases lie in the reader's scope."""
    seen = in_scope(col(Case.unit_id), scope, now)
    parts = [
        _contacts(case, since, limit),
        _own_answers(case, since, limit),
        _cases(case, seen, limit),
        _promises(case, seen, limit),
    ]
    rows = session.execute(union_all(*(select(part) for part in parts))).all()
    return sorted((Past(row[0], _aware(row[1]), *row[2:]) for row in rows), key=lambda one: one.at, reverse=True)


def _aware(at: datetime | str) -> datetime:
    """A union of several columns loses its type on SQLite."""
    read = datetime.fromisoformat(at) if isinstance(at, str) else at
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _row(what: str, at: Any, key: Any, about: Any, number: Any = "", state: Any = "", indicator: Any = None, value: Any = None,
         touchpoint: Any = "") -> tuple[Any, ...]:  # fmt: skip
    def text(one: Any) -> Any:
        return literal(one, String) if isinstance(one, str) or one is None else one

    return (
        literal(what, String).label("what"), type_coerce(at, UtcDateTime).label("at"), key.label("id"), text(about).label("about"),
        text(number).label("number"), text(state).label("state"), text(indicator).label("indicator"),
        (cast(null(), Float) if value is None else value).label("value"), text(touchpoint).label("touchpoint"),
    )  # fmt: skip


def _lowest() -> Any:
    return select(func.min(col(Score.indicator))).where(col(Score.response_id) == col(Response.id)).correlate(Response).scalar_subquery()


def _contacts(case: Case, since: datetime, limit: int) -> Any:
    state = sql_case((col(Response.id).is_not(None), "answered"), else_="no_answer")
    touchpoint = func.coalesce(col(Contact.touchpoint), "")
    columns = _row(
        "contact", col(Contact.sent_at), col(Contact.id), touchpoint, "", state, col(Score.indicator), col(Score.value), touchpoint
    )
    return (
        select(*columns)
        .outerjoin(Response, (col(Response.invitation_id) == col(Contact.invitation_id)) & col(Response.submitted_at).is_not(None))
        .outerjoin(Score, (col(Score.response_id) == col(Response.id)) & (col(Score.indicator) == _lowest()))
        .where(col(Contact.person_id) == case.person_id, col(Contact.kind).in_(["invite", "rerate"]), col(Contact.sent_at) >= since)
        .order_by(col(Contact.sent_at).desc())
        .limit(limit)
        .subquery()
    )


def _own_answers(case: Case, since: datetime, limit: int) -> Any:
    columns = _row(
        "self", col(Response.submitted_at), col(Response.id), col(Response.touchpoint), "", "answered",
        col(Score.indicator), col(Score.value), col(Response.touchpoint),
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(Score, (col(Score.response_id) == col(Response.id)) & (col(Score.indicator) == _lowest()))
        .where(
            col(Response.customer_id) == case.customer_id, col(Response.invitation_id).is_(None), col(Response.submitted_at) >= since,
            col(Response.test).is_(False),
        )
        .order_by(col(Response.submitted_at).desc())
        .limit(limit)
        .subquery()
    )  # fmt: skip


def _cases(case: Case, seen: Any, limit: int) -> Any:
    columns = _row(
        "case", col(Case.opened_at), col(Case.id), col(Case.kind), col(Case.number), col(Case.state), col(Case.indicator), col(Case.score),
        col(Case.touchpoint),
    )  # fmt: skip
    query = select(*columns).where(col(Case.person_id) == case.person_id, col(Case.id) != case.id, seen)
    return query.order_by(col(Case.opened_at).desc()).limit(limit).subquery()


def _promises(case: Case, seen: Any, limit: int) -> Any:
    state = sql_case((col(CaseTask.done_at).is_not(None), "kept"), else_="open")
    columns = _row("promise", col(CaseTask.created_at), col(CaseTask.id), col(CaseTask.words), col(Case.number), state)
    return (
        select(*columns)
        .join(Case, col(Case.id) == col(CaseTask.case_id))
        .where(col(Case.person_id) == case.person_id, col(CaseTask.promised).is_(True), seen)
        .order_by(col(CaseTask.created_at).desc())
        .limit(limit)
        .subquery()
    )
