"""What the club's forms bring; whatever can't be read counts as not filled in."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from officers.club import activities, articles, badges, moderation
from officers.club.rules.signing_up import Plan
from portal.people.edge import uuid_of

Form = MultiDict[str, str]


def text(form: Form, name: str, longest: int = 4001) -> str:
    """A text, without what no database keeps; one sign more than may be, so that the rule sees that it is too long."""
    return form.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:longest]


def number(form: Form, name: str) -> int | None:
    """A whole number of up to nine digits."""
    raw = text(form, name, 12)
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


def moment(form: Form, name: str, zone: str) -> datetime | None:
    """A time of the bank's zone, as browsers send it."""
    try:
        found = datetime.fromisoformat(text(form, name, 30))
    except ValueError:
        return None
    if not 2000 <= found.year < 2200:
        return None
    return found.replace(tzinfo=ZoneInfo(zone)) if found.tzinfo is None else found


def activity(form: Form, zone: str) -> activities.Written:
    """An activity as it was filled in."""
    plan = Plan(
        text(form, "title", 121), text(form, "text"), text(form, "way", 8), text(form, "address", 201), text(form, "link", 301),
        moment(form, "starts_at", zone), moment(form, "ends_at", zone), moment(form, "sign_up_until", zone),
        number(form, "capacity"), number(form, "waiting_most"), number(form, "early_minutes"), number(form, "late_minutes"),
    )  # fmt: skip
    return activities.Written(
        plan, uuid_of(form.get("unit_id")), text(form, "only_kind", 8), min(number(form, "min_rank") or 0, 100),
        uuid_of(form.get("only_unit_id")), text(form, "code_kind", 8), uuid_of(form.get("questionnaire_id")), form.get("pays") == "1",
    )  # fmt: skip


def article(form: Form) -> articles.Written:
    """An article as it was filled in."""
    return articles.Written(
        text(form, "kind", 8), text(form, "title", 121), text(form, "summary", 301), text(form, "text", 40_001),
        form.get("must_read") == "1", form.get("pinned") == "1",
    )  # fmt: skip


def badge(form: Form) -> badges.Written:
    """A badge's rule as it was filled in."""
    return badges.Written(
        text(form, "code", 40), text(form, "name_zh", 41), text(form, "name_en", 41), text(form, "measure", 12), number(form, "least"),
        text(form, "icon", 20), form.get("active") == "1",
    )  # fmt: skip


def ruling(form: Form) -> moderation.Ruling:
    """A moderator's decision as it was sent."""
    return moderation.Ruling(text(form, "act", 10), text(form, "seen", 10), text(form, "reason", 301), number(form, "days"))


def ids(form: Form, name: str) -> list[UUID]:
    """Several ids."""
    return [one for raw in form.getlist(name) if (one := uuid_of(raw))]
