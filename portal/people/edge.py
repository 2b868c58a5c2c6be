"""Small means of people's views: where to go back to, errors beside fields, pages, units to choose from, uploaded files."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from flask_wtf import FlaskForm
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, pick
from portal.foundation.sent_files import sent_file
from portal.people import access, sheets, units
from portal.people.rules.roles import Scope
from portal.people.users import Editor

Row = TypeVar("Row")


def safe_next(text: str | None) -> str | None:
    """An address within this site, to go on to after log-in; None for everything that could lead elsewhere."""
    return text if inside(text) and not str(text).startswith("/log-in") else None


def inside(text: str | None) -> bool:
    """Whether an address is a path of this site. Browsers drop tabs and line ends and take a backslash for a slash: none may be in it."""
    if not text or not text.startswith("/") or text.startswith("//") or len(text) > 2000:
        return False
    return not any(sign == "\\" or sign < " " or sign == "\x7f" for sign in text)


def show(form: FlaskForm, error: InvalidInput, **names: str) -> None:
    """Put each code's words beside its field; `names` maps a field of the error to one of the form."""
    for name, code in error.fields.items():
        field = getattr(form, names.get(name, name), None)
        words = _(code, **error.facts)
        if field is None:
            form.form_errors.append(words)
        else:
            field.errors = [*field.errors, words]


def page_of(rows: Sequence[Row], size: int) -> tuple[list[Row], bool]:
    """The rows of a page that was read with one more, and whether there are more."""
    return list(rows[:size]), len(rows) > size


def unit_choices(session: Session, scope: Scope, now: datetime, *, closed: bool = False) -> list[dict[str, Any]]:
    """The units of a scope for a unit picker, in the order of the tree, with names in the reader's language."""
    return [
        {"id": str(node.unit.id), "name": f"{pick(node.unit.name_zh, node.unit.name_en)} · {node.unit.code}", "depth": node.depth}
        for node in units.nodes(session, scope, now)
        if closed or node.unit.closed_at is None
    ]


def asked(name: str, longest: int) -> str:
    """A value of the address, without what no database keeps."""
    return request.args.get(name, "").replace("\x00", "").strip()[:longest]


def typed(name: str, longest: int) -> str:
    """A text of the form, without what no database keeps and with one kind of line end."""
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:longest]


def uuid_of(text: str | None) -> UUID | None:
    """An id, or None for what is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def number_of(text: str | None) -> int | None:
    """A whole number of at most eight digits, or None for what is none; other scripts' digits are none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def day_of(text: str | None) -> date | None:
    """A day, or None for what is none."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The moment at which a day begins at the bank."""
    return datetime.combine(day, time(), ZoneInfo(web.ground().settings.zone))


def last_day(end: datetime | None) -> str:
    """The bank's last whole day before a moment, ISO; empty where there is no end."""
    return day_in(web.ground().settings.zone, end - timedelta(seconds=1)).isoformat() if end is not None else ""


def today() -> date:
    """The bank's day."""
    return day_in(web.ground().settings.zone, web.now())


def editor(permission: str) -> Editor:
    """Who is signed in, with the units for which they may change something."""
    return Editor(access.me().user_id, access.scope(permission), access.lasting_scope(permission))


def uploaded(name: str = "file") -> str:
    """The text of the file that was sent along.

    Raises  InvalidInput for the field, or for `file`
    """
    return sheets.decode(sent_file(name).data)
