"""What forms bring; whatever is no known choice counts as not filled in."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from portal.foundation import web
from portal.people.edge import day_of, uuid_of
from scheduler.cases.models import Case
from scheduler.cases.store import units as unit_store
from scheduler.complaints.intake import Incoming
from scheduler.complaints.library import NewEntry
from scheduler.complaints.store import library as library_store

Form = MultiDict[str, str]
Files = Sequence[tuple[str, bytes]]


def text(form: Form, name: str, longest: int) -> str:
    """A text, without what no database keeps."""
    return form.get(name, "").replace("\x00", "").strip()[:longest]


def staff(form: Form, files: Files) -> Incoming:
    """A complaint that somebody takes down."""
    regulator = form.get("origin") == "regulator"
    return Incoming(
        words=text(form, "words", 10_001), origin="regulator" if regulator else "staff", wish=text(form, "wish", 2001),
        name=text(form, "name", 81), phone=text(form, "phone", 81), email=text(form, "email", 81), agent=text(form, "agent", 81),
        customer_ref=text(form, "customer_ref", 100), unit_id=uuid_of(form.get("unit_id")), channel=text(form, "channel", 40),
        business=text(form, "business", 40), reason=text(form, "reason", 40),
        regulator_ref=text(form, "regulator_ref", 60) if regulator else "",
        received_at=_moment(form.get("received_on")), files=files,
    )  # fmt: skip


def _moment(raw: str | None) -> datetime | None:
    """The beginning of a day at the bank; the day of today counts from now."""
    day = day_of(raw)
    zone = ZoneInfo(web.ground().settings.zone)
    if day is None or day == web.now().astimezone(zone).date():
        return None
    return datetime.combine(day, time(), zone)


def customer(form: Form, files: Files, unit_id: UUID | None, language: str, *, poster: bool) -> Incoming:
    """A complaint from the public page."""
    return Incoming(
        words=text(form, "words", 10_001), origin="poster" if poster else "link", wish=text(form, "wish", 2001),
        name=text(form, "name", 81), phone=text(form, "phone", 81), email=text(form, "email", 81), agent=text(form, "agent", 81),
        unit_id=unit_id,
        channel="poster" if poster else "online", language=language, files=files,
    )  # fmt: skip


def entry(form: Form) -> NewEntry:
    """An entry of the library."""
    return NewEntry(
        kind=text(form, "kind", 10), title=text(form, "title", 121), situation=text(form, "situation", 3001),
        handling=text(form, "handling", 3001), lesson=text(form, "lesson", 2001), root_cause=text(form, "root_cause", 60),
        business=text(form, "business", 40), from_case=text(form, "from_case", 20), review_on=day_of(form.get("review_on")),
    )  # fmt: skip


def staff_of(session: Session, case: Case, now: datetime) -> list[tuple[UUID, str]]:
    """Colleagues who could own the case, and who may therefore have to step aside."""
    return [(user.id, user.name) for user in unit_store.handlers(session, case.unit_id, now)]


def everybody(session: Session, now: datetime) -> list[tuple[UUID, str]]:
    """Members of staff who hold a role, to choose experts from."""
    return library_store.staff(session, now)
