"""Small means of this room's desk pages."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from flask import flash, request

from officers.points.catalogue import NewBenefit
from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import day_of, start_of

NO_NUMBER = 10**12
"""Beyond every range, so that the rules refuse it; -1 would be an amount that somebody may mean."""
YEARS = (2000, 9000)
READ, MANAGE, DESK, EXPORT = "points.read", "points.manage", "benefits.desk", "points.export"


def may_whole(permission: str) -> bool:
    """Whether the buttons are shown."""
    return access.may(permission) and access.scope(permission).everything


def text(name: str, longest: int = 1001) -> str:
    """A text of the form, without what no database keeps."""
    return request.form.get(name, "").replace("\x00", "").strip()[:longest]


def whole(name: str, absent: int = NO_NUMBER) -> int:
    """A whole number of the form; `NO_NUMBER` for what is none, `absent` for an empty field."""
    raw = text(name, 20)
    if not raw:
        return absent
    return int(raw) if re.fullmatch(r"[+-]?[0-9]{1,12}", raw) else NO_NUMBER


def cents(name: str) -> int:
    """Yuan as cents; -1 for what is no amount."""
    try:
        value = Decimal(text(name, 20) or "0") * 100
    except (InvalidOperation, Overflow):
        return -1
    return int(value) if value.is_finite() and abs(value) < NO_NUMBER and value == int(value) else -1


def day(typed: str | None) -> date | None:
    """A day that has a beginning and an end in every zone; None for what is none."""
    found = day_of(typed)
    return found if found and YEARS[0] <= found.year <= YEARS[1] else None


def moment(name: str) -> datetime | None:
    """The beginning of a day of the form."""
    found = day(request.form.get(name))
    return start_of(found) if found else None


def new_benefit() -> NewBenefit:
    """A benefit as it was filled in."""
    return NewBenefit(
        name_zh=text("name_zh"), name_en=text("name_en"), about_zh=text("about_zh"), about_en=text("about_en"), kind=text("kind", 10),
        cost=whole("cost"), value_cents=cents("value"), limit_each=whole("limit_each", 0), tier=text("tier", 20),
        sale_from=moment("sale_from"), sale_until=moment("sale_until"),
    )  # fmt: skip


def errors_of(error: SoundingsError) -> dict[str, str]:
    """What is wrong, by field; what has no field stands under `""`."""
    if isinstance(error, InvalidInput) and error.fields:
        return {name: _(code, **error.facts) for name, code in error.fields.items()}
    return {"": error_text(error)}


def say(error: SoundingsError) -> None:
    """Tell at the top what went wrong."""
    flash(next(iter(errors_of(error).values())), "bad")


def filled(row: Any = None) -> dict[str, Any]:
    """What the form's fields hold: what was typed, else the row, else nothing."""
    if request.method == "POST":
        return dict(request.form)
    return row.model_dump() if row is not None else {}
