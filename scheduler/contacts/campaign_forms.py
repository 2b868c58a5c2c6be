"""The form of a campaign: what, whom, how many, when. The audience's condition rows stand beside it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.foundation.i18n import _l
from scheduler.touchpoints.campaign_models import Campaign
from scheduler.touchpoints.forms import choices

NEEDED, TOO_LONG, RANGE = _l("missing"), _l("too_long"), _l("out_of_range")
WAVES = 4
LOCAL = "%Y-%m-%dT%H:%M"
PURPOSES = {
    "relationship": _l("Relationship survey"),
    "needs": _l("Research into needs"),
    "staff": _l("Staff survey"),
    "other": _l("Other survey"),
}
AUDIENCES = {
    "conditions": _l("Customers whom conditions describe"),
    "list": _l("Customers on a list"),
    "staff": _l("Staff of a unit"),
}
SAMPLES = {"all": _l("Everybody"), "n": _l("So many, drawn by chance"), "precision": _l("As many as a margin of error takes")}
INDICATORS = {"nps": _l("NPS"), "csat": _l("CSAT"), "ces": _l("CES")}


def _moment(label: Any) -> DateTimeLocalField:
    return DateTimeLocalField(label, [Optional()], format=[LOCAL, "%Y-%m-%dT%H:%M:%S"])


class CampaignForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What is entered of a campaign; times are of the bank's zone."""

    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=40, message=TOO_LONG)])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=60, message=TOO_LONG)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=60, message=TOO_LONG)])
    purpose = SelectField(_l("Kind of survey"), choices=choices(PURPOSES.items()))
    questionnaire_id = SelectField(_l("Questionnaire"))
    audience_kind = SelectField(_l("Audience"), choices=choices(AUDIENCES.items()))
    unit_id = SelectField(_l("Unit whose staff is asked"))
    sample = SelectField(_l("How many"), choices=choices(SAMPLES.items()))
    n = IntegerField(_l("Number drawn"), [Optional(), NumberRange(1, 10_000_000, RANGE)])
    margin = DecimalField(_l("Margin of error, ± points"), [Optional(), NumberRange(Decimal("0.5"), 50, RANGE)], places=1)
    indicator = SelectField(_l("Indicator"), choices=choices(INDICATORS.items()))
    response_percent = DecimalField(_l("Expected response rate, percent"), [InputRequired(NEEDED), NumberRange(1, 100, RANGE)], default=20)
    channel1 = SelectField(_l("First channel"))
    channel2 = SelectField(_l("Second channel"))
    priority = IntegerField(_l("Priority"), [InputRequired(NEEDED), NumberRange(0, 100, RANGE)], default=40)
    wave1 = _moment(_l("First wave"))
    wave2 = _moment(_l("Second wave"))
    wave3 = _moment(_l("Third wave"))
    wave4 = _moment(_l("Fourth wave"))
    ends_at = _moment(_l("End"))
    reminder_hours = IntegerField(_l("Reminder after so many hours"), [Optional(), NumberRange(24, 336, RANGE)])

    def columns(self, condition: Mapping[str, Any] | None, zone: str) -> dict[str, Any]:
        """What was entered, as columns of a campaign."""
        kind = self.audience_kind.data
        audience: dict[str, Any] = {"condition": dict(condition)} if kind == "conditions" and condition else {}
        if kind == "staff" and self.unit_id.data:
            audience = {"units": [self.unit_id.data]}
        return {
            "code": (self.code.data or "").strip(), "name_zh": self.name_zh.data.strip(), "name_en": self.name_en.data.strip(),
            "purpose": self.purpose.data, "questionnaire_id": UUID(self.questionnaire_id.data), "audience_kind": kind, "audience": audience,
            "sample": self.sample.data, "n": self.n.data if self.sample.data == "n" else None,
            "margin": float(self.margin.data) if self.sample.data == "precision" and self.margin.data is not None else None,
            "indicator": self.indicator.data, "response_rate": float(self.response_percent.data) / 100, "priority": self.priority.data,
            "channels": [one for one in (self.channel1.data, self.channel2.data) if one], "reminder_hours": self.reminder_hours.data,
            "ends_at": _aware(self.ends_at.data, zone),
        }  # fmt: skip

    def waves(self, zone: str) -> list[datetime]:
        """The waves' beginnings in order."""
        fields = (self.wave1, self.wave2, self.wave3, self.wave4)
        return sorted(at for field in fields if (at := _aware(field.data, zone)) is not None)


def shown(campaign: Campaign, waves: Sequence[datetime], zone: str) -> dict[str, Any]:
    """A campaign as the form shows it."""
    there = ZoneInfo(zone)
    values = campaign.model_dump()
    values |= {f"wave{place}": at.astimezone(there).replace(tzinfo=None) for place, at in enumerate(waves[:WAVES], 1)}
    values |= {f"channel{place}": one for place, one in enumerate(campaign.channels[:2], 1)}
    return values | {
        "questionnaire_id": str(campaign.questionnaire_id),
        "unit_id": next(iter(campaign.audience.get("units", ())), ""),
        "response_percent": Decimal(str(round(campaign.response_rate * 100, 2))),
        "ends_at": campaign.ends_at.astimezone(there).replace(tzinfo=None),
    }


def _aware(local: datetime | None, zone: str) -> datetime | None:
    """A wall-clock time of the bank as an instant; one that no calendar of ours knows counts as not given."""
    if local is None or not 2000 <= local.year <= 2199:
        return None
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
