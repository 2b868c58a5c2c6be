"""Files for finance: the entries of some days, what each person received in a year, and what the programme still owes."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session

from officers.points import rulebooks, words
from officers.points.store import reading
from portal.foundation.i18n import _
from questionnaires.reports.files import writing_to
from questionnaires.reports.rules.tables import FileColumn

FILES = {"entries": "point-entries", "tax": "tax-list", "liability": "point-liability"}


def write(session: Session, kind: str, path: Path, form: str, days: tuple[datetime, datetime], year: int, now: datetime) -> int:
    """Write a file row by row; how many rows."""
    return {"entries": _entries, "tax": _tax, "liability": _liability}[kind](session, path, form, days, year, now)


def _columns(*names: tuple[str, str]) -> list[FileColumn]:
    return [FileColumn(name, label) for name, label in names]


def _entries(session: Session, path: Path, form: str, days: tuple[datetime, datetime], _year: int, now: datetime) -> int:
    columns = _columns(
        ("at", _("Time")), ("officer", _("Officer")), ("kind", _("Kind of officer")), ("entry", _("Entry")), ("rule", _("Rule")),
        ("amount", _("Experience points")), ("owed", _("Owed")), ("key", _("Key")), ("version", _("Rules version")), ("actor", _("Actor")),
    )  # fmt: skip
    zone, number = ZoneInfo(rulebooks.seen(session, now).book.zone), 0
    with writing_to(path, form, columns, now, _("Experience points")) as file:
        for one in reading.all_entries(session, *days):
            actor = f"{one.actor_kind}:{one.actor_id}"
            at = one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
            version = str(one.factors.get("version", ""))
            file.row([at, one.alias, one[10], one[1], one.rule, one.amount, one.owed, one.key, version, actor])
            number += 1
    return number


def _tax(session: Session, path: Path, form: str, _days: tuple[datetime, datetime], year: int, now: datetime) -> int:
    columns = _columns(
        ("officer", _("Officer")), ("kind", _("Kind of officer")), ("login", _("Log-in name")), ("customer", _("Customer's reference")),
        ("number", _("Redemptions")), ("value", _("Value in yuan")),
    )  # fmt: skip
    rows = reading.tax_list(session, year)
    with writing_to(path, form, columns, now, _("Tax list %(year)s", year=year)) as file:
        for alias, kind, login, ref, number, cents in rows:
            file.row([alias, kind, login or "", ref or "", int(number), int(cents or 0) / 100])
    return len(rows)


def _liability(session: Session, path: Path, form: str, _days: tuple[datetime, datetime], _year: int, now: datetime) -> int:
    book = rulebooks.seen(session, now).book
    figures = reading.liability(session, now, now + timedelta(days=book.warn_days[0]))
    with writing_to(path, form, _columns(("figure", _("Figure")), ("points", _("Experience points"))), now, _("Experience points")) as file:
        for name, value in figures._asdict().items():
            file.row([str(words.FIGURES[name]), value])
    return len(figures)
