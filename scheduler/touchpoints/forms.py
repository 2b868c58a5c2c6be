"""The form of a touchpoint."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.foundation.i18n import _l
from scheduler.touchpoints import words
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.rules.settings import MOST_DELAY

NEEDED, TOO_LONG, RANGE = _l("missing"), _l("too_long"), _l("out_of_range")
DAYS = [Optional(), NumberRange(0, 3650, RANGE)]


def choices(pairs: Iterable[tuple[str, Any]], *, none: bool = False) -> list[SelectChoice]:
    """Values and labels as a select takes them; with `none`, nothing may be chosen too."""
    return [SelectChoice(value, label) for value, label in ([("", "–")] if none else []) + list(pairs)]


class TouchpointForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a touchpoint asks, whom, when and how. The event filter's rows stand beside it."""

    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=60, message=TOO_LONG)])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=60, message=TOO_LONG)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=60, message=TOO_LONG)])
    short_zh = StringField(_l("Short name in Chinese"), [Length(max=20, message=TOO_LONG)])
    short_en = StringField(_l("Short name in English"), [Length(max=24, message=TOO_LONG)])
    stage_id = SelectField(_l("Journey and stage"))
    event_type = SelectField(_l("Event"))
    questionnaire_id = SelectField(_l("Questionnaire"))
    class_ = SelectField(_l("Class"), choices=choices(words.CLASSES.items()))
    priority = IntegerField(_l("Priority"), [InputRequired(NEEDED), NumberRange(0, 100, RANGE)], default=50)
    delay_minutes = IntegerField(
        _l("Delay after the event, minutes"), [InputRequired(NEEDED), NumberRange(0, MOST_DELAY, RANGE)], default=60
    )
    channel1 = SelectField(_l("First channel"))
    channel2 = SelectField(_l("Second channel"))
    channel3 = SelectField(_l("Third channel"))
    in_charge = SelectField(_l("Unit in charge"), choices=choices(words.IN_CHARGE.items()))
    department_id = SelectField(_l("Department"))
    rate_percent = DecimalField(_l("Sampling rate, percent"), [Optional(), NumberRange(0, 100, RANGE)], places=2)
    tenure_days = IntegerField(_l("Customer for at least, days"), [Optional(), NumberRange(0, 3650, RANGE)])
    avoid_holidays = BooleanField(_l("Not on public holidays"))
    group = StringField(_l("Group of touchpoints"), [Length(max=40, message=TOO_LONG)])
    expires_hours = IntegerField(_l("Too late to ask after, hours"), [Optional(), NumberRange(1, 24 * 60, RANGE)])
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])
    units = SelectMultipleField(_l("Only in these units and below"))
    circle = SelectField(_l("Only this group of customers"))
    reminders = SelectField(
        _l("Reminders"), choices=choices([("0", _l("none")), ("1", _l("one")), ("2", _l("two"))], none=True), default=""
    )
    reminder_hours = IntegerField(_l("Reminder after, hours"), [Optional(), NumberRange(1, 336, RANGE)])
    any_sent = IntegerField(words.COOLDOWNS["any.sent"], DAYS)
    same_sent = IntegerField(words.COOLDOWNS["same.sent"], DAYS)
    same_answered = IntegerField(words.COOLDOWNS["same.answered"], DAYS)
    group_sent = IntegerField(words.COOLDOWNS["group.sent"], DAYS)
    any_declined = IntegerField(words.COOLDOWNS["any.declined"], DAYS)

    def columns(self, zone: ZoneInfo) -> dict[str, Any]:
        """What was entered, as columns of a touchpoint; code and filter apart. Days begin at midnight in `zone`."""
        chosen = [channel for channel in (self.channel1.data, self.channel2.data, self.channel3.data) if channel]
        plain = ("name_zh", "name_en", "short_zh", "short_en")
        return {
            **{name: (getattr(self, name).data or "").strip() for name in plain},
            "stage_id": _id(self.stage_id.data),
            "event_type": self.event_type.data,
            "questionnaire_id": _id(self.questionnaire_id.data),
            "class_": self.class_.data,
            "priority": self.priority.data,
            "delay_minutes": self.delay_minutes.data,
            "channels": chosen,
            "in_charge": self.in_charge.data,
            "department_id": _id(self.department_id.data) if self.in_charge.data == "department" else None,
            "rate": None if self.rate_percent.data is None else float(self.rate_percent.data) / 100,
            "tenure_days": self.tenure_days.data,
            "avoid_holidays": self.avoid_holidays.data,
            **self._limits(zone),
        }

    def _limits(self, zone: ZoneInfo) -> dict[str, Any]:
        pauses = {name: self[name.replace(".", "_")].data for name in words.COOLDOWNS}
        ends = self.ends_on.data
        return {
            "group": (self.group.data or "").strip() or None,
            "expires_hours": self.expires_hours.data,
            "starts_at": _midnight(self.starts_on.data, zone),
            "ends_at": _midnight(ends + timedelta(days=1) if ends else None, zone),
            "units": sorted(self.units.data or []) or None,
            "circle": self.circle.data or None,
            "reminders": int(self.reminders.data) if self.reminders.data else None,
            "reminder_hours": self.reminder_hours.data,
            "cooldown": {name: days for name, days in pauses.items() if days} or None,
        }


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(0), zone).astimezone(UTC) if day else None


def shown(touchpoint: Touchpoint, zone: ZoneInfo) -> dict[str, Any]:
    """A touchpoint's columns as the form shows them."""
    values = touchpoint.model_dump()
    values["starts_on"] = touchpoint.starts_at.astimezone(zone).date() if touchpoint.starts_at else None
    values["ends_on"] = touchpoint.ends_at.astimezone(zone).date() - timedelta(days=1) if touchpoint.ends_at else None
    values["reminders"] = "" if touchpoint.reminders is None else str(touchpoint.reminders)
    values |= {name.replace(".", "_"): days for name, days in (touchpoint.cooldown or {}).items()}
    for name in ("stage_id", "questionnaire_id", "department_id", "circle"):
        values[name] = str(values[name] or "")
    for place in range(3):
        values[f"channel{place + 1}"] = touchpoint.channels[place] if place < len(touchpoint.channels) else ""
    values["rate_percent"] = None if touchpoint.rate is None else Decimal(str(round(touchpoint.rate * 100, 4)))
    return values


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
