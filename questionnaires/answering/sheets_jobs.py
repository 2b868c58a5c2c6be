"""Timed work on print sheets: made outside the web server, with progress; old ones are removed."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.answering import sheets
from questionnaires.answering import sheets_store as store
from questionnaires.answering.links_models import PosterSheet
from questionnaires.answering.poster_store import PosterRow

if TYPE_CHECKING:
    from questionnaires.answering.sheets_pdf import Printed, Words

LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)
TELL_EVERY = 25
log = structlog.get_logger()


def make_sheets(ground: Ground, now: datetime) -> int:
    """Make the oldest sheet that waits. What goes wrong is said on its page, and never tried for ever."""
    with ground.writing() as session:
        claimed = store.claim(session, now, now + LEASE)
        if claimed is None:
            return 0
        wanted = claimed.options.get("questionnaire")
        rows = sheets.codes(session, claimed.unit_id, UUID(wanted) if wanted else None, now)
        store.save(session, claimed.id, {"total": len(rows)})
    from questionnaires.answering import sheets_pdf  # draws PDF: loaded by who prints, not by every process

    values: dict[str, Any]
    try:
        pdf = sheets_pdf.make(
            printed(ground, rows), words(ground, claimed), claimed.layout, _progress(ground, claimed.id, now), font(ground)
        )
        values = {"state": "ready", "pdf": pdf, "done": len(rows)}
    except Exception:
        log.exception("sheet_failed", sheet=claimed.id.hex)
        values = {"state": "failed"}
    with ground.writing() as session:
        store.save(session, claimed.id, {**values, "leased_until": None, "finished_at": now})
    return 1


def printed(ground: Ground, rows: list[PosterRow]) -> "list[Printed]":
    """The codes as the sheet shows them."""
    from questionnaires.answering.sheets_pdf import Printed  # draws PDF: loaded by who prints, not by every process

    start = f"{ground.settings.effective_public_url}/q/"
    return [
        Printed(
            start + row.poster.code,
            row.poster.code,
            row.unit.name_zh,
            row.unit.name_en,
            " · ".join(one for one in (row.poster.counter, row.poster.place) if one),
        )
        for row in rows
    ]


def words(ground: Ground, sheet: PosterSheet) -> "Words":
    """What stands on every code. Print is for customers of both languages, whatever the reader of a page speaks."""
    from questionnaires.answering.sheets_pdf import Words  # draws PDF: loaded by who prints, not by every process

    settings = ground.settings
    promise = f"客服热线 {settings.hotline} · 我们绝不索要密码或验证码", f"Hotline {settings.hotline} · We never ask for passwords or codes"
    return Words(settings.bank_name_zh, settings.bank_name_en, sheet.options["caption_zh"], sheet.options["caption_en"], *promise)


def font(ground: Ground) -> Any:
    """The font file that the installation named."""
    return ground.settings.print_font


def _progress(ground: Ground, sheet_id: UUID, now: datetime) -> Any:
    del now

    def tell(done: int) -> None:
        if done % TELL_EVERY == 0:
            with ground.writing() as session:
                store.save(session, sheet_id, {"done": done, "leased_until": ground.now() + LEASE})

    return tell


def clean_up(ground: Ground, now: datetime) -> int:
    """Remove sheets of last month."""
    with ground.writing() as session:
        return store.clean_up(session, now - KEPT)


JOBS = [
    Job("answering.make_sheets", timedelta(seconds=10), make_sheets, _l("Make print sheets of poster codes"), batch=1),
    Job("answering.clean_up_sheets", timedelta(hours=12), clean_up, _l("Remove old print sheets")),
]
