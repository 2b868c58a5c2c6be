"""Reports are ordered when their day has come, made outside the web server, and mailed."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.metrics.rules.periods import day_of
from questionnaires.reports import content, mailing, planning, report_xlsx
from questionnaires.reports.files import MEDIA
from questionnaires.reports.models import Report
from questionnaires.reports.store import reports as store
from questionnaires.reports.words import say

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=400)
AGAIN = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
log = structlog.get_logger()


def order_due(ground: Ground, now: datetime) -> int:
    """Order the reports of plans whose day has come."""
    with ground.writing() as session:
        today = day_of(now, ZoneInfo(ground.settings.zone))
        return planning.make_due(session, ground.keys, today, now, mail=bool(ground.settings.smtp_host))


def make_reports(ground: Ground, now: datetime) -> int:
    """Make the oldest report that waits. What goes wrong is said on its page, and never tried for ever."""
    with ground.reading() as session:  # on SQLite the writer's place is asked for only where there is work
        if not store.anything_to_make(session):
            return 0
    with ground.writing() as session:
        claimed = store.claim(session, now, now + LEASE)
    if claimed is None:
        return 0
    values: dict[str, Any] = {"state": "failed"}
    try:
        values = _files(ground, claimed, now)
    except Exception:
        log.exception("report_failed", report=claimed.id.hex)
    with ground.writing() as session:
        store.save(session, claimed.id, {**values, "leased_until": None, "finished_at": now})
    return 1


def _files(ground: Ground, report: Report, now: datetime) -> dict[str, Any]:
    from questionnaires.reports import report_pdf  # draws PDF: loaded by who prints, not by every process

    settings, zone = ground.settings, ZoneInfo(ground.settings.zone)
    with ground.reading() as session:
        found = content.gather(session, report.unit_id, report.first, report.last, day_of(now, zone), zone)
    if found is None:
        return {"state": "failed"}
    bank = settings.bank_name_zh if report.language == "zh" else settings.bank_name_en
    pdf = report_pdf.make(found, report.language, bank, now.astimezone(zone), settings.print_font)
    return {"state": "ready", "pdf": pdf, "sheet": report_xlsx.make(found, report.language, bank)}


def send_mails(ground: Ground, now: datetime) -> int:
    """Send a mail that is due and whose report is ready: claim, commit, send, mark."""
    with ground.reading() as session:
        if not store.anything_to_send(session):
            return 0
    with ground.writing() as session:
        store.give_up_lost(session, now - LEASE)
        mail = store.claim_mail(session, now)
        report = store.content(session, mail.report_id) if mail else None
        unit = content.unit_of(session, report.unit_id, day_of(now, ZoneInfo(ground.settings.zone))) if report else None
    if mail is None or report is None:
        return 0
    if report.state in ("waiting", "making"):
        outcome = mailing.Outcome("waiting", "report_not_ready")
    elif report.pdf is None or report.sheet is None or unit is None:
        outcome = mailing.Outcome("refused", "no_report")
    else:
        outcome = _send(
            ground, mail.id.hex, ground.keys.decrypt(mail.address_enc), report, unit.name_zh if report.language == "zh" else unit.name_en
        )
    tries = AGAIN[min(mail.attempts, len(AGAIN)) - 1]
    if outcome.state == "waiting" and mail.attempts > len(AGAIN) and outcome.reason != "report_not_ready":
        outcome = mailing.Outcome("refused", outcome.reason)
    values = {"state": outcome.state, "reason": outcome.reason, "next_at": now + tries, "sent_at": now if outcome.state == "sent" else None}
    with ground.writing() as session:
        store.save_mail(session, mail.id, values)
    return 1


def _send(ground: Ground, key: str, to: str, report: Report, unit: str) -> mailing.Outcome:
    settings, language = ground.settings, report.language
    bank = settings.bank_name_zh if language == "zh" else settings.bank_name_en
    facts = {"bank": bank, "unit": unit, "period": f"{report.first} – {report.last}"}
    name = f"soundings-{report.first}-{report.last}"
    files = [(f"{name}.pdf", "application/pdf", bytes(report.pdf or b"")), (f"{name}.xlsx", MEDIA["xlsx"], bytes(report.sheet or b""))]
    message = mailing.compose(key, to, say("mail_subject", language, **facts), say("mail_text", language, **facts), files, settings)
    return mailing.send(message, settings)


def clean_up(ground: Ground, now: datetime) -> int:
    """Remove reports of more than a year ago."""
    with ground.writing() as session:
        return store.clean_up(session, now - KEPT)


JOBS = [
    Job("reports.order_due", timedelta(hours=1), order_due, _l("Order the reports that are due")),
    Job("reports.make_reports", timedelta(seconds=10), make_reports, _l("Make reports"), batch=1),
    Job("reports.send_mails", timedelta(seconds=30), send_mails, _l("Mail reports"), batch=1),
    Job("reports.clean_up_reports", timedelta(hours=12), clean_up, _l("Remove old reports")),
]
