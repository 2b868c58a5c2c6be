"""Notes on charts, and saved views."""

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.metrics.rules.masking import masked
from questionnaires.reports.models import Annotation, SavedView
from questionnaires.reports.store import notes as store

LONGEST, ADDRESS = 80, 600


def add_note(session: Session, day: date | None, unit_id: UUID | None, words: str, actor: Actor, now: datetime) -> Annotation:
    """Note what happened on a day, for a unit and all below it, or the whole bank.

    Raises  InvalidInput for day or words
    """
    words = masked(words.strip())
    wrong: dict[str, str] = {}
    if day is None:
        wrong["day"] = "not_a_date"
    if not words:
        wrong["words"] = "missing"
    elif len(words) > LONGEST:
        wrong["words"] = "too_long"
    if wrong or day is None or actor.user_id is None:
        raise InvalidInput(wrong)
    row = Annotation(day=day, unit_id=unit_id, words=words, made_by=actor.user_id, made_at=now)
    session.add(row)
    trail.record(session, actor, "annotation.add", "annotation", row.id, now, {"day": str(day)})
    return row


def on_charts(session: Session, first: date, last: date, unit_ids: Iterable[UUID]) -> list[tuple[date, str]]:
    """What charts of some units show: their own notes and the whole bank's."""
    return [(row.day, row.words) for row in store.of_days(session, first, last, unit_ids)]


def remove_note(session: Session, note_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a note off the charts.

    Raises  NotFound
    """
    row = store.note(session, note_id)
    if row is None or row.removed_at is not None:
        raise NotFound
    row.removed_at = now
    session.add(row)
    trail.record(session, actor, "annotation.remove", "annotation", row.id, now)


def save_view(session: Session, user_id: UUID, name: str, address: str, shared: bool, now: datetime) -> SavedView:
    """Keep a page with its filters under a name; the same name again replaces it.

    Raises  InvalidInput for name or address
    """
    name, address = name.strip(), address.strip()
    wrong: dict[str, str] = {}
    if not name:
        wrong["name"] = "missing"
    elif len(name) > 60:
        wrong["name"] = "too_long"
    found = urlsplit(address)
    inside = address.startswith("/portal/") and not found.netloc and not found.scheme and "\\" not in address and address.isprintable()
    if not inside or ".." in address:
        wrong["address"] = "not_a_page_of_the_portal"
    elif len(address) > ADDRESS:
        wrong["address"] = "too_long"
    if wrong:
        raise InvalidInput(wrong)
    row = store.view_named(session, user_id, name) or SavedView(owner_id=user_id, name=name, address=address, created_at=now)
    row.address, row.shared = address, shared
    session.add(row)
    return row


def remove_view(session: Session, view_id: UUID, user_id: UUID) -> None:
    """Forget one's own view.

    Raises  NotFound
    """
    row = store.view(session, view_id)
    if row is None or row.owner_id != user_id:
        raise NotFound
    session.delete(row)
