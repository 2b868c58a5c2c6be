"""The privacy notice in versions: written by one person, published by another; and the purposes that consents name."""

import re
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.privacy import paper_store as store
from portal.privacy import words
from portal.privacy.models import Notice, Purpose

VERSION = re.compile(r"[0-9A-Za-z._-]{1,20}")
LONGEST = {"title_zh": 120, "title_en": 120, "body_zh": 20_000, "body_en": 20_000}


class Text(NamedTuple):
    """A notice in one language."""

    title: str
    body: str
    version: str
    since: datetime


class Wanted(NamedTuple):
    """A notice as a form brings it."""

    version: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str


def text(session: Session, language: str) -> Text | None:
    """The notice in force, in Chinese or English; None where none was published."""
    found = store.in_force(session)
    if found is None or found.published_at is None:
        return None
    zh = language.startswith("zh")
    title, body = (found.title_zh, found.body_zh) if zh else (found.title_en, found.body_en)
    return Text(title, body, found.version, found.published_at)


def names(session: Session, language: str) -> dict[str, str]:
    """What each purpose is called."""
    return {one.code: one.name_zh if language.startswith("zh") else one.name_en for one in store.purposes(session)}


def write(session: Session, wanted: Wanted, who: Actor, now: datetime, notice_id: UUID | None = None) -> Notice:
    """Write a draft, or change it.

    Raises  InvalidInput, NotFound, Conflict where it is no draft any more
    """
    wrong = {name: "missing" for name in LONGEST if not getattr(wanted, name).strip()}
    wrong |= {name: "too_long" for name, most in LONGEST.items() if len(getattr(wanted, name)) > most}
    if not VERSION.fullmatch(wanted.version):
        wrong["version"] = "not_valid" if wanted.version else "missing"
    elif (same := store.by_version(session, wanted.version)) is not None and same.id != notice_id:
        wrong["version"] = "taken"
    if wrong:
        raise InvalidInput(wrong)
    if notice_id is None:
        found = Notice(**wanted._asdict(), made_by=who.user_id, made_at=now)
        session.add(found)
    else:
        found = _found(session, notice_id, "draft")
        for name, value in wanted._asdict().items():
            setattr(found, name, value)
        found.made_by, found.made_at = who.user_id, now
    session.flush()
    trail.record(session, who, "privacy.notice_write", "privacy_notice", found.id, now, {"version": found.version})
    return found


def step(session: Session, notice_id: UUID, act: str, who: Actor, now: datetime) -> Notice:
    """Hand it to the second person, give it back, or publish it; its author does not publish.

    Raises  NotFound, Conflict, Forbidden
    """
    found = _found(session, notice_id, {"submit": "draft", "return": "submitted", "publish": "submitted"}[act])
    if act == "publish":
        if who.user_id is None or who.user_id == found.made_by:
            raise Forbidden
        found.state, found.published_by, found.published_at = "published", who.user_id, now
    else:
        found.state = "submitted" if act == "submit" else "draft"
    session.flush()
    trail.record(session, who, f"privacy.notice_{act}", "privacy_notice", found.id, now, {"version": found.version})
    return found


def _found(session: Session, notice_id: UUID, state: str) -> Notice:
    found = store.notice(session, notice_id)
    if found is None:
        raise NotFound
    if found.state != state:
        raise Conflict(state=found.state)
    return found


def put_purpose(session: Session, code: str, name_zh: str, name_en: str, basis: str, who: Actor, now: datetime) -> None:
    """Add a purpose, or name it anew.

    Raises  InvalidInput
    """
    wrong = {name: "missing" for name, value in (("name_zh", name_zh), ("name_en", name_en)) if not value.strip()}
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", code):
        wrong["code"] = "code_letters"
    if basis not in words.BASES_OF_PURPOSE:
        wrong["basis"] = "missing"
    if wrong:
        raise InvalidInput(wrong)
    store.put_purpose(session, Purpose(code=code, name_zh=name_zh.strip()[:80], name_en=name_en.strip()[:80], basis=basis))
    trail.record(session, who, "privacy.purpose", "privacy_purpose", code, now, {"basis": basis})
