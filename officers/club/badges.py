"""Badges: rules that staff write, given by a job to those who reach them. They stay; they are worth nothing but themselves."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.club import telling
from officers.club.models import MEASURES, BadgeRule
from officers.club.store import badges as store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound

AT_ONCE = 500
ICONS = ("star", "gift", "check", "bulb", "calendar", "flag", "eye", "target", "message", "users")
_CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True)
class Written:
    """A badge's rule as it was filled in; `least` is None where that is no number."""

    code: str
    name_zh: str
    name_en: str
    measure: str
    least: int | None
    icon: str
    active: bool = True


def save(session: Session, rule_id: UUID | None, written: Written, actor: Actor, now: datetime) -> None:
    """Write a rule, or change one; badges that were given stay.

    Raises  NotFound, InvalidInput
    """
    wrong = _wrong(written)
    there = store.by_code(session, written.code)
    if there is not None and there.id != rule_id:
        wrong["code"] = "code_taken"
    if wrong:
        raise InvalidInput(wrong)
    values: dict[str, Any] = {
        "code": written.code, "name": {"zh-Hans": written.name_zh.strip(), "en": written.name_en.strip()}, "measure": written.measure,
        "least": written.least, "icon": written.icon, "active": written.active,
    }  # fmt: skip
    if rule_id is None:
        session.add(BadgeRule(**values, position=len(store.rules(session)) + 1))
    else:
        if store.rule(session, rule_id) is None:
            raise NotFound
        store.change(session, rule_id, values)
    record(session, actor, "badge_rule.save", "badge_rule", written.code, now, {"measure": written.measure, "least": written.least})


def _wrong(written: Written) -> dict[str, str]:
    wrong = {} if _CODE.fullmatch(written.code) else {"code": "code_letters"}
    for name in ("name_zh", "name_en"):
        text = getattr(written, name).strip()
        if not text or len(text) > 40:
            wrong[name] = "too_long" if text else "missing"
    if written.measure not in MEASURES:
        wrong["measure"] = "missing"
    if written.icon not in ICONS:
        wrong["icon"] = "missing"
    if written.least is None or not 1 <= written.least <= 1_000_000:
        wrong["least"] = "out_of_range"
    return wrong


def award(session: Session, now: datetime) -> int:
    """Give every rule's badge to those who reach it, up to five hundred a rule; they are told. Gives how many were given."""
    given = 0
    for rule in store.rules(session, active=True):
        new = store.give(session, rule.id, store.earned(session, rule, now, AT_ONCE), now)
        if new:
            facts = {"name_zh": rule.name.get("zh-Hans", rule.code), "name_en": rule.name.get("en", rule.code)}
            telling.tell(session, new, "badge", facts, now, url="/officers/club/badges")
            given += len(new)
    return given
