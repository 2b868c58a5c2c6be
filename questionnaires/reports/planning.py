"""Ordering reports: one now, or each week or month with mails. Mails go only to addresses of the bank's own domain."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from questionnaires.reports.models import LANGUAGES, RHYTHMS, Report, ReportPlan
from questionnaires.reports.rules.rhythm import days_of, next_due
from questionnaires.reports.store import reports as store

MOST_ADDRESSES = 20
LONGEST = timedelta(days=400)


def order(
    session: Session, unit_id: UUID, first: date | None, last: date | None, language: str, actor: Actor, now: datetime, today: date
) -> Report:
    """Have a report of a unit and some whole days made now.

    Raises  InvalidInput for from, to or language
    """
    wrong: dict[str, str] = {}
    if first is None:
        wrong["from"] = "not_a_date"
    if last is None:
        wrong["to"] = "not_a_date"
    elif last >= today:
        wrong["to"] = "day_not_over"
    elif first and last < first:
        wrong["to"] = "wrong_way_round"
    elif first and last - first > LONGEST:
        wrong["to"] = "too_long_a_period"
    if language not in LANGUAGES:
        wrong["language"] = "not_one_of_the_words"
    if wrong or first is None or last is None:
        raise InvalidInput(wrong)
    row = Report(unit_id=unit_id, first=first, last=last, language=language, made_by=actor.user_id, created_at=now)
    session.add(row)
    trail.record(session, actor, "report.order", "report", row.id, now, {"unit": str(unit_id), "first": str(first), "last": str(last)})
    return row


def plan(
    session: Session,
    keys: Keys,
    unit_id: UUID,
    rhythm: str,
    language: str,
    addresses: str,
    domain: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> ReportPlan:
    """Have a report made each week or month, and mailed where addresses are given.

    domain  of the bank's own sender; empty where no mail server is set
    Raises  InvalidInput for rhythm, language or addresses
    """
    wrong: dict[str, str] = {}
    if rhythm not in RHYTHMS:
        wrong["rhythm"] = "not_one_of_the_words"
    if language not in LANGUAGES:
        wrong["language"] = "not_one_of_the_words"
    found = list(dict.fromkeys(one.strip().lower() for one in addresses.replace(",", "\n").replace(";", "\n").splitlines() if one.strip()))
    if code := _fault(found, domain):
        wrong["addresses"] = code
    if wrong or actor.user_id is None:
        raise InvalidInput(wrong)
    enc = keys.encrypt("\n".join(found)) if found else None
    row = ReportPlan(
        unit_id=unit_id,
        rhythm=rhythm,
        language=language,
        addresses_enc=enc,
        next_on=next_due(rhythm, today),
        made_by=actor.user_id,
        created_at=now,
    )
    session.add(row)
    trail.record(
        session, actor, "report.plan", "report_plan", row.id, now, {"unit": str(unit_id), "rhythm": rhythm, "addresses": len(found)}
    )
    return row


def _fault(addresses: list[str], domain: str) -> str:
    if len(addresses) > MOST_ADDRESSES:
        return "too_many"
    for one in addresses:
        if parseaddr(one)[1] != one or "@" not in one or len(one) > 200 or any(sign.isspace() for sign in one):
            return "not_an_address"
        if domain and one.rpartition("@")[2] != domain:
            return "not_the_banks_own"
    return ""


def end(session: Session, plan_id: UUID, actor: Actor, now: datetime) -> None:
    """Make no more reports of a plan.

    Raises  NotFound
    """
    row = store.plan(session, plan_id)
    if row is None or row.ended_at is not None:
        raise NotFound
    row.ended_at = now
    session.add(row)
    trail.record(session, actor, "report.plan_end", "report_plan", row.id, now)


def make_due(session: Session, keys: Keys, today: date, now: datetime, *, mail: bool) -> int:
    """Order the reports whose day has come, with their mails; how many plans were due."""
    rows = store.due(session, today)
    for one in rows:
        first, last = days_of(one.rhythm, one.next_on)
        one.next_on = next_due(one.rhythm, today)
        session.add(one)
        if store.made_of(session, one.id, first):
            continue
        report = Report(plan_id=one.id, unit_id=one.unit_id, first=first, last=last, language=one.language, created_at=now)
        session.add(report)
        session.flush()
        addresses = keys.decrypt(one.addresses_enc).splitlines() if one.addresses_enc else []
        store.add_mails(session, list(_mails(report.id, addresses, keys, now, mail=mail)))
    return len(rows)


def _mails(report_id: UUID, addresses: Iterable[str], keys: Keys, now: datetime, *, mail: bool) -> Iterable[dict[str, object]]:
    for one in addresses:
        state = "waiting" if mail else "off"
        yield {
            "id": new_id(),
            "report_id": report_id,
            "address_enc": keys.encrypt(one),
            "state": state,
            "reason": "" if mail else "no_mail_server",
            "attempts": 0,
            "next_at": now,
            "sent_at": None,
        }
