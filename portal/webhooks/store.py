"""The SQL of webhooks: endpoints, the queue with its leases, the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, delete, exists, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in
from portal.foundation.ids import new_id
from portal.webhooks.models import WebhookDelivery, WebhookEndpoint

QUIET = {"synchronize_session": False}
PAGE = 50


def row(endpoint_id: UUID, event: str, event_id: UUID, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A new delivery; all rows have the same columns."""
    own = {"id": new_id(), "endpoint_id": endpoint_id, "event": event, "event_id": event_id, "data": data}
    return own | {"created_at": now, "due_at": now, "attempts": 0, "state": "waiting"}


def active(session: Session) -> Sequence[WebhookEndpoint]:
    """Endpoints that are told of events. There are few."""
    return session.scalars(select(WebhookEndpoint).where(col(WebhookEndpoint.active))).all()


class Sums(NamedTuple):
    """How an endpoint does."""

    waiting: int = 0
    dead: int = 0
    delivered_at: datetime | None = None


def endpoints(session: Session) -> list[tuple[WebhookEndpoint, Sums]]:
    """All endpoints, the oldest first, with what waits and what came to a bad end."""
    state = col(WebhookDelivery.state)
    query = select(
        col(WebhookDelivery.endpoint_id),
        func.sum(case((state.in_(("waiting", "sending")), 1), else_=0)),
        func.sum(case((state == "dead", 1), else_=0)),
        func.max(case((state == "delivered", col(WebhookDelivery.done_at)))),
    ).group_by(col(WebhookDelivery.endpoint_id))
    sums = {found[0]: Sums(int(found[1]), int(found[2]), found[3]) for found in session.execute(query)}
    rows = session.scalars(select(WebhookEndpoint).order_by(col(WebhookEndpoint.id)))
    return [(one, sums.get(one.id, Sums())) for one in rows]


def log(session: Session, endpoint_id: UUID, before: UUID | None, state: str = "") -> Sequence[WebhookDelivery]:
    """The newest deliveries of an endpoint, older than one; one more than a page where there are more."""
    query = select(WebhookDelivery).where(col(WebhookDelivery.endpoint_id) == endpoint_id)
    if before is not None:
        query = query.where(col(WebhookDelivery.id) < before)
    if state:
        query = query.where(col(WebhookDelivery.state) == state)
    return session.scalars(query.order_by(col(WebhookDelivery.id).desc()).limit(PAGE + 1)).all()


def dead_count(session: Session) -> int:
    """How many deliveries came to a bad end."""
    return session.scalar(select(func.count()).select_from(WebhookDelivery).where(col(WebhookDelivery.state) == "dead")) or 0


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a delivery is due or a lease has run out; two looks into partial indexes."""
    due, left = (exists(select(col(WebhookDelivery.id)).where(one)) for one in (_due(now), _left_behind(now)))
    return bool(session.scalar(select(or_(due, left))))


def claim(session: Session, now: datetime, lease_until: datetime, limit: int) -> Sequence[WebhookDelivery]:
    """The deliveries due first, held until the lease ends; those whose holder died are taken over: receivers drop copies by their id."""
    again = update(WebhookDelivery).where(_left_behind(now)).values(state="waiting", lease_until=None)
    session.execute(again.execution_options(**QUIET))
    query = select(col(WebhookDelivery.id)).where(_due(now)).order_by(col(WebhookDelivery.due_at)).limit(limit)
    ids = list(session.scalars(query.with_for_update(skip_locked=True)))
    if not ids:
        return []
    values = {"state": "sending", "lease_until": lease_until, "attempts": col(WebhookDelivery.attempts) + 1}
    session.execute(update(WebhookDelivery).where(ids_in(col(WebhookDelivery.id), ids)).values(**values).execution_options(**QUIET))
    return session.scalars(select(WebhookDelivery).where(ids_in(col(WebhookDelivery.id), ids)).order_by(col(WebhookDelivery.id))).all()


def endpoints_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, WebhookEndpoint]:
    """Endpoints by id."""
    found = session.scalars(select(WebhookEndpoint).where(ids_in(col(WebhookEndpoint.id), set(ids))))
    return {one.id: one for one in found}


def mark(session: Session, delivery: WebhookDelivery, values: dict[str, Any]) -> None:
    """Write what became of a delivery, while it is still held under the same attempt."""
    held = and_(
        col(WebhookDelivery.id) == delivery.id,
        col(WebhookDelivery.state) == "sending",
        col(WebhookDelivery.attempts) == delivery.attempts,
    )
    session.execute(update(WebhookDelivery).where(held).values(lease_until=None, **values).execution_options(**QUIET))


def send_again(session: Session, endpoint_id: UUID, ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Put dead deliveries of an endpoint back into the queue under the same id."""
    dead = update(WebhookDelivery).where(
        ids_in(col(WebhookDelivery.id), ids), col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.state) == "dead"
    )
    values = {"state": "waiting", "attempts": 0, "due_at": now, "done_at": None, "reason": None}
    return list(session.scalars(dead.values(**values).returning(col(WebhookDelivery.id)).execution_options(**QUIET)))


def forget(session: Session, before: datetime, limit: int) -> int:
    """Delete what was delivered before a day, some at a time."""
    old = select(col(WebhookDelivery.id)).where(
        col(WebhookDelivery.state).in_(("delivered", "dead")), col(WebhookDelivery.done_at) < before
    )  # fmt: skip
    ids = list(session.scalars(old.limit(limit)))
    if ids:
        session.execute(delete(WebhookDelivery).where(ids_in(col(WebhookDelivery.id), ids)).execution_options(**QUIET))
    return len(ids)


def _due(now: datetime) -> Any:
    return and_(col(WebhookDelivery.state) == "waiting", col(WebhookDelivery.due_at) <= now)


def _left_behind(now: datetime) -> Any:
    return and_(col(WebhookDelivery.state) == "sending", col(WebhookDelivery.lease_until) <= now)
