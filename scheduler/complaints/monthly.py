"""The monthly return as a spreadsheet: counts by channel, business and reason, clocks kept, and the list behind them without persons."""

from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import Session

from portal.foundation.i18n import _, pick
from portal.people.rules.roles import Scope
from portal.people.sheets import harmless
from scheduler.cases.store import units as unit_store
from scheduler.complaints import words
from scheduler.complaints.rules.stages import OPEN
from scheduler.complaints.store import complaints as store
from scheduler.complaints.store.codes import all_codes
from scheduler.complaints.store.complaints import Pair

KINDS = ("channel", "business", "reason")


def month_of(text: str, zone: str, now: datetime) -> tuple[datetime, datetime, str]:
    """First moment, first moment no more, and name of a month (`2026-05`); the last whole month where the text names none."""
    here = now.astimezone(ZoneInfo(zone))
    year, month = (here.year, here.month - 1) if here.month > 1 else (here.year - 1, 12)
    head, _dash, tail = text.partition("-")
    if len(text) == 7 and head.isdecimal() and tail.isdecimal() and 1 <= int(tail) <= 12 and 2000 <= int(head) <= 2199:
        year, month = int(head), int(tail)
    first = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    return first, end, f"{year:04d}-{month:02d}"


def make(session: Session, scope: Scope, text: str, zone: str, now: datetime) -> tuple[bytes, str]:
    """The spreadsheet of a month, of the complaints that came in then, and the month's name. Duplicates are counted, and said to be."""
    first, end, month = month_of(text, zone, now)
    rows = store.received_between(session, scope, first, end, now)
    extended = store.extension_kinds(session, [one.case_id for one, _case in rows])
    names = {(one.kind, one.code): harmless(pick(one.name_zh, one.name_en)) for one in all_codes(session, retired=True)}
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = str(_("Summary"))
    sheet.append([str(_("Complaints received in %(month)s", month=month))])
    for kind in KINDS:
        _summary(sheet, kind, rows, names, now, lambda one: "complex" in extended.get(one[0].case_id, set()))
    _list(session, book.create_sheet(str(_("List"))), rows, names, zone)
    out = BytesIO()
    book.save(out)
    return out.getvalue(), month


def _summary(
    sheet: Worksheet, kind: str, rows: Sequence[Pair], names: dict[tuple[str, str], str], now: datetime, longer: Callable[[Pair], bool]
) -> None:
    sheet.append([])
    head = [
        _("Complaints taken in"),
        _("Settled in time"),
        _("Settled late"),
        _("Open"),
        _("Overdue"),
        _("Extended"),
        _("Withdrawn"),
        _("Duplicate"),
    ]
    sheet.append([str(words.CODE_KINDS[kind]), *(str(one) for one in head)])
    groups: dict[str, list[Pair]] = {}
    for row in rows:
        groups.setdefault(getattr(row[0], kind), []).append(row)
    for code, several in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0])):
        sheet.append([names.get((kind, code), code) or str(_("not classified")), *_counted(several, now, longer)])
    sheet.append([str(_("All")), *_counted(rows, now, longer)])


def _counted(rows: Sequence[Pair], now: datetime, longer: Callable[[Pair], bool]) -> list[int]:
    stages = [one.stage for one, _case in rows]
    settled = [one for one, _case in rows if one.decided_at is not None]
    still = [one for one, _case in rows if one.stage in OPEN]
    in_time = sum(one.decided_at <= one.due_at for one in settled if one.decided_at)
    late = sum(one.due_at < now for one in still)
    ended = [stages.count(one) for one in ("withdrawn", "duplicate")]
    return [len(rows), in_time, len(settled) - in_time, len(still), late, sum(longer(one) for one in rows), *ended]


def _list(session: Session, sheet: Worksheet, rows: Sequence[Pair], names: dict[tuple[str, str], str], zone: str) -> None:
    head = [
        _("Complaint number"),
        _("Received on"),
        _("Unit"),
        _("Source"),
        _("Channel"),
        _("Business"),
        _("Reason"),
        _("State"),
        _("Result"),
    ]
    head += [_("Limit"), _("Decided"), _("Regulator's reference")]
    sheet.append([str(one) for one in head])
    units = unit_store.names(session, {case.unit_id for _one, case in rows})

    def day(at: datetime | None) -> str:
        return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if at else ""

    for one, case in rows:
        kinds = [names.get((kind, getattr(one, kind)), getattr(one, kind)) for kind in KINDS]
        result = str(words.OUTCOMES[one.outcome]) if one.outcome else ""
        cells = [case.number, day(one.received_at), pick(*units.get(case.unit_id, ("", ""))), str(words.ORIGINS[one.origin]), *kinds]
        cells += [str(words.STAGES[one.stage]), result, day(one.due_at), day(one.decided_at), one.regulator_ref]
        sheet.append([harmless(cell) for cell in cells])
